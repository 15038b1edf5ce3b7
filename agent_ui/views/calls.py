"""What an agent does on the phone: call the customer, and all that the call bar offers."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.call_bar import CallBar, read_call_bar
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, inside, see_other
from agent_ui.visit import Visit
from agent_ui.words import reason
from hub.errors import Rejected
from hub.store import agents, audit, call_wishes, calls, customers, timeline
from hub.store.call_wishes import Other, Wish
from hub.store.handing_over import Goal

PRESS, CONSULT, PASS_ON, PLACE = "press", "consult", "pass_on", "place"
"""What can be done besides the wishes that need nothing but to be said."""
Work = Callable[[Connection], object]
_NO_NUMBER = Rejected(
    "no_number", "This is not a phone number. Write one like +31 20 308 00 00.", status=422
)
_NOT_HERE = Rejected("no_call", "This call is over, or somebody else has it.", status=404)


class CallViews:
    def __init__(
        self, context: ConsoleContext, pages: Pages, conversations: ConversationViews
    ) -> None:
        self._context = context
        self._pages = pages
        self._conversations = conversations

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The call bar alone, for a script that puts it in place."""
        return await self._bar(visit)

    async def do(self, visit: Visit) -> web.StreamResponse:
        """One thing in the call of a conversation, or the call itself."""
        if self._context.phone_number is None:
            raise web.HTTPNotFound
        work = await self._work(visit, await visit.field("what"))
        try:
            await self._context.database.write(work)
        except Rejected as error:
            if visit.wants_part:
                return await self._bar(visit, notice=reason(visit.texts, error))
            return await self._conversations.show(
                visit, visit.id, notice=reason(visit.texts, error), status=error.status
            )
        self._context.wake()
        bar = await self._read(visit)
        if bar is None:  # given to a role of others
            return see_other(HOME)
        if visit.wants_part:
            return self._show(visit, bar)
        return see_other(f"{HOME}/conversations/{visit.id}")

    async def set_phone(self, visit: Visit) -> web.StreamResponse:
        """Where the agent is called when they take a call; nothing: as the settings say."""
        softphone = self._context.softphone
        if softphone is not None and await visit.field("here"):
            phone = softphone.address(visit.known.id)
        else:
            typed = (await visit.field("phone")).strip()
            phone = self._number(typed) if typed else ""
            if typed and not phone:
                raise _NO_NUMBER
        await self._context.database.write(lambda c: agents.set_phone(c, visit.known, phone))
        return see_other(inside(await visit.field("next")))

    async def token(self, visit: Visit) -> web.StreamResponse:
        """What lets this browser be called as the agent."""
        softphone = self._context.softphone
        if softphone is None:
            raise web.HTTPNotFound
        token = await asyncio.to_thread(softphone.token, visit.known.id)
        return web.json_response(
            {"token": token, "seconds": softphone.seconds}, headers={"Cache-Control": "no-store"}
        )

    async def _bar(self, visit: Visit, *, notice: str = "") -> web.Response:
        bar = await self._read(visit)
        if bar is None:
            raise web.HTTPNotFound
        return self._show(visit, bar, notice=notice)

    async def _read(self, visit: Visit) -> CallBar | None:
        """None: they do not see the conversation, or not any more."""
        conversation_id = visit.id
        found: CallBar | None = await self._context.database.read(
            lambda c: read_call_bar(c, conversation_id, visit.known)
        )
        return found

    def _show(self, visit: Visit, bar: CallBar, *, notice: str = "") -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if notice else HTTPStatus.OK
        return self._pages.page(
            visit, "parts/call.html", status=status, bar=bar, call_notice=notice
        )

    async def _work(self, visit: Visit, what: str) -> Work:
        """What to do in the store; raises Rejected when it is done."""
        if what == PLACE:
            return await self._placing(visit)
        call_id, agent, conversation_id = await visit.field("call"), visit.known, visit.id
        act = await self._act(visit, what, call_id)

        def work(connection: Connection) -> None:
            held = call_wishes.held(connection, call_id, agent)
            if held.conversation_id != conversation_id:
                raise _NOT_HERE
            act(connection)

        return work

    async def _act(self, visit: Visit, what: str, call_id: str) -> Work:
        """For a call of the conversation in the address, which the agent has."""
        if what in list(Wish):
            return lambda c: call_wishes.say(c, call_id, visit.known, Wish(what))
        if what == PRESS:
            keys = await visit.field("keys")
            return lambda c: call_wishes.press(c, call_id, visit.known, keys)
        if what in (CONSULT, PASS_ON):
            return await self._transfer(visit, what, call_id)
        raise web.HTTPBadRequest

    async def _transfer(self, visit: Visit, what: str, call_id: str) -> Work:
        """To a number that was typed, or else to a role or colleague that was chosen."""
        typed, to = (await visit.field("number")).strip(), await visit.field("to")
        number, agent = self._number(typed), visit.known
        role, _, agent_id = to.partition("|")
        backup = self._context.backup_of(role)

        def work(connection: Connection) -> None:
            if typed and not number:
                raise _NO_NUMBER
            if what == CONSULT:
                if not number and not agent_id:
                    detail = "Choose a colleague to ask, or write a number."
                    raise Rejected("nobody_to_ask", detail, status=422)
                other = Other(number=number) if number else Other(agent_id=agent_id, role=role)
                call_wishes.consult(connection, call_id, agent, other)
            elif number:
                call_wishes.put_through(connection, call_id, agent, number)
            else:
                goal = Goal(role, agent_id)
                call_wishes.pass_on(connection, call_id, agent, goal, backup_role=backup)

        return work

    async def _placing(self, visit: Visit) -> Work:
        number, conversation_id, agent = await visit.field("number"), visit.id, visit.known

        def work(connection: Connection) -> None:
            bar = read_call_bar(connection, conversation_id, agent)
            if bar is None:
                raise Rejected("no_conversation", "This conversation does not exist.", status=404)
            if bar.call is not None:
                raise Rejected("calling", "There is a call already.", status=409)
            if number not in [each.number for each in bar.numbers]:
                raise Rejected("not_theirs", "Take this work, and choose a number of the customer.")
            language = _language(connection, conversation_id, agent.language)
            sid = calls.place(connection, conversation_id, agent, number=number, language=language)
            audit.record(
                connection,
                actor=agent.id,
                action="call.placed",
                about=sid,
                details={"conversation": conversation_id, "to": number},
            )

        return work

    def _number(self, typed: str) -> str:
        to_number = self._context.phone_number
        return to_number(typed) if to_number is not None and typed else ""


def _language(connection: Connection, conversation_id: str, otherwise: str) -> str:
    """In which the customer is spoken to: Dutch or English."""
    conversation = timeline.conversation(connection, conversation_id)
    known = ""
    if conversation is not None:
        known = customers.customer(connection, conversation.customer_id).language
    return next((one for one in (known, otherwise) if one in ("nl", "en")), "nl")
