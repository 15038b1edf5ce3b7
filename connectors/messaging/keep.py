"""Hands an arrival to the intake and carries out what it asks of the channel."""

from functools import partial

import structlog
from sqlalchemy import Connection, select

from connectors.messaging.keywords import Keyword
from connectors.messaging.settings import MessagingSettings
from connectors.messaging.wishes import carry_out
from hub.connector import ConnectorContext
from hub.interaction import Accepted, Arrival
from hub.store import audit
from hub.store.tables import interactions

log = structlog.get_logger(__name__)


class Keeper:
    def __init__(self, settings: MessagingSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context

    async def keep(self, arrival: Arrival, keyword: Keyword | None) -> None:
        """Returns when it is durable. What comes again changes nothing."""
        accepted = await self._context.intake.accept(arrival)
        if accepted.duplicate:
            await self._context.database.write(partial(_note_conflict, arrival, accepted))
        if keyword is None:
            return
        done = await self._context.database.write(
            lambda c: carry_out(
                c,
                arrival,
                keyword,
                conversation_id=accepted.conversation_id,
                interaction_id=accepted.interaction_id,
                settings=self._settings.keywords,
                organisation=self._context.hub.organisation,
            )
        )
        if done:
            self._context.wake()


def _note_conflict(arrival: Arrival, accepted: Accepted, connection: Connection) -> None:
    """The same id with another text is no repetition: somebody should know."""
    kept = connection.execute(
        select(interactions.c.text).where(interactions.c.id == accepted.interaction_id)
    ).scalar_one()
    if kept == arrival.text:
        return
    log.warning("messaging.conflict", interaction_id=accepted.interaction_id)
    audit.record(
        connection,
        actor="messaging",
        action="message.conflict",
        about=accepted.interaction_id,
        details={"external_id": arrival.external_id, "text": arrival.text[:2000]},
    )
