"""Work as it was recorded, to be replayed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.interaction import Automatic, Channel, Direction
from hub.store.recorded import Recorded
from routing.analysis import Member, Staff

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
SINCE, UNTIL = AT - timedelta(days=1), AT + timedelta(days=9)
EVERYBODY = Staff(
    at=UNTIL,
    members={role: (Member("anna"),) for role in ("triage", "sales", "service", "billing")},
)


def work(number: int = 1, **changes: Any) -> Recorded:
    """A mail of a consumer; changed as asked."""
    plain = Recorded(
        work_item_id=f"w{number}",
        interaction_id=f"i{number}",
        conversation_id=f"c{number}",
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        account="",
        sender="jan@x.nl",
        subject="",
        text="",
        topic="bill",
        target_group="b2c",
        automatic=Automatic.NO,
        at=AT,
        first_response_at=AT + timedelta(hours=3),
        resolved_at=AT + timedelta(hours=5),
    )
    return replace(plain, **changes)
