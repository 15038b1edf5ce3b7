"""The one door in: keeps what a connector normalized, once, and tells the bus by the outbox.

When `accept` returns, the arrival is durable and its sender may be told so; when it raises, nothing
was kept. Arrivals that come at the same time share one transaction.
"""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import IntegrityError

from hub.batching import Batcher
from hub.errors import StoreDown
from hub.interaction import Accepted, Arrival
from hub.logs import story
from hub.metrics import Metrics
from hub.store import Database
from hub.store.arrivals import no_topic, store_arrivals
from hub.store.open_threads import Recognise
from hub.tokens import Tokens

log = structlog.get_logger(__name__)

MOST_TOGETHER = 100
BREATH = 0.015
TRIES = 5


class Intake:
    """`wake` is called after each commit, so that the relay need not look for work. `recognise`
    says what a text is about, where its sender has several conversations that it may go on in."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        metrics: Metrics,
        wake: Callable[[], None],
        recognise: Recognise = no_topic,
    ) -> None:
        self._recognise = recognise
        self._database = database
        self._tokens = tokens
        self._metrics = metrics
        self._wake = wake
        self._batcher = Batcher[Arrival, Accepted](self._keep, most=MOST_TOGETHER, breath=BREATH)

    async def accept(self, arrival: Arrival) -> Accepted:
        """Keep one arrival. Raises StoreDown when it cannot be kept now."""
        arrival = _correlated(arrival)
        accepted = await self._batcher.submit(arrival)
        if not accepted.duplicate:
            self._metrics.received.labels(arrival.channel.value).inc()
        log.info(
            "interaction.accepted",
            correlation_id=arrival.correlation_id,
            interaction_id=accepted.interaction_id,
            conversation_id=accepted.conversation_id,
            channel=arrival.channel.value,
            duplicate=accepted.duplicate,
        )
        return accepted

    async def _keep(self, arrivals: Sequence[Arrival]) -> Sequence[Accepted | Exception]:
        try:
            accepted: Sequence[Accepted | Exception] = await self._store(arrivals)
        except StoreDown as error:
            return [error] * len(arrivals)
        except Exception:
            # One arrival that cannot be kept must not take its neighbours with it.
            accepted = [await self._keep_alone(arrival) for arrival in arrivals]
        self._wake()
        return accepted

    async def _keep_alone(self, arrival: Arrival) -> Accepted | Exception:
        for attempt in range(1, TRIES + 1):
            try:
                return (await self._store([arrival]))[0]
            except IntegrityError as error:
                # Another process kept the same sender or arrival first; look again.
                if attempt == TRIES:
                    return error
            except Exception as error:
                return error
        raise AssertionError("unreachable")

    async def _store(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        return await self._database.write(
            lambda c: store_arrivals(c, arrivals, self._tokens, self._recognise)
        )


def _correlated(arrival: Arrival) -> Arrival:
    if arrival.correlation_id:
        return arrival
    return arrival.model_copy(update={"correlation_id": story()})
