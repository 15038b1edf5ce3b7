"""The doors of the phone: who may knock, what is malformed, and what comes twice or late."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from config.demo.twilio.twiml import read
from connectors.phone import twiml
from connectors.shared.twilio.webhook import BODY_BYTES, SIGNATURE
from phone_house import ANNAS, THEIRS, House, open_house
from twilio_cloud import ACCOUNT_SID, AUTH_TOKEN, OURS, CloudServer
from waiting import eventually
from webhook_cases import CASES, Call, Door

FLOOD = 6
MENU = f"{twiml.MENU}?topics=bill,order&again=0"
FORM = {
    "AccountSid": ACCOUNT_SID,
    "CallSid": "CA1",
    "CallStatus": "in-progress",
    "From": THEIRS,
    "To": OURS,
    "Direction": "inbound",
    "Digits": "1",
}
_numbers = count(1)


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path, cloud: CloudServer) -> AsyncIterator[Door]:
    twilio = cloud.settings(webhooks_per_minute=FLOOD).model_dump()
    async with open_house(sqlite_url, tmp_path, cloud, twilio=twilio) as house:

        def signed(form: dict[str, str], **more: str) -> Call:
            proof = RequestValidator(AUTH_TOKEN).compute_signature(house.origin + MENU, form)
            headers = {SIGNATURE: proof, "Content-Type": "application/x-www-form-urlencoded"}
            return Call(urlencode(form).encode(), headers, **more)

        async def kept() -> int:
            return len(await house.received())

        yield Door(
            url=house.origin + MENU,
            signature=SIGNATURE,
            call=lambda: signed(FORM | {"CallSid": f"CA{next(_numbers)}"}),
            resign=lambda body: Call(body, signed({}).headers),
            malformed=lambda: signed(FORM | {"Digits": "x"}, field="Digits"),
            kept=kept,
            metrics=house.metrics,
            channel="phone",
            limit=BODY_BYTES,
            flood=FLOOD,
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_webhook(case: Callable[[Door], Awaitable[None]], door: Door) -> None:
    await case(door)


@pytest.mark.parametrize(
    ("path", "changes", "field"),
    [
        (twiml.CALL, {"To": "+31209999999"}, "To"),
        (twiml.STATUS, {"CallStatus": "sleeping"}, "CallStatus"),
        (f"{twiml.LEFT}?call=CA-unknown", {"CallSid": "CA-unknown"}, "call"),
        (f"{twiml.AGENT}?call=CA-unknown&turn=1", {}, "call"),
        (twiml.CALLBACK, {"CallSid": "CA-unknown"}, "CallSid"),
        (
            twiml.RECORDING,
            {
                "RecordingSid": "RE1",
                "RecordingUrl": "https://api.twilio.com/x",
                "RecordingStatus": "completed",
                "RecordingDuration": "long",
            },
            "RecordingDuration",
        ),
    ],
)
async def test_what_is_malformed_is_named(
    house: House, path: str, changes: dict[str, str], field: str
) -> None:
    status, body = await house.post(path, FORM | changes)
    assert (status, field in body) == (400, True), body


async def test_reports_that_come_twice_or_late_change_nothing(house: House) -> None:
    for _ in range(2):
        assert (await house.post(MENU, FORM))[0] == 200
    await eventually(house.item)
    agent = FORM | {"CallSid": "CA9", "CallStatus": "completed"}
    late = f"{twiml.AGENT_STATUS}?call=CA1&turn=7"
    assert (await house.post(late, agent))[0] == 204  # of a turn that never was
    assert (await house.call()).state == "waiting"
    for status in ("completed", "ringing", "completed", "in-progress"):
        assert (await house.post(twiml.STATUS, FORM | {"CallStatus": status}))[0] == 204
    await house.reaches("over")
    assert len(await house.received()) == 1
    assert [event["outcome"] for event in await house.events()] == ["missed"]
    document = (await house.post(f"{twiml.AGENT}?call=CA1&turn=0", agent))[1]
    assert [verb.name for verb in read(document.encode())] == ["Say", "Hangup"]


async def test_two_who_withhold_their_number_are_two(house: House) -> None:
    for sid in ("CA1", "CA2"):
        await house.post(MENU, FORM | {"CallSid": sid, "From": "+266696687"})
    one, two = await house.received()
    assert one.customer_id != two.customer_id
    [status, body] = await house.post(f"{twiml.WAIT}?call=CA1", FORM)
    assert (status, "sterretje" in body) == (200, False)


async def test_a_recording_is_fetched_from_twilio_alone(house: House) -> None:
    form = FORM | {
        "RecordingSid": "RE1",
        "RecordingUrl": "http://169.254.169.254/latest",
        "RecordingStatus": "completed",
        "RecordingDuration": "3",
    }
    path = f"{twiml.RECORDING}?topic=&{urlencode({'line': OURS, 'caller': THEIRS})}"
    for _ in range(2):
        assert (await house.post(path, form))[0] == 204
    [kept] = await eventually(house.received)
    assert "could not be fetched" in kept.problem
    assert kept.sender["value"] == THEIRS


async def test_the_check_says_what_the_number_does(house: House, cloud: CloudServer) -> None:
    assert all(finding.ok for finding in await house.connector.check())
    cloud.number.status_callback = ""
    [bad] = [finding for finding in await house.connector.check() if not finding.ok]
    assert "call status changes" in bad.hint.casefold()


async def test_an_answer_of_twilio_that_is_lost_rings_no_second_time(
    house: House, cloud: CloudServer
) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    cloud.troubles.append("drop")
    await house.take(anna)
    await eventually(lambda: call.talking)
    assert len(cloud.calls.to(ANNAS)) == 1
