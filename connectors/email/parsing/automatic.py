"""Whether a person wrote the mail. Automatic mail is filed, and never answered by a machine.

https://www.rfc-editor.org/rfc/rfc3834 and what mail systems did before and beside it.
"""

import re

from connectors.email.parsing.fields import Fields
from hub.interaction import Automatic

_REPLY_FIELDS = {"x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply"}
_LIST_FIELDS = {"list-id", "list-unsubscribe", "list-post", "list-help", "feedback-id"}
_MACHINES = re.compile(
    r"(?:no|not|non?|donot|do-not|do_not|dont|niet)[-_.]?(?:reply|repl[iy]|respond|antwoorden|beantwoorden"
    r"|antworten|responder|repondre)(?:[-_.+].{0,60})?|mailer-daemon|postmaster|bounces?(?:[-_.+].{0,60})?",
    re.IGNORECASE,
)
_WORD_END = re.compile(r"[\s;(]")
_DAEMONS = ("mailer-daemon", "postmaster")
_REPLY_SUBJECT = re.compile(
    r"(?:automatic reply|automatisch antwoord|automatische antwort|automatische antwoord"
    r"|r(?:é|e\u0301)ponse automatique|respuesta autom(?:á|a\u0301)tica|out of office"
    r"|auto(?:-|:| )?reply)\b"
    r".{0,5}:",
    re.IGNORECASE,
)


def classify(
    fields: Fields, *, sender: str, subject: str, is_report: bool, null_sender: bool
) -> Automatic:
    """What kind of machine wrote this, if one did. Delivery reports are told apart by `bounce`."""
    declared = _first_word(fields.get("auto-submitted"))
    precedence = _first_word(fields.get("precedence"))
    replies = declared == "auto-replied" or precedence == "auto_reply"
    # Exchange calls its absence notes generated; the subject says what they are.
    if replies or fields.names() & _REPLY_FIELDS or _REPLY_SUBJECT.match(subject):
        return Automatic.REPLY
    if declared not in ("", "no"):
        return Automatic.GENERATED
    if is_report or null_sender or "x-auto-response-suppress" in fields:
        return Automatic.GENERATED
    if fields.names() & _LIST_FIELDS or precedence in ("bulk", "list", "junk"):
        return Automatic.BULK
    machine = _MACHINES.fullmatch(sender.partition("@")[0])
    return Automatic.GENERATED if machine else Automatic.NO


def has_null_sender(fields: Fields, envelope_from: str | None) -> bool:
    """Nobody wants to hear of problems with this mail: it is itself a notice of some sort."""
    if envelope_from is not None:
        return envelope_from.strip("<> ") == ""
    return fields.get("return-path").strip() == "<>"


def is_daemon(sender: str) -> bool:
    """Whether this is the mail system itself."""
    return sender.partition("@")[0].lower() in _DAEMONS


def _first_word(value: str) -> str:
    """The value without the parameters or the comment that may follow it."""
    return _WORD_END.split(value.strip().lower(), maxsplit=1)[0]
