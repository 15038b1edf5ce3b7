"""All that one page of a five-step session shows, read from the store at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from sqlalchemy import Connection

from agent_ui.workshop.desk import Answers, Misfit, Proved
from agent_ui.workshop.lines import stamp
from agent_ui.workshop.seat import Seat
from hub.store import boards, model_actions, workshop_people, workshops
from hub.store.boards import Change, Field
from hub.store.model_actions import Action
from hub.store.workshop_people import Person, Standing
from hub.store.workshops import Workshop
from hub.workshop import Board, Kind, Where, row_id, where_of
from hub.workshop.vocabulary import ANY


@dataclass(frozen=True)
class Standings:
    """What the store says."""

    workshop: Workshop
    board: Board
    fields: Mapping[tuple[str, str], Field]
    people: Sequence[Person]
    changes: Sequence[Change]
    actions: Sequence[Action]


def read(connection: Connection, workshop_id: str) -> Standings:
    workshop = workshops.find(connection, workshop_id)
    fields = boards.fields_of(connection, workshop_id)
    drafted = model_actions.listed(connection, workshop.draft) if workshop.draft else []
    return Standings(
        workshop,
        Board(boards.cards_in(fields)),
        {(one.card, one.field): one for one in fields},
        workshop_people.listed(connection, workshop_id),
        boards.history(connection, workshop_id),
        drafted,
    )


@dataclass(frozen=True)
class Screen:
    """What templates ask. `row`: the card of the row that is open; `answers` is None where the
    cards make no model; `found` is what the proof says, where that is shown."""

    seat: Seat
    standings: Standings
    page: str
    row: str
    group: str
    direction: str
    answers: Answers | None
    found: Sequence[Proved] | None

    @property
    def workshop(self) -> Workshop:
        return self.standings.workshop

    @property
    def board(self) -> Board:
        return self.standings.board

    @property
    def may_write(self) -> bool:
        return self.workshop.is_open

    @property
    def address(self) -> str:
        return f"/console/sessions/{self.workshop.id}"

    @property
    def here(self) -> str:
        """This page, to come back to after a form."""
        query = {"step": self.page}
        if self.page == "combinations":
            query |= {"group": self.group, "direction": self.direction}
        elif self.page in ("information", "steps"):
            query |= {"row": self.row}
        return f"{self.address}?{urlencode(query)}"

    @property
    def stamp(self) -> str:
        return stamp(self.workshop, self.seat.person.state)

    @cached_property
    def names(self) -> dict[str, str]:
        return workshop_people.names(self.standings.people)

    def of_state(self, state: str) -> list[Person]:
        return [one for one in self.standings.people if one.state is Standing(state)]

    def other(self, card: str, field: str) -> Mapping[str, object]:
        """What somebody else wrote in a field at the same time."""
        found = self.standings.fields.get((card, field))
        return found.other if found else {}

    @cached_property
    def misfits(self) -> dict[str, list[Misfit]]:
        """By card."""
        found: dict[str, list[Misfit]] = {}
        for one in self.answers.misfits if self.answers else ():
            found.setdefault(one.card, []).append(one)
        return found

    @cached_property
    def findings(self) -> dict[str, list[Proved]]:
        """By card; without notes, which ask for nothing."""
        found: dict[str, list[Proved]] = {}
        for one in self.found or ():
            if one.finding.severity == "note":
                continue
            for card in {*one.cards, one.row} - {""}:
                found.setdefault(card, []).append(one)
        return found

    def rows_about(self, topic: str) -> list[str]:
        """The rows about the key of a topic: the one for everybody first, whether it is there or
        not."""
        first = row_id(Where(topic=topic))
        rows = [one.id for one in self.board.of_kind(Kind.ROW) if where_of(one.id).topic == topic]
        return [first, *sorted(one for one in rows if one != first and self.is_about(one))]

    def is_about(self, row: str) -> bool:
        """Whether all that a row holds for is there."""
        where = where_of(row)
        return (where.group == ANY or f"{Kind.GROUP}.{where.group}" in self.board) and (
            where.topic == ANY or f"{Kind.TOPIC}.{where.topic}" in self.board
        )
