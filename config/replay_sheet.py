"""Replayed contacts as a file for a spreadsheet that people read: one line each, in their words.
For programs there is `replay_csv`."""

from collections.abc import Iterator, Mapping, Sequence

from agent_ui.model_words import (
    DIRECTIONS,
    KEPT,
    NO,
    NO_GROUP,
    NO_TOPIC,
    OF_VERSION,
    REPLAY_FILE,
    REPLAY_SIDE,
    WATCHED,
    YES,
)
from agent_ui.row_words import row_name
from agent_ui.texts import Texts
from agent_ui.words import CHANNELS
from config.model_texts import ModelTexts
from hub.store.model_replays import Run
from hub.tables_out import csv_line
from routing.replay import Placed, Replayed
from routing.tree import ANY


class ReplaySheet:
    def __init__(self, texts: Texts, run: Run, older: ModelTexts, newer: ModelTexts) -> None:
        self._texts = texts
        self._versions = (run.base, run.version)
        self._models = (older, newer)
        self._titles = (older.choices(), newer.choices())

    def head(self) -> str:
        texts = self._texts
        sides = (texts(OF_VERSION, name=texts(name), n=n)
                 for name in REPLAY_SIDE for n in self._versions)  # fmt: skip
        return csv_line([*map(texts, REPLAY_FILE), *sides], texts.language)

    def lines(self, replayed: Sequence[Replayed], subjects: Mapping[str, str]) -> list[str]:
        """`subjects`: of those that the reader may read."""
        language = self._texts.language
        return [
            csv_line(self._cells(one, subjects.get(one.interaction_id, "")), language)
            for one in replayed
        ]

    def _cells(self, one: Replayed, subject: str) -> Iterator[str]:
        yield one.interaction_id
        yield one.conversation_id
        yield f"{one.at:%Y-%m-%d %H:%M:%S}"
        yield self._texts(CHANNELS[one.channel])
        yield self._texts(DIRECTIONS[one.direction])
        yield subject
        for pair in zip(self._side(one.before, 0), self._side(one.after, 1), strict=True):
            yield from pair

    def _side(self, placed: Placed, which: int) -> tuple[str, ...]:
        side, texts = placed.side, self._texts
        model, titles = self._models[which], self._titles[which]
        return (
            model.role(side.role),
            texts(NO_TOPIC) if side.topic == ANY else model.topic(side.topic),
            texts(NO_GROUP) if side.target_group == ANY else model.group(side.target_group),
            row_name(texts, side.row, titles.roles, titles.groups, titles.topics),
            texts(YES if side.allowed else NO),
            texts(WATCHED[side.nobody]) if side.nobody else "",
            texts(KEPT[placed.first_response]),
            texts(KEPT[placed.resolution]),
        )
