"""Calls a handler and sorts out what became of each message; knows no queue and no store."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from hub.bus import Handler
from hub.bus.lanes import Message
from hub.bus.storable import storable
from hub.errors import LoketError, Rejected, Retry, StoreDown
from hub.events import Envelope, decode

log = structlog.get_logger(__name__)

LONGEST_REASON = 500


@dataclass
class Outcome:
    """What became of the messages that were handed to a handler."""

    done: list[Message] = field(default_factory=list)
    failed: list[tuple[Message, Exception]] = field(default_factory=list)
    left: list[Message] = field(default_factory=list)
    """Not tried, or in vain for a reason outside of them."""
    store_down: bool = False


async def handle(
    handler: Handler, messages: Sequence[Message], go_on: Callable[[], bool]
) -> Outcome:
    """Handle all at once, and when that fails each alone, for as long as `go_on` says so."""
    outcome = Outcome()
    readable = _read(messages, outcome)
    if len(readable) > 1:
        error = await _call(handler, [envelope for _, envelope in readable])
        if error is None or isinstance(error, StoreDown):
            outcome.store_down = error is not None
            settled = outcome.left if outcome.store_down else outcome.done
            settled.extend(message for message, _ in readable)
            return outcome
        log.info("bus.batch_split", size=len(readable), reason=reason_of(error))
    await _handle_alone(handler, readable, outcome, go_on)
    return outcome


def reason_of(error: Exception) -> str:
    """What went wrong, for a person: our own errors are written for one."""
    text = str(error) if isinstance(error, LoketError) else f"{type(error).__name__}: {error}"
    return storable(text)[:LONGEST_REASON]


def _read(messages: Sequence[Message], outcome: Outcome) -> list[tuple[Message, Envelope]]:
    readable = []
    for message in messages:
        try:
            readable.append((message, decode(message.body)))
        except Rejected as error:
            outcome.failed.append((message, error))
    return readable


async def _handle_alone(
    handler: Handler,
    readable: Sequence[tuple[Message, Envelope]],
    outcome: Outcome,
    go_on: Callable[[], bool],
) -> None:
    closed: set[str] = set()
    for message, envelope in readable:
        if message.lane in closed or outcome.store_down or not go_on():
            outcome.left.append(message)
            continue
        error = await _call(handler, [envelope])
        if error is None:
            outcome.done.append(message)
        elif isinstance(error, StoreDown):
            outcome.store_down = True
            outcome.left.append(message)
        else:
            outcome.failed.append((message, error))
            closed.add(message.lane)


async def _call(handler: Handler, envelopes: Sequence[Envelope]) -> Exception | None:
    try:
        await handler(envelopes)
    except Exception as error:
        return error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return Retry("something that the handler waited for was cancelled")
    return None
