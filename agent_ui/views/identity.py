"""Who is the same as whom: agents say so, and who oversees the work merges, and undoes it."""

from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from hub.alike import kept_first
from hub.errors import Rejected
from hub.store import (
    customer_book,
    customer_keys,
    customer_pairs,
    hints,
    merging,
    regrouping,
    timeline,
)
from hub.store.hints import HintKind

DOUBLES = "/console/doubles"
_LISTED = 50
_SAID = {"same": customer_pairs.ASKED, "different": customer_pairs.DIFFERENT}


class IdentityViews:
    def __init__(
        self, context: ConsoleContext, pages: Pages, conversations: ConversationViews
    ) -> None:
        self._context = context
        self._pages = pages
        self._conversations = conversations

    async def page(self, visit: Visit) -> web.StreamResponse:
        """Who may be one, and what was merged last."""
        return await self._page(visit)

    async def say(self, visit: Visit) -> web.StreamResponse:
        """An agent says of the customer before them whether somebody is the same."""
        customer_id, other_id = visit.id, checked_id(await visit.field("other"))
        conversation_id = checked_id(await visit.field("conversation"))
        state = _SAID.get(await visit.field("said"))
        if state is None:
            raise web.HTTPNotFound

        def work(connection: Connection) -> None:
            known = {one.who.id for one in customer_pairs.of_customer(connection, customer_id)}
            if other_id not in known or not is_customer_of(
                connection, visit, conversation_id, customer_id
            ):
                raise Rejected("no_customer", "There is no such customer.", status=404)
            customer_pairs.say(connection, customer_id, other_id, state, by=visit.known.id)

        return await self._do(visit, work, conversation_id)

    async def repair(self, visit: Visit) -> web.StreamResponse:
        """Mend what is wrong or missing in what we know of the customer before the agent."""
        customer_id, value = visit.id, (await visit.field("value")).strip()
        conversation_id = checked_id(await visit.field("conversation"))
        kind = await visit.field("kind")
        if kind not in set(HintKind):
            raise web.HTTPNotFound

        def work(connection: Connection) -> None:
            if not is_customer_of(connection, visit, conversation_id, customer_id):
                raise Rejected("no_customer", "There is no such customer.", status=404)
            hints.repair(connection, customer_id, HintKind(kind), value, by=visit.known.id)

        return await self._do(visit, work, conversation_id)

    async def merge(self, visit: Visit) -> web.StreamResponse:
        """Two customers become one; which of them stays follows from what is known of them."""
        one_id, other_id = visit.id, checked_id(await visit.field("other"))

        def work(connection: Connection) -> None:
            both = customer_keys.traits(connection, [one_id, other_id])
            if not {one_id, other_id} <= both.keys() or one_id == other_id:
                raise Rejected("no_customer", "There is no such customer.", status=404)
            kept, other = kept_first(both[one_id], both[other_id])
            merging.merge(connection, kept.id, other.id, by=visit.known.id)

        return await self._do(visit, work, await self._came_from(visit))

    async def apart(self, visit: Visit) -> web.StreamResponse:
        """Two who were listed are not the same."""
        one_id, other_id = visit.id, checked_id(await visit.field("other"))
        by, state = visit.known.id, customer_pairs.DIFFERENT
        return await self._do(
            visit, lambda c: customer_pairs.say(c, one_id, other_id, state, by=by), ""
        )

    async def undo(self, visit: Visit) -> web.StreamResponse:
        """A merge was wrong."""
        merging_id, by = visit.id, visit.known.id
        return await self._do(
            visit, lambda c: merging.undo(c, merging_id, by=by), await self._came_from(visit)
        )

    async def _came_from(self, visit: Visit) -> str:
        """The conversation beside which it was done; "" for the list."""
        given = await visit.field("conversation")
        return checked_id(given) if given else ""

    async def _do(
        self, visit: Visit, work: Callable[[Connection], object], conversation_id: str
    ) -> web.StreamResponse:
        try:
            await self._context.database.write(work)
        except Rejected as error:
            if not conversation_id or error.status == HTTPStatus.NOT_FOUND:
                return await self._page(visit, error) if visit.known.oversees else _none()
            return await self._conversations.show(
                visit,
                conversation_id,
                notice=words.reason(visit.texts, error),
                status=error.status,
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{conversation_id}" if conversation_id else DOUBLES)

    async def _page(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        def read(connection: Connection) -> dict[str, object]:
            merges = regrouping.recent(connection, merging.KIND, limit=_LISTED)
            names = {
                customer_id: card.name
                for one in merges
                for customer_id in (one.kept_id, one.other_id)
                if (card := customer_book.find(connection, customer_id)) is not None
            }
            pairs = customer_pairs.listed(connection, limit=_LISTED)
            return {"pairs": pairs, "merges": merges, "names": names}

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/doubles.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            kept_first=kept_first,
            **found,
        )


def is_customer_of(
    connection: Connection, visit: Visit, conversation_id: str, customer_id: str
) -> bool:
    """Whether it is the customer of a conversation that the agent may see."""
    return customer_seen(connection, visit, conversation_id) == customer_id


def customer_seen(connection: Connection, visit: Visit, conversation_id: str) -> str | None:
    """The customer of a conversation; None where the agent may not see it."""
    conversation = timeline.conversation(connection, conversation_id)
    if conversation is None or not timeline.may_see(connection, conversation_id, visit.known):
        return None
    return conversation.customer_id


def _none() -> web.Response:
    raise web.HTTPNotFound
