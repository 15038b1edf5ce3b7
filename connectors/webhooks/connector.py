"""Webhooks as the hub sees them: what happens becomes rows to send, and these are sent."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

import structlog

from connectors.webhooks.send import Caller
from connectors.webhooks.settings import WebhooksSettings
from hub import clock
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.errors import Retry, Unavailable
from hub.events import Envelope, encode
from hub.http import Route
from hub.interaction import Arrival, Channel, Party, PointKind, Thread, Verification
from hub.store import webhooks
from hub.store.webhooks import DISABLED
from hub.supervise import Supervised
from hub.texts import Said
from hub.webhooks import TOPICS

log = structlog.get_logger(__name__)

QUEUE = "webhooks"
LOOK_SECONDS = 5.0
"""Another process may have left something to send, of which nobody else was told."""
_SLACK = timedelta(seconds=30)


class WebhooksConnector:
    """Consumes from the bus: make it before the bus starts."""

    name = "webhooks"
    sends: Sequence[Channel] = ()
    problem = ""

    def __init__(self, settings: WebhooksSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._news = asyncio.Event()
        self._task = Supervised("webhooks", self._run)
        self._caller: Caller | None = None
        self._calling: dict[str, asyncio.Task[None]] = {}
        context.bus.subscribe(QUEUE, list(TOPICS), self.handle)

    def routes(self) -> Sequence[Route]:
        return ()

    async def start(self) -> None:
        self._caller = Caller(self._settings)
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        for task in self._calling.values():
            task.cancel()
        await asyncio.gather(*self._calling.values(), return_exceptions=True)
        if self._caller is not None:
            await self._caller.close()

    async def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Whoever wants to know of these is to be told. Doing it again changes nothing."""
        events = [(one.id, one.event.topic, encode(one)) for one in envelopes]
        if await self._context.database.write(lambda c: webhooks.happened(c, events)):
            self._news.set()

    async def send(
        self,
        message: OutgoingMessage,  # noqa: ARG002 (the contract has them)
        committing: Committing,  # noqa: ARG002
    ) -> SendResult:
        raise Unavailable("webhooks", "No customer is reached by a webhook.")

    async def check(self) -> Sequence[Finding]:
        found = await self._context.database.read(webhooks.listed)
        stopped = [one for one in found if one.state == DISABLED]
        hint = Said("Mend it there, then let it go on: loket webhooks resume.")
        part, told = Said("webhooks"), Said("{n} addresses are told of events", n=len(found))
        return [
            Finding(part, ok=False, what=f"{one.url}: {one.problem}", hint=hint) for one in stopped
        ] or [Finding(part, ok=True, what=told)]

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                for webhook_id, fails in await self._context.database.read(webhooks.busy):
                    if webhook_id not in self._calling:
                        self._begin(webhook_id, fails=fails)
            except Retry as error:
                log.info("webhooks.waiting", reason=error.detail)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()

    def _begin(self, webhook_id: str, *, fails: bool) -> None:
        """Each webhook has a task of its own: one that hangs keeps no other waiting."""
        task = asyncio.create_task(self._call(webhook_id, 1 if fails else self._settings.at_once))
        self._calling[webhook_id] = task
        task.add_done_callback(lambda _: self._ended(webhook_id))

    def _ended(self, webhook_id: str) -> None:
        del self._calling[webhook_id]
        self._news.set()

    async def _call(self, webhook_id: str, at_once: int) -> None:
        database, caller = self._context.database, self._caller
        assert caller is not None  # noqa: S101 (start made it)
        lease = timedelta(seconds=self._settings.seconds) + _SLACK
        try:
            some = await database.write(
                lambda c: webhooks.claim(c, webhook_id, limit=at_once, lease=lease)
            )
            outcomes = await asyncio.gather(*(caller.call(one) for one in some))
            problem = await database.write(lambda c: webhooks.tried(c, webhook_id, outcomes))
            if problem:
                await self._tell(webhook_id, problem)
        except Retry as error:
            log.info("webhooks.waiting", reason=error.detail)
            await asyncio.sleep(1)
        except Exception:
            log.exception("webhooks.failed", webhook_id=webhook_id)
            await asyncio.sleep(LOOK_SECONDS)

    async def _tell(self, webhook_id: str, problem: str) -> None:
        """Somebody has to know that we stopped: it becomes work."""
        log.warning("webhooks.disabled", webhook_id=webhook_id, problem=problem)
        hook = await self._context.database.read(lambda c: webhooks.find(c, webhook_id))
        name = f"webhook:{webhook_id}"
        await self._context.intake.accept(
            Arrival(
                channel=Channel.PARTNER,
                account=QUEUE,
                external_id=f"{webhook_id} {hook.failing_since}",
                sender=Party(kind=PointKind.PARTNER, value=QUEUE, name="Webhooks"),
                subject=f"Webhook stopped: {hook.url}",
                text=(
                    f"Nobody at {hook.url} took an event for more than a day: {problem}. Nothing "
                    "is sent there until an administrator lets it go on (console, Webhooks)."
                ),
                topic=self._settings.trouble_topic,
                occurred_at=clock.now(),
                verification=Verification.VERIFIED,
                thread=Thread(own=(name,), references=(name,)),
            )
        )
