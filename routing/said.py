"""Sentences about what is wrong with a model, in English with the Dutch beside them.

A sentence is its English text wherever a text is needed; `dutch` gives the other. What is filled in
is a name or a value from the file, the same in both, or a sentence of its own.
"""

from collections.abc import Iterable

from routing.said_in_dutch import DUTCH


class Said(str):
    """Made by the functions below."""

    __slots__ = ("nl",)
    nl: str


def said(text: str, /, **words: object) -> Said:
    """The sentence with what belongs at its `{places}`."""
    sentence = Said(text.format_map(words) if words else text)
    inner = {name: dutch(word) if isinstance(word, str) else word for name, word in words.items()}
    translated = DUTCH[text]
    sentence.nl = translated.format_map(inner) if words else translated
    return sentence


def both(en: str, nl: str) -> Said:
    """A name that there is in both languages."""
    name = Said(en)
    name.nl = nl
    return name


def about(entry: Said, sentence: str) -> Said:
    """What a sentence is about, and the sentence."""
    return both(f"{entry}: {sentence}", f"{entry.nl}: {dutch(sentence)}")


def joined(sentences: Iterable[str]) -> Said:
    """One after the other."""
    parts = list(sentences)
    return both(" ".join(parts), " ".join(dutch(part) for part in parts))


def dutch(text: str) -> str:
    """The Dutch of a sentence; any other text as it is."""
    return text.nl if isinstance(text, Said) else text
