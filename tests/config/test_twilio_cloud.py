"""What stands in for Twilio's cloud refuses what Twilio refuses, and tells what Twilio tells."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from aiohttp.test_utils import TestServer
from twilio.request_validator import RequestValidator

from config.demo.twilio.cloud import Fate
from twilio_cloud import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OURS,
    TEMPLATE_SID,
    CloudServer,
    running_cloud,
)

THEIRS = "+31612345678"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
GOOD = {"To": THEIRS, "From": OURS, "Body": "Hi"}


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[CloudServer]:
    async with running_cloud(tmp_path) as server:
        yield server


async def create(
    cloud: CloudServer, form: dict[str, str], password: str = AUTH_TOKEN
) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": encode_basic_auth(ACCOUNT_SID, password)}
    async with (
        ClientSession(headers=headers) as http,
        http.post(cloud.url + MESSAGES, data=form) as response,
    ):
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"To": ""}, 400, 21604),
        ({"From": ""}, 400, 21603),
        ({"To": "0612345678"}, 400, 21211),
        ({"To": "+15005550009"}, 400, 21614),
        ({"To": OURS}, 400, 21266),
        ({"From": "+31200000000"}, 400, 21606),
        ({"To": f"whatsapp:{THEIRS}"}, 400, 21606),
        ({"From": "whatsapp:+31200000000", "To": f"whatsapp:{THEIRS}"}, 400, 63007),
        ({"Body": ""}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
        ({"StatusCallback": "here"}, 400, 21609),
        ({"MediaUrl": "ftp://example.org/x"}, 400, 21620),
        ({"ContentSid": "HX" + "9" * 32}, 404, 20404),
        ({"ContentSid": TEMPLATE_SID, "ContentVariables": "{"}, 400, 21656),
        ({"ContentSid": TEMPLATE_SID, "ContentVariables": '{"1": "Jan"}'}, 400, 21656),
    ],
)
async def test_refusals(
    cloud: CloudServer, changes: dict[str, str], status: int, code: int
) -> None:
    found, body = await create(cloud, GOOD | changes)
    assert (found, body["code"], body["status"]) == (status, code, status)
    assert set(body) == {"code", "message", "more_info", "status"}
    assert not cloud.cloud.messages


async def test_nobody_gets_in_without_the_token(cloud: CloudServer) -> None:
    status, body = await create(cloud, GOOD, password="another")
    assert (status, body["code"]) == (401, 20003)


async def test_each_state_is_told_by_a_signed_webhook(cloud: CloudServer) -> None:
    told: list[tuple[str, str, bool]] = []

    async def hear(request: web.Request) -> web.Response:
        form = dict(await request.post())
        signature = request.headers["X-Twilio-Signature"]
        url = str(request.url)
        signed = RequestValidator(AUTH_TOKEN).validate(url, form, signature)
        told.append((str(form["MessageStatus"]), str(form.get("ErrorCode", "")), signed))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/status", hear)
    cloud.cloud.fate = lambda _message: Fate(("sent", "undelivered"), 30005)
    async with TestServer(app, host="127.0.0.1") as server:
        callback = str(server.make_url("/status?interaction=1"))
        status, body = await create(cloud, GOOD | {"StatusCallback": callback})
        await cloud.cloud.settled()
    assert (status, body["status"], body["direction"]) == (201, "queued", "outbound-api")
    assert told == [("sent", "", True), ("undelivered", "30005", True)]


async def test_free_text_outside_whatsapps_day_is_taken_and_fails(cloud: CloudServer) -> None:
    whatsapp = {"To": f"whatsapp:{THEIRS}", "From": f"whatsapp:{OURS}"}
    status, body = await create(cloud, GOOD | whatsapp)
    await cloud.cloud.settled()
    message = cloud.cloud.messages[body["sid"]]
    assert (status, message.status, message.error_code) == (201, "failed", 63016)


async def test_stop_blocks_until_start(cloud: CloudServer) -> None:
    await cloud.cloud.text(THEIRS, OURS, "stop")
    assert (await create(cloud, GOOD))[1]["code"] == 21610
    await cloud.cloud.text(THEIRS, OURS, "Start")
    assert (await create(cloud, GOOD))[0] == 201
