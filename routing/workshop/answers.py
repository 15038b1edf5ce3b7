"""What holds by the cards of a session as they stand, and which row says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.interaction import Channel, Direction
from hub.workshop import Board, Kind, Where, row_id, where_of
from hub.workshop.vocabulary import ANY
from routing import tree
from routing.definition import Definition
from routing.inherit import Cell, Rows, contenders, winners
from routing.model_file.problem import Problems
from routing.model_file.read import checked
from routing.moment import Moment
from routing.workshop.to_model import to_model


@dataclass(frozen=True)
class Held:
    """What holds for a field of a row unless it says so itself; `row` is the card that says it."""

    value: Any
    row: str


@dataclass(frozen=True)
class Combination:
    """Whether contacts about a topic go over a channel. `own` is what the row of exactly this
    combination says, empty for nothing; `wider` what would hold without it; `row` the card that
    decides, empty for none; `role`: who is responsible, empty for nobody yet; `differs`: two rows
    contradict each other here."""

    topic: str
    channel: str
    allowed: bool
    own: str
    wider: bool
    row: str
    role: str
    differs: bool


class Answers:
    """Made once for a board. Raises BrokenModel when its cards make no model."""

    def __init__(self, board: Board, organisation: str = "") -> None:
        self.board = board
        self.made = to_model(board, organisation)
        self.definition: Definition = checked(
            self.made.sections, Problems("session", {}), with_ties=True
        )
        moments = self.definition.moments
        self._rows = Rows(moments)
        self._card_of = {row.id: card for row, card in zip(moments, self.made.rows, strict=True)}

    @cached_property
    def cards(self) -> dict[str, str]:
        """The card of what findings name: rows, and `roles/NAME` or `topics/PATH`."""
        named = {
            f"{section}/{self.made.names[card.id]}": card.id
            for kind, section in ((Kind.ROLE, "roles"), (Kind.TOPIC, "topics"))
            for card in self.board.of_kind(kind)
            if card.id in self.made.names
        }
        return self._card_of | named

    def card_of(self, group: str, direction: str, channel: str, topic: str) -> str:
        """The card of the row of exactly this, whether there is one or not."""
        by_name = {name: card for card, name in self.made.names.items()}
        keys = {
            Kind.GROUP: self._key(by_name, Kind.GROUP, group),
            Kind.TOPIC: self._key(by_name, Kind.TOPIC, topic),
        }
        return row_id(Where(keys[Kind.GROUP], direction, channel, keys[Kind.TOPIC]))

    def held(self, row: str) -> dict[str, Held]:
        """By field: what a row inherits."""
        cell = self._cell(where_of(row))
        own = self._own(row)
        found = winners([one for one in self._rows.holding_for(cell) if one is not own])
        return {
            field: Held(moment.value(field), self._card_of[moment.id])
            for field, moment in found.items()
        }

    def combinations(self, group: str, direction: str) -> Iterator[Combination]:
        """Every topic over every channel that is used this way, for the key of a group."""
        used = [
            channel
            for channel, use in self.definition.channels.items()
            if Direction(direction) in use.directions
        ]
        for _, card in self.board.tree(Kind.TOPIC):
            if card.id in self.made.names:
                for channel in used:
                    yield self._combination(Where(group, direction, channel, card.key))

    def _combination(self, where: Where) -> Combination:
        row = row_id(where)
        own = self._own(row)
        rows = self._rows.holding_for(self._cell(where))
        found = winners(rows)
        without = winners([one for one in rows if one is not own])
        deciding = found.get("allowed")
        role = found.get("role")
        return Combination(
            topic=f"{Kind.TOPIC}.{where.topic}",
            channel=where.channel,
            allowed=_allowed(deciding),
            own=self.board.get(row).text("allowed"),
            wider=_allowed(without.get("allowed")),
            row=self._card_of[deciding.id] if deciding else "",
            role=role.role if role else "",
            differs=_differ(contenders(rows, "allowed")),
        )

    def _own(self, row: str) -> Moment | None:
        return self._by_card.get(row)

    @cached_property
    def _by_card(self) -> dict[str, Moment]:
        return dict(zip(self.made.rows, self.definition.moments, strict=True))

    def _cell(self, where: Where) -> Cell:
        names = self.made.names
        return Cell(
            names.get(f"{Kind.GROUP}.{where.group}", tree.ANY),
            None if where.direction == ANY else Direction(where.direction),
            None if where.channel == ANY else Channel(where.channel),
            names.get(f"{Kind.TOPIC}.{where.topic}", tree.ANY),
        )

    def _key(self, by_name: dict[str, str], kind: Kind, name: str) -> str:
        card = by_name.get(name, "") if name != tree.ANY else ""
        # A role may be called as a group is.
        return card.partition(".")[2] if card.startswith(f"{kind}.") else ANY


def _allowed(row: Moment | None) -> bool:
    return True if row is None else row.allowed


def _differ(rows: Sequence[Moment]) -> bool:
    return len({row.allowed for row in rows}) > 1
