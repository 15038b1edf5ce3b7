"""The interaction model ready for use: compiled, so that a decision is a look-up."""

from collections.abc import Mapping

from hub.deliveries import EventKind
from hub.interaction import Channel
from routing.decision import Handling
from routing.definition import ChannelUse, Definition, Role, TargetGroup, Topic
from routing.grouping import Grouping
from routing.handling import handling
from routing.hours.calendar import Calendar
from routing.inherit import Cell, Rows
from routing.moment import Clock, Moment
from routing.recognise import Recogniser


class Model:
    """Built once from a definition that was checked, and shared; it does not change.

    Handlings are kept once computed: there are at most as many as combinations of known groups and
    topics, and a contact with an unknown one is brought back to a known one first.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.recogniser = Recogniser(definition.topics)
        self.grouping = Grouping(definition.target_groups.values())
        self._rows = Rows(definition.moments)
        self._handlings: dict[Cell, Handling] = {}
        self.calendars = {name: Calendar(hours) for name, hours in definition.hours.items()}
        self._always = Calendar()
        self._events = {
            kind: topic.id for topic in definition.topics.values() for kind in topic.rules.events
        }

    @property
    def version(self) -> str:
        return self.definition.version

    @property
    def organisation(self) -> str:
        return self.definition.organisation

    @property
    def triage_role(self) -> str:
        return self.definition.triage_role

    @property
    def roles(self) -> Mapping[str, Role]:
        return self.definition.roles

    @property
    def channels(self) -> Mapping[Channel, ChannelUse]:
        return self.definition.channels

    @property
    def target_groups(self) -> Mapping[str, TargetGroup]:
        return self.definition.target_groups

    @property
    def topics(self) -> Mapping[str, Topic]:
        return self.definition.topics

    @property
    def moments(self) -> tuple[Moment, ...]:
        return self.definition.moments

    def handling(self, cell: Cell) -> Handling:
        """What holds for a combination of which the group and the topic are known to the model."""
        found = self._handlings.get(cell)
        if found is None:
            rows = self._rows.holding_for(cell)
            found = self._handlings[cell] = handling(cell, rows, self.definition)
        return found

    def topic_of_event(self, kind: EventKind) -> str:
        """What it is about when a carrier tells this; empty when that is no work for anybody."""
        return self._events.get(kind, "")

    def calendar(self, role: str) -> Calendar:
        """When a role is there: always when it has no hours, or is not a role of this model."""
        known = self.roles.get(role)
        return self.calendars[known.hours] if known and known.hours else self._always

    def counting(self, role: str, clock: str | None) -> Calendar:
        """By what the targets of a role are counted: its hours, or all time."""
        return self.calendar(role) if clock == Clock.BUSINESS else self._always
