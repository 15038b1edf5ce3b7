"""What arrived can be read for staffing, also where the decision is older than the clock in it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from hub.interaction import Channel
from hub.store.arriving import arrived
from hub.store.tables import conversations, customers, work_items
from stores import opened

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def work(connection: Connection) -> None:
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": AT}
    connection.execute(insert(customers), [known])
    for number, decision in enumerate(
        ({"first_response": 60, "clock": "business"}, {"first_response": None}, {})
    ):
        talk = {
            "id": f"c{number}", "number": number, "customer_id": "k", "subject": "",
            "channel": "email", "state": "open", "interaction_count": 0, "created_at": AT,
            "last_at": AT,
        }  # fmt: skip
        item = {
            "id": f"w{number}", "conversation_id": f"c{number}", "customer_id": "k", "epoch": 1,
            "role": "billing", "state": "waiting", "channel": "email", "topic": "any",
            "priority_minutes": 0, "waiting_since": AT + number * DAY, "overdue": False,
            "decision": decision, "created_at": AT,
        }  # fmt: skip
        connection.execute(insert(conversations), [talk])
        connection.execute(insert(work_items), [item])


async def test_what_arrived_within_a_time(store_url: str) -> None:
    async with opened(store_url) as database:
        await database.write(work)
        found = await database.read(lambda c: list(arrived(c, AT, AT + 9 * DAY)))
        assert sorted((one.at, one.target, one.clock) for one in found) == [
            (AT, 60, "business"), (AT + DAY, None, ""), (AT + 2 * DAY, None, ""),
        ]  # fmt: skip
        assert {(one.role, one.channel) for one in found} == {("billing", Channel.EMAIL)}
        [first] = await database.read(lambda c: list(arrived(c, AT, AT + DAY)))
        assert first.at == AT
