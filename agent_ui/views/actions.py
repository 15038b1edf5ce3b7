"""What an agent does with work: take, put back, answer, note, resolve, send again.

Each ends with the address of what to show next; what was refused is shown where it was tried.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

import structlog
from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.answering import (
    SendingRules,
    Unfilled,
    Unseen,
    refuse_to_take,
    refuse_unfilled,
    resolve,
    send_reply,
    write_note,
)
from agent_ui.context import ConsoleContext
from agent_ui.drafting import Draft, draft_of
from agent_ui.forwarding import forward
from agent_ui.guidance import guidance_of
from agent_ui.sent_before import went_before
from agent_ui.sent_files import files_of
from agent_ui.taking_back import take_back
from agent_ui.texts import N_
from agent_ui.times import until_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, number
from hub import clock
from hub.errors import Rejected
from hub.store import corrections, held, timeline, work_items, work_lists, working
from hub.store.steps_done import StepsFirst
from hub.store.tasks import TasksFirst
from hub.store.timeline import Entry
from hub.store.work_items import WorkItem

log = structlog.get_logger(__name__)

T = TypeVar("T")

_LONGEST_RESULT = 2_000
RESOLVE, LATER = "resolve", "later"
"""What is to be done with the answer, beside sending it."""
_OTHERS_WROTE = N_(
    "This was not sent yet: something was added while you were writing. Read it, then send again."
)
_OTHERS_WROTE_BEFORE_END = N_(
    "This is not resolved yet: something was added that you had not seen. Read it first."
)

_STEPS_FIRST = N_("Do this first, and tick it under “What this needs”: {steps}.")
_TASKS_FIRST = N_(
    "This was asked of another role and is not done yet: {tasks}. Wait for it, or say why it is "
    "not needed."
)
_STAYS = N_(
    "The model makes {role} responsible for this topic. The work stays with {former}: correct it "
    "again and hand it over if that is better."
)


class ActionViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def take_next(self, visit: Visit) -> web.StreamResponse:
        offered = self._context.offered_only()
        item = await self._write(lambda c: working.take_next(c, visit.known, offered_only=offered))
        return see_other(_address(item.conversation_id) if item else HOME)

    async def claim(self, visit: Visit) -> web.StreamResponse:
        item = await self._item(visit)
        try:
            refuse_to_take(item, self._context.offered_only())
            await self._write(lambda c: working.claim(c, item.id, visit.known))
        except Rejected as error:
            return await self._refuse(visit, item.conversation_id, error)
        return see_other(_address(item.conversation_id))

    async def release(self, visit: Visit) -> web.StreamResponse:
        item = await self._item(visit)
        try:
            await self._write(lambda c: working.release(c, item.id, visit.known))
        except Rejected as error:
            return await self._refuse(visit, item.conversation_id, error)
        return see_other(HOME)

    async def resolve(self, visit: Visit) -> web.StreamResponse:
        item = await self._item(visit)
        results = await results_of(visit, item)
        seen = number(await visit.field("seen"))
        try:
            await self._write(
                lambda c: resolve(c, item.id, visit.known, results=results, seen=seen)
            )
        except Unseen:
            notice = visit.texts(_OTHERS_WROTE_BEFORE_END)
            return await self._conversations.show(
                visit, item.conversation_id, notice=notice, status=HTTPStatus.CONFLICT
            )
        except Rejected as error:
            return await self._refuse(visit, item.conversation_id, error)
        return see_other(await self._after(visit))

    async def correct_topic(self, visit: Visit) -> web.StreamResponse:
        """Another topic; the work goes to another role only when the agent says so."""
        item = await self._item(visit)
        desk, topic = self._context.topics, await visit.field("topic")
        move = await visit.field("move") == "yes"
        decision = desk.corrected(item.decision, item.channel, topic, visit.known.name)
        if decision is None:
            unknown = Rejected("no_topic", "This topic is not in the model.", status=422)
            return await self._refuse(visit, item.conversation_id, unknown)
        try:
            done = await self._write(
                lambda c: corrections.correct(c, item.id, visit.known, decision=decision, move=move)
            )
        except Rejected as error:
            return await self._refuse(visit, item.conversation_id, error)
        if done.moved and not done.item.is_for(visit.known):
            return see_other(await self._after(visit))
        if done.stayed:
            titles = self._context.role_titles(visit.texts.language)
            role, former = (titles.get(name, name) for name in (done.role, done.item.role))
            notice = visit.texts(_STAYS, role=role, former=former)
            return await self._conversations.show(visit, item.conversation_id, notice=notice)
        return see_other(_address(item.conversation_id))

    async def write(self, visit: Visit) -> web.StreamResponse:
        """A reply to the customer, a message passed on, or a note among ourselves."""
        draft = await self._where_now(await draft_of(visit))
        await self._must_see(visit, draft.conversation_id)
        then = await visit.field("then")
        try:
            draft = replace(draft, later=await later_of(visit))
            if draft.mode != "note":
                draft = replace(draft, files=await files_of(visit, self._context))
            done = await self._write(lambda c: self._put(c, draft, visit, then))
        except Unseen:
            notice = visit.texts(_OTHERS_WROTE)
            return await self._conversations.show(
                visit,
                draft.conversation_id,
                notice=notice,
                draft=draft,
                mode=draft.mode,
                status=HTTPStatus.CONFLICT,
            )
        except Unfilled as error:
            draft = replace(draft, as_is=error.places)
            return await self._refuse(visit, draft.conversation_id, error, draft, draft.mode)
        except Rejected as error:
            return await self._refuse(visit, draft.conversation_id, error, draft, draft.mode)
        if done:
            return see_other(await self._after(visit))
        asks = "?resolve=1" if then == RESOLVE and draft.mode == "reply" else ""
        return see_other(_address(draft.conversation_id) + asks)

    def _put(self, connection: Connection, draft: Draft, visit: Visit, then: str) -> bool:
        """Gives whether the conversation is resolved as well."""
        agent = visit.known
        if went_before(connection, draft, agent, self._sending()):
            latest = work_items.latest_of(connection, [draft.conversation_id])
            item = latest.get(draft.conversation_id)
            return then == RESOLVE and item is not None and item.state == work_items.DONE
        if draft.mode == "note":
            write_note(connection, draft, agent)
            return False
        refuse_unfilled(draft)
        if draft.mode == "forward":
            forward(connection, draft, agent, self._sending(), visit.texts)
            return False
        send_reply(connection, draft, agent, self._sending())
        if then != RESOLVE:
            return False
        item = work_items.latest_of(connection, [draft.conversation_id])[draft.conversation_id]
        if guidance_of(item.decision).results:
            return False  # what the model wants to know, only the agent can say
        resolve(connection, item.id, agent, results={}, seen=draft.seen)
        return True

    def _sending(self) -> SendingRules:
        context = self._context
        return SendingRules(
            default_accounts=context.default_accounts,
            composing=context.composing,
            offered_only=context.offered_only(),
            undo=timedelta(seconds=context.settings.undo_send_seconds),
        )

    async def take_back(self, visit: Visit) -> web.StreamResponse:
        """An answer that has not left becomes a draft again; what was resolved with it is open."""
        interaction_id = visit.id
        entry = await self._held_entry(visit)
        try:
            await self._write(lambda c: take_back(c, interaction_id, visit.known))
        except Rejected as error:
            return await self._refuse(visit, entry.conversation_id, error)
        return see_other(_address(entry.conversation_id))

    async def send_now(self, visit: Visit) -> web.StreamResponse:
        """An answer that waits for its time leaves at once."""
        interaction_id = visit.id
        entry = await self._held_entry(visit)
        try:
            await self._write(lambda c: held.send_now(c, interaction_id, visit.known))
        except Rejected as error:
            return await self._refuse(visit, entry.conversation_id, error)
        return see_other(_address(entry.conversation_id))

    async def _held_entry(self, visit: Visit) -> Entry:
        """Of the agent themselves, or in a conversation that is theirs to work on."""
        interaction_id = visit.id
        entry = await self._context.database.read(lambda c: timeline.entry(c, interaction_id))
        if entry is None or entry.delivery is None:
            raise web.HTTPNotFound
        if entry.agent_id != visit.known.id:
            await self._must_see(visit, entry.conversation_id)
        return entry

    async def reopen(self, visit: Visit) -> web.StreamResponse:
        """Go on with what was resolved."""
        item = await self._item(visit)
        try:
            await self._write(lambda c: working.reopen(c, item.id, visit.known))
        except Rejected as error:
            return await self._refuse(visit, item.conversation_id, error)
        return see_other(_address(item.conversation_id))

    async def resend(self, visit: Visit) -> web.StreamResponse:
        interaction_id = visit.id
        entry = await self._context.database.read(lambda c: timeline.entry(c, interaction_id))
        if entry is None:
            raise web.HTTPNotFound
        await self._must_see(visit, entry.conversation_id)
        try:
            await self._context.resend(interaction_id, visit.known.id)
        except Rejected as error:
            return await self._refuse(visit, entry.conversation_id, error)
        return see_other(_address(entry.conversation_id))

    async def _write(self, work: Callable[[Connection], T]) -> T:
        result = await self._context.database.write(work)
        self._context.wake()
        return result

    async def _item(self, visit: Visit) -> WorkItem:
        item_id = visit.id
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        mine = [item for item in found if item.is_for(visit.known)]
        if not mine:
            raise web.HTTPNotFound
        return mine[0]

    async def _where_now(self, draft: Draft) -> Draft:
        """Its conversation may have been merged: then there is more than its writer has seen."""
        now = await self._context.database.read(
            lambda c: timeline.where_now(c, draft.conversation_id)
        )
        return (
            draft if now == draft.conversation_id else replace(draft, conversation_id=now, seen=0)
        )

    async def _must_see(self, visit: Visit, conversation_id: str) -> None:
        sees = await self._context.database.read(
            lambda c: timeline.may_see(c, conversation_id, visit.known)
        )
        if not sees:
            raise web.HTTPNotFound

    async def _refuse(
        self,
        visit: Visit,
        conversation_id: str,
        error: Rejected,
        draft: Draft | None = None,
        mode: str = "reply",
    ) -> web.Response:
        return await self._conversations.show(
            visit,
            conversation_id,
            notice=_why_not(visit, error),
            draft=draft,
            mode=mode,
            status=error.status,
            to_steps=isinstance(error, StepsFirst),
        )

    async def _after(self, visit: Visit) -> str:
        """Where to go on: what the agent holds already, else the front of the queue."""
        work = await self._context.database.read(
            lambda c: work_lists.work_list(c, visit.known, length=1)
        )
        following = [*work.mine, *work.queue]
        return _address(following[0].conversation_id) if following else HOME


def _why_not(visit: Visit, error: Rejected) -> str:
    if isinstance(error, StepsFirst):
        texts = visit.texts
        titles = [title.get(texts.language) or title.get("en", "") for title in error.titles]
        return texts(_STEPS_FIRST, steps="; ".join(titles))
    if isinstance(error, TasksFirst):
        return visit.texts(_TASKS_FIRST, tasks="; ".join(error.what))
    return words.reason(visit.texts, error)


def _address(conversation_id: str) -> str:
    return f"{HOME}/conversations/{conversation_id}"


async def later_of(visit: Visit) -> datetime | None:
    """When the answer is to leave: by a choice, or at a moment; None for now."""
    chosen, at = await visit.field("later"), await visit.field("later_at")
    if not chosen and await visit.field("then") != LATER:
        return None
    now = clock.now()
    until = until_of(chosen, at, await visit.field("zone"), now)
    if until is None or not now < until <= now + timedelta(days=366):
        raise Rejected("snooze_time", "Choose a time to come, within a year.")
    return until


async def results_of(visit: Visit, item: WorkItem) -> dict[str, str]:
    """The results that the model asks for here, and a remark; what is empty is left out."""
    names = [result.name for result in guidance_of(item.decision).results] + ["remark"]
    given = {name: (await visit.field(f"result.{name}")).strip() for name in names}
    return {name: text[:_LONGEST_RESULT] for name, text in given.items() if text}
