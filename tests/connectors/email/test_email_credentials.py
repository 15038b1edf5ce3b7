"""Access tokens: asked for once, asked for again in time, and plain words when refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from connectors.email.credentials import AccessTokens, Credentials
from connectors.email.settings import OAuthSettings, SmtpSettings
from hub.errors import Retry, Unavailable
from servers.process import free_port


class Provider:
    """A token endpoint that gives each answer once, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, Any], to: str = "") -> None:
        self.asked: list[dict[str, Any]] = []
        self.url = ""
        self._headers = {"Location": to} if to else {}
        self._answers = list(answers)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(await request.post()))
        status, body = self._answers.pop(0)
        return web.json_response(body, status=status, headers=self._headers)


@asynccontextmanager
async def provider(*answers: tuple[int, Any], to: str = "") -> AsyncIterator[Provider]:
    """`to`: where it leads on."""
    found = Provider(*answers, to=to)
    app = web.Application()
    app.router.add_post("/token", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", free_port())
    await site.start()
    found.url = f"{site.name}/token"
    try:
        yield found
    finally:
        await runner.cleanup()


def oauth(found: Provider, **changes: Any) -> OAuthSettings:
    known = {
        "token_url": found.url,
        "client_id": "loket",
        "client_secret": "secret",
        "scope": "imap",
    }
    return OAuthSettings.model_validate(known | changes)


async def test_one_token_serves_until_it_expires() -> None:
    async with provider((200, {"access_token": "one", "expires_in": 3600})) as found:
        tokens = AccessTokens(oauth(found))
        assert [await tokens.get() for _ in range(3)] == ["one"] * 3
    assert found.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "loket",
            "client_secret": "secret",
            "scope": "imap",
        }
    ]


async def test_a_refused_token_is_not_used_again() -> None:
    answers = [(200, {"access_token": name, "expires_in": 3600}) for name in ("one", "two")]
    async with provider(*answers) as found:
        settings = SmtpSettings(host="127.0.0.1", oauth=oauth(found))
        credentials = Credentials(settings, "support@acme.example")
        assert await credentials.secret() == "one"
        credentials.refused()
        assert await credentials.secret() == "two"


async def test_a_new_refresh_token_replaces_the_old() -> None:
    first = {"access_token": "one", "expires_in": 1, "refresh_token": "new"}
    async with provider((200, first), (200, {"access_token": "two"})) as found:
        tokens = AccessTokens(oauth(found, refresh_token=SecretStr("old")))
        await tokens.get()
        tokens.forget()
        await tokens.get()
    assert [asked["refresh_token"] for asked in found.asked] == ["old", "new"]
    assert {asked["grant_type"] for asked in found.asked} == {"refresh_token"}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_grant"}, "answers 400 invalid_grant; renew"),
        (401, ["not", "an", "object"], "answers 401; renew"),
        (200, {"token": "misnamed"}, "answers 200; renew"),
    ],
)
async def test_a_refusal_needs_a_person(status: int, body: Any, said: str) -> None:
    async with provider((status, body)) as found:
        with pytest.raises(Unavailable, match=said):
            await AccessTokens(oauth(found)).get()


async def test_a_provider_that_is_down_is_tried_later() -> None:
    async with provider((503, {})) as found:
        with pytest.raises(Retry, match="answers 503"):
            await AccessTokens(oauth(found)).get()
    with pytest.raises(Retry, match="does not answer"):
        await AccessTokens(oauth(found)).get()


async def test_a_provider_leads_nowhere_else() -> None:
    """With what signs in to the mailbox; and one that was typed in the console is not inside."""
    async with provider((200, {"access_token": "one"})) as other:
        async with provider((307, {}), to=other.url) as found:
            with pytest.raises(Unavailable, match="answers 307"):
                await AccessTokens(oauth(found)).get()
        for host in ("127.0.0.1", "localhost", "2130706433"):
            typed = oauth(other, token_url=other.url.replace("127.0.0.1", host))
            with pytest.raises(Unavailable, match=r"begins with https"):
                await AccessTokens(typed, public_only=True).get()
            safe = oauth(other, token_url=typed.token_url.replace("http:", "https:"))
            with pytest.raises(Unavailable, match="leads inside"):
                await AccessTokens(safe, public_only=True).get()
    assert other.asked == []


async def test_many_askers_at_once_get_a_token() -> None:
    answers = [(200, {"access_token": "one", "expires_in": 3600})] * 5
    async with provider(*answers) as found:
        tokens = AccessTokens(oauth(found))
        assert set(await asyncio.gather(*(tokens.get() for _ in range(5)))) == {"one"}
    assert len(found.asked) == 1
