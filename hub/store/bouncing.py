"""What a delivery report means for the message that it is about."""

from sqlalchemy import Connection, select

from hub.interaction import Bounce, DeliveryState, Party
from hub.store import sending
from hub.store.tables import interactions, outbound

_ON_ITS_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.TRANSMITTING)


def note(connection: Connection, interaction_id: str, bounce: Bounce) -> None:
    """Mark the message as bounced or delayed, if the report can be about how it stands now.

    A report about somebody whom the message was not sent to is not believed, and one that comes
    while the message is being sent again is about the try before.
    """
    row = connection.execute(
        select(outbound.c.state, interactions.c.recipients)
        .join(interactions, interactions.c.id == outbound.c.interaction_id)
        .where(outbound.c.interaction_id == interaction_id)
    ).one_or_none()
    if row is None or row.state in _ON_ITS_WAY or not _was_sent_to(row.recipients, bounce):
        return
    state = DeliveryState.BOUNCED if bounce.permanent else DeliveryState.DELAYED
    error = bounce.diagnostic or bounce.status or "the mail came back"
    sending.record(connection, interaction_id, sending.Outcome(state, error))


def _was_sent_to(recipients: list[dict[str, str]], bounce: Bounce) -> bool:
    addresses = {Party.model_validate(recipient).value for recipient in recipients}
    return not bounce.recipient or bounce.recipient.lower() in addresses
