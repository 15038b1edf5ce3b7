"""The cards with which a session from nothing begins, so that it soon has a model to prove."""

from hub.interaction import Channel
from hub.workshop import Kind, Where, Write, row_id
from hub.workshop.vocabulary import MEETING
from routing.workshop.words import CHANNEL_TITLES, DIRECTIONS

_TRIAGE, _OFFICE = f"{Kind.ROLE}.triage", f"{Kind.HOURS}.office"
_OPEN = (Channel.EMAIL, Channel.PHONE)


def beginning(organisation: str, time_zone: str) -> list[Write]:
    """Mail and phone, somebody for what nobody recognises, office hours, and an answer within a
    working day."""
    everything = row_id(Where())
    cards: dict[str, dict[str, object]] = {
        MEETING: {"triage": _TRIAGE, "organisation": organisation, "version": "1"},
        _TRIAGE: {
            "title_en": "Triage",
            "title_nl": "Verdeling",
            "name": "triage",
            "about_en": "Reads what was not recognised and gives it to the right role.",
            "about_nl": "Leest wat niet herkend is en geeft het aan de juiste rol.",
            "hours": _OFFICE,
        },
        _OFFICE: {
            "title_en": "Office hours",
            "title_nl": "Kantooruren",
            "name": "office",
            "time_zone": time_zone,
            "week": "mon-fri 08:30-17:30",
        },
        everything: {"first": "8h", "next": "8h", "resolution": "27h", "clock": "business"},
    }
    for channel, (en, nl) in CHANNEL_TITLES.items():
        used = {direction: True for direction in DIRECTIONS if channel in _OPEN}
        cards[f"{Kind.CHANNEL}.{channel}"] = {"title_en": en, "title_nl": nl, **used}
    cards[f"{Kind.CHANNEL}.{Channel.PHONE}"]["hours"] = _OFFICE
    return [
        Write(card, field, value)
        for card, fields in cards.items()
        for field, value in fields.items()
    ]
