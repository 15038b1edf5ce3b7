"""Tries what the settings name, for `loket check`, without receiving or sending anything."""

import asyncio
from collections.abc import Coroutine
from functools import partial

from connectors.email.added import is_added
from connectors.email.credentials import Credentials
from connectors.email.faults import finding_of
from connectors.email.imap.session import signed_in as open_mailbox
from connectors.email.imap.wire import ImapError
from connectors.email.settings import (
    AccountSettings,
    EmailSettings,
    ImapSettings,
    ListenSettings,
    ServerSettings,
    SmtpSettings,
)
from connectors.email.smtp.door import server_context
from connectors.email.smtp.out import signed_in as connect
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable
from hub.store import Database, mailboxes
from hub.texts import N_, Said

_SECONDS = 30

Try = Coroutine[None, None, Finding]

_SENDING = N_("e-mail {address}: sending")
_MAILBOX = N_("e-mail {address}: mailbox")
_DOOR = N_("e-mail {protocol} on {host}:{port}")


async def check(settings: EmailSettings, database: Database) -> list[Finding]:
    """A line for each mailbox, each way out, and the door for mail servers."""
    tries = [
        trying
        for name, account in settings.accounts.items()
        for trying in _of_account(name, account, settings.smtp, database)
    ]
    if settings.listen is not None:
        tries.append(_door(settings, settings.listen))
    return list(await asyncio.gather(*tries))


def _of_account(
    name: str, account: AccountSettings, shared: SmtpSettings | None, database: Database
) -> list[Try]:
    own, address = f"connectors.email.accounts.{name}", account.address

    def where(section: str) -> Said:
        if is_added(name):
            return Said(N_("of the mailbox that was added in the console"))
        return Said(N_("under [{section}]"), section=section)

    section = f"{own}.smtp" if account.smtp else "connectors.email.smtp"
    found = [_sending(address, account.smtp or shared, where(section))]
    if account.imap is not None:
        found.append(_mailbox(address, account.imap, database, where(f"{own}.imap")))
    return found


async def _sending(address: str, smtp: SmtpSettings | None, where: str) -> Finding:
    part = Said(_SENDING, address=address)
    if smtp is None:
        what, hint = Said("no mail server to send by"), Said("add a section smtp")
        return Finding(part, ok=False, what=what, hint=hint)
    return await _tried(part, _try_sending(address, smtp), smtp, address, where)


async def _mailbox(address: str, imap: ImapSettings, database: Database, where: str) -> Finding:
    doing = _try_mailbox(address, imap, database)
    return await _tried(Said(_MAILBOX, address=address), doing, imap, address, where)


async def _tried(
    part: str, doing: Coroutine[None, None, str], server: ServerSettings, address: str, where: str
) -> Finding:
    try:
        async with asyncio.timeout(_SECONDS):
            return Finding(part, ok=True, what=await doing)
    except (Unavailable, Retry, Rejected, ImapError, OSError) as error:
        return finding_of(part, error, server, address, where)


async def _door(settings: EmailSettings, listen: ListenSettings) -> Finding:
    where = {"protocol": listen.protocol, "host": listen.host, "port": listen.port}
    part = Said(_DOOR, **where)
    if not settings.accounts:
        what, hint = Said("nobody receives mail here"), Said("add an account")
        return Finding(part, ok=False, what=what, hint=hint)
    try:
        how = (
            N_("offers STARTTLS, for {n} accounts")
            if server_context(listen)
            else N_("without encryption, for {n} accounts")
        )
    except Unavailable as error:
        return Finding(part, ok=False, what=error.what, hint=error.hint)
    return Finding(part, ok=True, what=Said(how, n=len(settings.accounts)))


async def _try_mailbox(address: str, imap: ImapSettings, database: Database) -> str:
    async with open_mailbox(imap, Credentials(imap, address)) as client:
        folder = await client.open(imap.folder)
    taken = await database.read(partial(mailboxes.count_taken, account=address, folder=imap.folder))
    push = (
        Said("at once (IDLE)")
        if "IDLE" in client.capabilities
        else Said("every {n} s", n=f"{imap.poll:g}")
    )
    return Said(
        "{n} in {folder}, {taken} taken in; new mail is seen {when}",
        n=folder.exists,
        folder=imap.folder,
        taken=taken,
        when=push,
    )


async def _try_sending(address: str, smtp: SmtpSettings) -> str:
    credentials = Credentials(smtp, address)
    async with connect(smtp, credentials):
        pass
    if not credentials.given:
        return Said("{host} answers", host=smtp.host)
    return Said("{host} answers and lets {user} in", host=smtp.host, user=credentials.user)
