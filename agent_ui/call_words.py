"""What became of a phone call, in the reader's language."""

from typing import Any

from agent_ui.spans import span
from agent_ui.texts import N_, Texts
from hub.store import calls

_WORDS = {
    calls.TALKED: N_("{name} talked on the phone with the customer: {time}"),
    calls.MISSED: N_("The customer hung up after waiting {time}: call back"),
    calls.CALLBACK: N_("The customer waited {time} and asks to be called back"),
    calls.HANDLED: N_("The call was ended because this was resolved; the customer waited {time}"),
}
_UNREACHED = {
    "no_number": N_("{name} has no phone number in the settings; the customer waits for another"),
    "busy": N_("{name}'s phone was busy; the customer waits for another"),
    "": N_("{name} was not reached by phone; the customer waits for another"),
}


def call_words(texts: Texts, entry: Any) -> str:
    details, name = entry.details, entry.sender.name
    if details["outcome"] == calls.UNREACHED:
        return texts(_UNREACHED.get(details["why"]) or _UNREACHED[""], name=name)
    time = span(texts, float(details["seconds"]))
    return texts(_WORDS[details["outcome"]], name=name, time=time)
