"""A signed-in IMAP connection, as the settings of an account say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.email.credentials import Credentials
from connectors.email.imap.client import ImapClient, SignInRefused
from connectors.email.inside import dialled
from connectors.email.settings import ImapSettings, Tls
from hub.errors import Unavailable


@asynccontextmanager
async def signed_in(settings: ImapSettings, credentials: Credentials) -> AsyncIterator[ImapClient]:
    """Raises Unavailable when the server does not take what we sign in with."""
    context = await credentials.context()
    starttls = settings.tls is Tls.STARTTLS
    async with ImapClient(settings.host, settings.port, timeout=settings.timeout) as client:
        await client.connect(context, starttls=starttls, dialled=await dialled(settings))
        try:
            await _sign_in(client, credentials)
        except SignInRefused as error:
            credentials.refused()
            what = f"{settings.host} does not let {credentials.user} in"
            raise Unavailable(what, f"check how Loket signs in ({error})") from error
        yield client


async def _sign_in(client: ImapClient, credentials: Credentials) -> None:
    secret = await credentials.secret()
    if credentials.by_token:
        await client.sign_in_with_token(credentials.user, secret)
    else:
        await client.sign_in(credentials.user, secret)
