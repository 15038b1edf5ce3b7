"""Signing in to the portal: one code, once, in one browser; and nothing told to strangers."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from hub import clock
from hub.store.tables import contact_points, portal_codes, portal_sessions
from portal_house import EVE, JAN, Browser, House, browser, code_in, link_in, open_house
from stores import count, rows


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(store_url, tmp_path) as house:
        yield house


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    async with browser(house) as one:
        yield one


async def mailed(house: House) -> str:
    await house.connector._sign_in.finish()
    return code_in(house.mails[-1])


async def test_a_code_is_good_once_and_proves_the_address(house: House, jan: Browser) -> None:
    assert await jan.ask() == "/portal/code"
    code = await mailed(house)
    [mail] = house.mails
    assert (mail.interaction.recipients[0].value, mail.token) == (JAN, "")
    assert mail.interaction.automatic == "generated"
    assert await jan.post("/portal/code", code=f"{code[:3]} {code[3:]}") == (303, "/portal")
    assert (await jan.get("/portal"))[0] == 200
    verified = {row.value: row.verified for row in await rows(house.database, contact_points)}
    assert verified == {JAN: True, EVE: False}
    assert (await jan.post("/portal/code", code=code))[0] != 303, "used up"
    assert await count(house.database, portal_codes) == 0


async def test_nobody_learns_who_is_a_customer(house: House, jan: Browser) -> None:
    assert await jan.ask("nobody@example.org") == await jan.ask(JAN)
    await mailed(house)
    assert len(house.mails) == 1
    assert (await jan.post("/portal/sign-in", address="no address"))[0] == 422


async def test_who_mistyped_their_address_sees_it(house: House, jan: Browser) -> None:
    await jan.ask("jam@example.org")
    assert "If we know the address jam@example.org" in (await jan.get("/portal/code"))[1]
    assert "jam@example.org" in (await jan.post("/portal/code", code="1"))[1]
    async with browser(house) as another:
        assert "jam@example.org" not in (await another.get("/portal/code"))[1]


async def test_wrong_codes_use_it_up(house: House, jan: Browser) -> None:
    await jan.ask()
    code = await mailed(house)
    for wrong in ("", "abc", "000000", "111111", "222222"):
        assert (await jan.post("/portal/code", code=wrong))[0] == (422 if wrong != code else 303)
    assert (await jan.post("/portal/code", code=code))[0] == 422


async def test_only_the_newest_in_the_browser_that_asked_and_not_for_long(
    house: House, jan: Browser
) -> None:
    await jan.ask()
    first = await mailed(house)
    await jan.ask()
    second = await mailed(house)
    if first != second:
        assert (await jan.post("/portal/code", code=first))[0] == 422
    async with browser(house) as other:
        await other.get("/portal/code")
        assert (await other.post("/portal/code", code=second))[0] == 422, "another browser"
    await jan.ask()
    last = await mailed(house)
    late = update(portal_codes).values(expires_at=clock.now() - timedelta(seconds=1))
    await house.database.write(lambda c: c.execute(late))
    assert (await jan.post("/portal/code", code=last))[0] == 422, "too late"


async def test_not_more_codes_than_a_person_asks_for(house: House, jan: Browser) -> None:
    await jan.get("/portal/sign-in")
    asks = [jan.post("/portal/sign-in", address=JAN) for _ in range(12)]
    assert set(await asyncio.gather(*asks)) == {(303, "/portal/code")}
    await mailed(house)
    assert len(house.mails) == 5
    for _ in range(8):
        aged = {"created_at": clock.now() - timedelta(hours=1)}
        await house.database.write(lambda c, aged=aged: c.execute(update(portal_codes), aged))
        for _ in range(5):
            await jan.ask()
    await mailed(house)
    assert len(house.mails) == 20, "in a day"


async def test_strangers_who_ask_for_codes_shut_nobody_out(house: House, jan: Browser) -> None:
    await jan.sign_in()
    await jan.post("/portal/sign-out")
    async with browser(house) as new, browser(house) as stranger:
        await new.ask()
        code = await mailed(house)
        for _ in range(6):
            await stranger.ask()
        assert await new.post("/portal/code", code=code) == (303, "/portal")
        for _ in range(6):
            await stranger.ask()
        await mailed(house)
        before = len(house.mails)
        await stranger.ask()
        assert len(house.mails) == before
        await jan.sign_in()


async def test_opening_the_link_signs_in_nobody_and_pressing_does_once(
    house: House, jan: Browser
) -> None:
    await jan.ask()
    await mailed(house)
    link = link_in(house.mails[-1])
    async with browser(house) as scanner:
        assert (await scanner.get(link))[0] == 200
        assert (await scanner.post(link))[0] == 422, "another browser"
    assert (await jan.get(link))[0] == 200
    assert (await jan.get("/portal"))[0] == 303, "nobody is signed in yet"
    await jan.get(link)
    assert await jan.post(link) == (303, "/portal")
    assert (await jan.post(link))[0] == 422


async def test_sessions_are_listed_and_ended(house: House, jan: Browser) -> None:
    await jan.sign_in()
    async with browser(house) as phone, browser(house) as eve:
        await phone.sign_in()
        await eve.sign_in(EVE)
        ids = {row.id for row in await rows(house.database, portal_sessions)}
        _, page = await jan.get("/portal/details")
        [of_phone] = [key for key in ids if f"/portal/sessions/{key}/end" in page]
        await eve.get("/portal")
        await eve.post(f"/portal/sessions/{of_phone}/end")
        assert (await phone.get("/portal"))[0] == 200, "not hers to end"
        await jan.post(f"/portal/sessions/{of_phone}/end")
        assert (await phone.get("/portal"))[0] == 303
    assert (await jan.post("/portal/sign-out"))[0] == 303
    assert (await jan.get("/portal"))[0] == 303


async def test_guests_and_forged_forms_get_nowhere(house: House, jan: Browser) -> None:
    await jan.sign_in()
    pages = [route for route in house.connector.routes() if route.path.startswith("/portal")]
    doors = [route for route in pages if "static" not in route.path]
    open_to_all = {"/portal/sign-in", "/portal/code", "/portal/link/{link}"}
    open_to_all |= {"/portal/sign-in/oidc", "/portal/sign-in/oidc/back"}
    async with browser(house) as guest:
        for door in doors:
            path = door.path.replace("{id}", "VK-1").replace("{link}", "x")
            if door.method == "POST":
                assert (await jan.post(path, form_token="forged"))[0] == 403, path
                assert (await jan.post(path, form_token=""))[0] == 403, path
            if door.path not in open_to_all:
                found = await (guest.get if door.method == "GET" else guest.post)(path)
                assert found[0] == 303, path
                assert found[1] in ("", "/portal/sign-in")
    headers = {"Origin": "https://evil.example"}
    form = {"form_token": jan.token}
    async with jan.http.post("/portal/sign-out", data=form, headers=headers) as answer:
        assert answer.status == 403
    assert (await jan.get("/portal"))[0] == 200


async def test_a_session_of_a_browser_is_no_key_to_the_api(house: House, jan: Browser) -> None:
    await jan.sign_in()
    base = "/api/portal/v1"  # its description says what there is, not what anybody has
    open_to_all = {base, f"{base}/openapi.json", f"{base}/reference.css"}
    doors = [route for route in house.connector.routes() if route.path.startswith(base)]
    for door in (one for one in doors if one.path not in open_to_all):
        path = re.sub(r"{\w+}", "VK-1", door.path)
        async with jan.http.request(door.method, path) as answer:
            assert answer.status == 401, path


async def test_too_many_tries_from_one_address(sqlite_url: str, tmp_path: Path) -> None:
    async with open_house(sqlite_url, tmp_path, asks_per_minute=5) as house, browser(house) as one:
        await one.get("/portal/code")
        tries = [one.post("/portal/code", code="1") for _ in range(8)]
        assert [status for status, _ in await asyncio.gather(*tries)].count(429) == 3
        second = House(sqlite_url, tmp_path)
        await second.start(asks_per_minute=5)
        try:
            async with browser(second) as other:
                await other.get("/portal/code")
                assert (await other.post("/portal/code", code="1"))[0] == 429, "another process"
        finally:
            await second.stop()


async def test_cookies_that_are_none_of_ours_are_no_fault(house: House, jan: Browser) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    cookies = b"loket_portal=\xff; loket_portal_browser=\xfe; loket_portal_language=\xfd"
    ends = b"\r\nConnection: close\r\n\r\n"
    writer.write(b"GET /portal/orders HTTP/1.1\r\nHost: x\r\nCookie: " + cookies + ends)
    assert b" 303 " in (await reader.read()).partition(b"\r\n")[0]
    writer.close()
