"""What one model makes of a recorded contact."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from hub.store.recorded import Recorded
from routing.analysis.staff import Staff
from routing.contact import Contact
from routing.decide import Learned, cell_of, group_of
from routing.decision import Handling
from routing.inherit import Cell
from routing.model import Model
from routing.replay.kept import Kept, Promises, Promising
from routing.tree import ANY


class Nobody(StrEnum):
    """Why nobody would handle it: no row names a role, so that triage must find one by hand, or
    nobody holds the role that is responsible."""

    NO_ROLE = "no_role"
    NO_MEMBERS = "no_members"


@dataclass(frozen=True, slots=True)
class Side:
    """`row`: the row that names the role, empty when none does. `nobody`: why nobody would handle
    it, None when somebody would."""

    role: str
    topic: str
    target_group: str
    row: str
    allowed: bool
    nobody: Nobody | None


class Placed(NamedTuple):
    """A side, with how the promises of its role would have ended."""

    side: Side
    first_response: Kept
    resolution: Kept


@dataclass(frozen=True, slots=True)
class Terms:
    """All that follows for a contact from the combination for which a model takes it; `answer`: the
    target of its first response, and in which time that runs."""

    side: Side
    promises: Promises
    answer: tuple[int | None, str]

    def placed(self, work: Recorded, until: datetime) -> Placed:
        first, resolution = self.promises
        return Placed(
            self.side,
            first.kept(work, until) if first else Kept.NOT_PROMISED,
            resolution.kept(work, until) if resolution else Kept.NOT_PROMISED,
        )


class Player:
    """A model to be replayed. Few combinations come often, so what follows from one is kept."""

    def __init__(self, model: Model, staff: Staff, promising: Promising) -> None:
        self.model = model
        self._held = _held(staff)
        self._promising = promising
        self._known: dict[Cell, Terms] = {}

    def terms(self, cell: Cell, work: Recorded) -> Terms:
        found = self._known.get(cell)
        if found is None:
            handling = self.model.handling(cell)
            promises = self._promising.promises(handling, self.model)
            answer = (handling.first_response, str(handling.clock))
            found = self._known[cell] = Terms(self._side(handling), promises, answer)
        if not work.agreed:
            return found
        agreed = self._promising.promises(self.model.handling(cell), self.model, work)
        return Terms(found.side, agreed, found.answer)

    def _side(self, handling: Handling) -> Side:
        source = handling.rows.get("role")
        return Side(
            role=handling.role,
            topic=handling.topic,
            target_group=handling.target_group,
            row=source.row if source else "",
            allowed=handling.allowed,
            nobody=self._nobody(handling),
        )

    def _nobody(self, handling: Handling) -> Nobody | None:
        if handling.triage:
            return Nobody.NO_ROLE
        missing = self._held is not None and handling.role not in self._held
        return Nobody.NO_MEMBERS if missing else None


class Cells:
    """For which combination each of two models takes a contact. To read its text is most of the
    work, so it is read once where both models have the same topics and rules."""

    def __init__(self, before: Model, after: Model, learned: Learned | None) -> None:
        self._before = before
        self._after = after
        self._learned = learned
        self._same_topics = _rules(before) == _rules(after)

    def of(self, contact: Contact) -> tuple[Cell, Cell]:
        before = cell_of(contact, self._before, self._learned)
        if not self._same_topics:
            return before, cell_of(contact, self._after, self._learned)
        group = group_of(contact, self._after)
        return before, before._replace(target_group=group)


def contact_of(work: Recorded) -> Contact:
    """As routing saw it."""
    return Contact(
        direction=work.direction,
        channel=work.channel,
        account=work.account,
        target_group=work.target_group or ANY,
        stated_topic=work.topic,
        subject=work.subject,
        text=work.text,
        sender=work.sender,
        automatic=work.automatic,
        attachments=work.files,
        traits=work.traits,
    )


def _rules(model: Model) -> list[tuple[object, ...]]:
    """All that recognition goes by, in its order."""
    return [(topic.id, topic.rules) for topic in model.topics.values()]


def _held(staff: Staff) -> Collection[str] | None:
    """The roles that somebody holds; None when that is not known."""
    if staff.members is None:
        return None
    return {role for role, members in staff.members.items() if members}
