"""An agent says what is known of a customer in the fields that administrators added."""

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import field_words, words
from agent_ui.context import ConsoleContext
from agent_ui.customer_fields import Attempt
from agent_ui.texts import N_, Texts
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.identity import customer_seen
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from hub.custom_fields import Typed
from hub.errors import Rejected
from hub.store import customers, field_values
from hub.store.field_values import ChangedSince, Put

_LONGEST = 4_000
_CHANGED = N_("Somebody changed it meanwhile: it is {value} now. Keep what you wrote, or leave it.")
_EMPTY = N_("empty")


class FieldViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def put(self, visit: Visit) -> web.StreamResponse:
        """One field of the customer of a conversation, or of who they belong to."""
        customer_id, field_id = visit.id, checked_id(await visit.field("field"))
        conversation_id = checked_id(await visit.field("conversation"))
        text = ",".join(await visit.fields("value"))[:_LONGEST]
        was = (await visit.field("was"))[:_LONGEST]
        wanted = Put(field_id, text, was, Typed(visit.texts.language))

        def work(connection: Connection) -> None:
            if not _is_theirs(connection, visit, conversation_id, customer_id):
                raise web.HTTPNotFound
            field_values.put(connection, customer_id, wanted, visit.known)

        try:
            await self._context.database.write(work)
        except Rejected as error:
            problem = _said(visit.texts, error)
            return await self._conversations.show(
                visit,
                conversation_id,
                notice=problem,
                status=error.status,
                attempt=Attempt(customer_id, field_id, text, problem),
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{conversation_id}")


def _said(texts: Texts, error: Rejected) -> str:
    if not isinstance(error, ChangedSince):
        return words.reason(texts, error)
    now = field_words.shown(texts, error.field, error.now) or texts(_EMPTY)
    return texts(_CHANGED, value=now)


def _is_theirs(
    connection: Connection, visit: Visit, conversation_id: str, customer_id: str
) -> bool:
    """Whether they are the customer of a conversation that the agent may see, or whose they are."""
    seen = customer_seen(connection, visit, conversation_id)
    if seen is None:
        return False
    who = customers.customer(connection, seen)
    return customer_id in (who.id, who.organisation_id)
