"""The cards of a session as a model. What a model cannot say is left out and told."""

from dataclasses import dataclass

from hub.workshop import Board
from routing.workshop.fitting import Notes, Plain, joined
from routing.workshop.names import names_of
from routing.workshop.remark import Remark
from routing.workshop.rows import Rows
from routing.workshop.words import Words

_TRIAGE = "triage"
_ORGANISATION = "Organisation"


@dataclass(frozen=True)
class Made:
    """`sections`: the model as plain data; `rows`: the card of each row, in their order; `names`:
    what cards are called in it; `untranslated`: cards, each with the language that it lacks."""

    sections: Plain
    rows: tuple[str, ...]
    names: dict[str, str]
    remarks: tuple[Remark, ...]
    untranslated: tuple[tuple[str, str], ...]


def to_model(board: Board, organisation: str = "") -> Made:
    """`organisation`: its name where the session does not say it."""
    names, notes = names_of(board), Notes()
    words = Words(board, names, notes)
    roles, channels = words.roles(), words.channels()
    rows = Rows(board, names, channels, notes).made()
    meeting = board.meeting
    triage = names.get(meeting.text("triage"), "")
    if triage not in roles:
        triage = next(iter(roles), _TRIAGE)
        roles = roles or {_TRIAGE: {"title": {"en": "Triage", "nl": "Verdeling"}}}
    sections = {
        "version": meeting.text("version") or "1",
        "organisation": meeting.text("organisation") or organisation or _ORGANISATION,
        "triage_role": triage,
        "roles": roles,
        "skills": words.skills(),
        "hours": words.hours,
        "channels": channels,
        "target_groups": words.target_groups(),
        "topics": words.topics(),
        "moments": [row for _, row in rows],
    }
    needed = ("roles", "channels", "target_groups", "topics", "moments")
    kept = {name: value for name, value in sections.items() if value or name in needed}
    return Made(
        sections=joined(meeting.fields.get("rest"), kept),
        rows=tuple(card for card, _ in rows),
        names=names,
        remarks=tuple(notes.remarks),
        untranslated=tuple(dict.fromkeys(notes.untranslated)),
    )
