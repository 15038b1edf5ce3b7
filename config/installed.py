"""The connectors of this installation: one line each, and nothing else to register."""

from importlib.metadata import entry_points

from connectors.chat.kind import connector as chat
from connectors.email.kind import connector as email
from connectors.manual.kind import connector as manual
from connectors.messaging.kind import connector as messaging
from connectors.partners.kind import connector as partners
from connectors.phone.kind import connector as phone
from connectors.portal.kind import connector as portal
from connectors.webhooks.kind import connector as webhooks
from hub.connector import ConnectorKind

OURS: tuple[ConnectorKind, ...] = (
    email,
    chat,
    manual,
    messaging,
    partners,
    phone,
    portal,
    webhooks,
)


def installed() -> tuple[ConnectorKind, ...]:
    """Ours, and what other packages offer by the entry point group `loket.connectors`."""
    theirs = [point.load() for point in entry_points(group="loket.connectors")]
    return (*OURS, *theirs)
