"""Mail in and out: IMAP and SMTP, with all that the world's mail programs send."""

from connectors.email.connector import EmailConnector
from connectors.email.settings import EmailSettings
from hub.connector import ConnectorKind

connector = ConnectorKind(
    name="email",
    settings=EmailSettings,
    build=EmailConnector,
    description="Mailboxes by IMAP, a door for mail servers, answers by SMTP.",
)
