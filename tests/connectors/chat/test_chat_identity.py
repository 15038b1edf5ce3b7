"""A website vouches for its users; nobody else can be one, and they find their chat anywhere."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import ValidationError

from chat_house import PAGE_ORIGIN, SITE, House, Visitor, open_house, settings
from connectors.chat.visitor import proof_of, user_id
from hub.store.tables import contact_points, conversations, customers

SECRET = "what only the site's server and Loket know"
ADA = {"id": "ada@shop", "hash": proof_of(SECRET, "ada@shop")}
SITES: dict[str, Any] = {SITE: {"origins": [PAGE_ORIGIN], "identity_secret": SECRET}}


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, sites=SITES) as house:
        yield house


async def test_a_user_finds_the_chat_again_on_another_device(
    house: House, http: ClientSession
) -> None:
    phone, desk = (Visitor(http, house.origin) for _ in range(2))
    await phone.begin(user=ADA)
    await phone.connect()
    await phone.say("Where are my beans?", name="Ada")
    await phone.hears("Where are my beans?")
    assert [line["text"] for line in (await desk.begin(user=ADA))["history"]] == [
        "Where are my beans?"
    ]
    [point] = await house.rows(contact_points)
    assert (point.value, point.verified) == (user_id(SITE, "ada@shop"), True)
    assert [(c.kind, c.name) for c in await house.rows(customers)] == [("person", "Ada")]


async def test_what_was_said_before_signing_in_goes_along(
    house: House, http: ClientSession
) -> None:
    regular, visitor = (Visitor(http, house.origin) for _ in range(2))
    await regular.begin(user=ADA)
    await regular.connect()
    await regular.say("an earlier matter")
    await regular.hears("an earlier matter")
    await visitor.arrive()
    await visitor.say("a new matter")
    anonymous = visitor.session
    session = await visitor.begin(anonymous["token"], user=ADA)
    assert [line["text"] for line in session["history"]] == ["a new matter"]
    await visitor.connect()
    await visitor.say("and more")
    await house.answer("to the user", to=anonymous["visitor"])
    await visitor.hears("to the user")
    of = {row.customer_id for row in await house.rows(conversations)}
    points = {row.customer_id for row in await house.rows(contact_points)}
    assert len(of) == len(points) == 1
    # Whoever is at that browser next, and is somebody else, gets nothing of it.
    eve = {"id": "eve", "hash": proof_of(SECRET, "eve")}
    assert (await visitor.begin(session["token"], user=eve))["history"] == []


@pytest.mark.parametrize(
    "claim",
    [
        ADA | {"id": "eve"},
        ADA | {"hash": ""},
        ADA | {"hash": proof_of("another secret", "ada@shop")},
        ADA | {"hash": "é"},
    ],
)
async def test_nobody_else_can_be_a_user(
    house: House, http: ClientSession, claim: dict[str, str]
) -> None:
    url = f"{house.origin}/chat/sessions?site={SITE}"
    headers = {"Origin": PAGE_ORIGIN}
    async with http.post(url, json={"user": claim}, headers=headers) as response:
        assert response.status == 403
        assert (await response.json())["code"] == "identity"
        assert response.headers["Access-Control-Allow-Origin"] == PAGE_ORIGIN


async def test_a_site_without_a_secret_vouches_for_nobody(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path) as house:
        claim = {"id": "ada", "hash": proof_of("", "ada")}
        url = f"{house.origin}/chat/sessions?site={SITE}"
        async with http.post(url, json={"user": claim}, headers={"Origin": PAGE_ORIGIN}) as answer:
            assert answer.status == 403
    with pytest.raises(ValidationError, match="32 characters"):
        settings(sites={SITE: {"identity_secret": "short"}})
