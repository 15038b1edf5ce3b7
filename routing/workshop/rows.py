"""The rows of a model from the cards of a session, in an order that stays the same."""

from collections.abc import Mapping

from hub.workshop import Board, Card, Kind, where_of
from hub.workshop.vocabulary import ANY, TAKEN_BACK
from routing.moment import Moment
from routing.workshop import values
from routing.workshop.fitting import Notes, Plain, joined
from routing.workshop.names import named
from routing.workshop.parts import Parts

_TIMES = {"first": "first_response", "next": "next_response", "resolution": "resolution"}
_COUNT_EN, _COUNT_NL = "Write a whole number.", "Schrijf een heel getal."


class Rows:
    """`names`: of groups, topics, roles and skills; `channels`: those in use, with how."""

    def __init__(
        self, board: Board, names: Mapping[str, str], channels: Plain, notes: Notes
    ) -> None:
        self._board = board
        self._names = names
        self._channels = channels
        self._notes = notes
        self._parts = Parts(board, names, notes)

    def made(self) -> list[tuple[str, Plain]]:
        """Each row that holds for something and settles something, with its card."""
        order = self._order()
        rows = [(card.id, self._row(card)) for card in self._board.of_kind(Kind.ROW)]
        made = [(card, row) for card, row in rows if row is not None]
        return sorted(made, key=lambda one: [order[key] for key in _sorting(one[0])])

    def _order(self) -> dict[str, int]:
        """Where a topic, group, direction or channel comes; what is wide comes first."""
        topics = [card.key for _, card in self._board.tree(Kind.TOPIC)]
        groups = [card.key for _, card in self._board.tree(Kind.GROUP)]
        ways = ["inbound", "outbound", *self._channels]
        keys = [f"topic.{key}" for key in topics], [f"group.{key}" for key in groups]
        listed = [f"way.{key}" for key in ways]
        found = {key: place for part in (*keys, listed) for place, key in enumerate(part, 1)}
        return found | {f"{part}.{ANY}": 0 for part in ("topic", "group", "way")}

    def _row(self, card: Card) -> Plain | None:
        where = self._where(card)
        if where is None:
            return None
        said = joined(card.fields.get("rest"), self._said(card))
        if not said:
            return None
        fitted = self._notes.fitted(Moment, where | said, card.id)
        return fitted if fitted and fitted.keys() - where.keys() else None

    def _where(self, card: Card) -> Plain | None:
        """None for a row about what is not there."""
        where, found = where_of(card.id), {}
        if where.group != ANY:
            found["target_group"] = self._names.get(f"{Kind.GROUP}.{where.group}")
        if where.channel != ANY:
            use = self._channels.get(where.channel)
            directions = use.get("directions", ("inbound", "outbound")) if use else ()
            is_used = where.direction in (ANY, *directions) and bool(use)
            found["channel"] = where.channel if is_used else None
        if where.direction != ANY:
            found["direction"] = where.direction
        if where.topic != ANY:
            found["topic"] = self._names.get(f"{Kind.TOPIC}.{where.topic}")
        if None in found.values():
            return None
        order = values.number(card.text("order"))
        return found | ({"order": order} if order else {})

    def _said(self, card: Card) -> Plain:
        said = self._who(card) | self._ways(card) | self._urgency(card)
        for field, kind, name in (
            ("required_information", Kind.INFO, "no_info"),
            ("results", Kind.RESULT, "no_results"),
        ):
            parts = self._parts.listed(kind, card.id)
            if parts or card.flag(name):
                said[field] = parts
        steps = self._parts.steps(card)
        if steps:
            said["steps"] = steps
        authority = self._parts.listed(Kind.AUTHORITY, card.id)
        if authority or card.flag("no_authority"):
            said["authority"] = authority
        return said

    def _who(self, card: Card) -> Plain:
        said: Plain = {}
        role = self._parts.role(card, "role")
        if role:
            said["role"] = role
        if card.text("backup") == TAKEN_BACK:
            said["backup_role"] = None
        elif backup := self._parts.role(card, "backup"):
            if backup == role:
                en, nl = "It is responsible itself.", "Die is zelf verantwoordelijk."
                self._notes.misfit(card.id, "backup", backup, en, nl)
            else:
                said["backup_role"] = backup
        return said

    def _ways(self, card: Card) -> Plain:
        said: Plain = {}
        if card.text("allowed") in ("yes", "no"):
            said["allowed"] = card.text("allowed") == "yes"
        own = where_of(card.id).channel
        instead = [one for one in card.names("instead") if one in self._channels and one != own]
        return said | ({"instead": instead} if instead else {})

    def _urgency(self, card: Card) -> Plain:
        sla = {
            name: None if card.text(field) == TAKEN_BACK else self._parts.time(card, field)
            for field, name in _TIMES.items()
            if card.text(field)
        }
        sla = {name: time for name, time in sla.items() if time != ""}
        if card.text("clock") in ("business", "calendar"):
            sla["clock"] = card.text("clock")
        said: Plain = {"sla": sla} if sla else {}
        if card.text("priority"):
            said |= self._count(card, "priority", "priority_minutes")
        if card.text("capacity") == TAKEN_BACK:
            said["capacity"] = None
        elif card.text("capacity"):
            said |= self._count(card, "capacity", "capacity")
        if card.text("sticky") in ("yes", "no"):
            said["sticky"] = card.text("sticky") == "yes"
        if card.text("skills"):
            said["skills"] = self._skills(card)
        return said

    def _skills(self, card: Card) -> Plain:
        """`skill.KEY 3, skill.OTHER 2`."""
        found: Plain = {}
        for entry in values.lines(card.text("skills")):
            skill, _, level = entry.partition(" ")
            name = named(self._names, Kind.SKILL, skill)
            if name and level in ("1", "2", "3", "4", "5"):
                found[name] = int(level)
        return found

    def _count(self, card: Card, field: str, name: str) -> Plain:
        found = values.number(card.text(field))
        if found is None:
            self._notes.misfit(card.id, field, card.text(field), _COUNT_EN, _COUNT_NL)
            return {}
        return {name: found}


def _sorting(row: str) -> tuple[str, ...]:
    where = where_of(row)
    return (
        f"topic.{where.topic}",
        f"group.{where.group}",
        f"way.{where.direction}",
        f"way.{where.channel}",
    )
