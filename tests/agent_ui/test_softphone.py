"""The phone in the browser: its token, and what the page may load where it is set up."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_ui.softphone import Softphone
from console_house import House, Person, open_house, person
from hub.store import agents

SDK = "https://static.vandalen.example/twilio.min.js"


def phone(sdk_url: str = SDK) -> Softphone:
    def address(agent_id: str) -> str:
        return f"client:{agent_id}"

    return Softphone(
        sdk_url,
        ("https://eventgw.twilio.com", "wss://voice.example.org"),
        address,
        lambda _login, own, agent_id: own or address(agent_id),
        lambda agent_id: f"token of {agent_id}",
        3600,
    )


@pytest.fixture
async def with_phone(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, softphone=phone()) as house:
        yield house


async def test_an_agent_gets_a_token_of_their_own(with_phone: House) -> None:
    agent_id = await with_phone.hire("anna", "Anna")
    async with person(with_phone) as anna:
        await anna.sign_in("anna")
        page = await anna.post("/console/phone/token")
        assert json.loads(page.body) == {"token": f"token of {agent_id}", "seconds": 3600}
        assert page.headers["Cache-Control"] == "no-store"


async def test_only_the_page_with_the_phone_may_load_it(with_phone: House) -> None:
    await with_phone.hire("anna", "Anna")
    async with person(with_phone) as anna:
        await anna.sign_in("anna")
        page = await anna.get("/console")
        policy = page.headers["Content-Security-Policy"]
        assert page.has(f"script[src='{SDK}']")
        assert f"script-src 'self' {SDK};" in policy
        assert "connect-src 'self' https://eventgw.twilio.com wss://voice.example.org;" in policy
        assert "media-src 'self' mediastream: https://eventgw.twilio.com;" in policy
        elsewhere = await anna.get("/console/me")
        assert "twilio" not in elsewhere.headers["Content-Security-Policy"]


async def test_without_it_nothing_is_loaded_and_there_is_no_token(
    house: House, anna: Person
) -> None:
    page = await anna.get("/console")
    assert "https" not in page.headers["Content-Security-Policy"]
    assert not page.has("#softphone")
    assert (await anna.post("/console/phone/token")).status == 404


async def test_an_agent_says_that_the_browser_rings(with_phone: House) -> None:
    agent_id = await with_phone.hire("anna", "Anna")
    async with person(with_phone) as anna:
        await anna.sign_in("anna")
        assert (await anna.get("/console")).has("[data-rings-here]"), "they gave no phone"
        await anna.post("/console/phone", phone="06 12345678")
        assert not (await anna.get("/console")).has("[data-rings-here]")
        page = await anna.post("/console/phone", phone="06 12345678", here="1")
        assert page.has("[data-rings-here]")
        assert page.value(".my-phone input[name=phone]") == ""
        own = await with_phone.database.read(lambda c: agents.phone_of(c, agent_id))
        assert own[1] == f"client:{agent_id}"
