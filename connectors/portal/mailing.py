"""What the portal mails by itself: codes, invitations, and that there is an answer."""

from connectors.portal.settings import PortalSettings
from hub.connector import ConnectorContext
from hub.interaction import Channel
from hub.passing import passing_mail
from hub.store import added_mailboxes


class Mailing:
    def __init__(self, settings: PortalSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context

    async def account(self) -> str:
        """The mailbox that it comes from: of the settings, else one that was added in the console;
        "" for none."""
        by_default = self._context.default_accounts.get(Channel.EMAIL, "")
        said = self._settings.mail_account or by_default
        return said or await self._context.database.read(added_mailboxes.sending)

    async def send(self, address: str, subject: str, text: str) -> None:
        """Raises LoketError."""
        mail = passing_mail(await self.account(), address, subject, text)
        await self._context.pass_on(mail)
