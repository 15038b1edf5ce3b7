"""How much automatic mail somebody had from us lately: the last resort against loops."""

from datetime import datetime

from sqlalchemy import Connection, select

from hub.interaction import DeliveryState, Direction, Interaction
from hub.store.tables import interactions, outbound

_ON_ITS_WAY = (
    DeliveryState.TRANSMITTING,
    DeliveryState.UNCERTAIN,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
)


def automatic_since(connection: Connection, interaction: Interaction, since: datetime) -> int:
    """How many other automatic messages went to one of the same recipients since then."""
    rows = connection.execute(
        select(interactions.c.recipients)
        .join(outbound, outbound.c.interaction_id == interactions.c.id)
        .where(
            interactions.c.customer_id == interaction.customer_id,
            interactions.c.received_at >= since,
            interactions.c.direction == Direction.OUTBOUND.value,
            interactions.c.automatic != "",
            interactions.c.id != interaction.id,
            outbound.c.channel == interaction.channel.value,
            outbound.c.state.in_(_ON_ITS_WAY),
        )
    ).scalars()
    wanted = {party.value for party in interaction.recipients}
    return sum(1 for parties in rows if wanted & {party["value"] for party in parties})
