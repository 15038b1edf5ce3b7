"""What this connector is to the installation."""

from connectors.webhooks.connector import WebhooksConnector
from connectors.webhooks.settings import WebhooksSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="webhooks",
    settings=WebhooksSettings,
    build=WebhooksConnector,
    description="events to other systems",
)
