"""How far a caller is before they wait: what they chose, answered and agreed to. Pure.

It travels in the address of each question, which Twilio signs with the answer: nothing need be
kept for who hangs up half-way.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from connectors.phone.menu import Choice, title_of
from hub.asking import ANSWER, LONGEST_ANSWER, AskedTopic, Question

MOST_QUESTIONS = 2
"""More keeps people from an agent for too long."""
_ANSWER = "a."
_SHORTEST_WORD = 3


class Consent(StrEnum):
    """To being recorded."""

    NOT_ASKED = ""
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Progress:
    """`asked`: how many questions are behind them."""

    topic: str = ""
    asked: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    consent: Consent = Consent.NOT_ASKED

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Progress":
        asked = query.get("asked", "0")
        given = {k.removeprefix(_ANSWER): v for k, v in query.items() if k.startswith(_ANSWER)}
        return cls(query.get("topic", ""), int(asked) if asked.isdecimal() else 0, given)

    def written(self) -> dict[str, str]:
        answers = {f"{_ANSWER}{name}": text for name, text in self.answers.items()}
        return {"topic": self.topic, "asked": str(self.asked), **answers}

    def answered(self, question: Question, text: str) -> "Progress":
        """An empty text: they said nothing."""
        text = " ".join(text.split())[:LONGEST_ANSWER]
        answers = {**self.answers, question.name: text} if text else self.answers
        return replace(self, asked=self.asked + 1, answers=answers)

    @property
    def details(self) -> dict[str, str]:
        """The answers as a contact keeps them."""
        return {f"{ANSWER}{name}": text for name, text in self.answers.items()}


def about(asked: Sequence[AskedTopic], topic: str) -> AskedTopic | None:
    return next((one for one in asked if one.topic == topic), None)


def next_question(of_topic: AskedTopic | None, progress: Progress) -> Question | None:
    """What is still to be asked; who is known by their number is not asked who they are."""
    questions = [one for one in of_topic.questions if not one.of_customer] if of_topic else []
    open_ones = questions[:MOST_QUESTIONS][progress.asked :]
    return open_ones[0] if open_ones and progress.topic else None


def heard(
    said: str, choices: Sequence[Choice], asked: Sequence[AskedTopic], language: str
) -> str | None:
    """The topic that somebody named: by its title or its words, the longest that was said. A topic
    under one of the choices counts as well. None for none."""
    spoken = f" {_plain(said)} "
    found: list[tuple[int, str]] = []
    tops = {choice.topic for choice in choices}
    for one in asked:
        if not one.allowed or one.topic.partition("/")[0] not in tops:
            continue
        names = [title_of(asked, one.topic, language), *one.words]
        plain = [name for name in map(_plain, names) if len(name) >= _SHORTEST_WORD]
        found += [(len(name), one.topic) for name in plain if f" {name} " in spoken]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _plain(text: str) -> str:
    """Without accents, capitals and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))
