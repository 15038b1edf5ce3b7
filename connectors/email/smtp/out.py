"""Hands one mail to the mail server that sends for us, and says exactly how that ended.

Before the content is on its way a failure means that nothing was sent. Once it is, only the
server's answer tells; without one nobody knows, and the mail is not sent again by itself.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from os import SEEK_END
from typing import BinaryIO

import aiosmtplib

from connectors.email.credentials import Credentials
from connectors.email.inside import dialled
from connectors.email.settings import SmtpSettings, Tls
from hub.errors import LoketError, Rejected, Retry, Unavailable, Uncertain
from hub.outgoing import Committing

_REFUSED = 400
_PERMANENT = 500
_SIGN_IN_FIRST = 530
_WAIT = re.compile(r"\bin (\d{1,5}) ?(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE)
_LONGEST_WAIT = 4 * 3600.0
_GOODBYE_SECONDS = 2
_PIECE = 1 << 16
_NO_ANSWER = "The mail server did not say whether it took the mail; it may have arrived."


@contextlib.asynccontextmanager
async def signed_in(
    settings: SmtpSettings, credentials: Credentials
) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection that is ready for a mail. Raises Retry or Unavailable."""
    context = await credentials.context()
    try:
        connection = await dialled(settings)
    except OSError as error:
        raise Retry(f"{settings.host} cannot be reached: {error}") from error
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port if connection is None else None,
        sock=connection,
        timeout=settings.timeout,
        use_tls=settings.tls is Tls.IMPLICIT,
        start_tls=settings.tls is Tls.STARTTLS,
        tls_context=context,
    )
    try:
        await _connect(client, settings)
        if credentials.given:
            await _sign_in(client, settings, credentials)
        yield client
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_GOODBYE_SECONDS)
    finally:
        client.close()


async def _connect(client: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
    try:
        await client.connect()
        with contextlib.suppress(aiosmtplib.SMTPHeloError):  # then `mail` says HELO
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        if isinstance(_root(error), ssl.SSLCertVerificationError):
            hint = f"its certificate is not trusted ({_root(error)}); see ca_file"
            raise Unavailable(settings.host, hint) from error
        if "STARTTLS extension not supported" in str(error):
            raise Unavailable(settings.host, "it does not offer STARTTLS; see tls") from error
        raise Retry(f"{settings.host} cannot be reached: {_said(error)}") from error


async def _sign_in(
    client: aiosmtplib.SMTP, settings: SmtpSettings, credentials: Credentials
) -> None:
    secret = await credentials.secret()
    sign_in = client.auth_xoauth2 if credentials.by_token else client.login
    try:
        await sign_in(credentials.user, secret)
    except aiosmtplib.SMTPResponseException as error:
        if error.code < _PERMANENT:
            raise Retry(f"{settings.host} says {_said(error)}") from error
        credentials.refused()
        what = f"{settings.host} does not let {credentials.user} in"
        raise Unavailable(what, f"check how Loket signs in ({_said(error)})") from error
    except (aiosmtplib.SMTPServerDisconnected, TimeoutError) as error:
        raise Retry(f"{settings.host} broke off: {_said(error)}") from error
    except aiosmtplib.SMTPException as error:
        hint = f"it does not take this way of signing in ({_said(error)})"
        raise Unavailable(settings.host, hint) from error


async def transmit(
    client: aiosmtplib.SMTP,
    *,
    sender: str,
    recipients: Sequence[str],
    content: BinaryIO,
    committing: Committing,
    data_timeout: float,
) -> str:
    """Send to all of them or to none; gives what the server calls it."""
    size = content.seek(0, SEEK_END)
    content.seek(0)
    try:
        await _introduce(client, sender, recipients, size)
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal("the mail was refused", error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Retry(f"the mail server broke off: {_said(error)}") from error
    await committing()
    try:
        async with asyncio.timeout(data_timeout):
            answer = await _pour(client, content)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Uncertain(_NO_ANSWER) from error
    return _verdict(answer)


async def _introduce(
    client: aiosmtplib.SMTP, sender: str, recipients: Sequence[str], size: int
) -> None:
    """Everything up to the point where the server wants the content."""
    sized = client.supports_extension("size")
    await client.mail(sender, options=[f"SIZE={size}"] if sized else None)
    refused = [error for to in recipients if (error := await _name(client, to))]
    if refused:
        worst = max(refused, key=lambda error: error.code)
        who = ", ".join(error.recipient for error in refused)
        others = "" if len(refused) == len(recipients) else "; nobody was sent anything"
        raise _refusal(f"{who} was refused{others}", worst)
    response = await client.execute_command(b"DATA")
    if response.code != aiosmtplib.SMTPStatus.start_input:
        raise aiosmtplib.SMTPDataError(response.code, response.message)


async def _pour(client: aiosmtplib.SMTP, content: BinaryIO) -> aiosmtplib.SMTPResponse:
    """Not by the `data` of aiosmtplib: it copies a mail four times while all else waits."""
    protocol = client.protocol
    if protocol is None:
        raise ConnectionError("the connection was lost")
    # A server may refuse before it has all: listen from the start.
    answer = asyncio.create_task(protocol.read_response())
    try:
        # Whole lines, so that each piece begins where a dot must be doubled.
        while (piece := content.read(_PIECE) + content.readline()) and not answer.done():
            stuffed = piece.replace(b"\n.", b"\n..")
            protocol.write(b"." + stuffed if stuffed.startswith(b".") else stuffed)
            await asyncio.sleep(0)
        if not answer.done():
            protocol.write(b".\r\n")
        return await answer
    finally:
        answer.cancel()


def _verdict(answer: aiosmtplib.SMTPResponse) -> str:
    if answer.code >= _REFUSED:
        error = aiosmtplib.SMTPDataError(answer.code, answer.message)
        raise _refusal("the mail was refused", error)
    if answer.code != aiosmtplib.SMTPStatus.completed:
        raise Uncertain(_NO_ANSWER)
    return answer.message[:200]


async def _name(client: aiosmtplib.SMTP, recipient: str) -> aiosmtplib.SMTPRecipientRefused | None:
    try:
        await client.rcpt(recipient)
    except aiosmtplib.SMTPRecipientRefused as error:
        return error
    return None


def _refusal(what: str, error: aiosmtplib.SMTPResponseException) -> LoketError:
    detail = f"{what}: {_said(error)}"
    if error.code == _SIGN_IN_FIRST:
        return Unavailable("the mail server", f"wants Loket to sign in ({_said(error)})")
    if error.code >= _PERMANENT:
        return Rejected("mail_refused", detail)
    return Retry(detail, after=_asked_to_wait(error.message))


def _asked_to_wait(said: str) -> float | None:
    """Seconds, where the server says how long ("try again in 300 seconds")."""
    found = _WAIT.search(said)
    if found is None:
        return None
    unit = 60 if found[2].lower().startswith("m") else 1
    return min(float(found[1]) * unit, _LONGEST_WAIT)


def _said(error: BaseException) -> str:
    """What the server said, on one line and safe to show."""
    code = f"{error.code} " if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    message = getattr(error, "message", "") or str(error) or type(error).__name__
    line = "".join(c if c.isprintable() else " " for c in str(message))
    return f"{code}{line}"[:300].strip()


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
