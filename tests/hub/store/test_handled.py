"""How long agents had work in hand, from the steps on its way."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from hub import clock
from hub.store.handled import seconds
from hub.store.tables import assignment_steps, conversations, customers, work_items
from stores import opened

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORK = {
    "resolved": ("taken 0",),
    "handed over": ("accepted 0", "transferred 30", "taken 60"),
    "put aside": ("taken 0", "snoozed 10", "woken 50", "offered 50", "accepted 80"),
    "still open": ("taken 0",),
    "had by nobody": ("offered 0", "missed 1"),
    "put back": ("taken 0", "returned 20"),
}


def write(connection: Connection) -> None:
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": AT}
    connection.execute(insert(customers), [known])
    for number, (name, steps) in enumerate(WORK.items()):
        talk = {
            "id": f"c{number}", "number": number, "customer_id": "k", "subject": "",
            "channel": "email", "state": "open", "interaction_count": 0, "created_at": AT,
            "last_at": AT,
        }  # fmt: skip
        item = {
            "id": name, "conversation_id": f"c{number}", "customer_id": "k", "epoch": 1,
            "role": "billing", "state": "waiting", "channel": "email", "topic": "any",
            "priority_minutes": 0, "waiting_since": AT, "overdue": False, "decision": {},
            "created_at": AT,
        }  # fmt: skip
        connection.execute(insert(conversations), [talk])
        connection.execute(insert(work_items), [item])
        for step in steps:
            kind, _, after = step.partition(" ")
            at = AT + timedelta(seconds=int(after))
            row = {"id": clock.new_id(), "work_item_id": name, "at": at, "kind": kind}
            connection.execute(insert(assignment_steps), [row | {"details": {}}])


async def test_only_the_time_in_which_somebody_had_it_counts(store_url: str) -> None:
    async with opened(store_url) as database:
        await database.write(write)
        end = AT + timedelta(seconds=100)
        resolved = {name: None if name == "still open" else end for name in WORK}
        assert await database.read(lambda c: seconds(c, resolved)) == {
            "resolved": 100,
            "handed over": 30 + 40,
            "put aside": 10 + 20,
            "put back": 20,
        }
