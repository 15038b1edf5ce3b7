"""What this connector is to the installation."""

from connectors.partners.connector import PartnersConnector
from connectors.partners.settings import PartnersSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="partners",
    settings=PartnersSettings,
    build=PartnersConnector,
    description="delivery events of carriers",
)
