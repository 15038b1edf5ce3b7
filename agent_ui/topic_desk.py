"""What the console asks of the interaction model about topics; wiring hands it in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from hub.interaction import Channel
from hub.store.agents import Agent


class TopicChoice(NamedTuple):
    """A topic that an agent can choose, and the role that the model then makes responsible."""

    topic: str
    title: str
    role: str
    role_title: str


@dataclass(frozen=True)
class Proposed:
    """That these words say the topic, or, without words, that this role is responsible for it."""

    topic: str
    words: str = ""
    role: str = ""


class ProposalDesk(Protocol):
    """Puts accepted proposals into a draft of the model. `by` is an agent id."""

    @property
    def fixed(self) -> bool:
        """Whether only the model's file says what holds, so that no draft can be made."""

    async def accept(self, proposed: Proposed, *, title: str, by: str) -> int:
        """The number of the draft that has it; `title` is what a new one is called. Raises Rejected
        or Unreadable where it cannot be made, LookupError for what is not in the model any more."""
        ...

    async def drafted(self) -> tuple[int, Callable[[Proposed], bool]] | None:
        """The draft that accepted proposals are in now, and whether it has one; None without."""
        ...


class TopicDesk(Protocol):
    """`decision` is a stored one, `language` "en" or "nl"."""

    def choices(
        self, decision: dict[str, Any], channel: Channel, language: str
    ) -> Sequence[TopicChoice]: ...

    def titles(self, language: str) -> Mapping[str, str]: ...

    def corrected(
        self, decision: dict[str, Any], channel: Channel, topic: str, agent_name: str
    ) -> dict[str, Any] | None:
        """The decision for another topic, to be stored; None for a topic that is not there."""
        ...

    def changed_rule(self, topic: str, words: str) -> str:
        """The entry of the topic in the model file with these words added; "" for none."""
        ...

    def changed_row(self, topic: str, role: str) -> str:
        """The row of the model file that gives the topic to this role; "" for none."""
        ...

    def may_manage(self, agent: Agent) -> bool:
        """Whether this agent sets the threshold and accepts proposals."""
        ...
