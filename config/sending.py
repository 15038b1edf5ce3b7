"""How what is written leaves: by the outbox, or passed on at once and not kept."""

from collections.abc import Mapping

from config.basics import Basics
from hub.connector import Connector
from hub.interaction import Channel
from hub.outbound import Outbound
from hub.outgoing import OutgoingMessage, SendResult
from hub.passing import nowhere_to_pass


def make_outbound(basics: Basics, connectors: Mapping[Channel, Connector]) -> Outbound:
    return Outbound(
        database=basics.database,
        blobs=basics.blobs,
        tokens=basics.tokens,
        metrics=basics.metrics,
        connectors=connectors,
        wake=basics.relay.wake,
    )


async def pass_on(connectors: Mapping[Channel, Connector], message: OutgoingMessage) -> SendResult:
    connector = connectors.get(message.interaction.channel)
    if connector is None:
        return await nowhere_to_pass(message)
    return await connector.send(message, _nothing_to_mark)


async def _nothing_to_mark() -> None:
    """It is not kept, so there is nothing that a crash could leave in doubt."""
