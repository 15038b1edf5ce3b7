"""The menu that a caller hears, made from the topics of the interaction model. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.asking import AskedTopic

ELSE = "0"
MOST = 9
"""One key each; 0 is for anything else."""


@dataclass(frozen=True)
class Choice:
    key: str
    topic: str
    title: str


def choices(asked: Sequence[AskedTopic], language: str) -> list[Choice]:
    """The topics at the top of the tree that the phone may be used for."""
    top = [one for one in asked if one.depth == 1 and one.allowed][:MOST]
    return [Choice(str(n), one.topic, _title(one, language)) for n, one in enumerate(top, 1)]


def title_of(asked: Sequence[AskedTopic], topic: str, language: str) -> str:
    """Empty for no topic, and for one that the model does not know any more."""
    return next((_title(one, language) for one in asked if one.topic == topic), "")


def closed(asked: Sequence[AskedTopic], topic: str | None = None) -> AskedTopic | None:
    """What says when we open again, if nobody is there now: for this topic, or for any."""
    of_it = [one for one in asked if topic is None or one.topic == topic]
    if any(one.openings is None or one.openings.is_open for one in of_it):
        return None
    return of_it[0] if of_it else None


def _title(one: AskedTopic, language: str) -> str:
    return one.title.get(language) or one.title.get("en", "")
