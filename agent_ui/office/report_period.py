"""The period of a report and its filters, as they stand in an address."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from agent_ui.office.group_names import GroupNames
from agent_ui.texts import N_
from agent_ui.visit import Visit
from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import reporting
from hub.store.reporting import Period
from hub.tables_out import Table

PRESETS = (1, 7, 30, 90)
_USUAL_DAYS = 7
_LONGEST = 200
_DAY = timedelta(days=1)
_YEARS = range(2000, 2200)


@dataclass(frozen=True)
class Asked:
    """The period as somebody typed it, `last` included; and as it is read."""

    first: date
    last: date
    period: Period

    def query(self, **more: str) -> str:
        """The same report with something else, as the query of an address."""
        period = self.period
        values = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "role": period.role,
            "channel": period.channel,
            "topic": period.topic,
            "group": period.group,
            "agent": period.agent_id,
        }
        return urlencode({name: value for name, value in (values | more).items() if value})

    def told(self, called: GroupNames, zone: tzinfo) -> Table:
        """What a file is of, for whoever finds it later."""
        texts, period = called.texts, self.period
        chosen = (
            (N_("Role"), period.role and called.role(period.role)),
            (N_("Channel"), period.channel and called.channel(period.channel)),
            (N_("Topic"), period.topic and called.topic(period.topic)),
            (N_("Target group"), period.group and called.group(period.group)),
            (N_("Agent"), called.agents.get(period.agent_id, period.agent_id)),
        )
        return [
            (texts(N_("From")), self.first.isoformat()),
            (texts(N_("Up to and including")), self.last.isoformat()),
            (texts(N_("Time zone")), str(zone)),
            *((texts(name), value or texts(N_("all"))) for name, value in chosen),
        ]


def asked_by(visit: Visit, zone: tzinfo) -> Asked:
    """Raises Rejected for days that are none, or too far apart."""
    query = visit.request.query
    first, last = preset(_USUAL_DAYS, zone)
    try:
        first = date.fromisoformat(query.get("from") or first.isoformat())
        last = date.fromisoformat(query.get("to") or last.isoformat())
    except ValueError as error:
        raise _bad_period() from error
    return _between(first, last, zone, **filters_of(visit))


def usual(zone: tzinfo, **filters: Any) -> Asked:
    """What is shown where no days are asked for."""
    return _between(*preset(_USUAL_DAYS, zone), zone, **filters)


def _between(first: date, last: date, zone: tzinfo, **filters: Any) -> Asked:
    return Asked(first, last, period_between(first, last, zone, **filters))


def preset(days: int, zone: tzinfo) -> tuple[date, date]:
    """So many days up to today."""
    today = clock.now().astimezone(zone).date()
    return today - _DAY * (days - 1), today


def period_between(first: date, last: date, zone: tzinfo, **filters: Any) -> Period:
    """Both days included. Raises Rejected for days that are none, or too far apart."""
    in_order = first <= last and last - first <= reporting.LONGEST
    if not in_order or first.year not in _YEARS:
        raise _bad_period()
    since, until = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + _DAY)
    )
    return Period(since, until, **filters)


def _bad_period() -> Rejected:
    return Rejected("bad_period", "Choose a first and a last day.", status=422)


def filters_of(visit: Visit) -> dict[str, str]:
    query = visit.request.query
    channel = query.get("channel", "")
    return {
        "role": query.get("role", "")[:_LONGEST],
        "channel": channel if channel in set(Channel) else "",
        "topic": query.get("topic", "")[:_LONGEST],
        "group": query.get("group", "")[:_LONGEST],
        "agent_id": query.get("agent", "")[:_LONGEST],
    }
