"""What things of a model are called in the sentences of a proof: by their titles, never by ids."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from hub.interaction import Channel, Direction
from routing.analysis.finding import Named, Text
from routing.inherit import Cell
from routing.moment import Moment
from routing.tree import ANY, ancestors

_ALL = Text(en="all customers", nl="alle klanten")
_ANY_CHANNEL = Text(en="any channel", nl="elk kanaal")
_ANY_TOPIC = Text(en="any topic", nl="elk onderwerp")
_WAYS = {
    Direction.INBOUND: Text(en="to us", nl="naar ons"),
    Direction.OUTBOUND: Text(en="from us", nl="van ons"),
}
_FIELDS = {
    "role": Text(en="who is responsible", nl="wie verantwoordelijk is"),
    "backup_role": Text(en="the backup", nl="de achterwacht"),
    "priority_minutes": Text(en="the priority", nl="de voorrang"),
    "sla.first_response": Text(en="the first answer", nl="het eerste antwoord"),
    "sla.next_response": Text(en="the next answer", nl="het volgende antwoord"),
    "sla.resolution": Text(en="the solution", nl="de oplossing"),
    "sla.clock": Text(en="how time is counted", nl="hoe de tijd telt"),
    "skills": Text(en="the skills", nl="de vaardigheden"),
    "required_information": Text(en="what must be known", nl="wat bekend moet zijn"),
    "results": Text(en="the results to record", nl="de uitkomsten om vast te leggen"),
    "steps.before": Text(en="the steps before", nl="de stappen vooraf"),
    "steps.during": Text(en="the steps during", nl="de stappen tijdens"),
    "steps.after": Text(en="the steps after", nl="de stappen achteraf"),
    "authority": Text(en="what may be decided", nl="wat beslist mag worden"),
    "sticky": Text(en="whether the same agent helps", nl="of dezelfde medewerker helpt"),
    "capacity": Text(en="how much of an agent it takes", nl="hoeveel tijd het iemand vraagt"),
    "allowed": Text(en="whether it is allowed", nl="of het mag"),
    "recorded": Text(en="whether calls are recorded", nl="of gesprekken worden opgenomen"),
    "instead": Text(en="what to offer instead", nl="wat er in plaats daarvan wordt aangeboden"),
}


class Titles(Protocol):
    """What has titles, by name: a definition, or as much of one as can be read."""

    @property
    def roles(self) -> Mapping[Any, Any]: ...

    @property
    def skills(self) -> Mapping[Any, Any]: ...

    @property
    def channels(self) -> Mapping[Any, Any]: ...

    @property
    def target_groups(self) -> Mapping[Any, Any]: ...

    @property
    def topics(self) -> Mapping[Any, Any]: ...


class Names:
    """The sentence sets the quotation marks, where it does not say otherwise here."""

    def __init__(self, definition: Titles) -> None:
        self._definition = definition

    def role(self, role: str) -> Named:
        return _titled(role, self._definition.roles)

    def channel(self, channel: Channel) -> Named:
        return _titled(channel, self._definition.channels)

    def skill(self, skill: str) -> Named:
        return _titled(skill, self._definition.skills)

    def topic(self, topic: str) -> Named:
        """Between quotation marks, but for any topic."""
        return _quoted(self.plain_topic(topic))

    def group(self, group: str) -> Named:
        """Between quotation marks, but for all customers."""
        return _quoted(self.plain_group(group))

    def row(self, row: Moment) -> Named:
        return self.cell(Cell.of(row))

    def cell(self, cell: Cell) -> Named:
        """`Business, Phone to us, Invoices`; of a row or of a contact."""
        way = self.way(cell.direction, cell.channel)
        return listed([self.plain_group(cell.target_group), way, self.plain_topic(cell.topic)])

    def way(self, direction: Direction | None, channel: Channel | None) -> Named:
        name = _named(ANY, _ANY_CHANNEL) if channel is None else self.channel(channel)
        if direction is None:
            return name
        where = _WAYS[direction]
        return Named(
            en=f"{name.en} {where.en}", nl=f"{name.nl} {where.nl}", raw=f"{direction} {name.raw}"
        )

    def entry(self, entry: str) -> Named | None:
        """An entry of the model that is no row: `roles/sales`, `topics/order`."""
        section, _, name = entry.partition("/")
        match section:
            case "roles":
                return self.role(name)
            case "topics":
                return self.plain_topic(name)
            case _:
                return None

    def plain_topic(self, topic: str) -> Named:
        return _path(topic, self._definition.topics, _ANY_TOPIC)

    def plain_group(self, group: str) -> Named:
        return _path(group, self._definition.target_groups, _ALL)


def field(name: str) -> Named:
    """What a row settles, as a noun."""
    return _named(name, _FIELDS.get(name, Text(en=name, nl=name)))


def listed(names: Iterable[Named]) -> Named:
    known = list(names)
    return Named(
        en=", ".join(one.en for one in known),
        nl=", ".join(one.nl for one in known),
        raw=" ".join(one.raw for one in known),
    )


def _titled(name: str, known: Mapping[Any, Any]) -> Named:
    title = known[name].title if name in known else Text(en=name, nl=name)
    return _named(name, title)


def _path(path: str, known: Mapping[str, Any], root: Text) -> Named:
    """With what it lies under, which alone may say what it is about."""
    if path == ANY:
        return _named(path, root)
    steps = [_titled(step, known) for step in reversed(ancestors(path)[:-1])]
    return Named(
        en=" / ".join(step.en for step in steps),
        nl=" / ".join(step.nl for step in steps),
        raw=path,
    )


def _quoted(name: Named) -> Named:
    if name.raw == ANY:
        return name
    return Named(en=f"“{name.en}”", nl=f"“{name.nl}”", raw=name.raw)


def _named(raw: str, words: Any) -> Named:
    return Named(en=words.en, nl=words.nl, raw=raw)
