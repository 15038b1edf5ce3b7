"""A replay on the screen: what moves, what to look at, and one contact side by side."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from config.replay_words import KEPT, NOBODY, PROMISED, PROMISES, WORDS
from hub.promises import Promise
from routing.decision import Decision
from routing.explain import Language, explain
from routing.replay import Line, Opened, Placed, Replay, Turn
from routing.tree import ANY

_TOPICS = 20


def report(replay: Replay, language: Language) -> Iterator[RenderableType]:
    """What a person reads of it, part by part."""
    words = WORDS[language]
    before, after = replay.versions
    said = {"since": _time(replay.since), "before": before, "after": after}
    yield escape(words["head"].format(total=_number(replay.total), **said))
    if replay.learned:
        yield words["learned"].format(version=replay.learned)
    share = f"{100 * replay.moved / replay.total:.1f}" if replay.total else "0"
    moved = words["moved"].format(count=_number(replay.moved), share=share)
    yield moved if replay.moved else words["none_moved"]
    if replay.pairs:
        yield _pairs(replay, words)
    yield _watched(replay, language)
    if not replay.members_known:
        yield words["members_unknown"]
    for name, lines in (("roles", replay.roles), ("channels", replay.channels)):
        yield _lines(words[name], lines, words)
    yield _lines(words["topics"], replay.topics[:_TOPICS], words)
    if replay.changes:
        yield words["open"]


def side_by_side(opened: Opened, language: Language) -> Table:
    """One contact with what either model makes of it, and why."""
    words, one = WORDS[language], opened.replayed
    versions = (opened.before.model_version, opened.after.model_version)
    heads = (f"{words['now']}: {versions[0]}", f"{words['draft']}: {versions[1]}")
    table = Table("", *map(escape, heads), title=_title(opened), show_lines=True)
    for name, old, new in _facts(one.before, one.after, language):
        mark = "bold" if old != new else ""
        table.add_row(name, escape(old), escape(new), style=mark)
    table.add_row(words["why"], _why(opened.before, language), _why(opened.after, language))
    return table


def _title(opened: Opened) -> str:
    one = opened.replayed
    return escape(f"{one.channel} {one.direction} {_time(one.at)}: {one.subject or '—'}")


def _facts(before: Placed, after: Placed, language: Language) -> Iterator[tuple[str, str, str]]:
    words, kept = WORDS[language], KEPT[language]
    promised = PROMISED[language]
    old, new = before.side, after.side
    yield words["role"], old.role, new.role
    yield words["topic"], _topic(old.topic, words), _topic(new.topic, words)
    yield words["group"], old.target_group, new.target_group
    yield words["row"], old.row or "—", new.row or "—"
    yield words["allowed"], words[_yes(old.allowed)], words[_yes(new.allowed)]
    nobody = NOBODY[language]
    yield (
        words["nobody"],
        nobody[old.nobody] if old.nobody else "—",
        nobody[new.nobody] if new.nobody else "—",
    )
    first, resolution = promised[Promise.FIRST_RESPONSE], promised[Promise.RESOLUTION]
    yield first, kept[before.first_response], kept[after.first_response]
    yield resolution, kept[before.resolution], kept[after.resolution]


def _why(decision: Decision, language: Language) -> str:
    return escape("\n".join(explain(decision, language)))


def _pairs(replay: Replay, words: dict[str, str]) -> Table:
    table = _table(words["pairs"], words["from"], words["to"], words["contacts"], words["example"])
    for pair in replay.pairs:
        table.add_row(pair.before, pair.after, _number(pair.count), pair.example)
    return table


def _watched(replay: Replay, language: Language) -> Table:
    words = WORDS[language]
    heads = (words["now"], words["draft"], words["new"], words["example"])
    table = _table(words["watch"], "", *heads)
    for promise, turn in replay.breaches.items():
        _add(table, PROMISES[language][promise], turn)
    for nobody, turn in replay.unhandled.items():
        _add(table, NOBODY[language][nobody], turn)
    _add(table, words["refused"], replay.refused)
    return table


def _add(table: Table, name: str, turn: Turn) -> None:
    counts = (_number(count) for count in (turn.before, turn.after, turn.new))
    table.add_row(name, *counts, turn.example or "—")


def _lines(title: str, lines: Sequence[Line], words: dict[str, str]) -> Table:
    heads = ("now", "draft", "moves", "late_now", "late_draft", "unhandled")
    table = _table(title, "", *(words[head] for head in heads))
    for line in lines:
        counts = (line.before, line.after, line.moved, line.late_before, line.late_after)
        numbers = (_number(count) for count in (*counts, line.unhandled_after))
        table.add_row(_topic(line.name, words), *numbers)
    return table


def _table(title: str, *heads: str) -> Table:
    """Numbers stand right; ids are never cut, since they are to be copied."""
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _topic(topic: str, words: dict[str, str]) -> str:
    return words["no_topic"] if topic == ANY else topic


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
