"""The one door out: takes a stored reply, calls its connector, records the result, retries.

A row in `outbound` says where each message is. Claiming it is compare-and-set, so that one message
is in one sender's hands; a sender that died before the point of no return is simply tried again,
one that died after it leaves the outcome unknown, and a person decides.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from hub import clock
from hub.connector import Connector, OutgoingMessage
from hub.errors import Rejected, Retry, StoreDown, Unavailable, Uncertain
from hub.events import Envelope, MessageSend
from hub.interaction import Channel, DeliveryState
from hub.keyed import KeyedWork
from hub.logs import bound
from hub.metrics import Metrics
from hub.store import Blobs, Database, reports, sending
from hub.supervise import Supervised
from hub.tokens import Tokens

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""A sender that has not said for so long that it is alive has died."""

MOST_IN_HAND = 32
"""Messages that one process sends on one channel at the same time."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds between tries to keep an outcome while the store is away."""

SCHEDULES: Mapping[Channel, Sequence[timedelta]] = {
    # RFC 5321, 4.5.4.1: two tries in the first hour, then every two to three hours, 4 to 5 days.
    Channel.EMAIL: (timedelta(minutes=30),) * 2 + (timedelta(hours=2, minutes=30),) * 46,
    Channel.SMS: (timedelta(minutes=5), timedelta(minutes=10)),
}
_DEFAULT_SCHEDULE = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))


class Outbound:
    """Sends what is queued, over the connectors that run in this process."""

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        tokens: Tokens,
        metrics: Metrics,
        connectors: Mapping[Channel, Connector],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._tokens = tokens
        self._metrics = metrics
        self._connectors = connectors
        self._wake = wake
        self._in_hand = {
            (channel, bulk): KeyedWork(MOST_IN_HAND)
            for channel in Channel
            for bulk in (False, True)
        }

    async def handle(self, envelopes: Sequence[Envelope]) -> None:
        """The bus handler of `message.send.<channel>`: takes them in hand, and returns.

        One slow customer's server must not hold up the others, nor one channel another, nor many
        alike an answer. What is in
        hand when the process dies is found in the store by the sweeper.
        """
        for envelope in envelopes:
            if isinstance(envelope.event, MessageSend):
                job = partial(self._send_told, envelope.event, envelope.correlation_id)
                lane = self._in_hand[envelope.event.channel, envelope.event.bulk]
                await lane.add(envelope.subject, job)

    async def start(self) -> None:
        """Nothing to start: work comes by the bus."""

    async def stop(self) -> None:
        """Finish what is in hand."""
        await asyncio.gather(*(work.finish() for work in self._in_hand.values()))

    async def send(self, interaction_id: str) -> None:
        """Send one message if it is due and nobody else has it."""
        message = await self._database.write(
            lambda c: sending.claim(c, interaction_id, until=clock.now() + LEASE)
        )
        if message is None:
            return
        outgoing = sending.outgoing(message, self._tokens, self._blobs)
        alive = Supervised("sending", lambda: self._keep_lease(message.hold))
        alive.start()
        try:
            outcome = await self._try(outgoing, message.hold)
            await self._conclude(message.hold, outgoing.interaction.channel, outcome)
        finally:
            await alive.stop()
        self._count(outgoing.interaction.channel, outcome)

    async def report(self, interaction_id: str, state: DeliveryState, error: str = "") -> None:
        """A connector learned what became of a message: delivered, read, failed."""
        outcome = sending.Outcome(state=state, error=error)
        if await self._database.write(lambda c: sending.record(c, interaction_id, outcome)):
            self._wake()

    async def resend(self, interaction_id: str, agent_id: str) -> None:
        """A person wants this message sent (again). Raises Rejected when it is on its way."""
        await self._database.write(lambda c: sending.queue_again(c, interaction_id, agent_id))
        self._wake()

    async def _send_told(self, event: MessageSend, correlation_id: str) -> None:
        with bound(correlation_id=correlation_id):
            await self.send(event.interaction_id)

    async def _try(self, outgoing: OutgoingMessage, hold: sending.Hold) -> sending.Outcome:
        channel = outgoing.interaction.channel
        try:
            result = await self._connectors[channel].send(outgoing, self._committing(hold))
        except Retry as error:
            return _again(channel, hold.attempt, error)
        except Uncertain as error:
            return sending.Outcome(state=DeliveryState.UNCERTAIN, error=error.detail)
        except Rejected as error:
            return sending.Outcome(state=DeliveryState.FAILED, error=error.detail)
        except Unavailable as error:
            log.error("send.unavailable", what=error.what, hint=error.hint)  # noqa: TRY400
            return _again(channel, hold.attempt, Retry(str(error)))
        except Exception as error:
            log.exception("send.failed", interaction_id=hold.interaction_id)
            return _again(channel, hold.attempt, Retry(f"{type(error).__name__} in Loket itself"))
        return sending.Outcome(state=result.state, provider_id=result.provider_id)

    def _committing(self, hold: sending.Hold) -> Callable[[], Awaitable[None]]:
        async def committing() -> None:
            if not await self._database.write(lambda c: sending.mark_transmitting(c, hold)):
                raise Retry("another sender has taken this message over")

        return committing

    async def _keep_lease(self, hold: sending.Hold) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            until = clock.now() + LEASE
            await self._database.write(partial(sending.extend, hold=hold, until=until))

    async def _conclude(
        self, hold: sending.Hold, channel: Channel, outcome: sending.Outcome
    ) -> None:
        """Keep the outcome, for as long as that takes: what was sent must not be in doubt."""
        pause = FIRST_PAUSE
        while True:
            try:
                if await self._database.write(lambda c: _concluded(c, hold, channel, outcome)):
                    self._wake()
                break
            except StoreDown:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        log.info("message.status", interaction_id=hold.interaction_id, state=outcome.state)

    def _count(self, channel: Channel, outcome: sending.Outcome) -> None:
        if outcome.state in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.WAITING):
            self._metrics.sent.labels(channel.value).inc()
        elif outcome.state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN):
            self._metrics.failed.labels(channel.value).inc()


def _concluded(
    connection: Connection, hold: sending.Hold, channel: Channel, outcome: sending.Outcome
) -> bool:
    """With what the provider reported before we knew by which id it calls the message."""
    changed = sending.conclude(connection, hold, outcome)
    if outcome.provider_id:
        reports.match(connection, channel, outcome.provider_id)
    return changed


def most_tries() -> int:
    """No schedule tries more often than this."""
    return max(len(schedule) for schedule in SCHEDULES.values()) + 1


def _again(channel: Channel, attempts: int, error: Retry) -> sending.Outcome:
    """The next try by the channel's schedule; failed for good when that has run out."""
    schedule = SCHEDULES.get(channel, _DEFAULT_SCHEDULE)
    if attempts > len(schedule):
        return sending.Outcome(state=DeliveryState.FAILED, error=error.detail)
    wait = schedule[attempts - 1]
    if error.after is not None:
        wait = max(timedelta(seconds=error.after), timedelta(seconds=1))
    return sending.Outcome(state=DeliveryState.QUEUED, error=error.detail, next_at=_in(wait))


def _in(wait: timedelta) -> datetime:
    return clock.now() + wait
