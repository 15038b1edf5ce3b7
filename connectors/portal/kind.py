"""What this connector is to the installation."""

from connectors.portal.connector import PortalConnector
from connectors.portal.settings import PortalSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="portal",
    settings=PortalSettings,
    build=PortalConnector,
    description="customer portal",
)
