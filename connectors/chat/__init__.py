"""Web chat: a widget for any website, and the socket behind it."""

from connectors.chat.connector import ChatConnector
from connectors.chat.settings import ChatSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="chat", settings=ChatSettings, build=ChatConnector, description="web chat"
)
