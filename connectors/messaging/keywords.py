"""The words by which customers say what they want of a channel. Pure.

Only a message that is such a word and nothing else counts. The English words of SMS are those that
Twilio itself acts on for long numbers; in WhatsApp, where no network acts on them, everyday words
such as END or CANCEL are what the customer says to us.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.interaction import Channel


class Wish(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True)
class Keyword:
    """`network`: on SMS, Twilio acts on this word as well."""

    wish: Wish
    language: str
    network: bool = False


_NETWORK = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "revoke", "optout"), Wish.STOP),
    **dict.fromkeys(("cancel", "end", "quit"), Wish.STOP),
    **dict.fromkeys(("start", "unstop"), Wish.START),
    **dict.fromkeys(("help", "info"), Wish.HELP),
}
_ONLY_SMS = frozenset({"cancel", "end", "quit", "info"})
_DUTCH = {
    **dict.fromkeys(
        ("stoppen", "stop alles", "afmelden", "uitschrijven", "geen berichten"), Wish.STOP
    ),
    **dict.fromkeys(("aanmelden", "inschrijven", "hervatten"), Wish.START),
    "hulp": Wish.HELP,
}


def keyword_of(text: str, channel: Channel) -> Keyword | None:
    """What this message asks of the channel, if it is such a word."""
    word = " ".join(text.casefold().split()).strip(" .!?\"'")
    if word in _DUTCH:
        return Keyword(_DUTCH[word], "nl")
    if word not in _NETWORK or (word in _ONLY_SMS and channel is not Channel.SMS):
        return None
    return Keyword(_NETWORK[word], "en", network=channel is Channel.SMS)
