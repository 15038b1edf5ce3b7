"""Has recordings written out by Twilio, in the language of the call, and keeps what was said.

That takes minutes: what waits is parked, and looked at again. Nothing waits for it.
"""

import asyncio
from datetime import timedelta

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, select

from connectors.phone.lines import Lines
from connectors.phone.settings import PhoneSettings
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected, Retry, StoreDown, Unavailable
from hub.interaction import InteractionKind
from hub.replies import add_event
from hub.store import parked
from hub.store.parked import Parked
from hub.store.tables import interactions
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

KIND = "phone.written_out"
"""Of what is parked: recordings that are being written out, by their SID."""
EVENT = "transcript"
LONGEST = 50_000
PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 120, 300, 600, 1800, 3600))
"""After the last one it is given up."""
LEASE = timedelta(minutes=2)
LOOK_EVERY = 5.0
_AT_ONCE = 10


class _Waiting(BaseModel):
    """`of_call`: of a call, which is removed at Twilio when it is written out."""

    model_config = ConfigDict(frozen=True)

    conversation_id: str
    language: str
    of_call: bool


class Transcripts:
    def __init__(self, settings: PhoneSettings, context: ConnectorContext, lines: Lines) -> None:
        self._services: dict[str, str] = {
            str(one): sid for one, sid in settings.intelligence.items()
        }
        self._context = context
        self._database = context.database
        self._lines = lines
        self._task = Supervised("phone transcripts", self._run)
        self._waiting = asyncio.Event()

    def start(self) -> None:
        if self._services:
            self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def put(
        self, recording: str, conversation_id: str, language: str, *, of_call: bool
    ) -> bool:
        """Have it written out; returns when that is durable. False where it is not wanted."""
        if language not in self._services:
            return False
        waiting = _Waiting(conversation_id=conversation_id, language=language, of_call=of_call)
        content, now = waiting.model_dump(), clock.now()

        def park(connection: Connection) -> None:
            parked.take(connection, KIND, recording)  # what comes twice is written out once
            parked.park(connection, KIND, recording, content, due_at=now)

        await self._database.write(park)
        self._waiting.set()
        return True

    async def _run(self) -> None:
        while True:
            self._waiting.clear()
            try:
                while await self._work():
                    pass
            except StoreDown:
                log.info("phone.transcripts_wait_for_store")
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._waiting.wait()
            except TimeoutError:
                continue

    async def _work(self) -> int:
        now = clock.now()
        due = await self._database.write(
            lambda c: parked.claim_due(c, KIND, now, until=now + LEASE, most=_AT_ONCE)
        )
        for one in due:
            await self._settle(one)
        return len(due)

    async def _settle(self, one: Parked) -> None:
        """Take what is there; else look again, until it is too late."""
        waiting = _Waiting.model_validate(one.content)
        service = self._services.get(waiting.language, "")
        try:
            text = await self._lines.written_out(one.key, service) if service else ""
        except (Retry, Unavailable) as error:
            log.info("phone.not_written_out_yet", recording=one.key, why=str(error))
            text = None
        except Rejected as error:
            log.warning("phone.not_written_out", recording=one.key, why=error.detail)
            text = ""
        if text is None and one.tries <= len(PAUSES):
            due_at = clock.now() + PAUSES[one.tries - 1]
            await self._database.write(lambda c: parked.put_off(c, one.id, due_at))
            return

        def finish(connection: Connection) -> None:
            if text:
                write_down(
                    connection, waiting.conversation_id, one.key, text, of_call=waiting.of_call
                )
            parked.remove(connection, one.id)

        await self._database.write(finish)
        self._context.wake()
        await self._lines.forget_transcript(one.key)
        if waiting.of_call:
            await self._lines.forget_recording(one.key)


def write_down(
    connection: Connection, conversation_id: str, recording: str, text: str, *, of_call: bool
) -> None:
    """Put it in the conversation, once."""
    events = connection.execute(
        select(interactions.c.details).where(
            interactions.c.conversation_id == conversation_id,
            interactions.c.kind == InteractionKind.EVENT.value,
        )
    ).scalars()
    if any(details.get("recording") == recording for details in events):
        return
    details = {"event": EVENT, "recording": recording, "text": text[:LONGEST]}
    add_event(
        connection,
        conversation_id=conversation_id,
        details=details | ({"of": "call"} if of_call else {}),
        agent_id=None,
        agent_name="",
    )
