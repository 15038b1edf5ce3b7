"""What is promised about answers: three targets, and what starts, pauses and meets each.

- First response: from the first contact to the first answer. Moving the work to another role does
  not start it again.
- Next response: from the oldest contact that was not answered since the last answer, to the next
  answer; then it begins anew with the next contact.
- Resolution: from the first contact until it is resolved; waiting for the customer pauses it.
"""

from collections.abc import Iterable
from enum import StrEnum

WARN_AT = 0.75
"""The part of a target after which is warned."""


class Promise(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class Event(StrEnum):
    """What happens in a conversation, as far as promises are concerned."""

    CONTACT = "contact"
    ANSWER = "answer"
    PENDING = "pending"
    CONTINUED = "continued"
    MOVED = "moved"
    RESOLVED = "resolved"


class What(StrEnum):
    """What happens to the clock of a promise."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"
    MET = "met"


_ANSWERS = {
    Event.CONTACT: What.STARTED,
    Event.ANSWER: What.MET,
    Event.MOVED: What.MOVED,
    Event.RESOLVED: What.MET,
}
_EFFECTS: dict[Promise, dict[Event, What]] = {
    Promise.FIRST_RESPONSE: _ANSWERS,
    Promise.NEXT_RESPONSE: _ANSWERS,
    Promise.RESOLUTION: {
        Event.CONTACT: What.STARTED,
        Event.PENDING: What.PAUSED,
        Event.CONTINUED: What.RESUMED,
        Event.MOVED: What.MOVED,
        Event.RESOLVED: What.MET,
    },
}


def effect(promise: Promise, event: Event) -> What | None:
    """What an event does to the clock of a promise; None when nothing."""
    return _EFFECTS[promise].get(event)


def begun_by_contact(*, answered: bool, running: Iterable[Promise]) -> tuple[Promise, ...]:
    """The promises that a contact begins, given whether the work was answered before and what runs
    already. A contact that comes while one waits for an answer does not start it again."""
    response = Promise.NEXT_RESPONSE if answered else Promise.FIRST_RESPONSE
    wanted = (response,) if answered else (response, Promise.RESOLUTION)
    runs = set(running)
    return tuple(promise for promise in wanted if promise not in runs)
