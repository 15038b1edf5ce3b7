"""Makes the contact guide of a model: for each topic its channels, hours and promised answers."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from hub.guide import Days, Different, Guide, Matter, Openings, Way
from hub.interaction import Direction
from routing.definition import ChannelUse, Topic
from routing.entry import Title
from routing.hours.calendar import Calendar
from routing.hours.definition import Hours
from routing.hours.span import Span
from routing.inherit import Cell
from routing.model import Model
from routing.moment import Clock
from routing.tree import depth, nearest

SOON_DAYS = 14
"""So far ahead the guide names days that differ."""


def contact_guide(model: Model, group: str, *, public: bool, now: datetime) -> Guide:
    """The guide for one target group; see `hub.guide.MakeGuide`."""
    group = nearest(group, model.target_groups)
    channels = [
        use
        for use in model.channels.values()
        if Direction.INBOUND in use.directions and (use.address or not public)
    ]
    openings = {name: openings_of(model, name, now) for name in model.definition.hours}
    matters = (
        Matter(
            topic=topic.id,
            title=words_of(topic.title),
            depth=depth(topic.id),
            ways=tuple(_way(model, group, topic, use, openings) for use in channels),
        )
        for topic in model.topics.values()
    )
    groups = {one.id: words_of(one.title) for one in model.target_groups.values()}
    return Guide(model.version, group, groups, tuple(matters))


def _way(
    model: Model, group: str, topic: Topic, use: ChannelUse, openings: Mapping[str, Openings]
) -> Way:
    handling = model.handling(Cell(group, Direction.INBOUND, use.id, topic.id))
    backup = model.roles.get(handling.backup_role or "")
    named = use.hours or model.roles[handling.role].hours
    return Way(
        channel=use.id.value,
        title=words_of(use.title),
        address=use.address or "",
        allowed=handling.allowed,
        instead=tuple(
            words_of(model.channels[channel].title)
            for channel in handling.instead
            if channel in model.channels
        ),
        openings=openings[named] if named else None,
        answer_within=handling.first_response,
        in_business_hours=handling.clock is Clock.BUSINESS,
        role=words_of(handling.role_title),
        backup_role=words_of(backup.title) if backup else None,
        is_triage=handling.triage,
    )


def shut(model: Model, role: str, now: datetime) -> Openings | None:
    """The hours of a role that is not there at this moment; None for one that is."""
    known = model.roles.get(role)
    if known is None or known.hours is None or model.calendar(role).is_open(now):
        return None
    return openings_of(model, known.hours, now)


def openings_of(model: Model, name: str, now: datetime) -> Openings:
    """The opening hours of that name."""
    hours, calendar = model.definition.hours[name], model.calendars[name]
    is_open = calendar.is_open(now)
    today = now.astimezone(ZoneInfo(hours.time_zone)).date()
    return Openings(
        time_zone=hours.time_zone,
        week=tuple(_week(hours.days)),
        soon=tuple(_soon(hours, calendar, today)),
        is_open=is_open,
        opens_at=None if is_open else calendar.next_opening(now),
    )


def _week(days: tuple[tuple[Span, ...], ...]) -> Iterator[Days]:
    """Neighbours with the same hours together."""
    for spans, numbers in groupby(range(len(days)), key=lambda number: days[number]):
        first, *more = numbers
        yield Days(first, more[-1] if more else first, _written(spans))


def _soon(hours: Hours, calendar: Calendar, today: date) -> Iterator[Different]:
    for day in (today + timedelta(days=ahead) for ahead in range(SOON_DAYS)):
        spans = calendar.on(day)
        if spans != hours.days[day.weekday()]:
            name = calendar.holiday(day)
            yield Different(day, words_of(name) if name else None, _written(spans))


def _written(spans: tuple[Span, ...]) -> tuple[str, ...]:
    return tuple(map(str, spans))


def words_of(title: Title) -> dict[str, str]:
    return {"en": title.en, "nl": title.nl}
