"""Hours, days and promised answers in words, for the contact guide."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent_ui.texts import N_, Texts
from hub import locales
from hub.guide import Days, Different, Openings, Way, Words

_DAY = 86_400
_WITHIN = (
    (_DAY, N_("within a day"), N_("within {n} days")),
    (3_600, N_("within an hour"), N_("within {n} hours")),
    (60, N_("within a minute"), N_("within {n} minutes")),
    (1, N_("within a second"), N_("within {n} seconds")),
)


def days(texts: Texts, these: Days) -> str:
    names = locales.weekdays(texts.language)
    first, last = names[these.first], names[these.last]
    if these.first == these.last:
        return first
    return texts(N_("{first} to {last}"), first=first, last=last)


def times(texts: Texts, spans: tuple[str, ...]) -> str:
    return ", ".join(span.replace("-", "\u2013") for span in spans) or texts(N_("closed"))


def day(texts: Texts, on: date) -> str:
    return locales.day(on, texts.language, year=False)


def different(texts: Texts, soon: Different) -> str:
    """`25 December (Christmas Day)`."""
    if soon.name is None:
        return day(texts, soon.day)
    return f"{day(texts, soon.day)} ({soon.name[texts.language]})"


def now(texts: Texts, openings: Openings, at: datetime) -> str:
    """Whether it is open at this moment, or when it opens."""
    if openings.is_open:
        return texts(N_("open now"))
    if openings.opens_at is None:
        return texts(N_("closed"))
    zone = ZoneInfo(openings.time_zone)
    opens, today = openings.opens_at.astimezone(zone), at.astimezone(zone).date()
    time = f"{opens:%H:%M}"
    ahead = (opens.date() - today).days
    if ahead == 0:
        return texts(N_("opens today at {time}"), time=time)
    week = locales.weekdays(texts.language)
    if ahead < len(week):
        return texts(N_("opens {day} at {time}"), day=week[opens.weekday()], time=time)
    return texts(N_("opens {day} at {time}"), day=day(texts, opens.date()), time=time)


def answer(texts: Texts, way: Way) -> str:
    """How soon there is an answer; empty when nothing is promised."""
    if way.answer_within is None:
        return ""
    # A business day is no day of 24 hours, so opening hours are told in hours.
    return within(texts, way.answer_within, in_days=not way.in_business_hours)


def within(texts: Texts, seconds: int, *, in_days: bool = True) -> str:
    """Exactly so long, in the largest unit in which that is a whole number."""
    for unit, one, many in _WITHIN:
        if seconds % unit == 0 and (in_days or unit != _DAY):
            return texts.count(seconds // unit, one, many)
    raise AssertionError("a second fits always")


def link(way: Way) -> str:
    """What to follow to get there; empty when there is nothing to follow."""
    if way.address.startswith(("https://", "http://")):
        return way.address
    if way.channel == "email" and "@" in way.address:
        return f"mailto:{way.address}"
    if way.channel in ("phone", "sms") and way.address:
        scheme = "tel" if way.channel == "phone" else "sms"
        digits = "".join(sign for sign in way.address if sign.isdigit() or sign == "+")
        return f"{scheme}:{digits}"
    return ""


def either(texts: Texts, titles: Sequence[Words]) -> str:
    """`E-mail, Phone or Chat`."""
    *others, last = [title[texts.language] for title in titles]
    return texts(N_("{these} or {last}"), these=", ".join(others), last=last) if others else last
