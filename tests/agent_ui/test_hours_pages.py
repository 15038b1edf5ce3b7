"""Business hours in forms: a closing day, a week, new hours, and what cannot be."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from console_house import MODEL, House, Person, open_house, person
from hub import clock
from hub.store import models
from routing.hours.calendar import Calendar

HOURS = """\
hours:
  office:  # those of the shop
    title: {en: Office hours, nl: Kantooruren}
    time_zone: Europe/Amsterdam
    week: {mon-fri: "08:30-17:30"}
    holidays: NL
"""
WITH_HOURS = MODEL.replace("owner: bob}", "owner: bob, hours: office}").replace(
    "channels:\n", HOURS + "channels:\n", 1
)
LIVE, DRAFT = "/console/model/1/hours", "/console/model/2/hours"
WEEK = {f"week.{number}": "08:30-17:30" for number in range(5)}
OFFICE = {
    "name": "office",
    "title_en": "Office hours",
    "title_nl": "Kantooruren",
    "time_zone": "Europe/Amsterdam",
    "holidays": "NL",
    "role": "billing",
    **WEEK,
}


@pytest.fixture
async def shop(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(store_url, tmp_path, model_text=WITH_HOURS) as one:
        yield one


@pytest.fixture
async def boss(shop: House) -> AsyncIterator[Person]:
    await shop.hire("boss", "Bo Baas", [], administrator=True)
    async with person(shop) as one:
        await one.sign_in("boss")
        yield one


async def text(house: House, number: int = 2) -> str:
    return await house.database.read(lambda c: models.text_of(c, number))


async def draft(boss: Person) -> None:
    await boss.post("/console/model/drafts", based_on="1")


async def test_a_closing_day_is_one_form_and_holds_at_once(shop: House, boss: Person) -> None:
    day = clock.now().date() + timedelta(days=(7 - clock.now().weekday()))  # a Monday
    page = await boss.get("/console/model/hours")
    assert page.value("#one-day [name=draft]") == "1"
    page = await boss.post(
        LIVE + "/day", draft="1", day=day.isoformat(), opened="", hours="office", at_once="1"
    )
    assert (page.status, page.path) == (200, DRAFT)
    assert await shop.database.read(models.live_number) == 2
    kept = await text(shop)
    assert kept == WITH_HOURS.replace(
        "    holidays: NL\n",
        f"    holidays: NL\n    exceptions: {{{day.isoformat()}: closed}}\n",
    )
    office = (await shop.life.versions.read(2))[1].calendars["office"]
    assert isinstance(office, Calendar)
    assert office.on(day) == ()


async def test_what_is_typed_in_the_form_becomes_the_text_that_stays_as_it_was(
    shop: House, boss: Person
) -> None:
    await draft(boss)
    page = await boss.get(f"{DRAFT}?hours=office")
    assert page.value("[name='week.4']") == "08:30-17:30"
    changed = OFFICE | {
        "week.5": "10:00-12:00, 13:00-16:00",
        "day": "2031-05-05",
        "opened": "9:00-12:00",
        "role": "service",
    }
    page = await boss.post(DRAFT, revision=page.value("[name=revision]"), **changed)
    assert page.status == 200
    kept = await text(shop)
    assert "owner: anna, hours: office}" in kept
    assert "owner: bob}" in kept
    assert "  office:  # those of the shop\n" in kept
    assert "holidays: NL\n" in kept
    office = (await shop.life.versions.read(2))[1].calendars["office"]
    assert [str(one) for one in office.on(date(2031, 5, 10))] == ["10:00-12:00", "13:00-16:00"]
    assert [str(one) for one in office.on(date(2031, 5, 5))] == ["09:00-12:00"]
    page = await boss.post(DRAFT, revision="1", **OFFICE)
    assert page.status == 409
    page = await boss.get(f"{DRAFT}?hours=office")
    await boss.post(DRAFT, revision=page.value("[name=revision]"), **OFFICE)
    assert await text(shop) == WITH_HOURS


async def test_new_hours_are_named_by_their_title_and_taken_out_again(
    shop: House, boss: Person
) -> None:
    await draft(boss)
    page = await boss.get(f"{DRAFT}?hours=new")
    new = OFFICE | {"name": "", "title_en": "Office", "title_nl": "Kantoor", "role": "service"}
    page = await boss.post(DRAFT, revision=page.value("[name=revision]"), **new)
    assert page.texts("section.card h2") == ["Office hours", "Office"]
    assert not page.has(".sheet form[action$='/remove']")
    unused = new | {"name": "office-2", "role": ""}
    page = await boss.post(DRAFT, revision=page.value("[name=revision]"), **unused)
    page = await boss.post(
        DRAFT + "/remove", revision=page.value("[name=revision]"), name="office-2"
    )
    assert page.texts("section.card h2") == ["Office hours"]


async def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(
    shop: House, boss: Person
) -> None:
    await draft(boss)
    wrong = OFFICE | {"week.1": "17:00-16:00"}
    page = await boss.post(DRAFT, revision="1", **wrong)
    assert page.status == 422
    assert "Tuesday: the end lies before the beginning" in page.text("main")
    assert page.value("[name='week.1']") == "17:00-16:00"
    page = await boss.post(DRAFT, revision="1", **(OFFICE | {"holidays": "XX"}))
    assert "There are no holidays for this country" in page.body
    page = await boss.post(DRAFT + "/proof", **wrong)
    assert "Tuesday: the end lies before the beginning" in page.text(".live-proof")
    page = await boss.post(DRAFT + "/proof", **OFFICE)
    assert page.value(".live-proof a", "href").startswith("/console/model/2/text#L")
    assert "Tuesday" not in page.body
    page = await boss.post(DRAFT + "/day", revision="1", day="2031-05-05", opened="open")
    assert page.status == 422
    assert await text(shop) == WITH_HOURS


async def test_everybody_reads_the_hours_and_the_holidays_in_their_language(
    shop: House, boss: Person
) -> None:
    await shop.hire("anna", "Anna", ["service"])
    async with person(shop) as anna:
        await anna.sign_in("anna")
        page = await anna.get("/console/model/hours")
        assert "Christmas Day" in page.body
        assert not page.has("#one-day")
        await anna.post("/console/language", language="nl")
        page = await anna.get("/console/model/hours")
        assert "Eerste kerstdag" in page.body
