"""A store in which the topics of contacts are known, as after months of work."""

from typing import Any

from sqlalchemy import Connection, insert, select

from builders import TOKENS, mail_arrival
from hub import clock
from hub.store import Database
from hub.store.arrivals import store_arrivals
from hub.store.tables import conversations, work_items
from routing.decide import Guess
from topic_examples import examples


async def know(database: Database, topic: str, **changes: Any) -> str:
    """A contact of which the work is done and was about `topic`; gives the work item's id."""
    subject, text = changes.pop("subject", "Hello"), changes.pop("text", "Please help")
    arrival = changes.pop("arrival", {})

    def work(connection: Connection) -> str:
        return _work(
            connection, topic, mail_arrival(subject=subject, text=text, **arrival), changes
        )

    return await database.write(work)


async def know_many(database: Database, per_topic: int) -> None:
    def work(connection: Connection) -> None:
        for number, one in enumerate(examples(per_topic)):
            arrival = mail_arrival(f"x{number}@example.org", subject=one.subject, text=one.text)
            _work(connection, one.topic, arrival, {})

    await database.write(work)


def _work(connection: Connection, topic: str, arrival: Any, changes: dict[str, Any]) -> str:
    (accepted,) = store_arrivals(connection, [arrival], TOKENS)
    customer = connection.execute(
        select(conversations.c.customer_id).where(conversations.c.id == accepted.conversation_id)
    ).scalar_one()
    now = clock.now()
    row = {
        "id": clock.new_id(),
        "conversation_id": accepted.conversation_id,
        "customer_id": customer,
        "role": "service",
        "state": "done",
        "agent_id": None,
        "epoch": 1,
        "channel": "email",
        "topic": topic,
        "priority_minutes": 0,
        "waiting_since": now,
        "first_response_due": None,
        "first_response_at": None,
        "overdue": False,
        "decision": {"topic": topic, "recognition": {"topic": topic, "how": "words"}},
        "created_at": now,
        "resolved_at": now,
    }
    connection.execute(insert(work_items), [row | changes])
    return str((row | changes)["id"])


class Sure:
    """What was learned says one thing of everything."""

    version = 4
    threshold = 0.6

    def __init__(self, topic: str, confidence: float) -> None:
        self.says = Guess(topic, confidence)

    def guess(self, subject: str, text: str) -> Guess | None:  # noqa: ARG002
        return self.says
