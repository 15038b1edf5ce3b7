"""What wiring hands to the console. It may know the hub only, so the rest comes as functions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from agent_ui.channel_desk import ChannelDesk
from agent_ui.group_desk import GroupDesk
from agent_ui.guidance import guidance_of
from agent_ui.hours_desk import HoursDesk
from agent_ui.matrix_desk import MatrixDesk
from agent_ui.model_desk import ModelDesk
from agent_ui.moment_desk import MomentDesk
from agent_ui.replay_desk import ReplayDesk
from agent_ui.settings import ConsoleSettings
from agent_ui.softphone import Softphone
from agent_ui.topic_desk import ProposalDesk, TopicDesk
from agent_ui.workshop.desk import WorkshopDesk
from hub.bus import Bus
from hub.by_hand import ByHand
from hub.composing import Composing
from hub.guide import MakeGuide, Openings
from hub.interaction import Channel
from hub.isolation import Workers
from hub.passing import PassOn, nowhere_to_pass
from hub.ruler import Ruler
from hub.settings import HubSettings
from hub.store import Blobs, Database
from hub.store.deadlines import Deadline
from hub.store.work_items import WorkItem
from hub.tokens import Tokens
from hub.webhooks import Rules


def _no_role(role: str) -> str:  # noqa: ARG001
    return ""


@dataclass(frozen=True)
class Escalation:
    """Who decides what an agent may not; the work counts as waiting for so many minutes more there.

    `supervisors`: the role that is asked where the model names nobody; empty when there is none.
    """

    supervisors: str = ""
    minutes: int = 60

    def roles(self, item: WorkItem) -> tuple[str, ...]:
        """Who can be asked about this work: who approves it, else the supervisors."""
        approvers = guidance_of(item.decision).approvers
        others = tuple(role for role in approvers if role != item.role)
        return others or ((self.supervisors,) if self.supervisors else ())


def _never_shut(_role: str, _now: datetime) -> Openings | None:
    return None


@dataclass(frozen=True)
class ConsoleContext:
    """`language` below is "en" or "nl".

    `default_accounts`: from which account to answer on a channel that a conversation has not used.
    `composing`: what may be written over a channel that has rules of its own.
    `explain(decision, language)`: a stored decision as sentences.
    `role_titles(language)`: what people call each role.
    `ruler(deadline, now)`: the clock of a deadline, as it stands then.
    `guide`: the contact guide.
    `topics`: what the interaction model says about topics.
    `proposals`: puts what the page of topics proposes into a draft of the model.
    `groups`: what the interaction model says about target groups. `moments`: about moments.
    `models`: the versions of the interaction model.
    `matrices`: one of them as a matrix. `hours`: the business hours in one of them.
    `replays`: what would have happened with one of them.
    `workshops`: what five-step sessions make of it.
    `channels`: how they are set up, and what is wrong with them.
    `resend(interaction_id, agent_id)`: send a message again; raises Rejected when it is on its way.
    `tokens`: signs what is handed out. `pass_on`: sends a mail that is not kept.
    `by_hand`: takes in what somebody writes down.
    `wake()`: called after every write that adds events.
    `offered_only()`: the roles whose work is not for taking, only for offering.
    `backup_of(role)`: the role that takes over, or "".
    `escalation`: to whom agents turn when they may not decide.
    `partners`: those who may post to us, and what they are called.
    `webhooks`: what they may be sent to; None where nobody is told of events.
    `shut(role, now)`: the hours of a role that is not there now; None for one that is.
    `phone_number(typed)`: a number as somebody typed it, with its country, "" for what is none;
    None where no phone is connected. `softphone`: the phone in the browser; None without one.
    `quiet`: after so long without a word a chat takes half of an agent's room.
    `supervisor_roles`: who holds one sees, and may hand out, the work of everybody.
    `with_portal`: customers have one.
    `mailboxes`: the addresses of those that mail is taken from.
    `zone()`: where a day begins and ends for the organisation.
    """

    database: Database
    blobs: Blobs
    bus: Bus
    workers: Workers
    settings: ConsoleSettings
    hub: HubSettings
    tokens: Tokens
    default_accounts: Mapping[Channel, str]
    explain: Callable[[dict[str, Any], str], list[str]]
    role_titles: Callable[[str], Mapping[str, str]]
    ruler: Callable[[Deadline, datetime], Ruler]
    guide: MakeGuide
    topics: TopicDesk
    proposals: ProposalDesk
    groups: GroupDesk
    moments: MomentDesk
    models: ModelDesk
    replays: ReplayDesk
    matrices: MatrixDesk
    hours: HoursDesk
    workshops: WorkshopDesk
    channels: ChannelDesk
    resend: Callable[[str, str], Awaitable[None]]
    by_hand: ByHand
    wake: Callable[[], None]
    offered_only: Callable[[], frozenset[str]] = frozenset
    composing: Mapping[Channel, Composing] = field(default_factory=dict)
    backup_of: Callable[[str], str] = _no_role
    escalation: Escalation = Escalation()
    shut: Callable[[str, datetime], Openings | None] = _never_shut
    phone_number: Callable[[str], str] | None = None
    softphone: Softphone | None = None
    quiet: timedelta = timedelta(minutes=10)
    webhooks: Rules | None = None
    partners: Mapping[str, str] = field(default_factory=dict)
    supervisor_roles: frozenset[str] = frozenset()
    mailboxes: tuple[str, ...] = ()
    pass_on: PassOn = nowhere_to_pass
    with_portal: bool = False
    zone: Callable[[], tzinfo] = lambda: UTC
