"""Publishes many messages in one go: one lock, one piece of the wire, one future for each.

The library publishes one message at a time, each with a task, a lock and a write of its own; that
was a sixth of what Loket's main process did at full load. What is kept here for each message is
what the library's own `basic_publish` keeps, so confirmations, refusals and returns find it.
"""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import aiormq
import pamqp.frame
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

Confirmation = asyncio.Future[object]


@dataclass(frozen=True)
class Piece:
    """One message as the wire has it; `properties` have a message id."""

    exchange: str
    routing_key: str
    mandatory: bool
    properties: Basic.Properties
    body: bytes


async def publish_together(
    channel: aiormq.Channel, pieces: Sequence[Piece]
) -> Sequence[Confirmation]:
    """Publish in this order on a channel with confirms; gives the confirmation of each.

    A confirmation raises what the library's would: DeliveryError, PublishError for a message that
    no queue takes, or how the channel was lost. Raises ChannelInvalidStateError when it is closed.
    """
    async with channel.lock, _numbered(channel, pieces) as confirmations:
        await channel.write_queue.put(ChannelFrame(_marshalled(channel, pieces), False))
    return confirmations


@contextlib.asynccontextmanager
async def _numbered(
    channel: aiormq.Channel, pieces: Sequence[Piece]
) -> AsyncIterator[list[Confirmation]]:
    """The next numbers of the channel for these; given back when they are not written."""
    first = channel.delivery_tag + 1
    tags = range(first, first + len(pieces))
    confirmations: list[Confirmation] = []
    for tag, piece in zip(tags, pieces, strict=True):
        confirmation: Confirmation = channel.create_future()
        channel.confirmations[tag] = confirmation
        channel.message_id_delivery_tag[piece.properties.message_id or ""] = tag
        confirmations.append(confirmation)
    channel.delivery_tag += len(pieces)
    try:
        yield confirmations
    except BaseException:
        # The broker has seen none of them, and counts on from where it is.
        channel.delivery_tag = first - 1
        for tag, piece, confirmation in zip(tags, pieces, confirmations, strict=True):
            channel.confirmations.pop(tag, None)
            _forget(channel, piece, tag)
            confirmation.cancel()
        raise
    for tag, piece, confirmation in zip(tags, pieces, confirmations, strict=True):
        confirmation.add_done_callback(
            lambda _, tag=tag, piece=piece: _forget(channel, piece, tag)  # type: ignore[misc]
        )


def _forget(channel: aiormq.Channel, piece: Piece, tag: int) -> None:
    known = channel.message_id_delivery_tag
    if known.get(piece.properties.message_id or "") == tag:
        del known[piece.properties.message_id or ""]


def _marshalled(channel: aiormq.Channel, pieces: Sequence[Piece]) -> bytes:
    wire = io.BytesIO()
    for piece in pieces:
        header = ContentHeader(properties=piece.properties, body_size=len(piece.body))
        wire.write(
            _method(channel.number, piece.exchange, piece.routing_key, mandatory=piece.mandatory)
        )
        wire.write(pamqp.frame.marshal(header, channel.number))
        for body in _bodies(piece.body, channel.max_content_size):
            wire.write(pamqp.frame.marshal(body, channel.number))
    return wire.getvalue()


@lru_cache(maxsize=256)
def _method(channel: int, exchange: str, routing_key: str, *, mandatory: bool) -> bytes:
    """The same for all messages that go the same way, of which there are few."""
    publish = Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=mandatory)
    return pamqp.frame.marshal(publish, channel)


def _bodies(body: bytes, most: int) -> list[ContentBody]:
    return [ContentBody(body[start : start + most]) for start in range(0, len(body), most)]
