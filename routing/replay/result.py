"""What came of a replay, as values that can be shown, exported or compared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.interaction import Channel, Direction
from hub.promises import Promise
from routing.replay.kept import Kept
from routing.replay.side import Nobody, Placed
from routing.staffing.arrivals import Arrivals


@dataclass(frozen=True, slots=True)
class Replayed:
    """One recorded contact with what either model makes of it. `at` is in UTC."""

    interaction_id: str
    conversation_id: str
    at: datetime
    channel: Channel
    direction: Direction
    subject: str
    before: Placed
    after: Placed

    @property
    def moved(self) -> bool:
        """Another role would have had it."""
        return self.before.side.role != self.after.side.role

    @property
    def newly_breached(self) -> bool:
        """A promise would be broken that the first model keeps, or does not make."""
        return any(
            new is Kept.BREACHED and old is not Kept.BREACHED
            for old, new in zip(self.before[1:], self.after[1:], strict=True)
        )

    @property
    def newly_unhandled(self) -> bool:
        return self.after.side.nobody is not None and self.before.side.nobody is None

    @property
    def newly_refused(self) -> bool:
        return self.before.side.allowed and not self.after.side.allowed


class What(StrEnum):
    """Which of the replayed contacts."""

    MOVED = "moved"
    BREACHED = "breached"
    UNHANDLED = "unhandled"
    REFUSED = "refused"
    CHANGED = "changed"

    def is_true_of(self, one: Replayed) -> bool:
        return _TESTS[self](one)


_TESTS: dict[What, Callable[[Replayed], bool]] = {
    What.MOVED: lambda one: one.moved,
    What.BREACHED: lambda one: one.newly_breached,
    What.UNHANDLED: lambda one: one.newly_unhandled,
    What.REFUSED: lambda one: one.newly_refused,
    What.CHANGED: lambda one: (
        one.moved or one.newly_breached or one.newly_unhandled or one.newly_refused
    ),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """So many go from one role to another; `example` is the interaction of one of them."""

    before: str
    after: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Turn:
    """How often something is so by the first model and by the second, and for how many it is new;
    `example` is the interaction of a new one, empty when there is none."""

    before: int = 0
    after: int = 0
    new: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One role, channel or topic. `moved` are those that another role would have had, counted where
    the first model has them; `late` are those of which a promise is broken."""

    name: str
    before: int
    after: int
    moved: int
    late_before: int
    late_after: int
    unhandled_after: int


@dataclass(frozen=True, slots=True)
class Replay:
    """Work that began from `since` to before `until`, in UTC, by two models. `changes` are the ones
    that moved, or are newly breached, unhandled or refused, in the order in which they came.
    `members_known`: whether it is known who holds which role. `learned`: which version of what was
    learned suggested topics, 0 for none. `arrived` is what staffing is worked out from."""

    since: datetime
    until: datetime
    versions: tuple[str, str]
    total: int
    moved: int
    pairs: tuple[Pair, ...]
    breaches: dict[Promise, Turn]
    unhandled: dict[Nobody, Turn]
    refused: Turn
    roles: tuple[Line, ...]
    channels: tuple[Line, ...]
    topics: tuple[Line, ...]
    changes: tuple[Replayed, ...]
    members_known: bool
    learned: int = 0
    arrived: Arrivals = field(default_factory=Arrivals)

    def only(self, what: What) -> list[Replayed]:
        """The changes of one kind."""
        return [one for one in self.changes if what.is_true_of(one)]
