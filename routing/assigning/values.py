"""What assignment looks at: an item that waits, and the agents who could take it. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.interaction import Channel

FULL = 100
"""The units of work that one agent can have in hand."""


@dataclass(frozen=True)
class Preferred:
    """Who an item waits for, until when, and why: `sticky`, `reopened`, `transferred`, `snoozed`,
    `called`.

    `present`: they take work now; for somebody who is away an item does not wait.
    """

    agent_id: str
    until: datetime
    why: str
    present: bool = True

    @property
    def personal(self) -> bool:
        """Whether they get it even without a role for it: somebody gave it to them, or they had it
        in hand already."""
        return self.why in ("transferred", "snoozed", "called")


@dataclass(frozen=True)
class Refusal:
    """An agent declined or missed this item, or gave it away (`returned`), at this time."""

    agent_id: str
    at: datetime
    returned: bool = False


@dataclass(frozen=True)
class Waiting:
    """A work item that nobody holds. The lowest `rank` is first."""

    id: str
    role: str
    channel: Channel
    units: int
    waiting_since: datetime
    rank: int = 0
    backup_role: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    preferred: Preferred | None = None
    refusals: tuple[Refusal, ...] = ()
    answer_due: datetime | None = None


@dataclass(frozen=True)
class Held:
    """Work that an agent has in hand or is being `offered`.

    `quiet_at`: when it counts half unless somebody writes; None for what never does.
    """

    channel: Channel
    units: int
    offered: bool = False
    quiet_at: datetime | None = None


@dataclass(frozen=True)
class Agent:
    """Somebody who could take work. `state` is as in the store: only `available` takes offers."""

    id: str
    name: str
    roles: frozenset[str]
    state: str
    idle_since: datetime
    skills: Mapping[str, int] = field(default_factory=dict)
    closed_channels: frozenset[Channel] = frozenset()
    off_duty: frozenset[str] = frozenset()
    """Roles whose business hours are over: no work reaches the agent through them."""
    held: tuple[Held, ...] = ()
    since: datetime | None = None
    """Since when they are in this state, where that is known."""
    capacity: int = FULL
    """How much they can have in hand."""
