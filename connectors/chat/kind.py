"""What this connector is to the installation."""

from connectors.chat.connector import ChatConnector
from connectors.chat.settings import ChatSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="chat", settings=ChatSettings, build=ChatConnector, description="web chat"
)
