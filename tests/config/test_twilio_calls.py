"""What stands in for Twilio's cloud refuses of calls, conferences and recordings what Twilio does,
and tells of a conference what Twilio tells."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from aiohttp.test_utils import BaseTestServer, TestServer

from twilio_cloud import ACCOUNT_SID, AUTH_TOKEN, OURS, CloudServer, running_cloud
from waiting import eventually

THEIRS, OTHERS = "+31612345678", "+31687654321"
ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
UNKNOWN = "CF" + "0" * 32


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[CloudServer]:
    async with running_cloud(tmp_path) as server:
        yield server


@pytest.fixture
async def told() -> list[dict[str, str]]:
    return []


@pytest.fixture
async def ours(told: list[dict[str, str]]) -> AsyncIterator[BaseTestServer]:
    """Our side: every call goes into one conference, and what is told of it is kept."""

    async def join(request: web.Request) -> web.Response:
        callback = request.url.with_path("/told").with_query({})
        document = f"""<Response><Dial><Conference waitUrl="" statusCallback="{callback}"
            statusCallbackEvent="start end join leave mute hold">a</Conference></Dial></Response>"""
        return web.Response(text=document, content_type="text/xml")

    async def hear(request: web.Request) -> web.Response:
        told.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=204)

    async def dial(request: web.Request) -> web.Response:
        callback, action = (request.url.with_path(at).with_query({}) for at in ("/told", "/hear"))
        document = f"""<Response><Dial action="{action}" callerId="{OURS}" timeout="1"><Number
            statusCallback="{callback}" statusCallbackEvent="answered completed"
            >{request.query["to"]}</Number></Dial></Response>"""
        return web.Response(text=document, content_type="text/xml")

    async def hear_and_go(request: web.Request) -> web.Response:
        await hear(request)
        return web.Response(text="<Response><Hangup/></Response>", content_type="text/xml")

    app = web.Application()
    app.router.add_post("/join", join)
    app.router.add_post("/dial", dial)
    app.router.add_post("/hear", hear_and_go)
    app.router.add_post("/told", hear)
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


async def post(cloud: CloudServer, path: str, **form: str) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}
    url = f"{cloud.url}{ACCOUNT}/{path}.json"
    async with ClientSession(headers=headers) as http, http.post(url, data=form) as response:
        return response.status, await response.json()


async def call(cloud: CloudServer, ours: TestServer, to: str, does: str = "/join") -> str:
    status, body = await post(cloud, "Calls", To=to, From=OURS, Url=str(ours.make_url(does)))
    assert status == 201, body
    return str(body["sid"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": "0612345678"}, 21211),
        ({"To": "client:"}, 21211),
        ({"From": THEIRS}, 21210),
        ({"Url": "here"}, 21205),
        ({"StatusCallback": "here"}, 21609),
        ({"Timeout": "601"}, 20001),
    ],
)
async def test_calls_that_are_refused(
    cloud: CloudServer, changes: dict[str, str], code: int
) -> None:
    good = {"To": THEIRS, "From": OURS, "Url": "http://127.0.0.1:1/"}
    status, body = await post(cloud, "Calls", **(good | changes))
    assert (status, body["code"]) == (400, code)


async def test_a_participant_is_changed_while_they_are_there(
    cloud: CloudServer, ours: TestServer, told: list[dict[str, str]]
) -> None:
    one, two = await call(cloud, ours, THEIRS), await call(cloud, ours, OTHERS)
    await eventually(lambda: cloud.calls.by_sid[two].talking)
    [conference] = cloud.calls.conferences("a", "in-progress")
    path = f"Conferences/{conference.sid}/Participants/{one}"
    status, body = await post(cloud, path, Muted="true", Hold="true")
    assert (status, body["muted"], body["hold"]) == (200, True, True)
    await eventually(lambda: cloud.calls.by_sid[one].held)
    assert (await post(cloud, path, HoldUrl="here"))[1]["code"] == 20001
    gone = f"Conferences/{conference.sid}/Participants/CA{'0' * 32}"
    for unknown in (gone, f"Conferences/{UNKNOWN}/Participants/{one}"):
        status, body = await post(cloud, unknown, Muted="true")
        assert (status, body["code"]) == (404, 20404)
    await cloud.calls.hang_up(cloud.calls.by_sid[one])
    assert (await post(cloud, path, Muted="false"))[0] == 404
    await eventually(lambda: len(told) == 6)
    in_order = sorted(told, key=lambda event: int(event["SequenceNumber"]))
    assert [event["StatusCallbackEvent"] for event in in_order] == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-mute",
        "participant-hold",
        "participant-leave",
    ]
    assert {event["FriendlyName"] for event in told} == {"a"}


async def test_only_what_goes_on_is_recorded_and_once(cloud: CloudServer, ours: TestServer) -> None:
    sid = await call(cloud, ours, THEIRS)
    await eventually(lambda: cloud.calls.by_sid[sid].waiting)
    paused = f"Calls/{sid}/Recordings/Twilio.CURRENT"
    assert (await post(cloud, paused, Status="paused"))[0] == 404
    assert (await post(cloud, f"Calls/{sid}/Recordings"))[0] == 201
    assert (await post(cloud, f"Calls/{sid}/Recordings"))[1]["code"] == 21220
    assert (await post(cloud, paused, Status="paused"))[1]["status"] == "paused"
    assert (await post(cloud, paused, Status="asleep"))[1]["code"] == 20001
    await cloud.calls.hang_up(cloud.calls.by_sid[sid])
    assert (await post(cloud, f"Calls/{sid}/Recordings"))[1]["code"] == 21220


@pytest.mark.parametrize("fate", ["busy", "no-answer", "failed"])
async def test_who_dials_somebody_in_vain_is_told_why_and_goes_on(
    cloud: CloudServer, ours: TestServer, told: list[dict[str, str]], fate: str
) -> None:
    cloud.calls.fate = lambda one: fate if one.recipient == OTHERS else "answer"
    sid = await call(cloud, ours, THEIRS, f"/dial?to=%2B{OTHERS[1:]}")
    await eventually(lambda: len(told) == 2)
    by_call = {event["CallSid"]: event for event in told}
    [other] = cloud.calls.to(OTHERS)
    assert (by_call[sid]["DialCallStatus"], by_call[sid]["DialBridged"]) == (fate, "false")
    assert by_call[sid]["DialCallSid"] == other.sid
    assert (by_call[other.sid]["CallStatus"], by_call[other.sid]["ParentCallSid"]) == (fate, sid)


async def test_what_is_no_number_cannot_be_dialled(
    cloud: CloudServer, ours: TestServer, told: list[dict[str, str]]
) -> None:
    sid = await call(cloud, ours, THEIRS, "/dial?to=nobody")
    await eventually(lambda: len(told) == 2)
    [status] = [event["DialCallStatus"] for event in told if event["CallSid"] == sid]
    assert status == "failed"


async def test_who_dials_somebody_talks_until_one_of_both_hangs_up(
    cloud: CloudServer, ours: TestServer, told: list[dict[str, str]]
) -> None:
    sid = await call(cloud, ours, THEIRS, f"/dial?to=%2B{OTHERS[1:]}")
    mine = cloud.calls.by_sid[sid]
    await eventually(lambda: mine.bridged_to == OTHERS)
    [other] = cloud.calls.to(OTHERS)
    assert (mine.talking, other.talking, other.bridged_to) == (True, True, THEIRS)
    await eventually(lambda: told)
    assert (told[0]["CallSid"], told[0]["CallStatus"]) == (other.sid, "in-progress")
    await cloud.calls.hang_up(other)
    await eventually(lambda: mine.is_over)
    assert (mine.bridged_to, mine.talking, mine.problem) == ("", False, "")
    [status] = [event["DialCallStatus"] for event in told if event["CallSid"] == sid]
    assert status == "completed"


async def test_a_phone_that_rings_for_who_is_gone_stops_ringing(
    cloud: CloudServer, ours: TestServer
) -> None:
    cloud.calls.fate = lambda one: "ring" if one.recipient == OTHERS else "answer"
    sid = await call(cloud, ours, THEIRS, f"/dial?to=%2B{OTHERS[1:]}")
    [other] = await eventually(lambda: cloud.calls.to(OTHERS))
    await eventually(lambda: other.rings)
    assert cloud.calls.by_sid[sid].dials == OTHERS
    await cloud.calls.hang_up(cloud.calls.by_sid[sid])
    await eventually(lambda: other.status == "canceled")
