"""What this connector is to the installation."""

from connectors.manual.connector import ManualConnector
from connectors.manual.settings import ManualSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="manual",
    settings=ManualSettings,
    build=ManualConnector,
    description="folders of scans",
)
