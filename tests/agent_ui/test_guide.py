"""The contact guide: open to everybody, and with the roles for colleagues."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agent_ui import openings
from agent_ui.texts import texts_for
from console_house import House, Person
from hub.guide import Days, Different, Openings, Way

EN, NL = texts_for("en"), texts_for("nl")
TUESDAY = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def way(**changes: Any) -> Way:
    values: dict[str, Any] = {
        "channel": "email", "title": {"en": "E-mail", "nl": "E-mail"}, "address": "",
        "allowed": True, "instead": (), "openings": None, "answer_within": None,
        "in_business_hours": False, "role": {}, "backup_role": None, "is_triage": False,
    }  # fmt: skip
    return Way(**{**values, **changes})


async def test_customers_find_the_channel_without_signing_in(guest: Person) -> None:
    page = await guest.get("/contact")
    assert page.status == 200
    assert page.texts(".guide-card h2") == ["Orders", "Invoices"]
    assert page.value(".way a", "href") == "mailto:info@vandalen.example"
    assert "Answer within 2 hours" in page.text(".way")
    assert "Customer service" not in page.body
    assert "Chat" not in page.text(".guide-card")


async def test_it_speaks_dutch_and_of_one_target_group(guest: Person) -> None:
    page = await guest.get("/contact?lang=nl&for=b2c")
    assert page.text("h1") == "Waar u terechtkunt bij Van Dalen Koffie"
    assert "Antwoord binnen 2 uur" in page.text(".way")
    assert page.text("option[selected]") == "Consumenten"
    english = await guest.get("/contact", headers={"Accept-Language": "nl"})
    assert english.value("html", "lang") == "nl"


async def test_a_group_that_nobody_knows_gets_what_holds_for_all(guest: Person) -> None:
    page = await guest.get("/contact?for=%3Cscript%3E")
    assert page.status == 200
    assert "<script>" not in page.body.partition("<body")[2]


async def test_colleagues_see_who_is_responsible(house: House, anna: Person) -> None:
    page = await anna.get("/console/guide")
    assert "Billing" in page.texts(".guide-card")[1]
    assert "Chat" in page.text(".guide-card")
    assert "Version 3" in page.body
    assert (await anna.get("/console")).has("a[href='/console/guide']")


async def test_a_stranger_does_not(guest: Person) -> None:
    assert (await guest.get("/console/guide")).path == "/console/sign-in"


@pytest.mark.parametrize(
    ("seconds", "business", "said"),
    [
        (60, False, "within a minute"),
        (90, False, "within 90 seconds"),
        (4 * 3600, True, "within 4 hours"),
        (86_400, False, "within a day"),
        (2 * 86_400, False, "within 2 days"),
        (86_400, True, "within 24 hours"),
        (None, False, ""),
    ],
)
def test_a_promise_is_told_in_its_largest_whole_unit(
    seconds: int | None, business: bool, said: str
) -> None:
    assert openings.answer(EN, way(answer_within=seconds, in_business_hours=business)) == said


def test_hours_are_told_as_people_say_them() -> None:
    assert openings.days(NL, Days(0, 3, ())) == "maandag tot en met donderdag"
    assert openings.days(EN, Days(6, 6, ())) == "Sunday"
    assert (
        openings.times(EN, ("09:00-12:00", "13:00-17:00")) == "09:00\u201312:00, 13:00\u201317:00"
    )
    assert openings.times(NL, ()) == "gesloten"
    christmas = Different(date(2026, 12, 25), {"en": "Christmas Day", "nl": "Eerste kerstdag"}, ())
    assert openings.different(NL, christmas) == "25 december (Eerste kerstdag)"
    assert openings.different(EN, Different(date(2026, 12, 1), None, ())) == "1 December"


@pytest.mark.parametrize(
    ("opens_in", "said"),
    [
        (timedelta(hours=2), "opens today at 14:00"),
        (timedelta(hours=20), "opens Wednesday at 08:00"),
        (timedelta(days=7), "opens 1 December at 12:00"),
        (None, "closed"),
    ],
)
def test_it_says_when_it_opens(opens_in: timedelta | None, said: str) -> None:
    opens_at = TUESDAY + opens_in if opens_in else None
    closed = Openings("Europe/Amsterdam", (), (), is_open=False, opens_at=opens_at)
    assert openings.now(EN, closed, TUESDAY) == said


def test_only_what_a_browser_can_follow_is_a_link() -> None:
    assert openings.link(way(address="https://winkel.example")) == "https://winkel.example"
    assert openings.link(way(channel="phone", address="030 000 12 34")) == "tel:0300001234"
    assert openings.link(way(channel="sms", address="+31 6 00")) == "sms:+31600"
    assert openings.link(way(channel="portal", address="javascript:alert(1)")) == ""
    assert openings.link(way(channel="manual", address="Postbus 1, Utrecht")) == ""
