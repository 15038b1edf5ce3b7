"""What this connector is to the installation.

Apart from the package, so that a worker that reads mail loads only what reads mail.
"""

from connectors.email.connector import EmailConnector
from connectors.email.settings import EmailSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="email",
    settings=EmailSettings,
    build=EmailConnector,
    description="Mailboxes by IMAP, a door for mail servers, answers by SMTP.",
)
