"""Only what Twilio signed comes in, whatever a forger tries, and never as an error of ours."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
from aiohttp import ClientSession, web
from pydantic import ValidationError
from twilio.request_validator import RequestValidator

from connectors.shared.twilio.settings import TwilioSettings
from connectors.shared.twilio.webhook import SIGNATURE, Guard, Webhook
from hub.http import build_app
from hub.http_server import HttpServer
from hub.metrics import Metrics
from hub.settings import HttpSettings

TOKEN = "the token of the tests"
SIGNER = RequestValidator(TOKEN)
PUBLIC = "https://loket.example.org/through/proxy"
FORM = {"MessageSid": "SM1", "From": "+31612345678", "Body": "Hello", "AccountSid": "AC" + "0" * 32}


class Door:
    """A guarded door on a real server; `taken` is what came through."""

    def __init__(self) -> None:
        self.taken: list[Webhook] = []
        self.metrics = Metrics()

    async def start(self, http: ClientSession, **settings: Any) -> None:
        account = TwilioSettings(account_sid="AC" + "0" * 32, auth_token=TOKEN, **settings)
        guard = Guard(account, PUBLIC, self.metrics, channel="sms")
        route = guard.route("/hook", self.take, needs=("MessageSid", "From", "Body"))
        self.http, settings_ = http, HttpSettings(port=0)
        self.server = HttpServer(
            settings_,
            lambda: build_app(
                settings_, [route], metrics=self.metrics, readiness=_ready, refresh=_nothing
            ),
        )
        await self.server.start()

    async def take(self, webhook: Webhook) -> web.StreamResponse:
        self.taken.append(webhook)
        return web.Response(text="taken")

    async def post(
        self,
        data: Any,
        signature: str | None,
        *,
        path: str = "/hook",
        content_type: str = "application/x-www-form-urlencoded",
    ) -> tuple[int, dict[str, Any]]:
        headers = {} if signature is None else {SIGNATURE: signature}
        if isinstance(data, bytes):
            headers["Content-Type"] = content_type
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with self.http.post(url, data=data, headers=headers) as response:
            text = await response.text()
            return response.status, {} if text == "taken" else json.loads(text)

    @property
    def forged(self) -> float:
        labels = {"channel": "sms", "code": "forged"}
        return self.metrics.registry.get_sample_value("loket_refused_total", labels) or 0


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    one = Door()
    async with ClientSession() as http:
        await one.start(http)
        yield one
        await one.server.stop()


def signed(form: dict[str, str], path: str = "/hook") -> str:
    return str(SIGNER.compute_signature(PUBLIC + path, form))


@pytest.mark.parametrize("path", ["/hook", "/hook?a=1&b=%2B"])
async def test_what_twilio_signed_for_the_public_address_comes_in(door: Door, path: str) -> None:
    form = FORM | {"Body": "Ééń 😀 + & = %", "NewParameter": ""}
    assert (await door.post(form, signed(form, path), path=path))[0] == 200
    assert dict(door.taken[0]) == form


async def test_a_port_in_the_signed_address_does_not_matter(door: Door) -> None:
    address = PUBLIC.replace("loket.example.org", "loket.example.org:443") + "/hook"
    assert (await door.post(FORM, SIGNER.compute_signature(address, FORM)))[0] == 200


GOOD = signed(FORM)


@pytest.mark.parametrize(
    "signature",
    [None, "", " ", "0", GOOD[:-1], GOOD[:10], GOOD + GOOD, GOOD.lower(), "é" * 28, "A" * 28],
)
async def test_another_signature_is_refused_and_counted(door: Door, signature: str | None) -> None:
    status, body = await door.post(FORM, signature)
    assert (status, body.get("code"), door.forged, door.taken) == (403, "forged", 1, [])


EMPTY = RequestValidator("")


@pytest.mark.parametrize(
    ("form", "signature"),
    [
        (FORM, EMPTY.compute_signature(PUBLIC + "/hook", FORM)),
        (FORM | {"Body": "Hello!"}, GOOD),
        # What is signed has no boundaries.
        ({k: v for k, v in FORM.items() if k != "Body"} | {"BodyH": "ello"}, GOOD),
        ({"AccountSid": FORM["AccountSid"] + "BodyHelloFrom+31612345678MessageSidSM1"}, GOOD),
        (FORM, SIGNER.compute_signature("http://127.0.0.1/hook", FORM)),
    ],
    ids=["empty token", "other body", "boundary in a name", "all in one", "inside address"],
)
async def test_forgeries(door: Door, form: dict[str, str], signature: str) -> None:
    assert (await door.post(form, signature))[0] == 403
    assert (door.forged, door.taken) == (1, [])


@pytest.mark.parametrize(
    "body",
    [b"Body=Hello&Body=Hello&From=%2B31612345678&MessageSid=SM1", b"\xff=\xfe", b"", b"a&b&c"],
)
async def test_odd_forms_are_refused(door: Door, body: bytes) -> None:
    assert (await door.post(body, GOOD))[0] == 403


async def test_a_json_body_is_held_by_its_hash(door: Door) -> None:
    body = b'{"EventType": "onMessageAdded"}'
    path = f"/hook?bodySHA256={sha256(body).hexdigest()}"
    signature = SIGNER.compute_signature(PUBLIC + path, {})
    kind = "application/json"
    changed = body.replace(b"Added", b"Ended")
    assert (await door.post(changed, signature, path=path, content_type=kind))[0] == 403
    unhashed = SIGNER.compute_signature(PUBLIC + "/hook", {})
    assert (await door.post(body, unhashed, content_type=kind))[0] == 403
    # The guard lets it in, and this door then misses what it needs.
    status, problem = await door.post(body, signature, path=path, content_type=kind)
    assert (status, problem["detail"]) == (400, "MessageSid is missing.")


async def test_what_is_signed_and_not_whole_names_its_field(door: Door) -> None:
    form = {"MessageSid": "SM1", "From": "+31612345678"}
    status, problem = await door.post(form, signed(form))
    assert (status, problem["detail"], door.forged) == (400, "Body is missing.", 0)
    other = FORM | {"AccountSid": "AC" + "1" * 32}
    status, problem = await door.post(other, signed(other))
    assert (status, problem["detail"]) == (400, "AccountSid is another account's.")


async def test_a_flood_is_told_to_come_again_and_forgers_do_not_use_it_up() -> None:
    flooded = Door()
    async with ClientSession() as http:
        await flooded.start(http, webhooks_per_minute=2)
        for _ in range(5):
            assert (await flooded.post(FORM, "A" * 28))[0] == 403
        found = [(await flooded.post(FORM, GOOD))[0] for _ in range(3)]
        await flooded.server.stop()
    assert found == [200, 200, 429]


@pytest.mark.parametrize(
    "changes",
    [
        {"auth_token": ""},
        {"auth_token": "   "},
        {"account_sid": "AC1"},
        {"api_key": "SK" + "0" * 32},
        {"api_key": "x", "api_secret": "y"},
        {"public_url": "loket.example.org"},
    ],
)
def test_settings_that_could_not_work_are_refused(changes: dict[str, str]) -> None:
    values = {"account_sid": "AC" + "0" * 32, "auth_token": TOKEN}
    with pytest.raises(ValidationError):
        TwilioSettings.model_validate(values | changes)
