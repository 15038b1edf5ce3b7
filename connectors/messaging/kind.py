"""What this connector is to the installation."""

from connectors.messaging.connector import MessagingConnector
from connectors.messaging.settings import MessagingSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="messaging",
    settings=MessagingSettings,
    build=MessagingConnector,
    description="SMS and WhatsApp",
)
