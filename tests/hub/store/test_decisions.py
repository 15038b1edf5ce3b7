"""Decisions are read as they were made, however they are kept."""

from typing import Any

import pytest
from sqlalchemy import Connection

from hub.decided import Decided
from hub.store import decisions
from hub.store.decisions import keep_shared, kept, whole
from stores import opened

SHARED: dict[str, Any] = {"role": "billing", "steps": {"before": ["look"]}}
OWN: dict[str, Any] = {"recognition": {"topic": "invoice"}, "reasons": []}


@pytest.fixture(autouse=True)
def _nothing_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_read", {})


async def test_one_that_shares_is_read_whole_and_shares_again(store_url: str) -> None:
    made = Decided("abc", SHARED, OWN)

    def keep(connection: Connection) -> None:
        assert keep_shared(connection, [made, made], ()) == {"abc"}
        assert keep_shared(connection, [made], ()) == {"abc"}  # by another process as well
        assert keep_shared(connection, [Decided("d", {}, {})], {"d"}) == {"d"}  # is there, it says

    async with opened(store_url) as database:
        await database.write(keep)
        column = kept(made)
        assert "steps" not in column
        for _ in ("from the store", "remembered"):
            [found] = await database.read(lambda c: whole(c, [column]))
            assert found == SHARED | OWN
            assert kept(found) == column


async def test_one_of_its_own_is_kept_whole(store_url: str) -> None:
    made = Decided("abc", SHARED, OWN)
    changed = made | {"role": "service"}
    assert kept(changed) == {**SHARED, **OWN, "role": "service"}
    async with opened(store_url) as database:
        found = await database.read(lambda c: whole(c, [kept(changed)]))
    assert found == [changed]


async def test_more_than_are_remembered_at_once_are_read(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "_REMEMBERED", 2)
    made = [Decided(str(n), {"n": n}, {}) for n in range(6)]
    async with opened(store_url) as database:
        await database.write(lambda c: keep_shared(c, made, ()))
        for some in (made[:4], made[2:], made):
            found = await database.read(lambda c, some=some: whole(c, [kept(one) for one in some]))
            assert found == some


async def test_work_can_be_read_when_what_it_shares_is_gone(store_url: str) -> None:
    async with opened(store_url) as database:
        [found] = await database.read(lambda c: whole(c, [kept(Decided("abc", SHARED, OWN))]))
    assert found == {"role": "", "triage": False} | OWN
