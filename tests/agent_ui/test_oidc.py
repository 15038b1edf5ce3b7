"""Agents sign in at the organisation's identity provider."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
from playwright.async_api import Browser, ViewportSize, expect
from sqlalchemy import update
from yarl import URL

from agent_ui.settings import ConsoleOidc, ConsoleSettings
from console_browser import desk
from console_house import PASSWORD, House, Page, Person, open_house, person
from hub.store import choices, identities, invitations
from hub.store.agents import find_by_login
from hub.store.tables import agents, audit_log, sessions
from identity_provider import ANNA, CLIENT, SECRET, IdentityProvider, identity_provider, new_key

BEGIN, BACK = "/console/sign-in/oidc", "/console/sign-in/oidc/back"
LOGIN = str(ANNA["email"])


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as one:
        yield one


@pytest.fixture
async def house(
    provider: IdentityProvider, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[House]:
    async with opened(provider, sqlite_url, tmp_path) as one:
        await one.hire(LOGIN, "Anna de Wit")
        yield one


def opened(provider: IdentityProvider, store_url: str, folder: Path, **more: Any) -> Any:
    oidc = ConsoleOidc(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, title="Van Dalen ID", **more
    )
    settings = ConsoleSettings(oidc=oidc, sign_in_tries_per_address=20)
    made = House(store_url, folder, settings=settings)
    provider.backs.add(made.origin + BACK)
    return open_house(store_url, folder, settings=settings, port=made.port)


@dataclass
class Trip:
    """Where the provider sends the browser back to."""

    back: URL

    def but(self, **query: str) -> str:
        return str(self.back.update_query(query).relative())


async def to_provider(one: Person, after: str = "") -> Trip:
    """Goes there and signs in; is not back yet."""
    url = URL(one.origin + BEGIN).update_query(next=after)
    async with one.http.get(url, allow_redirects=False) as sent:
        assert sent.status == 303
        there = URL(sent.headers["Location"], encoded=True)
    async with one.http.get(there, allow_redirects=False) as sent:
        return Trip(URL(sent.headers["Location"], encoded=True))


async def sign_in(one: Person, after: str = "") -> Page:
    trip = await to_provider(one, after)
    return await one.get(trip.but())


async def is_in(one: Person) -> bool:
    return (await one.get("/console/account")).path == "/console/account"


async def test_an_agent_signs_in_and_is_known_again(house: House, guest: Person) -> None:
    page = await guest.get("/console/sign-in?next=/console/guide")
    assert page.text("a.button-main") == "Sign in with Van Dalen ID"
    assert page.value("a.button-main", "href") == f"{BEGIN}?next=/console/guide"
    assert (await sign_in(guest, "/console/guide")).path == "/console/guide"
    assert await is_in(guest)
    [linked] = [one for one in await house.rows(audit_log) if one.action.endswith("linked")]
    assert linked.details["address"] == LOGIN
    # By the subject from now on, whatever the address.
    await house.write(lambda c: c.execute(update(agents).values(login="anna")))
    async with person(house) as elsewhere:
        assert (await sign_in(elsewhere)).path == "/console"


async def test_who_is_no_agent_stays_outside_and_becomes_none(
    house: House, provider: IdentityProvider, guest: Person
) -> None:
    provider.person = {"sub": "7", "email": "eve@vandalen.example", "email_verified": True}
    page = await sign_in(guest)
    assert (page.status, page.text("[role=alert]")) == (
        403,
        "No agent has the mail address eve@vandalen.example. Ask who manages the people here.",
    )
    assert not await is_in(guest)
    again = page.value("a.button-main[autofocus]", "href")
    assert page.text("a.button-main") == "Use another account of Van Dalen ID"
    for link, prompt in ((again, "select_account"), (BEGIN, None)):
        async with guest.http.get(guest.origin + link, allow_redirects=False) as sent:
            assert URL(sent.headers["Location"]).query.get("prompt") == prompt
    assert len(await house.rows(agents)) == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_a_refusal_stays_in_its_card_on_a_narrow_phone(
    sqlite_url: str, tmp_path: Path, browser: Browser
) -> None:
    narrow: ViewportSize = {"width": 320, "height": 640}
    async with identity_provider() as provider, opened(provider, sqlite_url, tmp_path) as house:
        provider.person = {"sub": "7", "email": "eve@vandalen.example", "email_verified": True}
        async with desk(browser, house, locale="nl-NL", viewport=narrow) as at:
            await at.page.goto(f"{house.origin}{BEGIN}")
            other = at.page.get_by_role("link", name="Met een ander account van Van Dalen ID")
            await expect(other).to_be_focused()
            fits = "document.documentElement.scrollWidth <= innerWidth"
            assert await at.page.evaluate(fits)
            whole = "(one) => one.scrollWidth <= one.clientWidth"
            assert await at.page.locator("main").evaluate(whole)
            await at.check_accessible()


async def test_an_unverified_address_and_another_account_let_nobody_in(
    house: House, provider: IdentityProvider, guest: Person
) -> None:
    provider.person = ANNA | {"email_verified": False}
    page = await sign_in(guest)
    assert page.status == 403
    assert "not verified" in page.text("[role=alert]")
    provider.person = dict(ANNA)
    assert (await sign_in(guest)).path == "/console"
    provider.person = ANNA | {"sub": "who got the address later"}
    async with person(house) as later:
        page = await sign_in(later)
        assert page.status == 403
        assert "another account" in page.text("[role=alert]")


async def test_who_is_invited_and_signs_in_there_is_in_and_needs_no_password(
    house: House, provider: IdentityProvider, ina: Person
) -> None:
    fields = {"name": "Kim", "login": "kim", "address": "kim@vandalen.example"}
    await ina.post("/console/admin/people", **fields, **{"role.service": "1"})
    assert "Van Dalen ID" not in (await ina.get("/console/account")).body
    provider.person = {"sub": "9", "email": "kim@vandalen.example", "email_verified": True}
    async with person(house) as kim:
        await sign_in(kim)
        said = (await kim.get("/console/account")).text("section:has([name=current]) p")
        assert said.startswith("You sign in with Van Dalen ID. Whoever never chose a password")
    row = (await ina.get("/console/admin/people?words=kim")).text("tbody tr")
    assert (row.endswith("signed in"), "invited" in row) == (True, False)


async def test_who_left_is_not_let_in(house: House, guest: Person) -> None:
    assert (await sign_in(guest)).path == "/console"
    await house.write(lambda c: c.execute(update(agents).values(active=False)))
    assert (await sign_in(guest)).status == 403
    assert not await is_in(guest)


@pytest.mark.parametrize(
    "lie",
    [
        lambda claims: claims | {"aud": "other"},
        lambda claims: claims | {"nonce": "another"},
        lambda claims: claims | {"exp": int(time.time()) - 3600},
        lambda claims: claims | {"iss": "https://evil.example"},
        lambda claims: jwt.encode(claims, "", algorithm="none"),
        lambda claims: jwt.encode(claims, new_key(), algorithm="RS256", headers={"kid": "first"}),
    ],
)
async def test_a_token_that_proves_nothing_lets_nobody_in(
    house: House, provider: IdentityProvider, guest: Person, lie: Any
) -> None:
    provider.lie = lie
    page = await sign_in(guest)
    assert (page.status, await is_in(guest)) == (400, False)
    assert page.text("[role=alert]") == "You were not signed in there. Try again."


async def test_what_comes_back_serves_once_in_the_browser_that_began(
    house: House, provider: IdentityProvider, guest: Person
) -> None:
    trip = await to_provider(guest)
    async with person(house) as victim:
        assert (await victim.get(trip.but())).status == 400, "another browser: login CSRF"
        await to_provider(victim)
        assert (await victim.get(trip.but())).status == 400, "with a sign-in of its own"
        assert not await is_in(victim)
    kept = {one.key: one.value for one in guest.http.cookie_jar}
    assert (await guest.get(trip.but())).path == "/console"
    await guest.post("/console/sign-out")
    guest.http.cookie_jar.clear()
    guest.http.cookie_jar.update_cookies(kept)
    tokens = provider.asked.count("token")
    page = await guest.get(trip.but())
    assert (page.status, await is_in(guest)) == (400, False)
    assert "used before" in page.text("[role=alert]")
    assert provider.asked.count("token") == tokens, "the provider was not even asked"


async def test_a_changed_answer_lets_nobody_in(house: House, guest: Person) -> None:
    for changes in (
        {"state": "another"},
        {"code": "made up"},
        {"code": ""},
        {"iss": "https://evil.example"},
        {"error": "access_denied"},
    ):
        trip = await to_provider(guest)
        assert (await guest.get(trip.but(**changes))).status == 400, changes
    assert (await guest.get(BACK)).status == 400
    guest.http.cookie_jar.update_cookies({"loket_oidc": "a:99999999999:.made-up"})
    assert (await guest.get(f"{BACK}?state=&code=x")).status == 400
    assert not await is_in(guest)


async def test_nobody_floods_the_provider_through_us(house: House, guest: Person) -> None:
    for _ in range(20):
        assert (await guest.get(BACK)).status == 400
    page = await guest.get(BACK)
    assert page.status == 429
    assert "Too many tries" in page.text("[role=alert]")


@pytest.mark.parametrize("after", ["https://evil.example/console/x", "//evil.example", "/other"])
async def test_it_leads_to_the_console_only(house: House, guest: Person, after: str) -> None:
    trip = await to_provider(guest, after)
    async with guest.http.get(guest.origin + trip.but(), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/console")


async def test_the_session_is_a_new_one(house: House, guest: Person) -> None:
    """Whatever cookie was planted in the browser before is worth nothing afterwards."""
    guest.http.cookie_jar.update_cookies({"loket_session": "planted"}, URL(guest.origin))
    await sign_in(guest)
    [mine] = [one for one in guest.http.cookie_jar if one.key == "loket_session"]
    assert mine.value != "planted"
    assert (mine["httponly"], mine["samesite"]) == (True, "Lax")
    assert len(await house.rows(sessions)) == 1
    async with person(house) as planter:
        planter.http.cookie_jar.update_cookies({"loket_session": "planted"})
        assert not await is_in(planter)


async def test_our_second_step_is_asked_for_as_well(house: House, guest: Person) -> None:
    everyone = {"who": "everyone"}
    await house.write(lambda c: choices.keep(c, "second_factor", everyone, by="test"))
    assert (await sign_in(guest)).path == "/console/sign-in/code"
    assert not await is_in(guest)


async def test_a_password_serves_beside_it(house: House, guest: Person) -> None:
    assert (await guest.sign_in(LOGIN)).path == "/console"


async def test_where_only_the_provider_counts_no_password_opens_anything(
    provider: IdentityProvider, sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        opened(provider, sqlite_url, tmp_path, only=True, second_step=False) as house,
        person(house) as ina,
    ):
        await house.hire(LOGIN, "Anna de Wit", administrator=True)
        page = await ina.get("/console/sign-in")
        assert not page.has("input[name=password]")
        refused = await ina.sign_in(LOGIN, PASSWORD)
        assert (refused.status, await is_in(ina)) == (403, False)
        everyone = {"who": "everyone"}
        await house.write(lambda c: choices.keep(c, "second_factor", everyone, by="test"))
        page = await sign_in(ina)
        assert page.path == "/console"
        ina.token = page.value("input[name=form_token]")
        fields = {"name": "Kim", "login": "kim", "address": "kim@vandalen.example"}
        page = await ina.post("/console/admin/people", **fields, **{"role.service": "1"})
        assert "told by mail how to sign in" in page.text("[role=status]")
        [mail] = house.passed_on
        assert f"account at Van Dalen ID:\n{house.origin}/console\n" in mail.interaction.text
        kept = await house.database.read(lambda c: find_by_login(c, "kim"))
        assert kept is not None
        token = await house.write(lambda c: invitations.invite(c, kept[0].id, "kim@x", by="test"))
        async with person(house) as kim:
            page = await kim.post(f"/console/welcome/{token}", password=PASSWORD, again=PASSWORD)
            assert (page.path, await is_in(kim)) == ("/console/sign-in", False)
        assert await house.database.read(lambda c: find_by_login(c, "kim")) == kept
        provider.person = {"sub": "9", "email": "kim@vandalen.example", "email_verified": True}
        async with person(house) as kim:
            assert (await sign_in(kim)).path == "/console"


async def test_an_administrator_says_by_which_address_somebody_is_known(
    house: House, provider: IdentityProvider, ina: Person, guest: Person
) -> None:
    bob = await house.hire("bob", "Bob Kramer")
    path = f"/console/admin/people/{bob}"
    page = await ina.post(f"{path}/identity", address="Bob@VanDalen.example")
    assert page.value("form[action$='/identity'] input[name=address]") == "bob@vandalen.example"
    provider.person = {"sub": "8", "email": "bob@vandalen.example", "email_verified": True}
    assert (await sign_in(guest)).path == "/console"
    assert (await house.database.read(lambda c: identities.of(c, bob))).linked
    other = await house.hire("carl", "Carl")
    page = await ina.post(f"/console/admin/people/{other}/identity", address="bob@vandalen.example")
    assert page.status == 409
    assert (await ina.post(f"{path}/identity", address="no address")).status == 422
    assert (await ina.post(f"{path}/identity", address="")).status == 200
    assert not (await house.database.read(lambda c: identities.of(c, bob))).linked


async def test_a_provider_that_is_away_or_changed_is_said_in_words(
    house: House, provider: IdentityProvider, guest: Person
) -> None:
    trip = await to_provider(guest)
    provider.key, provider.kid = new_key(), "second"
    assert (await guest.get(trip.but())).path == "/console", "keys are replaced"
    provider.document = {"token_endpoint": "http://10.0.0.1/token"}
    async with house_of(house) as fresh, person(fresh) as other:
        page = await other.get(BEGIN)
        assert page.status == 503
        assert page.value("a.button-main[autofocus]", "href") == BEGIN
        assert "does not answer as it should" in page.text("[role=alert]")
        asked = provider.asked.count("discovery")
        assert (await other.get(BEGIN)).status == 503
        assert provider.asked.count("discovery") == asked, "nobody asks again at once"


def house_of(house: House) -> Any:
    """Another process of the same Loket."""
    return open_house(house.store_url, house.folder, settings=house.settings)


@pytest.mark.parametrize("kind", ["by_form", "thin"])
async def test_providers_differ(
    house: House, provider: IdentityProvider, guest: Person, kind: str
) -> None:
    """How they take our secret, and where they tell the address."""
    setattr(provider, kind, True)
    assert (await sign_in(guest)).path == "/console"
