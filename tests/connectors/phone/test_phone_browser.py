"""Agents who are called in the browser: who they are to Twilio, and that they are dialled so."""

from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from connectors.phone.browser import TOKEN_SECONDS, identity_of
from connectors.phone.settings import PhoneSettings
from hub import clock
from phone_house import open_house
from twilio_cloud import ACCOUNT_SID, KEY_SECRET, KEY_SID, OURS, CloudServer
from waiting import eventually

SDK = "https://static.vandalen.example/twilio.min.js"
APP = "AP" + "0123456789abcdef" * 2


def settings(**browser: Any) -> PhoneSettings:
    key = {"api_key": KEY_SID, "api_secret": KEY_SECRET}
    return PhoneSettings.model_validate(
        {
            "twilio": {"account_sid": ACCOUNT_SID, "auth_token": "x", **key},
            "numbers": {"main": {"number": OURS}},
            "browser": {"sdk_url": SDK, **browser},
        }
    )


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    said = jwt.decode(token, KEY_SECRET, algorithms=["HS256"])
    return jwt.get_unverified_header(token), said


def test_a_token_lets_one_agent_be_called_and_nothing_else() -> None:
    agent_id = clock.new_id()
    header, said = read(settings().browser_token(agent_id))
    assert header["cty"] == "twilio-fpa;v=1"
    assert (said["iss"], said["sub"]) == (KEY_SID, ACCOUNT_SID)
    assert said["exp"] - clock.now().timestamp() == pytest.approx(TOKEN_SECONDS, abs=60)
    identity = identity_of(agent_id)
    assert said["grants"] == {"identity": identity, "voice": {"incoming": {"allow": True}}}
    assert identity.replace("_", "").isalnum(), "Twilio takes nothing else"
    assert settings().phone_of("anna", "", agent_id) == f"client:{identity}"


def test_with_an_application_the_browser_may_call_by_it() -> None:
    _, said = read(settings(twiml_app=APP).browser_token(clock.new_id()))
    assert said["grants"]["voice"]["outgoing"] == {"application_sid": APP}


@pytest.mark.parametrize(
    "wrong",
    [
        {"sdk_url": "http://static.vandalen.example/twilio.min.js"},
        {"sdk_url": "https://static.vandalen.example/x.js; script-src *"},
        {"hosts": ["https://x.example; script-src *"]},
        {"twiml_app": "AC" + "0" * 32},
    ],
)
def test_what_would_open_the_page_to_others_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_without_a_key_of_the_api_no_token_can_be_made() -> None:
    values = settings().model_dump(exclude={"twilio": {"api_key", "api_secret"}})
    values["twilio"]["auth_token"] = "x"
    with pytest.raises(ValidationError, match="api_key"):
        PhoneSettings.model_validate(values)


async def test_an_agent_without_a_phone_is_called_in_the_browser(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    key = cloud.settings(api_key=KEY_SID, api_secret=KEY_SECRET).model_dump()
    async with open_house(sqlite_url, tmp_path, cloud, twilio=key, browser={"sdk_url": SDK}) as at:
        bob, call = await at.agent("bob"), await at.wait_in_line()
        await at.take(bob)
        await eventually(lambda: call.talking)
        [theirs] = at.cloud.calls.to(f"client:{identity_of(bob.id)}")
        assert (theirs.sender, theirs.problem) == (OURS, "")
        found = await at.connector.check()
        assert [one.ok for one in found if one.part == "phone: agents"] == [True]
