"""What this connector is to the installation."""

from connectors.phone.connector import PhoneConnector
from connectors.phone.settings import PhoneSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="phone",
    settings=PhoneSettings,
    build=PhoneConnector,
    description="Phone calls",
)
