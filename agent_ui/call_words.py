"""How a phone call goes, and what became of it, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from agent_ui.call_bar import CallBar
from agent_ui.spans import span
from agent_ui.texts import N_, Texts
from hub.store import call_wishes, calls, putting_through

_WORDS = {
    calls.TALKED: N_("{name} talked on the phone with the customer: {time}"),
    calls.MISSED: N_("The customer hung up after waiting {time}: call back"),
    calls.CALLBACK: N_("The customer waited {time} and asks to be called back"),
    calls.NO_ANSWER: N_("{name} called the customer in vain"),
    calls.ENDED: N_("{name} ended a call before the customer was reached"),
    calls.PUT_THROUGH: N_("{name} put the customer through to {to} after {time}"),
    calls.HUNG_UP: N_("The customer hung up while {name} put them through to {to}"),
    calls.HANDLED: N_("The call was ended because this was resolved; the customer waited {time}"),
}
_PASSED_ON = N_("{name} talked on the phone with the customer, {time}, and passed them on to {to}")
_NOBODY_TO_CALL = N_("The customer hung up after waiting {time}, and withheld their number")
_CALLED = N_("{name} called the customer, and they talked: {time}")
_UNREACHED = {
    "no_number": N_("{name} has no phone number in the settings; the customer waits for another"),
    "busy": N_("{name}'s phone was busy; the customer waits for another"),
    "": N_("{name} was not reached by phone; the customer waits for another"),
}
_NOT_CALLED = {
    "no_number": N_("{name} has no phone number: write it under your own name, at the top"),
    "": N_("{name}'s own phone was not reached: the customer was not called"),
}
_NOT_THERE = ("no-answer", "canceled", "completed")
"""How a phone was rung that nobody answered; "completed": not before they were put together."""
_OTHER = {
    "no-answer": N_("{other} was asked to join the call and did not answer"),
    "busy": N_("{other} was asked to join the call and was busy"),
    "": N_("{other} was asked to join the call and could not be called"),
}
_HOLDER = N_("{name} hung up while the customer was on hold, so they wait again")
_OUTSIDE = {
    "no-answer": N_("{name} put the customer through; {to} did not answer, so they came back"),
    "busy": N_("{name} put the customer through; {to} was busy, so they came back"),
    "": N_("{name} put the customer through; {to} could not be called, so they came back"),
}
_STATES = {
    calls.QUEUED: N_("A caller waits"),
    calls.RINGING: N_("{name}'s phone rings"),
    calls.CALLING: N_("The customer's phone rings"),
    calls.TALKING: N_("{name} is on the phone"),
    calls.THROUGH: N_("The customer is being put through: it rings at {to}"),
}
_MINE = {
    calls.QUEUED: N_("Your phone is about to ring"),
    calls.RINGING: N_("Your phone rings: answer it"),
    calls.TALKING: N_("You are on the phone"),
}
_HELD = N_("The customer is on hold")
_OTHERS = {
    call_wishes.ASKED: N_("{other} is called; the customer is on hold"),
    call_wishes.RINGING: N_("{other}'s phone rings; the customer is on hold"),
    call_wishes.THERE: N_("You talk with {other}; the customer is on hold"),
    call_wishes.TAKING_OVER: N_("{other} takes the call"),
}


def call_words(texts: Texts, entry: Any, roles: Mapping[str, str]) -> str:
    """`roles`: their titles."""
    details, name = entry.details, entry.sender.name
    outcome, is_ours = details["outcome"], details.get("direction") == calls.OUTBOUND
    if outcome == calls.UNREACHED and details.get("who"):
        return _nobody_there(texts, details, name)
    if outcome == calls.UNREACHED:
        known = _NOT_CALLED if is_ours else _UNREACHED
        return texts(known.get(details["why"]) or known[""], name=name)
    time = span(texts, float(details["seconds"]))
    if outcome == calls.PASSED_ON:
        to = details["to"] or roles.get(details["role"], details["role"])
        return texts(_PASSED_ON, name=name, time=time, to=to)
    words = _CALLED if outcome == calls.TALKED and is_ours else _WORDS[outcome]
    if outcome == calls.MISSED and details.get("withheld"):
        words = _NOBODY_TO_CALL
    return texts(words, name=name, time=time, to=details.get("to", ""))


def _nobody_there(texts: Texts, details: dict[str, str], name: str) -> str:
    """A colleague who was asked, or a number outside, was not reached."""
    why = "no-answer" if details["why"] in _NOT_THERE else details["why"]
    if details["who"] == putting_through.HOLDER:
        return texts(_HOLDER, name=name)
    is_outside = details["who"] == putting_through.OUTSIDE
    known = _OUTSIDE if is_outside else _OTHER
    words = known.get(why) or known[""]
    return texts(words, name=name, to=details.get("to", ""), other=details.get("name", ""))


def call_state(texts: Texts, bar: CallBar) -> str:
    """How the call of a call bar stands now."""
    call = bar.call
    if call is None:
        return ""
    if call.other_state in _OTHERS:
        return texts(_OTHERS[call.other_state], other=call.other_name)
    if call.put_through:
        return texts(_STATES[calls.THROUGH], to=call.put_through)
    if call.on_hold:
        return texts(_HELD)
    known = {**_STATES, **_MINE} if bar.is_mine else _STATES
    was_given_back = call.state == calls.RINGING and not call.agent_id
    return texts(known[calls.QUEUED if was_given_back else call.state], name=bar.agent_name)
