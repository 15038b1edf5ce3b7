"""What to ask a customer before a contact: topics, and what must be known about each.

Made from the interaction model, for forms: that of the chat, and of the portal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.guide import Openings, Words
from hub.interaction import Channel
from hub.membership import Membership

ANSWER = "answer."
"""In an interaction's details, what the customer answered to a question stands under this and the
question's name."""

LONGEST_ANSWER = 500


@dataclass(frozen=True)
class Question:
    """Something that must be known. `of_customer`: who has told us who they are is not asked;
    `of_order`: it is the number of the order, which is not asked of who has said which one."""

    name: str
    title: Words
    of_customer: bool
    of_order: bool = False


@dataclass(frozen=True)
class AskedTopic:
    """`depth` is 1 for one at the top of the tree. `instead`: the channels to use where this one
    is not `allowed`. `openings` is None when it is always open. `words`: by which people name it,
    besides its title. `recorded`: calls about it are, of callers who agree. `group`: for whom it
    holds."""

    topic: str
    title: Words
    depth: int
    allowed: bool
    instead: tuple[Words, ...]
    role: str
    openings: Openings | None
    answer_within: int | None
    questions: tuple[Question, ...]
    words: tuple[str, ...] = ()
    recorded: bool = False
    group: str = ""


WhatToAsk = Callable[[Channel, Membership, datetime], Sequence[AskedTopic]]
"""(channel, who asks, now) -> the topics that they can choose from, for the target group that
routing takes them for. The first, whose `topic` is empty, is what holds for who chooses none."""


IsRecorded = Callable[[Membership, str], bool]
"""(who, topic) -> whether a call that we make to them about it is recorded, if they agree."""


def nothing_recorded(_who: Membership, _topic: str) -> bool:
    """Where no model is at hand."""
    return False


def nothing_to_ask(_channel: Channel, _who: Membership, _now: datetime) -> Sequence[AskedTopic]:
    """Where no model is at hand."""
    return ()
