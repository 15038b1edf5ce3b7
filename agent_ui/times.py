"""Times that people choose: a while from now, or a moment on the clock where they are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.errors import Rejected

HOURS = {"1h": 1, "4h": 4, "1d": 24, "7d": 168}


def until_of(chosen: str, at: str, zone: str, now: datetime) -> datetime | None:
    """A time in UTC, from a length of time or a moment on the clock in this zone; None for until
    the customer writes.

    Raises Rejected for what is none of these.
    """
    if chosen == "answer":
        return None
    if chosen in HOURS:
        return now + timedelta(hours=HOURS[chosen])
    try:
        local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone or "UTC"))
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise Rejected("snooze_time", "Choose a time to come, within a year.") from error
