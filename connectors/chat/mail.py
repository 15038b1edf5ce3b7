"""The mails in which a chat goes on, or is given along. Pure.

What a visitor typed never goes, by itself, to an address they made up: of the words that may, links
are taken out, so that nobody has Loket mail their advertisement to anybody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What a mail program may make a link of. Looked for word by word: on a long text a pattern that
# goes over words takes time without end.
_LINK = re.compile(r"://|www\.|[^\W_][.\u3002\uff0e][^\W\d_]{2}", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_NO_LINK = "[…]"


@dataclass(frozen=True)
class Said:
    """One message, of our side unless it says otherwise."""

    name: str
    text: str
    ours: bool = True
    files: Sequence[str] = ()


@dataclass(frozen=True)
class _Words:
    subject: str
    opening: str
    closing: str
    transcript: str
    you: str
    file: str


_WORDS = {
    "en": _Words(
        subject="Your chat with {organisation}",
        opening="You had left the chat before you could read this:",
        closing="You can answer this mail: your answer comes to the same conversation.",
        transcript="This is what was said in your chat with {organisation}:",
        you="You",
        file="File: {name}",
    ),
    "nl": _Words(
        subject="Uw chat met {organisation}",
        opening="U had de chat verlaten voordat u dit kon lezen:",
        closing="U kunt deze mail beantwoorden: uw antwoord komt in hetzelfde gesprek.",
        transcript="Dit is wat er in uw chat met {organisation} is gezegd:",
        you="U",
        file="Bestand: {name}",
    ),
}


def compose(said: Sequence[Said], *, organisation: str, language: str) -> tuple[str, str]:
    """The subject and the text of the mail; English unless we know the visitor's language."""
    words = _words(language)
    messages = [_message(one, one.name or organisation, words) for one in said]
    text = "\n\n".join([words.opening, *messages, words.closing])
    return words.subject.format(organisation=organisation), text


def compose_transcript(
    said: Sequence[Said], *, organisation: str, language: str, proved: bool
) -> tuple[str, str]:
    """What both sides said. `proved`: the address is known to be the visitor's own."""
    words = _words(language)
    messages = [
        _message(one, one.name or organisation, words)
        if one.ours
        else _message(_harmless(one, proved), words.you, words)
        for one in said
    ]
    opening = words.transcript.format(organisation=organisation)
    text = "\n\n".join([opening, *messages, words.closing])
    return words.subject.format(organisation=organisation), text


def _message(said: Said, who: str, words: _Words) -> str:
    files = [words.file.format(name=name) for name in said.files]
    return "\n".join([f"{who}:", *([said.text] if said.text else []), *files])


def _harmless(said: Said, proved: bool) -> Said:
    if proved:
        return said
    files = [_NO_LINK if _LINK.search(name.rpartition(".")[0]) else name for name in said.files]
    return Said(said.name, _without_links(said.text), ours=False, files=files)


def _without_links(text: str) -> str:
    return _WORD.sub(lambda word: _NO_LINK if _LINK.search(word[0]) else word[0], text)


def _words(language: str) -> _Words:
    return _WORDS.get(language, _WORDS["en"])
