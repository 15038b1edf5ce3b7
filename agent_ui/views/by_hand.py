"""The form in which somebody writes down a letter, a fax, a visit or a call, with a scan."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.sent_files import files_of
from agent_ui.visit import Visit, checked_id
from hub import clock
from hub.by_hand import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Form,
    Written,
    find_sender,
    is_scan,
    not_a_scan,
)
from hub.errors import Rejected
from hub.interaction import Accepted, Attachment
from hub.store import timeline, work_items
from hub.store.agents import Agent

PATH = "/console/by-hand"
_LONGEST_NAME = 500
_LOOKS, _BETWEEN_LOOKS = 20, 0.05  # seconds
_FIELDS = {
    "form": 16, "who": 512, "name": _LONGEST_NAME, "subject": LONGEST_SUBJECT, "topic": 200,
    "at": 32, "zone": 64, "text": LONGEST_TEXT, "conversation": 36, "form_id": 100,
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What was recorded; `conversation_id` is empty where the agent may not read it. `joined`: it
    went on with what was open."""

    number: int
    conversation_id: str
    joined: bool


@dataclass(frozen=True)
class _Given:
    """What stands in the form, so that nothing that was typed is lost."""

    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


class ByHandViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def form(self, visit: Visit) -> web.StreamResponse:
        conversation = visit.request.query.get("conversation", "")
        if conversation:
            await self._must_see(checked_id(conversation), visit.known)
        return self._show(visit, _Given({"conversation": conversation}))

    async def record(self, visit: Visit) -> web.StreamResponse:
        given = _Given({name: (await visit.field(name))[:most] for name, most in _FIELDS.items()})
        if given["conversation"]:
            await self._must_see(checked_id(given["conversation"]), visit.known)
        try:
            written = await self._written(visit, given)
            files = await self._scans(visit)
            accepted = await self._context.by_hand.record(replace(written, files=files))
        except Rejected as error:
            notice = words.reason(visit.texts, error)
            return self._show(visit, given, notice=notice, status=error.status)
        await self._routed(accepted.conversation_id)
        done = await self._context.database.read(lambda c: _done(c, accepted, visit.known))
        return self._show(
            visit, _Given({"form": given["form"], "topic": given["topic"]}), done=done
        )

    async def _routed(self, conversation_id: str) -> None:
        """Waits a moment for the work that it makes: before that, nobody may open it."""
        for _ in range(_LOOKS):
            if await self._context.database.read(
                lambda c: work_items.latest_of(c, [conversation_id])
            ):
                return
            await asyncio.sleep(_BETWEEN_LOOKS)

    async def _written(self, visit: Visit, given: _Given) -> Written:
        """Raises Rejected."""
        who, name = given["who"].strip(), " ".join(given["name"].split())
        customer_id, party = "", None
        if who:
            customer_id, party = await self._context.database.read(lambda c: find_sender(c, who))
        elif not name and not given["conversation"]:
            raise Rejected("no_sender", "Write who it is from: a name will do.", status=422)
        forms = set(Form)
        return Written(
            form=Form(given["form"]) if given["form"] in forms else Form.LETTER,
            external_id=f"{visit.known.id}:{given['form_id'] or clock.new_id()}",
            text=given["text"].replace("\r\n", "\n"),
            subject=given["subject"],
            topic=given["topic"] if given["topic"] in self._topics(visit) else "",
            customer_id=customer_id,
            party=party,
            name=name,
            conversation_id=given["conversation"],
            occurred_at=_moment(given["at"], given["zone"]),
            by=visit.known.name,
        )

    async def _scans(self, visit: Visit) -> tuple[Attachment, ...]:
        """Raises Rejected."""
        try:
            files = await files_of(visit, self._context)
        except Rejected as error:
            raise (not_a_scan() if error.code == "bad_type" else error) from error
        if not all(is_scan(one) for one in files):
            raise not_a_scan()
        return files

    async def _must_see(self, conversation_id: str, agent: Agent) -> None:
        if not await self._context.database.read(
            lambda c: timeline.may_see(c, conversation_id, agent)
        ):
            raise web.HTTPNotFound

    def _topics(self, visit: Visit) -> Mapping[str, str]:
        return self._context.topics.titles(visit.texts.language)

    def _show(
        self, visit: Visit, given: _Given, *, notice: str = "", done: Done | None = None,
        status: int = HTTPStatus.OK,
    ) -> web.Response:  # fmt: skip
        return self._pages.page(
            visit,
            "by_hand.html",
            status=status,
            given=given,
            notice=notice,
            done=done,
            forms=words.FORMS,
            topics=self._topics(visit),
            form_id=given["form_id"] or clock.new_id(),
        )


def _moment(at: str, zone: str) -> datetime | None:
    """The time on the clock in this zone, in UTC; None for now. Raises Rejected."""
    if not at:
        return None
    try:
        local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone or "UTC"))
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise Rejected("time", "Write a day and a time.", status=422) from error


def _done(connection: Connection, accepted: Accepted, agent: Agent) -> Done:
    conversation_id = accepted.conversation_id
    found = timeline.conversation(connection, conversation_id)
    number = found.number if found else 0
    sees = timeline.may_see(connection, conversation_id, agent)
    return Done(number, conversation_id if sees else "", accepted.sequence > 1)
