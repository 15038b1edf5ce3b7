"""Each way in which a call of Twilio's API can go wrong says what it means for the message."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.errors import WORDS, in_words
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from twilio_cloud import OURS, CloudServer, running_cloud

THEIRS = "+31612345678"


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[CloudServer]:
    async with running_cloud(tmp_path) as server:
        yield server


async def send(cloud: CloudServer, to: str = THEIRS, **changes: object) -> str:
    api = TwilioApi(cloud.settings(**changes))
    try:
        create = api.client.messages.create_async
        return str((await api.do(create(to=to, from_=OURS, body="Hi"))).sid)
    finally:
        await api.stop()


async def test_it_calls_what_stands_in_for_the_cloud_with_our_credentials(
    cloud: CloudServer,
) -> None:
    sid = await send(cloud)
    assert cloud.cloud.messages[sid].body == "Hi"


@pytest.mark.parametrize(
    ("to", "code"), [("123", 21211), ("+15005550009", 21614), (OURS, 21266), ("", 21604)]
)
async def test_what_twilio_refuses_is_rejected_with_its_reason(
    cloud: CloudServer, to: str, code: int
) -> None:
    with pytest.raises(Rejected) as error:
        await send(cloud, to)
    assert error.value.code == f"twilio_{code}"
    assert f"(Twilio {code})" in error.value.detail


@pytest.mark.parametrize("trouble", ["drop", "stall", 500, 502, 504])
async def test_what_may_have_been_taken_is_in_doubt(cloud: CloudServer, trouble: str | int) -> None:
    cloud.troubles.append(trouble)
    with pytest.raises(Uncertain):
        await send(cloud, timeout=1)
    assert len(cloud.cloud.messages) == 1


async def test_what_was_surely_not_taken_is_tried_again(cloud: CloudServer) -> None:
    cloud.troubles += [503, 429]
    with pytest.raises(Retry):
        await send(cloud)
    with pytest.raises(Retry) as error:
        await send(cloud)
    assert error.value.after == 7
    with pytest.raises(Retry):
        await send(cloud, api_url="http://127.0.0.1:1")
    assert not cloud.cloud.messages


async def test_a_wrong_token_needs_a_person(cloud: CloudServer) -> None:
    with pytest.raises(Unavailable, match="auth_token"):
        await send(cloud, auth_token="another")


def test_errors_are_said_in_words() -> None:
    assert in_words(30003) == f"{WORDS[30003]} (Twilio 30003)"
    assert in_words(99999, "Something new") == "Something new (Twilio 99999)"
    assert in_words(0) == "Twilio gave no reason."
