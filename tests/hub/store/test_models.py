"""Versions in the store: numbered, never lost, one live, and no change over another unseen."""

import asyncio
from typing import Any

import pytest

from hub.errors import Rejected
from hub.store import Database, models
from hub.store.leader import Job, open_leadership
from hub.store.models import Origin, State, Version
from hub.store.tables import model_versions
from stores import rows


def added(connection: Any, written: str = "a") -> Version:
    return models.add(connection, written, origin=Origin.COMMAND, by="ina")


def live(connection: Any, version: Version) -> Version:
    return models.go_live(connection, version, by="ina", roles={"service": "Service"})


async def test_versions_are_numbered_and_kept_as_written(database: Database) -> None:
    for written in ("a: 1\n", "b: 'é'  # remark\n"):
        await database.write(lambda c, text=written: added(c, text))
    listed = await database.read(models.listed)
    assert [one.number for one in listed] == [2, 1]
    assert await database.read(lambda c: models.text_of(c, 2)) == "b: 'é'  # remark\n"
    found = await database.read(lambda c: models.with_text(c, "a: 1\n"))
    assert found is not None
    assert found.number == 1
    assert await database.read(lambda c: models.with_text(c, "c")) is None


async def test_many_at_once_get_a_number_each(database: Database) -> None:
    made = await asyncio.gather(*(database.write(added) for _ in range(6)))
    assert sorted(one.number for one in made) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("job", ["relay", "retention"])
async def test_who_leads_a_job_keeps_nobody_from_changing_versions(
    database: Database, job: Job
) -> None:
    leadership = open_leadership(database, job)
    await leadership.acquire()
    try:
        assert (await database.write(added)).number == 1
    finally:
        await leadership.close()


async def test_one_is_live_also_when_two_go_at_once(database: Database) -> None:
    first, second = await database.write(added), await database.write(added)
    await asyncio.gather(
        database.write(lambda c: live(c, first)), database.write(lambda c: live(c, second))
    )
    states = [row.state for row in await rows(database, model_versions)]
    assert sorted(states) == [State.LIVE, State.REPLACED]


async def test_the_same_change_twice_at_once_is_made_once(database: Database) -> None:
    seen = await database.write(added)
    done = await asyncio.gather(
        *(database.write(lambda c: live(c, seen)) for _ in range(2)), return_exceptions=True
    )
    [refused] = [one for one in done if isinstance(one, BaseException)]
    assert isinstance(refused, Rejected)
    assert refused.code == "model_changed"
    assert await database.read(models.live_number) == seen.number


async def test_a_change_on_top_of_an_older_one_is_refused(database: Database) -> None:
    seen = await database.write(added)
    await database.write(
        lambda c: models.rewrite(c, seen, by="bob", written="b", title="B", note="")
    )
    with pytest.raises(Rejected) as refused:
        await database.write(
            lambda c: models.rewrite(c, seen, by="ina", written="c", title="C", note="")
        )
    assert refused.value.status == 409
    assert await database.read(lambda c: models.text_of(c, 1)) == "b"
    with pytest.raises(Rejected):
        await database.write(lambda c: models.seen(c, 1, seen.revision))


async def test_who_wrote_a_text_last_is_not_who_signed_it(database: Database) -> None:
    seen = await database.write(added)
    after = await database.write(
        lambda c: models.change(c, seen, by="signatures", state=State.CHECKED)
    )
    assert (after.changed_by, after.revision) == ("ina", 2)


async def test_what_is_not_there_is_said(database: Database) -> None:
    with pytest.raises(Rejected) as refused:
        await database.read(lambda c: models.find(c, 7))
    assert refused.value.status == 404
    assert await database.read(models.live) is None
    assert await database.read(models.following) is None
