"""Tries what the settings name, for `loket check`, without receiving or sending anything."""

import asyncio
from collections.abc import Coroutine
from functools import partial

from connectors.email.credentials import Credentials
from connectors.email.faults import fault_of
from connectors.email.imap.session import signed_in as open_mailbox
from connectors.email.imap.wire import ImapError
from connectors.email.settings import AccountSettings, EmailSettings, ImapSettings, SmtpSettings
from connectors.email.smtp.door import server_context
from connectors.email.smtp.out import signed_in as connect
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable
from hub.store import Database, mailboxes
from hub.texts import N_, Said

_SECONDS = 30

Try = Coroutine[None, None, str]

_SENDING = N_("e-mail {address}: sending")
_MAILBOX = N_("e-mail {address}: mailbox")
_DOOR = N_("e-mail {protocol} on {host}:{port}")


async def check(settings: EmailSettings, database: Database) -> list[Finding]:
    """A line for each mailbox, each way out, and the door for mail servers."""
    tries = [
        _finding(Said(part, address=account.address), doing)
        for account in settings.accounts.values()
        for part, doing in _tries(account, account.smtp or settings.smtp, database)
    ]
    if settings.listen is not None:
        listen = settings.listen
        where = {"protocol": listen.protocol, "host": listen.host, "port": listen.port}
        tries.append(_finding(Said(_DOOR, **where), _try_door(settings)))
    return list(await asyncio.gather(*tries))


def _tries(
    account: AccountSettings, smtp: SmtpSettings | None, database: Database
) -> list[tuple[str, Try]]:
    found = [(_SENDING, _try_sending(account.address, smtp))]
    if account.imap is not None:
        found.append((_MAILBOX, _try_mailbox(account.address, account.imap, database)))
    return found


async def _finding(part: str, doing: Try) -> Finding:
    try:
        async with asyncio.timeout(_SECONDS):
            return Finding(part, ok=True, what=await doing)
    except Unavailable as error:
        return Finding(part, ok=False, what=error.what, hint=error.hint, fault=fault_of(error))
    except (Retry, Rejected) as error:
        return Finding(
            part,
            ok=False,
            what=error.detail,
            hint=Said("see host, port and tls"),
            fault=fault_of(error),
        )
    except TimeoutError:
        return Finding(
            part,
            ok=False,
            what=Said("no answer"),
            hint=Said("see host, port and the firewall"),
            fault="no_answer",
        )
    except (ImapError, OSError) as error:
        return Finding(
            part,
            ok=False,
            what=str(error),
            hint=Said("see host, port, tls and folder"),
            fault=fault_of(error),
        )


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


async def _try_sending(address: str, smtp: SmtpSettings | None) -> str:
    if smtp is None:
        raise Unavailable(Said("no mail server to send by"), Said("add a section smtp"))
    credentials = Credentials(smtp, address)
    async with connect(smtp, credentials):
        pass
    if not credentials.given:
        return Said("{host} answers", host=smtp.host)
    return Said("{host} answers and lets {user} in", host=smtp.host, user=credentials.user)


async def _try_door(settings: EmailSettings) -> str:
    if settings.listen is None or not settings.accounts:
        raise Unavailable(Said("nobody receives mail here"), Said("add an account"))
    how = (
        N_("offers STARTTLS, for {n} accounts")
        if server_context(settings.listen)
        else N_("without encryption, for {n} accounts")
    )
    return Said(how, n=len(settings.accounts))
