"""A driver at the door says what happened; a partner sees how it did, and only its own."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.partners import driver
from hub import clock
from hub.deliveries import EventKind
from hub.store import tracking
from hub.texts import catalogue
from partner_house import CUSTOMER, House, event, open_house
from partner_house import partners as partner_settings

PARTNERS = Path(driver.__file__).parent
TEXT = re.compile(r'\b(?:_|N_|texts)\(["\']((?:[^"\'\\]|\\.)*)["\']\)')


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.ship()
        one = event(EventKind.OUT_FOR_DELIVERY)
        await opened.database.write(lambda c: tracking.record(c, [one]))
        yield opened


async def link(house: House, **asked: Any) -> str:
    answer = await house.post({"tracking": "3S1"} | asked, to="snelpost/driver-links")
    assert answer.status == 201, answer.body
    return "/partner/" + str(answer.body["url"]).partition("/partner/")[2]


async def test_a_driver_says_what_happened_once(house: House) -> None:
    path = await link(house)
    async with house.http.get(path, headers={"Accept-Language": "nl"}) as page:
        text, headers = await page.text(), page.headers
    assert "Wat gebeurde er aan de deur?" in text
    assert "Jan" not in text, "nothing of the customer is shown"
    assert headers["Referrer-Policy"] == "no-referrer"
    form_id = text.split('name="form_id" value="')[1].split('"')[0]
    said = {"what": "refused", "call": "yes", "phone": "0612345678", "text": "He was angry."}
    for _ in range(2):
        async with house.http.post(path, data=said | {"form_id": form_id}) as done:
            assert (done.status, "We have it" in await done.text()) == (200, True)
    [row] = await house.contacts()
    assert (row.customer_id, row.channel) == (CUSTOMER, "partner")
    assert row.text.splitlines()[0] == "He was angry."
    assert (row.details["report"], row.details["call"]) == ("refused", "0612345678")
    assert row.topic == "delivery/late"


async def test_what_says_nothing_is_asked_again(house: House) -> None:
    path = await link(house)
    for nothing in ({}, {"what": "danced"}, {"what": "other", "text": " "}):
        async with house.http.post(path, data=nothing | {"phone": "0612345678"}) as answer:
            text = await answer.text()
        assert (answer.status, 'role="alert"' in text) == (422, True)
        assert "0612345678" in text
    assert await house.contacts() == []


async def test_only_a_link_that_still_works_lets_anybody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await link(house, hours=1)
    forged = path[:-1] + ("a" if path[-1] != "a" else "b")
    later = clock.now() + timedelta(hours=1)
    async with house.http.get(forged) as answer:
        assert answer.status == 410
    async with house.http.post(forged, data={"what": "refused"}) as answer:
        assert answer.status == 410
    monkeypatch.setattr(clock, "now", lambda: later)
    async with house.http.post(path, data={"what": "refused"}) as answer:
        assert answer.status == 410
    assert await house.contacts() == []


async def test_a_partner_gets_links_for_its_own_parcels_only(house: House) -> None:
    for asked, status in (
        ({"tracking": "3S2"}, 404),
        ({"tracking": "3S1", "hours": 100}, 400),
        ({}, 400),
        ([], 400),
    ):
        answer = await house.post(asked, to="snelpost/driver-links")
        assert answer.status == status, asked
    other = house.post({"tracking": "3S1"}, to="palletlijn/driver-links")
    assert (await other).status == 403


async def test_a_partner_sees_how_it_did_against_what_was_agreed(
    sqlite_url: str, tmp_path: Path
) -> None:
    known = partner_settings().partners
    agreed = {"snelpost": known["snelpost"].model_copy(update={"in_time_share": 0.6})}
    now = datetime.now(UTC)
    told = [
        ("3S1", EventKind.IN_TRANSIT, -50, -20),
        ("3S1", EventKind.EXCEPTION, -40, -1),
        ("3S1", EventKind.DELIVERED, -10, None),
        ("3S2", EventKind.IN_TRANSIT, -50, -5),
        ("3S2", EventKind.DELIVERED, -10, None),
        ("3S3", EventKind.DELIVERED, -10, None),
    ]
    events = [
        event(
            kind, number, tracking=parcel, occurred_at=now + timedelta(hours=at),
            expected_until=None if due is None else now + timedelta(hours=due),
        )
        for number, (parcel, kind, at, due) in enumerate(told)
    ]  # fmt: skip
    async with open_house(sqlite_url, tmp_path, partners=agreed) as house:
        await house.database.write(lambda c: tracking.record(c, events))
        answer = await house.get("snelpost/performance?days=30")
        for wrong in ("0", "400", "x", "-1"):
            assert (await house.get(f"snelpost/performance?days={wrong}")).status == 400
        assert (await house.get("palletlijn/performance")).status == 403
    found = answer.body
    assert (found["delivered"], found["in_time"], found["late"]) == (3, 1, 1)
    assert (found["without_promise"], found["share_in_time"]) == (1, 0.5)
    assert (found["agreed_share"], found["as_agreed"]) == (0.6, False)
    assert found["failures"] == {"exception": 1}
    assert [one["tracking"] for one in found["last_failures"]] == ["3S1"]


def test_the_page_speaks_dutch() -> None:
    sources = [PARTNERS / "driver.py", PARTNERS / "templates" / "driver.html"]
    used = {text for path in sources for text in TEXT.findall(path.read_text(encoding="utf-8"))}
    dutch = catalogue(PARTNERS / "locale", "nl")
    assert set(dutch) == used
