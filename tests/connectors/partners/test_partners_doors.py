"""What partners post comes in once, if it is theirs; what is wrong is said, and the rest kept."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hub.deliveries import EventKind
from hub.store.tables import delivery_events, partner_posts
from partner_house import CERTIFICATE, KEY, OTHER_SECRET, SECRET, House, open_house, signed, told
from stores import count
from waiting import eventually

TRANSIT = EventKind.IN_TRANSIT


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(store_url, tmp_path) as house:
        yield house


@pytest.fixture
async def small(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """One that stands for both stores, behind a proxy."""
    limits: dict[str, Any] = {"body_limit": 4096, "most_events": 3}
    async with open_house(sqlite_url, tmp_path, proxies=("127.0.0.1",), **limits) as house:
        yield house


async def test_it_is_kept_answered_and_then_handled_once(house: House) -> None:
    batch = [told(TRANSIT, 1), told(EventKind.DELIVERED, 2)]
    answer = await house.post(batch, message_id="m1")
    assert (answer.status, answer.body["accepted"]) == (202, 2)
    receipt = answer.body["receipt"]
    done = await eventually(lambda: _done(house, receipt))
    assert done["outcome"] == {"new": 2}

    again = await house.post(batch, message_id="m1")
    assert (again.status, again.body["receipt"], again.body["duplicate"]) == (200, receipt, True)
    other = await house.post([told(TRANSIT, 3)], message_id="m1")
    assert (other.status, other.body["code"]) == (409, "id_used")
    resent = await house.post(batch, message_id="m2")
    assert (await eventually(lambda: _done(house, resent.body["receipt"])))["outcome"] == {
        "known": 2
    }
    assert await count(house.database, delivery_events) == 2


async def test_of_a_batch_the_good_ones_are_kept_and_the_others_named(house: House) -> None:
    bad = told(TRANSIT, 2) | {"type": "delivery.teleported", "time": NO_TIME}
    nameless = told(TRANSIT, 3) | {"subject": ""}
    answer = await house.post([told(TRANSIT, 1), bad, nameless, "nothing"])
    assert (answer.status, answer.body["accepted"], answer.body["refused"]) == (422, 1, 3)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    found = {(error["event"], error["pointer"]) for error in answer.body["errors"]}
    assert found == {(1, "/time"), (2, "/subject"), (3, "")}
    await eventually(lambda: _done(house, answer.body["receipt"]))
    assert await count(house.database, delivery_events) == 1


NO_TIME = "soon"


async def test_partners_see_what_we_have_of_them_and_nothing_of_others(house: House) -> None:
    for number in (1, 2):
        answer = await house.post(told(TRANSIT, number))
        await eventually(lambda a=answer: _done(house, a.body["receipt"]))
    listed = (await house.get("snelpost/events?since=2026-01-01T00:00:00%2B01:00")).body
    assert [one["event"] for one in listed["events"]] == ["e1", "e2"]
    assert listed["next"] is None
    after = listed["events"][0]["id"]
    rest = (await house.get(f"snelpost/events?after={after}")).body["events"]
    assert [one["event"] for one in rest] == ["e2"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await house.get(f"snelpost/events?since={tomorrow}")).body["events"] == []
    assert (await house.get("snelpost/events?since=soon")).status == 400
    receipt = f"snelpost/receipts/{answer.body['receipt']}"
    assert (await house.get(receipt)).status == 200
    other = receipt.replace("snelpost", "palletlijn")
    key = {"Authorization": f"Bearer {KEY}", "X-Client-Certificate": CERTIFICATE}
    async with house.http.get(f"/api/partners/v1/{other}", headers=key) as answered:
        assert answered.status == 403, "the certificate counts only from a proxy of ours"


async def test_who_cannot_sign_has_a_key_and_a_certificate(small: House) -> None:
    key = {"Authorization": f"Bearer {KEY}", "X-Client-Certificate": CERTIFICATE}
    wrong = [
        {},
        {"Authorization": f"Bearer {KEY}"},
        key | {"X-Client-Certificate": "CN=other"},
        key | {"Authorization": f"Bearer {KEY}x"},
        key | {"Authorization": f"Basic {KEY}"},
    ]
    for headers in wrong:
        answer = await small.post(told(TRANSIT), to="palletlijn/events", headers=headers)
        assert (answer.status, answer.body["code"]) == (403, "not_proved")
    assert (await small.post(told(TRANSIT), to="palletlijn/events", headers=key)).status == 202
    assert (await small.post(told(TRANSIT), headers=key)).status == 403, "not snelpost's key"


async def test_only_a_fresh_signature_over_these_bytes_is_good(small: House) -> None:
    body = b'{"specversion": "1.0"}'
    good = signed(body)
    forged = [
        {**good, "webhook-signature": ""},
        {**good, "webhook-signature": "v1"},
        {**good, "webhook-signature": "v1,a,b"},
        {**good, "webhook-signature": "v1,%%%"},
        {**good, "webhook-signature": "v2," + good["webhook-signature"].split(",")[1]},
        {**good, "webhook-id": "another"},
        {**good, "webhook-timestamp": "nan"},
        signed(body, at=datetime.now(UTC) - timedelta(minutes=6)),
        signed(body, at=datetime.now(UTC) + timedelta(minutes=6)),
        signed(body, secret=OTHER_SECRET),
        signed(body + b" "),
    ]
    for headers in forged:
        assert (await small.post(body, headers=headers)).status == 403, headers
    late = await small.post(body, at=datetime.now(UTC) - timedelta(minutes=6))
    assert "five minutes" in late.body["detail"]
    assert (await small.post(b"\xff\xfe", headers=signed(b"x"))).status == 403
    assert (await small.post(told(TRANSIT), to="nobody/events")).status == 403
    refused = small.metrics.refused.labels("partner", "not_proved")
    assert refused._value.get() == len(forged) + 3
    nearly = await small.post(told(TRANSIT), at=datetime.now(UTC) - timedelta(minutes=4))
    assert nearly.status == 202
    assert await count(small.database, partner_posts) == 1


async def test_a_secret_is_replaced_without_a_gap(sqlite_url: str, tmp_path: Path) -> None:
    both = {"snelpost": {"secret": OTHER_SECRET, "other_secret": SECRET}}
    async with open_house(sqlite_url, tmp_path, partners=both) as house:
        assert (await house.post(told(TRANSIT, 1), secret=SECRET)).status == 202
        assert (await house.post(told(TRANSIT, 2), secret=OTHER_SECRET)).status == 202


async def test_the_signatures_of_easypost_and_aftership(small: House) -> None:
    detail = {"status": "in_transit", "datetime": "2026-11-27T09:00:00Z"}
    tracker = {"tracking_code": "3S1", "tracking_details": [detail]}
    body = json.dumps({"result": tracker}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256)
    easypost = {"X-Hmac-Signature": "hmac-sha256-hex=" + digest.hexdigest()}
    assert (await small.post(body, to="snelpost/easypost", headers=easypost)).status == 202
    easypost["X-Hmac-Signature"] += "0"
    assert (await small.post(body, to="snelpost/easypost", headers=easypost)).status == 403
    point = {"tag": "InTransit", "checkpoint_time": "2026-11-27T09:00:00Z"}
    body = json.dumps({"msg": {"tracking_number": "3S1", "checkpoints": [point]}}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256)
    aftership = {"aftership-hmac-sha256": base64.b64encode(digest.digest()).decode()}
    assert (await small.post(body, to="snelpost/aftership", headers=aftership)).status == 202


async def test_too_much_at_once_and_too_often(sqlite_url: str, tmp_path: Path) -> None:
    limits: dict[str, Any] = {"body_limit": 4096, "most_events": 3}
    slow = {"snelpost": {"secret": SECRET, "per_minute": 3}}
    async with open_house(sqlite_url, tmp_path, partners=slow, **limits) as house:
        assert (await house.post(b" " * 5000)).status == 413
        many = await house.post([told(TRANSIT, number) for number in range(4)])
        assert (many.status, many.body["code"]) == (413, "too_large")
        assert (await house.post(b"[" * 3000)).status == 400
        assert (await house.post([])).body["code"] == "empty"
        flooded = await house.post(told(TRANSIT))
        assert flooded.status == 429
        assert int(flooded.headers["Retry-After"]) >= 1
    async with open_house(sqlite_url, tmp_path, partners=slow, **limits) as other:
        assert (await other.post(told(TRANSIT))).status == 429, "another process of the same"


async def test_many_posts_at_once_and_a_process_that_died_with_some(
    store_url: str, tmp_path: Path
) -> None:
    async with open_house(store_url, tmp_path) as house:
        await house.connector.stop()  # what is kept now, nobody handles
        posts = [house.post(told(TRANSIT, number)) for number in range(1, 31)]
        assert {answer.status for answer in await asyncio.gather(*posts)} == {202}
    async with open_house(store_url, tmp_path) as house:
        await eventually(lambda: _is(house, 30))


async def test_what_cannot_be_handled_is_put_aside_and_named(house: House) -> None:
    await house.connector.stop()
    odd = await house.post(told(TRANSIT, 1, text="with a \0 in it"))
    broken = (await house.post(told(TRANSIT, 2))).body["receipt"]
    spoil = update(partner_posts).where(partner_posts.c.id == broken).values(events=[{"odd": 1}])
    await house.database.write(lambda c: c.execute(spoil))
    await house.connector.start()
    await eventually(lambda: _done(house, odd.body["receipt"]))
    await eventually(lambda: _failed(house, broken))
    named = [finding for finding in await house.connector.check() if not finding.ok]
    assert broken in named[-1].what
    assert (await house.post(told(TRANSIT, 2))).status == 202, "it may be sent again"


async def _failed(house: House, receipt: str) -> bool:
    return bool((await house.get(f"snelpost/receipts/{receipt}")).body["state"] == "failed")


async def _is(house: House, events: int) -> bool:
    return await count(house.database, delivery_events) == events


async def _done(house: House, receipt: str) -> dict[str, object]:
    found = await house.get(f"snelpost/receipts/{receipt}")
    return found.body if found.body["state"] == "done" else {}


async def test_a_year_that_no_clock_shows_is_named_as_wrong(house: House) -> None:
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"):
        for fields in ({"time": at}, {"data": {"expected_until": at}}):
            answer = await house.post(told(EventKind.EXCEPTION) | fields)
            assert answer.status == 422
            assert "year" in answer.body["errors"][0]["detail"]
