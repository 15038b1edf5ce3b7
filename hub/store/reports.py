"""What a provider tells us of a message that we sent: matched by our id or by the provider's.

A report may overtake the answer to our own request, which is when we learn the provider's id: then
it is parked, and matched when the sending is concluded.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, text

from hub.interaction import Channel, DeliveryState, Frozen
from hub.store import parked, sending
from hub.store.tables import HAS_PROVIDER_ID, outbound

KIND = "report"
MOST_AT_ONCE = 200
_FROM, _TO = timedelta(seconds=30), timedelta(minutes=10)
"""How old a left-over report is. An older one is about a message that was never ours."""
_FAILURES = (DeliveryState.FAILED, DeliveryState.BOUNCED)
_ARRIVED = (DeliveryState.DELIVERED, DeliveryState.READ)
_NOT_BEGUN = (DeliveryState.QUEUED, DeliveryState.SENDING)


class Report(Frozen):
    """`interaction_id`: where the provider gives back what we told it; else empty."""

    channel: Channel
    provider_id: str
    state: DeliveryState
    error: str = ""
    interaction_id: str = ""


def tell(connection: Connection, report: Report) -> bool:
    """Apply it, or park it; True when something changed that others must hear of."""
    row = _find(connection, report)
    if row is None:
        key = _key(report.channel, report.provider_id)
        parked.park(connection, KIND, key, report.model_dump(mode="json"))
        return False
    return _apply(connection, row, report)


def match(connection: Connection, channel: Channel, provider_id: str) -> None:
    """We know by now which message this is: apply what was parked."""
    for one in parked.take(connection, KIND, _key(channel, provider_id)):
        tell(connection, Report.model_validate(one.content))


def match_left_over(connection: Connection, now: datetime) -> None:
    """The same for what was parked at the very moment when we learned the id."""
    after, before = now - _TO, now - _FROM
    for key in parked.keys(connection, KIND, after=after, before=before, most=MOST_AT_ONCE):
        channel, _, provider_id = key.partition(":")
        known = select(outbound.c.interaction_id).where(_has(Channel(channel), provider_id))
        if connection.execute(known).first() is not None:
            match(connection, Channel(channel), provider_id)


def _find(connection: Connection, report: Report) -> Any:
    by_id = outbound.c.interaction_id == report.interaction_id
    found = by_id if report.interaction_id else _has(report.channel, report.provider_id)
    return connection.execute(select(outbound).where(found).with_for_update()).first()


def _has(channel: Channel, provider_id: str) -> ColumnElement[bool]:
    return and_(
        text(HAS_PROVIDER_ID),  # as the index says it
        outbound.c.provider_id == provider_id,
        outbound.c.channel == channel.value,
    )


def _apply(connection: Connection, row: Any, report: Report) -> bool:
    if row.provider_id not in ("", report.provider_id):
        return False  # of an earlier try: the message was sent again since
    fails = report.state in _FAILURES
    if fails and (row.state in _ARRIVED or row.state in _NOT_BEGUN):
        return False  # it cannot fail any more, or this try has not begun: an earlier one failed
    outcome = sending.Outcome(report.state, error=report.error, provider_id=report.provider_id)
    return sending.record(connection, row.interaction_id, outcome)


def _key(channel: Channel, provider_id: str) -> str:
    return f"{channel}:{provider_id}"
