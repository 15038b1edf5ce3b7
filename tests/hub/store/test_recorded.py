"""What was recorded can be read back as routing saw it, page by page."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, insert, null

from hub.interaction import Automatic, Channel, Direction
from hub.promises import What
from hub.store import Database
from hub.store.agreements import Agreed
from hub.store.recorded import Pause, Recorded, one, pages, read
from hub.store.tables import (
    agreements,
    attachments,
    conversations,
    customers,
    deadlines,
    interactions,
    work_items,
)
from hub.store.unrouted import TEXT_READ
from stores import opened

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(microsecond=123_000)
SINCE = NOW - 100 * HOUR
_MADE = count()
"""Work is read in the order of its ids, which two of the same millisecond do not tell."""


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        await database.write(_customers)
        yield database


def _customers(connection: Connection) -> None:
    plain: dict[str, Any] = {"kind": "person", "name": "Jan", "attributes": {}, "created_at": NOW}
    known: list[dict[str, Any]] = [
        {"id": "house", "organisation_id": None, "target_group": "b2b"},
        {"id": "jan", "organisation_id": "house", "target_group": ""},
        {"id": "own", "organisation_id": "house", "target_group": "b2c"},
    ]
    connection.execute(insert(customers), [plain | one for one in known])


def everything(connection: Connection, until: datetime = NOW, length: int = 1000) -> list[Recorded]:
    found: list[Recorded] = []
    for page in pages(connection, SINCE, until, length):
        on_it = read(connection, SINCE, until, page)
        assert len(on_it) <= page.size <= length
        found += on_it
    return found


def talk(connection: Connection, number: int, *, began: datetime, customer: str = "jan") -> str:
    """A conversation that began then; gives its id."""
    row = {
        "id": f"c{number}", "number": number, "customer_id": customer, "subject": "",
        "channel": "email", "state": "open", "interaction_count": 0, "created_at": began,
        "last_at": began,
    }  # fmt: skip
    connection.execute(insert(conversations), [row])
    return f"c{number}"


def contact(connection: Connection, talk: str, sequence: int, at: datetime, **more: Any) -> str:
    empty = ("account", "quoted", "html", "language", "problem", "raw_sha256", "correlation_id")
    row = dict.fromkeys((*empty, "topic", "automatic", "subject", "text"), "") | {
        "id": f"{talk}-{sequence}", "conversation_id": talk, "customer_id": "jan",
        "sequence": sequence, "kind": "message", "channel": "email", "direction": "inbound",
        "external_id": f"{talk}-{sequence}", "dedupe_key": f"{talk}-{sequence}",
        "sender": {"kind": "email", "value": "jan@x.nl", "name": ""}, "recipients": [],
        "occurred_at": at, "received_at": at, "verification": "verified", "details": {},
    }  # fmt: skip
    connection.execute(insert(interactions), [row | more])
    return f"{talk}-{sequence}"


def work(connection: Connection, talk: str, at: datetime, **more: Any) -> str:
    item = {
        "id": f"w{next(_MADE):03d}", "conversation_id": talk, "customer_id": "jan", "epoch": 1,
        "role": "billing", "state": "done", "channel": "email", "topic": "any",
        "priority_minutes": 0, "waiting_since": at, "overdue": False, "decision": {},
        "created_at": at,
    }  # fmt: skip
    connection.execute(insert(work_items), [item | more])
    return str(item["id"])


async def test_each_piece_of_work_comes_with_the_contact_that_made_it(database: Database) -> None:
    answered, again = SINCE + HOUR, SINCE + 50 * HOUR

    def happened(connection: Connection) -> None:
        first = talk(connection, 1, began=SINCE)
        contact(connection, first, 1, SINCE, subject="Hello", topic="bill", account="info@x.nl")
        contact(connection, first, 2, SINCE + HOUR, text="and then")
        note = {"kind": "note", "channel": "manual", "direction": "outbound"}
        contact(connection, first, 3, again, **note)
        contact(connection, first, 4, again, text="once more", automatic="reply")
        contact(connection, first, 5, again, text="at the same moment")
        work(connection, first, SINCE, first_response_at=answered, resolved_at=answered + HOUR)
        work(connection, first, again, state="waiting")
        bounced = talk(connection, 2, began=SINCE)
        contact(connection, bounced, 1, SINCE - HOUR)
        work(connection, bounced, SINCE + 7 * HOUR)

    await database.write(happened)
    found = await database.read(everything)
    first, second = sorted(found, key=lambda one: one.at)
    assert (first.interaction_id, first.conversation_id) == ("c1-1", "c1")
    assert (first.subject, first.topic, first.account) == ("Hello", "bill", "info@x.nl")
    assert (first.channel, first.direction) == (Channel.EMAIL, Direction.INBOUND)
    assert (first.sender, first.automatic, first.at) == ("jan@x.nl", Automatic.NO, SINCE)
    assert (first.first_response_at, first.resolved_at) == (answered, answered + HOUR)
    assert (second.interaction_id, second.automatic) == ("c1-4", Automatic.REPLY)
    assert (second.first_response_at, second.resolved_at) == (None, None)
    [page] = await database.read(lambda c: pages(c, SINCE, NOW))
    assert page.size == 3
    assert await database.read(lambda c: one(c, "c1-4")) == second
    assert await database.read(lambda c: one(c, "c1-2")) is None


async def test_pages_hold_everything_once_and_only_what_began_in_time(database: Database) -> None:
    def happened(connection: Connection) -> None:
        for number in range(12):
            at = SINCE + (number - 2) * HOUR
            began = talk(connection, number, began=at)
            contact(connection, began, 1, at)
            work(connection, began, at)

    await database.write(happened)
    until = SINCE + 7 * HOUR
    wanted = [f"c{number}-1" for number in range(2, 9)]
    for length in (1, 3, 7, 1000):
        found = await database.read(lambda c, length=length: everything(c, until, length))
        assert sorted(one.interaction_id for one in found) == wanted
        assert [one.work_item_id for one in found] == sorted(one.work_item_id for one in found)
    assert await database.read(lambda c: pages(c, NOW, NOW)) == []


async def test_what_routing_looks_at_is_read_as_it_reads_it(database: Database) -> None:
    def happened(connection: Connection) -> None:
        for number, customer in enumerate(("jan", "own", "house")):
            began = talk(connection, number, began=SINCE, customer=customer)
            text = "x" * (TEXT_READ + 5)
            first = contact(connection, began, 1, SINCE, customer_id=customer, text=text)
            work(connection, began, SINCE, customer_id=customer)
            if number == 0:
                file = {
                    "interaction_id": first, "content_type": "", "size": 1, "sha256": "",
                    "inline": False, "content_id": "",
                }  # fmt: skip
                names = [{"id": f"a{n}", "filename": f"{n}.pdf"} for n in range(2)]
                connection.execute(insert(attachments), [file | name for name in names])

    await database.write(happened)
    found = await database.read(everything)
    found.sort(key=lambda one: one.conversation_id)
    assert [one.target_group for one in found] == ["b2b", "b2c", "b2b"]
    assert {len(one.text) for one in found} == {TEXT_READ}
    assert [one.files for one in found] == [("0.pdf", "1.pdf"), (), ()]


async def test_the_pauses_of_the_resolution_come_along(database: Database) -> None:
    paused, resumed = SINCE + HOUR, SINCE + 2 * HOUR
    told = [
        {"at": SINCE.isoformat(), "what": "started"},
        {"at": paused.isoformat(), "what": "paused"},
        {"at": resumed.isoformat(), "what": "resumed"},
    ]

    def happened(connection: Connection) -> None:
        for number, (promise, history) in enumerate(
            (("resolution", told), ("resolution", told[:1]), ("first_response", told))
        ):
            began = talk(connection, number, began=SINCE)
            contact(connection, began, 1, SINCE)
            row = {
                "id": f"d{number}", "work_item_id": work(connection, began, SINCE),
                "conversation_id": began, "promise": promise, "target": 60, "clock": "calendar",
                "source": "", "state": "running", "history": history, "created_at": SINCE,
            }  # fmt: skip
            connection.execute(insert(deadlines), [row])

    await database.write(happened)
    found = await database.read(everything)
    found.sort(key=lambda one: one.conversation_id)
    pauses = (Pause(paused, What.PAUSED), Pause(resumed, What.RESUMED))
    assert [one.pauses for one in found] == [pauses, (), ()]


async def test_agreements_with_the_customer_or_their_house_that_held_then(
    database: Database,
) -> None:
    def agree(id_: str, customer: str, hours: tuple[int, int | None], targets: Any) -> None:
        since, until = hours
        row = {
            "id": id_, "customer_id": customer, "kind": "sla", "title": id_, "terms": "",
            "owner": "", "valid_from": NOW - since * HOUR, "targets": targets,
            "valid_until": None if until is None else NOW - until * HOUR,
        }  # fmt: skip
        rows.append(row)

    rows: list[dict[str, Any]] = []
    agree("a", "house", (50, None), {"resolution": "1h"})
    agree("b", "jan", (50, 10), {"first_response": "1h"})
    agree("c", "jan", (9, None), {"first_response": "2h"})
    agree("d", "own", (50, None), {"first_response": "3h"})
    agree("e", "jan", (50, None), null())

    def write(connection: Connection) -> None:
        connection.execute(insert(agreements), rows)
        for number, hours in ((1, 20), (2, 5)):
            begun = talk(connection, number, began=NOW - hours * HOUR)
            contact(connection, begun, 1, NOW - hours * HOUR)
            work(connection, begun, NOW - hours * HOUR)

    await database.write(write)
    found = await database.read(everything)
    assert [[agreed.id for agreed in each.agreed] for each in found] == [["b", "a"], ["c", "a"]]
    assert found[0].agreed[1] == Agreed("a", "a", {"resolution": "1h"})
