"""Reads TwiML for calls, and refuses what is not documented: verbs, nouns and attributes."""

from collections.abc import Mapping

from routing.forms.safe_xml import Element, read_xml
from routing.model_file.problem import BrokenModel

_SAY = frozenset({"voice", "language", "loop"})
_PLAY = frozenset({"loop", "digits"})
_PAUSE = frozenset({"length"})
_REDIRECT = frozenset({"method"})
VERBS: Mapping[str, frozenset[str]] = {
    "Say": _SAY,
    "Play": _PLAY,
    "Pause": _PAUSE,
    "Redirect": _REDIRECT,
    "Hangup": frozenset(),
    "Gather": frozenset(
        {
            "action",
            "method",
            "input",
            "timeout",
            "numDigits",
            "finishOnKey",
            "actionOnEmptyResult",
            "language",
            "hints",
            "speechTimeout",
        }
    ),
    "Record": frozenset(
        {
            "action",
            "method",
            "timeout",
            "finishOnKey",
            "maxLength",
            "playBeep",
            "trim",
            "recordingStatusCallback",
            "recordingStatusCallbackMethod",
            "recordingStatusCallbackEvent",
            "transcribe",
            "transcribeCallback",
        }
    ),
    "Dial": frozenset({"action", "method", "timeout", "hangupOnStar", "timeLimit", "callerId"}),
}
WAITING = {name: VERBS[name] for name in ("Say", "Play", "Pause", "Redirect")}
"""What a conference's waitUrl may answer with."""
_PERSON = frozenset({"statusCallback", "statusCallbackEvent", "statusCallbackMethod"})
_NOUNS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "Gather": {"Say": _SAY, "Play": _PLAY, "Pause": _PAUSE},
    "Dial": {
        "Conference": frozenset(
            {
                "muted",
                "beep",
                "startConferenceOnEnter",
                "endConferenceOnExit",
                "waitUrl",
                "waitMethod",
                "maxParticipants",
                "statusCallback",
                "statusCallbackEvent",
                "statusCallbackMethod",
            }
        ),
        "Number": _PERSON,
        "Client": _PERSON,
    },
}


class BadDocument(Exception):
    """Twilio's error 12100 or 12200, with what is wrong."""


def read(body: bytes, verbs: Mapping[str, frozenset[str]] = VERBS) -> list[Element]:
    """The verbs of a document, in order. Raises BadDocument."""
    try:
        response = read_xml(body, "TwiML")
    except (BrokenModel, IndexError) as error:
        raise BadDocument(f"12100 Document parse failure: {error}") from error
    if response.name != "Response":
        raise BadDocument(f"12100 The document begins with <{response.name}>")
    for verb in response.children:
        _check(verb, verbs)
        for noun in verb.children:
            _check(noun, _NOUNS.get(verb.name, {}))
    return response.children


def _check(element: Element, known: Mapping[str, frozenset[str]]) -> None:
    if element.name not in known:
        raise BadDocument(f"12200 <{element.name}> is not allowed here")
    unknown = set(element.attributes) - known[element.name]
    if unknown:
        raise BadDocument(f"12200 <{element.name}> has no {', '.join(sorted(unknown))}")
