"""The mail in which a chat goes on. Pure.

It holds only what our side wrote: what a visitor typed never goes to an address they made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One message of our side."""

    name: str
    text: str


@dataclass(frozen=True)
class _Words:
    subject: str
    opening: str
    closing: str


_WORDS = {
    "en": _Words(
        subject="Your chat with {organisation}",
        opening="You had left the chat before you could read this:",
        closing="You can answer this mail: your answer comes to the same conversation.",
    ),
    "nl": _Words(
        subject="Uw chat met {organisation}",
        opening="U had de chat verlaten voordat u dit kon lezen:",
        closing="U kunt deze mail beantwoorden: uw antwoord komt in hetzelfde gesprek.",
    ),
}


def compose(said: Sequence[Said], *, organisation: str, language: str) -> tuple[str, str]:
    """The subject and the text of the mail; English unless we know the visitor's language."""
    words = _WORDS.get(language, _WORDS["en"])
    messages = [f"{one.name or organisation}:\n{one.text}" for one in said]
    text = "\n\n".join([words.opening, *messages, words.closing])
    return words.subject.format(organisation=organisation), text
