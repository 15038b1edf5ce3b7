"""Customers sign in at an identity provider: the address that it verified is proven to us too."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from yarl import URL

from connectors.portal.settings import PortalSettings
from hub.oidc.settings import OidcSettings
from hub.store.tables import contact_points, portal_sessions
from identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from portal_house import EVE, JAN, Browser, House, browser, open_house
from stores import count, rows

BEGIN, BACK = "/portal/sign-in/oidc", "/portal/sign-in/oidc/back"


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    person = {"sub": "jan", "email": JAN, "email_verified": True}
    async with identity_provider(person=person) as one:
        yield one


@pytest.fixture
async def house(provider: IdentityProvider, store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
    async with open_house(store_url, tmp_path, oidc=oidc) as house:
        provider.backs.add(house.url + BACK)
        yield house


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    async with browser(house) as one:
        yield one


async def to_provider(one: Browser) -> URL:
    """Goes there and signs in; gives where the provider sends the browser back to."""
    async with one.http.get(BEGIN, allow_redirects=False) as sent:
        assert sent.status == 303
        there = URL(sent.headers["Location"], encoded=True)
    async with one.http.get(there, allow_redirects=False) as sent:
        return URL(sent.headers["Location"], encoded=True).relative()


async def sign_in(one: Browser) -> tuple[int, str]:
    return await one.get(str(await to_provider(one)))


async def test_the_verified_address_is_a_proven_contact_point(house: House, jan: Browser) -> None:
    assert f'href="{BEGIN}"' in (await jan.get("/portal/sign-in"))[1]
    assert (await sign_in(jan))[0] == 303
    assert (await jan.get("/portal"))[0] == 200
    verified = {row.value: row.verified for row in await rows(house.database, contact_points)}
    assert verified == {JAN: True, EVE: False}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email_verified": False}, "not verified there"),
        ({"email": "nobody@example.org"}, "We know no customer with the address nobody@"),
        ({"aud": "other"}, "not signed in there"),
        ({"nonce": "another"}, "not signed in there"),
        ({"exp": int(time.time()) - 3600}, "not signed in there"),
        ({"iss": "https://evil.example"}, "not signed in there"),
    ],
)
async def test_what_proves_no_address_lets_nobody_in(
    house: House, provider: IdentityProvider, jan: Browser, changes: dict[str, Any], said: str
) -> None:
    provider.lie = lambda claims: claims | changes
    status, text = await sign_in(jan)
    assert status in (400, 403)
    assert said in text
    assert (await jan.get("/portal"))[0] == 303
    assert not [row for row in await rows(house.database, contact_points) if row.verified]


async def test_an_unsigned_token_and_a_changed_answer_let_nobody_in(
    house: House, provider: IdentityProvider, jan: Browser
) -> None:
    provider.lie = lambda claims: jwt.encode(claims, "", algorithm="none")
    assert (await sign_in(jan))[0] == 400
    provider.lie = dict
    back = await to_provider(jan)
    async with browser(house) as victim:
        assert (await victim.get(str(back)))[0] == 400
        await to_provider(victim)
        assert (await victim.get(str(back)))[0] == 400
    assert (await jan.get(str(back.update_query(state="another"))))[0] == 400
    assert await count(house.database, portal_sessions) == 0


async def test_a_way_back_serves_once(house: House, jan: Browser) -> None:
    back = str(await to_provider(jan))
    kept = {one.key: one.value for one in jan.http.cookie_jar}
    planted = {"loket_portal": "planted"}
    jan.http.cookie_jar.update_cookies(planted, URL(house.url))
    assert (await jan.get(back))[0] == 303
    assert await count(house.database, portal_sessions) == 1
    async with browser(house) as planter:
        planter.http.cookie_jar.update_cookies(planted, URL(house.url))
        assert (await planter.get("/portal"))[0] == 303, "nobody knows the new session"
    jan.http.cookie_jar.clear()
    jan.http.cookie_jar.update_cookies(kept, URL(house.url))
    assert (await jan.get(back))[0] == 400


async def test_a_provider_that_is_away_leaves_the_code(
    house: House, provider: IdentityProvider, jan: Browser
) -> None:
    provider.document = {"issuer": "https://another.example"}
    status, text = await jan.get(BEGIN)
    assert (status, "Ask for a code instead" in text) == (503, True)
    [finding] = await house.connector._sign_in.check()
    assert (finding.ok, "another.example" in finding.what) == (False, True)
    provider.document = {}
    [finding] = await house.connector._sign_in.check()
    assert (finding.ok, f"{house.url}{BACK}" in finding.hint) == (True, True)


async def test_without_a_provider_there_is_no_such_door(store_url: str, tmp_path: Path) -> None:
    assert PortalSettings().oidc is None
    async with open_house(store_url, tmp_path) as house, browser(house) as one:
        assert (await one.get(BEGIN))[0] == 404
        assert (await one.get(BACK))[0] == 404
