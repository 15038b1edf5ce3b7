"""What the console asks about replays, answered from what was kept of them.

Who manages the model does not get to read what customers wrote by that: the counts and both
decisions are for everybody who reads the model, a subject and the words that a rule found in a
text only for who may read the conversation as an agent.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from agent_ui.replay_desk import Contact, Contacts, Count, Half, Move, Opened, Result, Wanted, Watch
from agent_ui.staffing import People
from agent_ui.texts import Texts
from config.flaws import unreadable
from config.model_texts import ModelTexts, role_by, topic_by
from config.people_needed import people_of
from config.proof import staff_of
from config.replay_runs import Runs
from config.replay_sheet import ReplaySheet
from config.staffing_sheet import staffing_sheet
from hub import clock
from hub.errors import Rejected
from hub.store import Database, admission, model_replays, recorded, timeline
from hub.store.agents import Agent
from hub.store.model_replays import Run
from routing.decision import Decision
from routing.explain import explain
from routing.learned.current import learned_now
from routing.lifecycle.versions import Versions
from routing.replay import Line, Placed, Replay, Replayed, Turn, What, opened
from routing.replay.packed import read_summary, unpack
from routing.staffing.staffed import STAFFING
from routing.tree import ANY

PAGE = 50
LONGEST_DAYS = 366
_LINES = 1000


class Replays:
    """See `agent_ui.replay_desk.ReplayDesk`."""

    def __init__(self, database: Database, versions: Versions, runs: Runs) -> None:
        self._database = database
        self._versions = versions
        self._runs = runs

    async def run(self, number: int) -> Run | None:
        return await self._database.read(lambda c: model_replays.find(c, number))

    async def begin(self, number: int, base: int, days: int, *, by: str) -> Run:
        if not 1 <= days <= LONGEST_DAYS:
            raise Rejected("replay_days", f"Choose 1 to {LONGEST_DAYS} days.", status=409)
        now = clock.now()
        with unreadable():
            return await self._runs.begin(number, base, now - timedelta(days=days), now, by)

    async def cancel(self, number: int) -> None:
        await self._database.write(lambda c: model_replays.cancel(c, number))

    async def result(self, run: Run, language: str) -> Result | None:
        summary = await self._database.read(lambda c: model_replays.summary(c, run))
        if summary is None:
            return None
        older, newer = await self._texts(run, language)
        return _result(read_summary(summary["replay"]), older, newer)

    async def staffing(self, run: Run, language: str) -> People | None:
        summary = await self._database.read(lambda c: model_replays.summary(c, run))
        if summary is None:
            return None
        older, newer = await self._texts(run, language)
        return people_of(STAFFING.validate_python(summary["staffing"]), older, newer)

    async def contacts(
        self, run: Run, wanted: Wanted, page: int, agent: Agent, language: str
    ) -> Contacts:
        older, newer = await self._texts(run, language)
        found = await self._changes(run, wanted)
        shown = found[page * PAGE : (page + 1) * PAGE]
        subjects = await self._database.read(lambda c: _subjects(c, shown, agent))
        lines = (_contact(one, subjects, older, newer) for one in shown)
        return Contacts(len(found), -(-len(found) // PAGE), tuple(lines))

    async def open(
        self, run: Run, interaction_id: str, agent: Agent, language: str
    ) -> Opened | None:
        work = await self._database.read(lambda c: recorded.one(c, interaction_id))
        if work is None:
            return None
        with unreadable():
            before = (await self._versions.read(run.base))[1]
            after = (await self._versions.read(run.version))[1]
        people = await self._database.read(admission.listed)
        learned = await learned_now(self._database)
        staff = staff_of(people, run.until)
        found = await asyncio.to_thread(
            opened, work, before, after, staff, run.until, learned=learned
        )
        one = found.replayed
        older, newer = await self._texts(run, language)
        subjects = await self._database.read(lambda c: _subjects(c, [one], agent))
        line = _contact(one, subjects, older, newer)
        return Opened(
            line,
            _half(run.base, one.before, found.before, older, readable=line.readable),
            _half(run.version, one.after, found.after, newer, readable=line.readable),
        )

    async def export(
        self, run: Run, wanted: Wanted, agent: Agent, texts: Texts
    ) -> AsyncIterator[Sequence[str]]:
        found = await self._changes(run, wanted)
        older, newer = await self._texts(run, texts.language)
        sheet = ReplaySheet(texts, run, older, newer)
        yield [sheet.head()]
        for start in range(0, len(found), _LINES):
            part = found[start : start + _LINES]
            subjects = await self._database.read(lambda c, p=part: _subjects(c, p, agent))  # type: ignore[misc]
            yield await asyncio.to_thread(sheet.lines, part, subjects)

    async def export_staffing(self, run: Run, texts: Texts) -> Sequence[str]:
        summary = await self._database.read(lambda c: model_replays.summary(c, run))
        if summary is None:
            return ()
        older, newer = await self._texts(run, texts.language)
        found = STAFFING.validate_python(summary["staffing"])
        return staffing_sheet(found, texts, run, lambda role: role_by(newer, older, role))

    async def _changes(self, run: Run, wanted: Wanted) -> list[Replayed]:
        content = await self._database.read(lambda c: model_replays.changes(c, run))
        if content is None:
            return []
        return await asyncio.to_thread(lambda: list(_chosen(content, wanted)))

    async def _texts(self, run: Run, language: str) -> tuple[ModelTexts, ModelTexts]:
        with unreadable():
            before = (await self._versions.read(run.base))[1]
            after = (await self._versions.read(run.version))[1]
        return ModelTexts.of(before, language), ModelTexts.of(after, language)


def _chosen(content: bytes, wanted: Wanted) -> Iterator[Replayed]:
    what = What(wanted.what) if wanted.what in set(What) else What.CHANGED
    for one in unpack(content):
        former, role = one.before.side.role, one.after.side.role
        fits = wanted.former in ("", former) and wanted.role in ("", role)
        if fits and what.is_true_of(one):
            yield one


def _subjects(connection: Connection, replayed: Sequence[Replayed], agent: Agent) -> dict[str, str]:
    """By interaction, of those that the agent may read."""
    readable = timeline.visible(connection, {one.conversation_id for one in replayed}, agent)
    ids = [one.interaction_id for one in replayed if one.conversation_id in readable]
    return timeline.subjects(connection, ids)


def _result(found: Replay, older: ModelTexts, newer: ModelTexts) -> Result:
    turns = [*found.breaches.items(), *found.unhandled.items(), ("refused", found.refused)]
    return Result(
        total=found.total,
        moved=found.moved,
        learned=found.learned,
        moves=tuple(
            Move(
                older.role(pair.before),
                pair.before,
                newer.role(pair.after),
                pair.after,
                pair.count,
                pair.example,
            )
            for pair in found.pairs
        ),
        watched=tuple(_watch(str(what), turn) for what, turn in turns),
        members_known=found.members_known,
        roles=tuple(_count(one, role_by(newer, older, one.name)) for one in found.roles),
        channels=tuple(_count(one, one.name) for one in found.channels),
        topics=tuple(_count(one, _topic(one.name, older, newer)) for one in found.topics),
    )


def _watch(what: str, turn: Turn) -> Watch:
    return Watch(what, turn.before, turn.after, turn.new, turn.example)


def _count(one: Line, title: str) -> Count:
    return Count(
        title,
        one.before,
        one.after,
        one.moved,
        one.late_before,
        one.late_after,
        one.unhandled_after,
    )


def _topic(topic: str, older: ModelTexts, newer: ModelTexts) -> str:
    return "" if topic == ANY else topic_by(newer, older, topic)


def _contact(
    one: Replayed, subjects: dict[str, str], older: ModelTexts, newer: ModelTexts
) -> Contact:
    kinds = (What.BREACHED, What.UNHANDLED, What.REFUSED)
    return Contact(
        one.interaction_id,
        one.conversation_id,
        one.at,
        str(one.channel),
        older.role(one.before.side.role),
        newer.role(one.after.side.role),
        _topic(one.after.side.topic, older, newer),
        tuple(str(kind) for kind in kinds if kind.is_true_of(one)),
        one.interaction_id in subjects,
        subjects.get(one.interaction_id, ""),
    )


def _half(
    version: int, placed: Placed, decision: Decision, texts: ModelTexts, *, readable: bool
) -> Half:
    side = placed.side
    source = decision.rows.get("role")
    return Half(
        version=version,
        role=texts.role(side.role),
        topic=_topic(side.topic, texts, texts),
        group="" if side.target_group == ANY else texts.group(side.target_group),
        row=side.row,
        line=source.line if source else 0,
        allowed=side.allowed,
        nobody=str(side.nobody or ""),
        first_response=str(placed.first_response),
        resolution=str(placed.resolution),
        reasons=tuple(explain(decision, texts.language, discreet=not readable)),
    )
