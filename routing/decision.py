"""What routing decided about a contact and why; stored with the work item and shown to agents."""

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import Field

from hub.decided import Decided
from hub.interaction import Channel, Frozen
from hub.references import Reference, Whose
from routing.entry import Title
from routing.inherit import Loss
from routing.moment import Authority, Clock, Information, Result, Steps


class How(StrEnum):
    """How the topic was found, surest first."""

    STATED = "stated"
    ACCOUNT = "account"
    SENDER = "sender"
    PATTERN = "pattern"
    WORDS = "words"
    REFERENCE = "reference"
    ATTACHMENT = "attachment"
    LEARNED = "learned"
    NONE = "none"
    AGENT = "agent"
    """Not the router's finding: somebody corrected the topic."""


class Mention(Frozen):
    """A number in the contact that a pattern of the model knows, as found, in capitals. `whose`:
    None where it was not looked up."""

    reference: Reference
    value: str
    whose: Whose | None = None


class Recognition(Frozen):
    """`matched`: the words or addresses of the rules that fitted, as the model writes them;
    `also`: other topics that the contact fitted less well; `mentions`: numbers to look up.

    `confidence` (0 to 1) and `learned` (the version) are there when the topic was suggested by what
    was learned.
    """

    topic: str
    how: How
    matched: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    confidence: float | None = None
    learned: int | None = None

    def with_mentions(self, mentions: tuple[Mention, ...]) -> "Recognition":
        fields = {name: getattr(self, name) for name in Recognition.model_fields}
        return Recognition(**(fields | {"mentions": mentions}))

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """What the store keeps; made once, for all contacts that share it."""
        return self.model_dump(mode="json")


class Source(Frozen):
    """The place in the model that a value came from."""

    row: str
    line: int


class Lost(Source):
    """A row that holds as well, with the fields that it wrote in vain, by why."""

    fields: dict[Loss, tuple[str, ...]]


class ReasonCode(StrEnum):
    AUTOMATIC = "automatic"
    GROUP = "group"
    GROUP_UNKNOWN = "group_unknown"
    STATED = "stated"
    STATED_UNKNOWN = "stated_unknown"
    ACCOUNT = "account"
    SENDER = "sender"
    PATTERN = "pattern"
    WORDS = "words"
    REFERENCE = "reference"
    ATTACHMENT = "attachment"
    LEARNED = "learned"
    UNSURE = "unsure"
    ALSO = "also"
    MENTION = "mention"
    MENTION_THEIRS = "mention_theirs"
    MENTION_OTHERS = "mention_others"
    MENTION_UNKNOWN = "mention_unknown"
    CORRECTED = "corrected"
    NO_TOPIC = "no_topic"
    ROLE = "role"
    TRIAGE = "triage"
    NOT_ALLOWED = "not_allowed"


class Reason(Frozen):
    """One step of the explanation; `explain` has a sentence for each code in each language."""

    code: ReasonCode
    parameters: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """What the store keeps; made once, for all contacts that share it."""
        return self.model_dump(mode="json")


def _by(code: ReasonCode, source: Source, **parameters: str) -> Reason:
    place = {"row": source.row, "line": str(source.line)}
    return Reason(code=code, parameters=parameters | place)


class Handling(Frozen):
    """What the model lays down for one combination of target group, direction, channel and topic.

    Durations are in seconds. `rows` names the row that settled each field; a field without one has
    the value that holds when no row says otherwise. `lost`: the rows that hold as well but do not
    settle all they write, in file order. `triage`: no row named a role. `clock` says in which time
    the durations run. What has a default here is not in decisions that were stored before it
    existed.
    """

    model_version: str
    target_group: str
    topic: str
    topic_title: Title | None
    role: str
    role_title: Title
    triage: bool
    backup_role: str | None
    priority_minutes: int
    first_response: int | None
    next_response: int | None = None
    resolution: int | None
    clock: Clock = Clock.CALENDAR
    skills: dict[str, int]
    required_information: tuple[Information, ...]
    results: tuple[Result, ...]
    steps: Steps
    authority: tuple[Authority, ...]
    sticky: bool = False
    capacity: int | None = None
    allowed: bool
    instead: tuple[Channel, ...] = ()
    recorded: bool = False
    rows: dict[str, Source]
    lost: tuple[Lost, ...] = ()

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """What the store keeps. Made once: a model has few handlings, each for many contacts."""
        return self.model_dump(mode="json")

    @cached_property
    def grounds(self) -> tuple[Reason, ...]:
        """Why this role has it, and whether that is allowed."""
        if self.triage:
            found = Reason(code=ReasonCode.TRIAGE, parameters={"role": self.role})
        else:
            found = _by(ReasonCode.ROLE, self.rows["role"], role=self.role)
        if self.allowed:
            return (found,)
        return found, _by(ReasonCode.NOT_ALLOWED, self.rows["allowed"])

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of what the store keeps, by which decisions name it."""
        text = json.dumps(self.as_json, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def undecided(self) -> "Decision":
        """A decision but for what differs from contact to contact. Made once, like `as_json`."""
        return Decision.model_construct(
            **dict(self), recognition=Recognition(topic=self.topic, how=How.NONE), reasons=()
        )


class Brief(Frozen):
    """As much of a decision as says why: kept with a contact that came when there was work for it
    already. `rows` names only those that say who is responsible and whether it is allowed."""

    model_version: str
    target_group: str
    topic: str
    topic_title: Title | None
    role: str
    role_title: Title
    rows: dict[str, Source]
    recognition: Recognition
    reasons: tuple[Reason, ...]


_SAID_BRIEFLY = ("role", "allowed")


class Decision(Handling):
    """The handling of one contact, how its topic was found, and the reasons in order."""

    recognition: Recognition
    reasons: tuple[Reason, ...]

    @classmethod
    def of(
        cls, handling: Handling, recognition: Recognition, reasons: tuple[Reason, ...]
    ) -> "Decision":
        """Made for every contact, so what was checked before is not checked once more."""
        parts = {
            "recognition": recognition.as_json,
            "reasons": [reason.as_json for reason in reasons],
        }
        stored = Decided(handling.hash, handling.as_json, parts)
        own = {"skills": dict(handling.skills), "rows": dict(handling.rows)}
        known = {"recognition": recognition, "reasons": reasons, "as_json": stored}
        decision = handling.undecided.model_copy()
        vars(decision).update(own | known)
        return decision

    @property
    def brief(self) -> dict[str, Any]:
        """A `Brief`, as it is stored."""
        stored = self.as_json
        kept = {name: stored[name] for name in Brief.model_fields}
        return kept | {
            "rows": {name: stored["rows"][name] for name in _SAID_BRIEFLY if name in stored["rows"]}
        }
