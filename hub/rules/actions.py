"""What a rule may propose: each opens a door that is there already, nothing is done by itself."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hub.interaction import Frozen

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Link = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^$|^https://|^/console")
]


class Titled(Frozen):
    """A text in each language."""

    en: Short
    nl: Short

    def in_language(self, language: str) -> str:
        return self.nl if language == "nl" else self.en


class Written(Frozen):
    """The same, of more words."""

    en: Long
    nl: Long

    def in_language(self, language: str) -> str:
        return self.nl if language == "nl" else self.en


class Answer(Frozen):
    """`canned`: the id of a canned reply."""

    kind: Literal["reply"] = "reply"
    canned: Name


class Promised(Frozen):
    kind: Literal["promise"] = "promise"
    text: Titled


class AskApproval(Frozen):
    """Of whoever the moment says approves what is above the agent's authority."""

    kind: Literal["approval"] = "approval"
    text: Titled


class TaskFor(Frozen):
    kind: Literal["task"] = "task"
    role: Name
    text: Written


class Call(Frozen):
    kind: Literal["call"] = "call"


class HandOver(Frozen):
    kind: Literal["transfer"] = "transfer"
    role: Name
    text: Written


class Gesture(Frozen):
    """So much, in euros, with this canned reply: where the agent may decide that by this limit of
    the model, else approval is asked for it."""

    kind: Literal["gesture"] = "gesture"
    amount: Decimal = Field(gt=0, le=100_000, decimal_places=2)
    limit: Name
    canned: Name


class Record(Frozen):
    """A result of the moment, by its name in the model, and perhaps the choice."""

    kind: Literal["result"] = "result"
    result: Name
    choice: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class Advice(Frozen):
    """`link`: where it is explained, elsewhere or in the console; may be empty."""

    kind: Literal["advice"] = "advice"
    link: Link = ""


ACTIONS = (Answer, Promised, AskApproval, TaskFor, Call, HandOver, Gesture, Record, Advice)
AnyAction = Annotated[
    Answer | Promised | AskApproval | TaskFor | Call | HandOver | Gesture | Record | Advice,
    Field(discriminator="kind"),
]
