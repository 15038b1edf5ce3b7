"""The pages of the interaction model: its versions, and all that one version says."""

import asyncio
import contextlib
import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.model_desk import (
    AskedLine,
    Filter,
    FindingLine,
    Flaw,
    Trial,
    Unreadable,
)
from agent_ui.pages import Pages
from agent_ui.visit import Visit, number
from hub.store import agents, model_actions, model_replays, models
from hub.store.model_actions import Action
from hub.store.models import State, Version

HOME = "/console/model"
LONGEST = 2_000
LONGEST_LIVE = 1_000_000
"""Characters; a longer text is proved when it is saved."""
MOST_LIVE = 50
GOING_LIVE = ("when", "at", "zone", "override")
"""What is filled in to let a version go live."""
_NOTHING_TYPED = dict.fromkeys((*GOING_LIVE, "notice"), "")


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the editor, on top of a revision."""

    revision: int
    title: str
    note: str
    text: str


@dataclass(frozen=True)
class Told:
    """A sentence above the page about what was just done."""

    sentence: str
    is_good: bool = True


@dataclass(frozen=True)
class _Overview:
    version: Version
    live: int | None
    names: Mapping[str, str]
    open_actions: int
    ended_at: datetime | None
    replaced: int | None
    """Which version was live before the one that is."""


class ModelViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._database = context.database
        self._desk = context.models
        self._pages = pages
        self._proving = asyncio.Semaphore(1)

    async def list(self, visit: Visit) -> web.StreamResponse:
        def read(connection: Connection) -> tuple[list[Version], list[Action], dict[str, str]]:
            versions = models.listed(connection)
            actors = [one.created_by for one in versions]
            return versions, model_actions.listed(connection), agents.names(connection, actors)

        versions, actions, names = await self._database.read(read)
        return self._pages.page(
            visit,
            "model/list.html",
            versions=versions,
            ends=_ended(versions),
            actions=[one for one in actions if one.done_at is None],
            names=names,
            waiting=await self._waiting(visit, versions),
            fixed=self._desk.fixed,
        )

    async def _waiting(self, visit: Visit, versions: Sequence[Version]) -> dict[int, int]:
        """How many rows of which versions wait for this agent's word."""
        found: dict[int, int] = {}
        for version in versions:
            if version.state is State.CHECKED:
                with contextlib.suppress(Unreadable):
                    sheet = await self._desk.sheet(version.number, visit.texts.language)
                    mine = [one for one in sheet if one.owner == visit.known.login]
                    found[version.number] = sum(one.said is None for one in mine)
        return {number: count for number, count in found.items() if count}

    async def rows(self, visit: Visit, notice: str = "") -> web.StreamResponse:
        """The first page of a version: its rows. `notice`: what was refused."""
        query = visit.request.query
        only = Filter(*(query.get(name, "")[:LONGEST] for name in Filter.__dataclass_fields__))
        status = HTTPStatus.CONFLICT if notice else HTTPStatus.OK
        shown = number(visit.request.match_info["number"])
        try:
            found = await self._desk.rows(shown, only, visit.texts.language)
        except Unreadable as error:
            return await self.text(visit, flaws=error.flaws, notice=notice, status=status)
        return await self.page(
            visit, "model/rows.html", "rows", status=status, found=found, only=only, notice=notice
        )

    async def attempt(self, visit: Visit) -> web.StreamResponse:
        """Try a contact: who would get it, and why."""
        query, language = visit.request.query, visit.texts.language
        shown = number(visit.request.match_info["number"])
        given = {
            name: query[name][:LONGEST] for name in Trial.__dataclass_fields__ if name in query
        }
        trial = Trial(**given)
        try:
            choices = await self._desk.choices(shown, language)
            outcome = await self._desk.attempt(shown, trial, language) if given else None
        except Unreadable as error:
            return await self.text(visit, flaws=error.flaws)
        return await self.page(
            visit, "model/try.html", "try", choices=choices, trial=trial, outcome=outcome
        )

    async def findings(self, visit: Visit, notice: str = "") -> web.StreamResponse:
        """What the proof of the model says."""
        shown = number(visit.request.match_info["number"])
        try:
            found = await self._desk.findings(shown, visit.texts.language)
        except Unreadable as error:
            return await self.text(visit, flaws=error.flaws)
        listed = await self._database.read(lambda c: model_actions.listed(c, shown))
        known = {one.reference for one in listed}
        return await self.page(
            visit, "model/findings.html", "findings", found=found, known=known, notice=notice
        )

    async def proof(self, visit: Visit) -> web.StreamResponse:
        """What is wrong with a text while somebody types it."""
        return await self.proof_of(visit, (await visit.field("text")).replace("\r\n", "\n"))

    async def proof_of(self, visit: Visit, written: str) -> web.StreamResponse:
        """One is looked at a time, and what its asker does not wait for any more, because they
        typed on, not at all."""
        flaws: Sequence[Flaw] = ()
        found: Sequence[FindingLine] = ()
        too_long = len(written) > LONGEST_LIVE
        async with self._proving:
            transport = visit.request.transport
            if not too_long and transport is not None and not transport.is_closing():
                flaws, all_found = await self._desk.proof_of(written, visit.texts.language)
                found = [one for one in all_found if one.severity != "note"]
        return self.shown_proof(visit, flaws, found, too_long=too_long)

    def shown_proof(
        self,
        visit: Visit,
        flaws: Sequence[Flaw],
        found: Sequence[FindingLine],
        *,
        too_long: bool = False,
    ) -> web.Response:
        return self._pages.page(
            visit,
            "model/live_proof.html",
            flaws=flaws,
            found=found[:MOST_LIVE],
            more=max(len(found) - MOST_LIVE, 0),
            too_long=too_long,
            text_at=f"{HOME}/{number(visit.request.match_info['number'])}/text",
        )

    async def compare(self, visit: Visit) -> web.StreamResponse:
        shown = number(visit.request.match_info["number"])
        versions, live = await self._database.read(
            lambda c: (models.listed(c), models.live_number(c))
        )
        base = number(visit.request.query.get("with", "")) or self._base(versions, shown, live)
        language = visit.texts.language
        try:
            found = await self._desk.compare(base, shown, language) if base else None
        except Unreadable as error:
            return await self.text(visit, flaws=error.flaws)
        return await self.page(
            visit, "model/compare.html", "compare", found=found, base=base, versions=versions
        )

    @staticmethod
    def _base(versions: Sequence[Version], shown: int, live: int | None) -> int:
        """What a version is compared with unless something is chosen: the live one, and the live
        one itself with the one that it replaced; 0 where there is none of these."""
        if live is not None and live != shown:
            return live
        before = [one.number for one in versions if one.activated_at and one.number != shown]
        return max(before, default=0)

    async def signatures(
        self, visit: Visit, notice: str = "", going_live: Mapping[str, str] | None = None
    ) -> web.StreamResponse:
        """`going_live`: what was typed to let it go live, with why it did not."""
        shown = number(visit.request.match_info["number"])
        try:
            sheet = await self._desk.sheet(shown, visit.texts.language)
        except Unreadable as error:
            return await self.text(visit, flaws=error.flaws)
        return await self.page(
            visit,
            "model/signatures.html",
            "signatures",
            status=HTTPStatus.CONFLICT if notice or going_live else HTTPStatus.OK,
            told=await self._checked(visit, sheet) if "checked" in visit.request.query else (),
            going_live=going_live or _NOTHING_TYPED,
            mine=[one for one in sheet if one.owner == visit.known.login],
            owners=_by_owner(sheet),
            notice=notice,
        )

    async def _checked(self, visit: Visit, sheet: Sequence[AskedLine]) -> Sequence[Told]:
        """What came of checking: what the proof found, and who signs now."""
        shown, language = number(visit.request.match_info["number"]), visit.texts.language
        found = Counter(one.severity for one in await self._desk.findings(shown, language))
        errors, warnings = found["error"], found["warning"]
        proof = visit.texts(
            "It is checked. In the proof there are, of errors: {errors}, of warnings: {warnings}.",
            errors=errors,
            warnings=warnings,
        )
        told = [Told(proof, is_good=not errors)]
        unsigned = [one for one in sheet if one.said is None or not one.said.accepted]
        if not unsigned:
            return [*told, Told(visit.texts("Everything was signed before: it can go live."))]
        if names := ", ".join(dict.fromkeys(one.owner for one in unsigned if one.owner)):
            told.append(Told(visit.texts("Now these people sign: {names}.", names=names)))
        if roles := ", ".join(dict.fromkeys(one.role_title for one in unsigned if not one.owner)):
            said = visit.texts("Nobody can sign for roles without an owner: {roles}.", roles=roles)
            told.append(Told(said, is_good=False))
        return told

    async def actions(self, visit: Visit, notice: str = "") -> web.StreamResponse:
        shown = number(visit.request.match_info["number"])
        found = await self._database.read(lambda c: model_actions.listed(c, shown))
        status = HTTPStatus.CONFLICT if notice else HTTPStatus.OK
        return await self.page(
            visit, "model/actions.html", "actions", status=status, actions=found, notice=notice
        )

    async def text(
        self,
        visit: Visit,
        *,
        typed: Typed | None = None,
        flaws: Sequence[Flaw] | None = None,
        notice: str = "",
        status: int = HTTPStatus.OK,
    ) -> web.Response:
        """The YAML, numbered, or in the editor (`?edit=1`); with what is wrong with it. With what
        was `typed` over an older revision: both side by side."""
        shown = number(visit.request.match_info["number"])

        def read(connection: Connection) -> tuple[Version, str]:
            return models.find(connection, shown), models.text_of(connection, shown)

        version, written = await self._database.read(read)
        is_conflict = typed is not None and typed.revision != version.revision
        mine = typed or Typed(version.revision, version.title, version.note, written)
        if flaws is None:
            flaws = await self._desk.flaws(mine.text)
        return await self.page(
            visit,
            "model/text.html",
            "text",
            status=status,
            written=written,
            mine=mine,
            editing=typed is not None or "edit" in visit.request.query,
            is_conflict=is_conflict,
            difference=_difference(written, mine.text) if is_conflict else [],
            flaws=flaws,
            notice=notice,
        )

    async def page(
        self, visit: Visit, template: str, tab: str, *, status: int = HTTPStatus.OK, **values: Any
    ) -> web.Response:
        """A page of the version that the address names, under its head and tabs."""
        shown = number(visit.request.match_info["number"])

        def read(connection: Connection) -> _Overview:
            version = models.find(connection, shown)
            run = model_replays.find(connection, shown)
            ends = _ended(models.listed(connection))
            who = [version.created_by, version.changed_by, version.activated_by]
            who += [run.started_by] if run else []
            still = [a for a in model_actions.listed(connection, shown) if a.done_at is None]
            return _Overview(
                version,
                models.live_number(connection),
                agents.names(connection, who),
                len(still),
                ends.get(shown),
                max(ends, key=lambda one: ends[one], default=None),
            )

        overview = await self._database.read(read)
        return self._pages.page(
            visit,
            template,
            status=status,
            tab=tab,
            version=overview.version,
            live=overview.live,
            names=overview.names,
            open_actions=overview.open_actions,
            ended_at=overview.ended_at,
            replaced=overview.replaced,
            menu_open=visit.request.query.get("open", ""),
            fixed=self._desk.fixed,
            time_zone=self._desk.time_zone(),
            **{"notice": "", "told": (), "going_live": _NOTHING_TYPED, **values},
        )


def _ended(versions: Sequence[Version]) -> dict[int, datetime]:
    """When each version that was live was replaced by the next one."""
    lived = sorted(
        (one.activated_at, one.number) for one in versions if one.activated_at is not None
    )
    return {before: at for (_, before), (at, _) in pairwise(lived)}


def _by_owner(sheet: Sequence[AskedLine]) -> dict[str, list[AskedLine]]:
    """Those without an owner under an empty name."""
    found: dict[str, list[AskedLine]] = {}
    for one in sheet:
        found.setdefault(one.owner, []).append(one)
    return found


def _difference(theirs: str, mine: str) -> list[tuple[str, str]]:
    """The lines that differ, with some around them: each with its mark."""
    lines = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), lineterm="", n=2)
    return [(line[:1], line[1:]) for line in list(lines)[2:]]
