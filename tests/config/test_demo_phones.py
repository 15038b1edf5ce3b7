"""The sandbox's phones: what a customer sees and does there, and what is said when it fails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from config.demo.addresses import MOBILE, PHONE
from demo_house import House, open_house
from servers.process import free_port
from waiting import eventually

NUMBER = "+31612345678"
PAGE = "/demo/phone?number=%2B31612345678"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, free_port()) as opened:
        # Nothing of the tests may reach a demo that runs on this machine.
        number = opened.demo.phones.cloud.account.numbers[MOBILE]
        number.sms_url = f"http://127.0.0.1:{free_port()}/messaging/twilio/message"
        yield opened


async def post(house: House, data: object) -> tuple[int, str]:
    async with house.client.post("/demo/phone", data=data, allow_redirects=False) as response:
        return response.status, await response.text()


async def test_the_phones_of_customers_are_there_and_any_other_number_can_be_typed(
    house: House,
) -> None:
    assert "Sanne de Vries" in await house.text("/demo/phone")
    assert "+31612345678" in await house.text("/demo/phone?number=06-1234+5678")
    async with house.client.get("/demo/phone?number=tomorrow") as response:
        assert response.status == 422
        assert "This is not a phone number." in await response.text()


async def test_loket_away_is_said_and_the_message_stays_on_the_phone(house: House) -> None:
    form = {"number": NUMBER, "channel": "sms", "text": "Hello?"}
    status, page = await post(house, form)
    assert status == 422
    assert "Loket did not take the message." in page
    assert "no answer" in page
    assert "Hello?" in await house.text(PAGE)


async def test_an_empty_message_is_refused(house: House) -> None:
    status, page = await post(house, {"number": NUMBER, "channel": "sms", "text": " "})
    assert (status, "Write something first." in page) == (422, True)
    assert (await post(house, {"number": NUMBER, "channel": "fax", "text": "x"}))[0] == 400


async def test_a_file_is_given_as_bytes_and_never_by_its_type(house: House) -> None:
    form = FormData({"number": NUMBER, "channel": "whatsapp", "text": ""})
    form.add_field("file", b"<script>1</script>", filename="a.html", content_type="text/html")
    await post(house, form)
    [file] = house.demo.phones.cloud.of(NUMBER)[0].files
    async with house.client.get(f"/demo/phone/files/{file.sid}?name=a.html") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")
    async with house.client.get(f"/demo/phone/files/ME{'0' * 32}") as response:
        assert response.status == 404


async def test_what_was_said_outlives_a_restart(house: House, tmp_path: Path) -> None:
    await post(house, {"number": NUMBER, "channel": "sms", "text": "Remember me"})
    async with open_house(tmp_path, free_port()) as again:
        assert "Remember me" in await again.text(PAGE)


@pytest.mark.parametrize(("button", "became"), [("ring-out", "no-answer"), ("hang-up", "busy")])
async def test_a_phone_that_rings_is_not_answered_or_is_busy(
    house: House, button: str, became: str
) -> None:
    calls, outside = house.demo.phones.calls, "+31655555555"
    calls.pick_up = 0
    call = calls.create(outside, PHONE, f"http://127.0.0.1:{free_port()}/", "")
    await eventually(lambda: call.rings)
    page = await house.text("/demo/phone?number=%2B31655555555")
    assert "Your phone rings." in page
    assert page.index(outside) < page.index("Sanne de Vries")
    async with house.client.post(f"/demo/phone/{button}", data={"number": outside}) as response:
        assert response.status == 200
        assert "The call is over." in await response.text()
    assert call.status == became


async def test_a_customer_who_is_put_through_sees_where_it_rings(house: House) -> None:
    calls = house.demo.phones.calls
    calls.pick_up = 0
    call = calls.create(NUMBER, PHONE, f"http://127.0.0.1:{free_port()}/", "")
    await eventually(lambda: call.rings)
    call.status, call.dials = "in-progress", "+31655555555"
    page = await house.text(PAGE)
    assert "It rings at +31655555555." in page
    assert 'href="/demo/phone?number=%2B31655555555#call"' in page
