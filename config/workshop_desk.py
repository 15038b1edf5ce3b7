"""What the console's pages of a five-step session ask, answered with what routing knows."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from agent_ui.workshop.desk import Combination, Inherited, Misfit, Proved
from config.flaws import unreadable
from config.model_texts import ModelTexts, as_language
from config.proof import prove_definition
from hub.store import Database, model_actions, workshops
from hub.store.model_actions import Point
from hub.store.models import Origin, State, Version
from hub.store.workshops import Workshop
from hub.workshop import Board, Kind, Write
from routing.analysis import Finding
from routing.explain import Language
from routing.lifecycle.life import ModelLife
from routing.lifecycle.versions import Versions
from routing.model import Model
from routing.tree import ANY
from routing.workshop import answers as told
from routing.workshop.beginning import beginning
from routing.workshop.draft import draft_text
from routing.workshop.from_model import cards_of
from routing.workshop.names import given_names
from routing.workshop.to_model import Made, to_model

_LANGUAGES = {"en": "English", "nl": "Dutch"}


class WorkshopAnswers:
    """See `agent_ui.workshop.desk.Answers`."""

    def __init__(self, found: told.Answers, language: Language) -> None:
        self.found = found
        self.texts = ModelTexts(Model(found.definition), language)

    @property
    def misfits(self) -> Sequence[Misfit]:
        return [
            Misfit(one.card, one.field, getattr(one.text, self.texts.language))
            for one in self.found.made.remarks
        ]

    @property
    def untranslated(self) -> Mapping[str, Sequence[str]]:
        lacking: dict[str, list[str]] = {}
        for card, language in self.found.made.untranslated:
            lacking.setdefault(language, []).append(card)
        return lacking

    def inherited(self, row: str) -> Mapping[str, Inherited]:
        return {
            field: Inherited(self.texts.value(field, one.value), one.row)
            for field, one in self.found.held(row).items()
        }

    def combinations(self, group: str, direction: str) -> Iterable[Combination]:
        for one in self.found.combinations(group, direction):
            yield Combination(
                one.topic,
                one.channel,
                one.allowed,
                one.own,
                one.wider,
                one.row,
                self.texts.role(one.role) if one.role else "",
                one.differs,
            )


class WorkshopDesk:
    """See `agent_ui.workshop.desk.WorkshopDesk`."""

    def __init__(self, life: ModelLife, database: Database, organisation: str) -> None:
        self._versions: Versions = life.versions
        self._database = database
        self._organisation = organisation

    def beginning(self, time_zone: str) -> Sequence[Write]:
        return beginning(self._organisation, time_zone)

    async def cards_of(self, number: int) -> Sequence[Write]:
        with unreadable():
            model = (await self._versions.read(number))[1]
        return cards_of(model.definition)

    async def answers(self, board: Board, language: str) -> WorkshopAnswers:
        with unreadable():
            found = await asyncio.to_thread(told.Answers, board, self._organisation)
        return WorkshopAnswers(found, as_language(language))

    async def findings(self, board: Board, language: str) -> Sequence[Proved]:
        answers = await self.answers(board, language)
        definition = answers.found.definition
        found = await prove_definition(self._database, definition)
        return [_proved(one, answers) for one in found]

    async def draft(self, workshop: Workshop, board: Board, *, by: str) -> Version:
        made = to_model(board, self._organisation)
        written = draft_text(board, made)
        note = f"From the session {workshop.code}"
        version = await self._rewritten(workshop, written, note, by=by)
        if version is None:
            version = await self._versions.draft(
                written,
                by=by,
                origin=Origin.CONSOLE,
                title=workshop.title,
                note=note,
                based_on=workshop.draft or workshop.based_on,
            )
        number = version.number
        names = [Write(card, "name", name) for card, name in given_names(board, made.names).items()]

        def keep(connection: Connection) -> None:
            points = _points(workshop, board, made)
            model_actions.carry_over(connection, number, points, by=by)
            workshops.drafted(connection, workshop, version, names, by)

        await self._database.write(keep)
        return version

    async def _rewritten(
        self, workshop: Workshop, written: str, note: str, *, by: str
    ) -> Version | None:
        """The last draft with this text, if nobody did anything with it since it was made."""
        if workshop.draft is None:
            return None
        version = await self._versions.version(workshop.draft)
        if version.state is not State.DRAFT or version.note != note:
            return None
        if version.revision != workshop.draft_revision:
            return None
        return await self._versions.save(
            version.number,
            version.revision,
            written=written,
            title=workshop.title,
            note=note,
            by=by,
        )


def _proved(one: Finding, answers: WorkshopAnswers) -> Proved:
    found = answers.found
    cards = [found.cards[row.row] for row in one.rows if row.row in found.cards]
    example = one.example
    row = cards[0] if cards and cards[0].startswith(f"{Kind.ROW}.") else ""
    if example and not row:
        row = found.card_of(example.target_group, ANY, ANY, example.topic)
    return Proved(answers.texts.finding(one), tuple(cards), row)


def _points(workshop: Workshop, board: Board, made: Made) -> list[Point]:
    """What the session leaves open: its own points, and what lacks a language."""
    points = [
        Point(
            f"{workshop.id}/{card.key}",
            card.text("what"),
            card.text("owner"),
            _day(card.text("due")),
            is_done=card.flag("done"),
        )
        for card in board.of_kind(Kind.ACTION)
        if card.text("what")
    ]
    for language, name in _LANGUAGES.items():
        lacking = [card for card, wanted in made.untranslated if wanted == language]
        titles = ", ".join(dict.fromkeys(board.get(card).title(language) for card in lacking))
        what = f"Write in {name}, where one language stands for both now: {titles}"
        reference = f"{workshop.id}/{language}"
        points.append(Point(reference, what, "", None, is_done=not lacking))
    return points


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
