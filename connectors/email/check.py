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

_SECONDS = 30

Try = Coroutine[None, None, str]


async def check(settings: EmailSettings, database: Database) -> list[Finding]:
    """A line for each mailbox, each way out, and the door for mail servers."""
    tries = [
        _finding(f"e-mail {account.address}: {part}", doing)
        for account in settings.accounts.values()
        for part, doing in _tries(account, account.smtp or settings.smtp, database)
    ]
    if settings.listen is not None:
        listen = settings.listen
        where = f"{listen.protocol} on {listen.host}:{listen.port}"
        tries.append(_finding(f"e-mail {where}", _try_door(settings)))
    return list(await asyncio.gather(*tries))


def _tries(
    account: AccountSettings, smtp: SmtpSettings | None, database: Database
) -> list[tuple[str, Try]]:
    found = [("sending", _try_sending(account.address, smtp))]
    if account.imap is not None:
        found.append(("mailbox", _try_mailbox(account.address, account.imap, database)))
    return found


async def _finding(part: str, doing: Try) -> Finding:
    try:
        async with asyncio.timeout(_SECONDS):
            return Finding(part, ok=True, what=await doing)
    except Unavailable as error:
        return Finding(part, ok=False, what=error.what, hint=error.hint, fault=fault_of(error))
    except (Retry, Rejected) as error:
        return Finding(
            part, ok=False, what=error.detail, hint="see host, port and tls", fault=fault_of(error)
        )
    except TimeoutError:
        return Finding(
            part,
            ok=False,
            what="no answer",
            hint="see host, port and the firewall",
            fault="no_answer",
        )
    except (ImapError, OSError) as error:
        return Finding(
            part,
            ok=False,
            what=str(error),
            hint="see host, port, tls and folder",
            fault=fault_of(error),
        )


async def _try_mailbox(address: str, imap: ImapSettings, database: Database) -> str:
    async with open_mailbox(imap, Credentials(imap, address)) as client:
        folder = await client.open(imap.folder)
    taken = await database.read(partial(mailboxes.count_taken, account=address, folder=imap.folder))
    push = "at once (IDLE)" if "IDLE" in client.capabilities else f"every {imap.poll:g} s"
    return f"{folder.exists} in {imap.folder}, {taken} taken in; new mail is seen {push}"


async def _try_sending(address: str, smtp: SmtpSettings | None) -> str:
    if smtp is None:
        raise Unavailable("no mail server to send by", "add a section smtp")
    credentials = Credentials(smtp, address)
    async with connect(smtp, credentials):
        pass
    return f"{smtp.host} answers" + (f" and lets {credentials.user} in" * credentials.given)


async def _try_door(settings: EmailSettings) -> str:
    if settings.listen is None or not settings.accounts:
        raise Unavailable("nobody receives mail here", "add an account")
    offers = "offers STARTTLS" if server_context(settings.listen) else "without encryption"
    return f"{offers}, for {len(settings.accounts)} accounts"
