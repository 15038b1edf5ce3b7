"""`loket check` says what is wrong with SMS and WhatsApp, and what to do."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.demo.twilio.account import Number
from hub.connector import Finding
from messaging_house import House, open_house
from twilio_cloud import OURS, TEMPLATE_SID, CloudServer, messaging_settings


async def found(house: House) -> dict[str, Finding]:
    return {finding.part: finding for finding in await house.connector.check()}


async def test_all_is_well(house: House) -> None:
    findings = await found(house)
    assert all(finding.ok for finding in findings.values()), findings
    assert set(findings) == {
        "messaging: webhooks",
        "messaging: Twilio",
        f"messaging: {OURS}",
        "messaging: template shipped",
    }


async def test_a_number_whose_messages_go_elsewhere(house: House) -> None:
    house.cloud.number.sms_url = "https://demo.twilio.com/welcome/sms/reply"
    finding = (await found(house))[f"messaging: {OURS}"]
    assert not finding.ok
    assert "demo.twilio.com" in finding.what
    assert f"{house.origin}/messaging/twilio/message" in finding.hint


async def test_a_wrong_token_a_strange_number_and_a_lost_template(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    wrong = {"twilio": cloud.settings(auth_token="another").model_dump()}
    async with open_house(sqlite_url, tmp_path, cloud, **wrong) as house:
        assert not (await found(house))["messaging: Twilio"].ok
    cloud.cloud.account.templates = {}
    cloud.cloud.account.numbers = {"+31200000000": Number("+31200000000")}
    async with open_house(sqlite_url, tmp_path, cloud) as house:
        findings = await found(house)
    assert findings[f"messaging: {OURS}"].what == "is not in this account"
    assert not findings["messaging: template shipped"].ok


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numbers": {"main": {"number": "0203080000"}}}, "with its country"),
        ({"numbers": {}}, "at least 1 item"),
        ({"numbers": {"a": {"number": OURS}, "b": {"number": OURS}}}, "two entries"),
        ({"numbers": {"a": {"number": OURS, "sms": False}}}, "neither sms nor whatsapp"),
        ({"region": "Holland"}, "two letters"),
        (
            {"templates": {"x": {"content_sid": TEMPLATE_SID, "title": "x", "text": "{{1}}"}}},
            "name each of",
        ),
        ({"templates": {"x": {"content_sid": "HX1", "title": "x", "text": "y"}}}, "content_sid"),
    ],
)
def test_settings_that_could_not_work_say_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        messaging_settings(**changes)
