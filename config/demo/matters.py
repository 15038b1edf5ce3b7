"""Made-up mails of customers in English and Dutch about 100 topics: the demo's past month, and what
recognition is measured with.

What is hard about real mail is in them: greetings and small talk, other things that are named on
the way, mails that speak of another matter first, subjects that say nothing, typos, two languages,
and labels that are wrong. No sentence of a mail for testing occurs in a mail for training, and some
names of things do not either.
"""

import itertools
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SENTENCES = Path(__file__).parent / "data" / "matters.txt"

HELD_OUT = 0.3
"""Sentences that are for testing only."""

CONFUSED = 0.10
"""Mails that speak of another matter, at length, before their own."""

EMPTY_SUBJECT = 0.4
UNKNOWN_NAME = 0.05
TYPO = 0.03
WRONG_LABEL = 0.02
IN_SMALL_LETTERS = 0.3

_CHOICE = re.compile(r"\[([^\]]*)\]")
_SAYS_NOTHING = {
    "en": ("Question", "Help", "My order", "Hello", "Please read", ""),
    "nl": ("Vraag", "Hulp gevraagd", "Mijn bestelling", "Hallo", "Graag reactie", ""),
}
_GREETINGS = {
    "en": ("Hello,", "Dear Sir or Madam,", "Hi there,", "Good morning,", ""),
    "nl": ("Hallo,", "Geachte heer, mevrouw,", "Hoi,", "Goedemorgen,", "Beste mensen,", ""),
}
_ENDS = {
    "en": ("Kind regards, {name}", "Thanks in advance, {name}", "Regards, {name}", "{name}", ""),
    "nl": ("Met vriendelijke groet, {name}", "Alvast bedankt, {name}", "Groeten, {name}", ""),
}
_SMALL_TALK = {
    "en": (
        "I have been a customer for years.", "My order number is {number}.",
        "I tried to call but nobody answered.", "Your shop was recommended to us.",
        "I hope you can help me.", "Please reply by e-mail.", "We already have a {other} of yours.",
        "Our {other} is fine by the way.", "I bought it together with a {other}.",
    ),
    "nl": (
        "Ik ben al jaren klant.", "Mijn bestelnummer is {number}.",
        "Ik heb geprobeerd te bellen maar niemand nam op.", "Jullie winkel is ons aangeraden.",
        "Ik hoop dat u mij kunt helpen.", "Graag antwoord per mail.",
        "Wij hebben al een {other} van jullie.", "Onze {other} is trouwens prima.",
        "Ik kocht die samen met een {other}.",
    ),
}  # fmt: skip
_BEFORE = {
    "en": ("Earlier I wrote: {other}. That is settled. Now this.", "Not about this: {other}. But:"),
    "nl": (
        "Eerder schreef ik: {other}. Dat is opgelost. Nu dit.", "Dit gaat niet over: {other}. Maar:"
    ),
}  # fmt: skip
_ANYBODY = ("Jan de Boer", "Sanne Visser", "P. Smit", "Emma Jones", "Ahmed El Amrani", "Lotte")
ANYBODY = {"en": _ANYBODY, "nl": _ANYBODY}


class For(StrEnum):
    """`TURNS`: testing with turns of phrase that no training mail has, as after a new product."""

    TRAINING = "training"
    TESTING = "testing"
    TURNS = "turns"


@dataclass(frozen=True)
class Mail:
    """`topic`: a thing and what the matter is with it, as `grinder/broken`."""

    topic: str
    language: str
    writer: str
    subject: str
    text: str


Lines = dict[str, list[str]]
Halves = tuple[list[str], list[str]]


class Writer:
    """Writes mails; the same seed gives the same mails. `people`: who writes, by language."""

    def __init__(
        self, seed: int, purpose: For, people: Mapping[str, Sequence[str]] = ANYBODY
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 (nothing is secret here)
        self._purpose = purpose
        self._people = people
        self._things, self._matters = _read()

    @property
    def topics(self) -> list[str]:
        return [f"{thing}/{matter}" for thing in self._things for matter in self._matters]

    def mails(self, per_topic: int) -> list[Mail]:
        written = [self._mail(topic) for topic in self.topics for _ in range(per_topic)]
        self._random.shuffle(written)
        return written

    def _mail(self, topic: str) -> Mail:
        language = self._random.choice(("en", "nl"))
        parts = [self._random.choice(_GREETINGS[language])]
        if self._random.random() < CONFUSED:
            other = self._sentence(self._random.choice(self.topics), language)
            parts.append(self._random.choice(_BEFORE[language]).format(other=other))
        kind = f"{language}-turn" if self._purpose is For.TURNS else language
        parts.append(self._sentence(topic, kind) + self._random.choice((".", "!", "?", "")))
        for _ in range(self._random.choice((0, 0, 1, 2))):
            parts.insert(self._random.choice((1, len(parts))), self._small_talk(language))
        end = self._random.choice(_ENDS[language])
        writer = self._random.choice(self._people[language])
        parts.append(end.format(name=writer))
        text = "\n".join(part for part in parts if part)
        label, subject = self._label(topic), self._subject(topic, language)
        return Mail(label, language, writer, subject, self._typed(text))

    def _label(self, topic: str) -> str:
        """Agents err as well; what a test is measured against is right."""
        wrong = self._purpose is For.TRAINING and self._random.random() < WRONG_LABEL
        return self._random.choice(self.topics) if wrong else topic

    def _subject(self, topic: str, language: str) -> str:
        if self._random.random() < EMPTY_SUBJECT:
            return self._random.choice(_SAYS_NOTHING[language])
        return self._typed(self._sentence(topic, f"{language}-subject"))

    def _sentence(self, topic: str, kind: str) -> str:
        thing, matter = topic.split("/")
        held_out, rest = self._matters[matter][kind]
        line = self._random.choice(rest if self._purpose is For.TRAINING else held_out)
        return " ".join(line.replace("THING", self._name(thing, kind[:2])).split())

    def _name(self, thing: str, language: str) -> str:
        *known, unknown = self._things[thing][language]
        if self._purpose is not For.TRAINING and self._random.random() < UNKNOWN_NAME:
            return unknown
        return self._random.choice(known)

    def _small_talk(self, language: str) -> str:
        other = self._name(self._random.choice(list(self._things)), language)
        number = str(self._random.randint(10_000, 99_999))
        return self._random.choice(_SMALL_TALK[language]).format(other=other, number=number)

    def _typed(self, text: str) -> str:
        if self._random.random() < IN_SMALL_LETTERS:
            text = text.lower()
        return re.sub(r"\w{4,}", lambda word: self._mistyped(word[0]), text)

    def _mistyped(self, word: str) -> str:
        if self._random.random() > TYPO:
            return word
        at = self._random.randrange(1, len(word) - 1)
        kinds = (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
        return self._random.choice(kinds)


def _read() -> tuple[dict[str, Lines], dict[str, dict[str, Halves]]]:
    """The names of each thing and the sentences of each matter, by language and kind."""
    things: dict[str, Lines] = {}
    matters: dict[str, Lines] = {}
    here: Lines = {}
    for line in SENTENCES.read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind in ("thing", "matter"):
            here = defaultdict(list)
            (things if kind == "thing" else matters)[rest] = here
        elif kind and kind != "#":
            here[kind].append(rest)
    names = {
        thing: {language: line.split(", ") for language, [line] in lines.items()}
        for thing, lines in things.items()
    }
    return names, {
        matter: {kind: _halves(sentences) for kind, sentences in lines.items()}
        for matter, lines in matters.items()
    }


def _halves(lines: list[str]) -> Halves:
    """Every sentence that the lines can make, those held out first; the order is by digest."""
    made = [sentence for line in lines for sentence in _made_of(line)]
    made.sort(key=lambda sentence: zlib.crc32(sentence.encode()))
    count = max(1, round(len(made) * HELD_OUT))
    return made[:count], made[count:]


def _made_of(line: str) -> list[str]:
    fixed = _CHOICE.split(line)
    parts = [[part] if place % 2 == 0 else part.split("|") for place, part in enumerate(fixed)]
    return ["".join(chosen) for chosen in itertools.product(*parts)]
