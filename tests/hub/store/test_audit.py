"""The audit log, searched on both stores: whether its lines were taken in or just written."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from hub import clock
from hub.store import (
    Database,
    agents,
    audit,
    audit_index,
    audit_words,
    search_postgres,
    tables,
)
from hub.store.searchable import FAR_BEHIND
from hub.store.tables import audit_log
from plans import asked, walked
from stores import opened

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TALK = "0193e5f7-70a1-7000-8000-00000000beef"


@dataclass
class Log:
    """Lines are numbered; what is found is said as their numbers."""

    database: Database
    anna: str = ""
    bob: str = ""

    async def hire(self, login: str, name: str) -> str:
        add = partial(agents.add, login=login, name=name, password_hash="", held=["billing"])
        return await self.database.write(add)

    async def write(self, *lines: dict[str, Any]) -> None:
        """A minute after each other, the last a minute ago."""
        rows = []
        for number, line in enumerate(lines):
            at = NOW - timedelta(minutes=len(lines) - number)
            row: dict[str, Any] = {"actor": "router", "action": "work_item.answered", "object": "x"}
            row |= {"id": clock.first_id(at), "at": at} | line
            rows.append(row | {"details": row.get("details", {}) | {"n": f"line{number}"}})
        await self.database.write(lambda c: c.execute(insert(audit_log), rows))

    async def take_in(self, until: datetime) -> None:
        while await self.database.write(lambda c: audit_index.take_in(c, until)):
            pass

    async def found(self, words: str = "", **more: Any) -> list[int]:
        span: dict[str, Any] = {"since": NOW - DAY, "until": NOW, "limit": 1000}
        lines = await self.database.read(lambda c: audit.search(c, words=words, **(span | more)))
        return [int(line.details["n"].removeprefix("line")) for line in lines]


@pytest.fixture
async def log(store_url: str) -> AsyncIterator[Log]:
    async with opened(store_url) as database:
        await database.write(lambda c: agents.add_roles(c, {"billing": "Billing"}))
        log = Log(database)
        log.anna = await log.hire("adewit", "Anna de Wit")
        log.bob = await log.hire("bob", "Böb Hannaford")
        yield log


TAKEN_IN = {
    "none": NOW - DAY,
    "some": NOW - timedelta(minutes=3) + FAR_BEHIND,
    "all": NOW + DAY,
}


async def test_a_line_that_is_there_late_is_found_all_the_same(log: Log) -> None:
    """Written before another, its transaction ended minutes later."""
    line = {"actor": "ina", "action": "person.rights"}
    await log.write(line, line, line, line)
    await log.take_in(NOW)
    late = {"id": clock.first_id(NOW - timedelta(minutes=3, seconds=30))}
    await log.write(line | late)
    assert sorted(await log.found("rights")) == [0, 0, 1, 2, 3]


@pytest.mark.parametrize("until", TAKEN_IN.values(), ids=TAKEN_IN)
async def test_lines_are_found_by_what_they_say(log: Log, until: datetime) -> None:
    await log.write(
        {"actor": log.anna, "action": "work_item.claimed", "object": TALK},
        {
            "actor": log.bob,
            "action": "work_item.moved",
            "details": {"to": ["Billing", {"a": TALK}]},
        },
        {"action": "agent.presence", "object": log.anna, "details": {"reason": "Café 'Ons' lunch"}},
        {"actor": log.anna, "action": "agent.named", "details": {"count": 4711, "gone": None}},
        {"actor": "demo", "action": "customer.merged", "details": {"mail": "piet@example.org"}},
    )
    await log.take_in(until)
    asked = {
        "": [4, 3, 2, 1, 0],
        "anna": [3, 1, 0],
        "de wit": [3, 0],
        "ADEW": [3, 0],
        "nna": [3, 1, 0],
        "anna claimed": [0],
        log.anna: [3, 2, 0],
        f"anna {TALK}": [1, 0],
        TALK.upper(): [1, 0],
        TALK[:16]: [1, 0],
        "bill": [1],
        "cafe lunch": [2],
        "reason": [2],
        "4711": [3],
        "471": [3],
        "work_item": [1, 0],
        "work_item.moved": [1],
        "demo": [4],
        "piet@example.org": [4],
        "%": [],
        "'; DROP TABLE agents;--": [],
        "nothing": [],
    }
    assert {words: await log.found(words) for words in asked} == asked
    assert await log.found(action="agent.") == [3, 2]
    assert await log.found("anna", action="agent.named") == [3]
    assert await log.found(since=NOW - timedelta(minutes=3)) == [4, 3, 2]
    narrow = {"since": NOW - timedelta(minutes=4), "until": NOW - timedelta(minutes=2)}
    assert await log.found("anna", **narrow) == [1]
    assert await log.found("line", **narrow) == [2, 1]


@pytest.mark.parametrize("others", [0, audit_words.MOST_NAMED])
async def test_an_agent_is_found_by_the_name_of_then(log: Log, others: int) -> None:
    """And by that of now, where few are called so."""
    await log.write({"actor": log.bob}, {"actor": log.anna}, {"actor": log.bob})
    await log.take_in(NOW - timedelta(minutes=1) + FAR_BEHIND)
    renamed = update(tables.agents).where(tables.agents.c.id == log.bob)
    await log.database.write(lambda c: c.execute(renamed.values(name="Joanna Jansen")))
    for number in range(others):
        await log.hire(f"other{number}", "Piet Jansen")
    assert await log.found("hanna") == [0]
    assert await log.found("joanna") == [2, 0]
    assert await log.found("jansen") == ([2] if others else [2, 0])


@pytest.mark.parametrize("until", TAKEN_IN.values(), ids=TAKEN_IN)
@pytest.mark.parametrize("words", ["", "common", "mostly", "seldom", "common seldom"])
async def test_pages_follow_each_other_without_a_gap(
    log: Log, until: datetime, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_index, "AT_ONCE", 7)
    monkeypatch.setattr(search_postgres, "WALKED", 40)
    monkeypatch.setattr(search_postgres, "_FIRST", 3)
    lines = [{"details": {"said": said(number)}} for number in range(150)]
    await log.write(*lines)
    await log.take_in(until)
    wanted = [n for n in reversed(range(150)) if all(w in said(n) for w in words.split())]
    pages, before = [], ""
    while page := await log.found(words, before=before, limit=10):
        pages += page
        before = clock.first_id(NOW - timedelta(minutes=150 - page[-1]))
    assert pages == wanted


def said(number: int) -> list[str]:
    """Of late, nearly every line is of the one kind; it hardly was before."""
    mostly = number > 120 or number % 50 == 0
    return ["common", *(["mostly"] if mostly else []), *(["seldom"] if number % 40 == 3 else [])]


async def test_what_was_done_since_is_listed_once(log: Log) -> None:
    assert await log.database.read(lambda c: audit.kinds(c, NOW - DAY)) == []
    await log.write({"action": "a"}, {"action": "b.c"}, {"action": "a"}, {"action": "d"}, {})
    since = NOW - timedelta(minutes=3)
    assert await log.database.read(lambda c: audit.kinds(c, since)) == [
        "a", "d", "work_item.answered",
    ]  # fmt: skip


async def test_no_line_is_looked_at_to_see_that_none_has_a_word(log: Log) -> None:
    await log.write({}, {"actor": log.anna})
    await log.take_in(NOW + DAY)
    span: dict[str, Any] = {"since": NOW - 365 * DAY, "until": NOW}

    def look(connection: Connection) -> set[str]:
        with asked(connection) as statements:
            for words in ("nothing", "anna nothing", TALK, ""):
                audit.search(connection, words=words, limit=100, **span)
            audit.kinds(connection, NOW - 365 * DAY)
            audit.locked(connection, NOW - DAY)
        return walked(connection, statements)

    assert not await log.database.read(look) & {"audit_log", "audit_documents"}
