"""What a carrier tells becomes work where the model wants it, and news for the customer, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.partners.notices import NoticeSettings
from hub.arrangements import Arrangement
from hub.deliveries import EventKind
from hub.interaction import Channel
from hub.store import consents, outreaches
from hub.store.consents import Purpose, Said
from hub.store.tables import local_messages, outbound, outbox
from partner_house import CUSTOMER, SECRET, House, notices, open_house, told
from stores import count, only
from waiting import eventually

SOON = "2027-01-04T12:00:00+00:00"
LATE, DAMAGED, DONE = EventKind.EXCEPTION, EventKind.DAMAGED, EventKind.DELIVERED


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, notices=notices(LATE, DAMAGED)) as house:
        yield house


async def settled(house: House, *events: Any) -> list[Any]:
    """Post these; gives the contacts, once the parcels and everything after them have followed."""
    answer = await house.post(list(events))
    assert answer.status in (200, 202), answer.body
    await eventually(lambda: _quiet(house, answer.body["receipt"]))
    return await house.contacts()


async def _quiet(house: House, receipt: str) -> bool:
    state = (await house.get(f"snelpost/receipts/{receipt}")).body["state"]
    waiting = [await count(house.database, table) for table in (outbox, local_messages)]
    return bool(state == "done" and not any(waiting))


async def test_an_exception_is_work_about_the_customer_in_one_conversation(house: House) -> None:
    await house.ship()
    late = told(LATE, 1, text="Truck broke down", place="Utrecht", expected_until=SOON)
    first, news = await settled(house, late)
    assert (first.channel, first.customer_id, first.topic) == ("partner", CUSTOMER, "delivery/late")
    assert first.sender["name"] == "SnelPost"
    assert first.details["order"] == "VK-1"
    assert first.details["expected_until"] == SOON
    assert "Truck broke down" in first.text
    assert (news.direction, news.conversation_id) == ("outbound", first.conversation_id)

    later = await settled(house, told(EventKind.IN_TRANSIT, 2), told(DAMAGED, 3))
    kinds = [one.details.get("event", one.channel) for one in later]
    assert kinds == ["exception", "email", "damaged", "email"]
    assert {one.conversation_id for one in later} == {first.conversation_id}
    assert len(await settled(house, told(DAMAGED, 3))) == 4, "told again it is nothing new"


async def test_a_problem_that_says_nothing_is_told_apart(house: House) -> None:
    await house.ship()
    await settled(house, told(LATE, 1), told(LATE, 2, text="Address unknown"))
    contacts = await settled(house, told(LATE, 3, expected_until=SOON), told(DAMAGED, 4))
    events = [one.details for one in contacts if "event" in one.details]
    assert [one.get("unsaid", "") for one in events] == ["yes", "", "", ""]


async def test_what_nobody_knows_waits_for_its_order(house: House) -> None:
    assert await settled(house, told(LATE, 1)) == []
    await house.ship()
    assert await eventually(house.contacts)


async def test_a_partner_makes_no_work_of_an_order_that_it_was_never_given(house: House) -> None:
    await house.ship()
    assert await settled(house, told(LATE, 1, tracking="3S9", order="VK-1")) == []


async def test_unless_it_is_trusted_to_name_orders(sqlite_url: str, tmp_path: Path) -> None:
    trusted = {"snelpost": {"secret": SECRET, "names_orders": True}}
    async with open_house(sqlite_url, tmp_path, partners=trusted) as house:
        await house.ship()
        [work] = await settled(house, told(LATE, 1, tracking="3S9", order="VK-1"))
        assert work.details["order"] == "VK-1"


async def test_what_went_well_after_all_is_no_work(house: House) -> None:
    await house.ship()
    assert await settled(house, told(DONE, 2), told(LATE, 1)) == []
    assert len(await settled(house, told(DAMAGED, 3))) == 2, "it came, but broken"


async def test_the_customer_hears_it_once_in_their_language(house: House) -> None:
    await house.ship()
    again = [told(LATE, number, expected_until="2026-12-01T12:00:00Z") for number in (1, 2)]
    contacts = await settled(house, *again)
    [news] = [one for one in contacts if one.direction == "outbound"]
    assert (news.channel, news.subject) == ("email", "Uw pakket 3S1")
    assert news.text == (
        "Uw pakket 3S1 (bestelling VK-1) is vertraagd. Wij verwachten het nu op 1 december."
        "\n\nU kunt deze mail beantwoorden."
    )
    contacts = await settled(house, told(LATE, 3, expected_until="2026-12-03T12:00:00Z"))
    assert "3 december." in contacts[-1].text, "another day is other news"


async def test_a_problem_without_a_new_time_is_no_delay_to_the_customer(house: House) -> None:
    await house.ship()
    soon = told(EventKind.IN_TRANSIT, 1, expected_until=SOON)
    contacts = await settled(house, soon, told(LATE, 2, text="Address unknown"))
    assert contacts[-1].text == (
        "SnelPost meldt een probleem met uw pakket 3S1 (bestelling VK-1). "
        "Wij zoeken het uit, en u hoort van ons.\n\nU kunt deze mail beantwoorden."
    ), "what was expected before is not what is expected now"
    contacts = await settled(house, told(DAMAGED, 3, expected_until=SOON))
    assert "beschadigd" in contacts[-1].text, "a new time makes no delay of that"


async def test_a_carrier_writes_to_nobody_all_day_long(house: House) -> None:
    await house.ship()
    for day in range(1, 8):
        await settled(house, told(LATE, day, expected_until=f"2026-12-0{day}T12:00:00Z"))
    assert sum(one.direction == "outbound" for one in await house.contacts()) == 4


async def test_on_the_channel_that_they_prefer_unless_they_said_stop(house: House) -> None:
    await house.ship(attributes={"preferred_channel": "sms"})
    texted = (await settled(house, told(LATE, 1)))[-1]
    assert (texted.channel, "deze mail" in texted.text) == ("sms", False)
    stop = Said(
        point="phone:+31612345678", channel=Channel.SMS, purpose=Purpose.SERVICE, granted=False,
        source="keyword", at=datetime.now(UTC),
    )  # fmt: skip
    await house.database.write(lambda c: consents.add(c, [stop]))
    assert (await settled(house, told(DAMAGED, 2)))[-1].channel == "email"
    assert house.asked == ["message.send.sms", "message.send.email"]


async def test_where_one_may_not_begin_with_a_text_of_ones_own_another_way_is_taken(
    house: House,
) -> None:
    await house.ship(attributes={"preferred_channel": "whatsapp"})
    assert (await settled(house, told(LATE, 1)))[-1].channel == "email"


async def test_not_at_night(sqlite_url: str, tmp_path: Path) -> None:
    hour = datetime.now(UTC).hour
    sleeping = notices(LATE, time_zone="UTC", from_hour=(hour + 2) % 24, until_hour=24)
    if hour + 2 >= 24:  # the next morning is on the next day
        sleeping = notices(LATE, time_zone="UTC", from_hour=0, until_hour=max(1, hour))
    async with open_house(sqlite_url, tmp_path, notices=sleeping) as house:
        await house.ship()
        assert (await settled(house, told(LATE, 1)))[-1].direction == "outbound"
        row = await only(house.database, outbound)
        assert row.next_at > datetime.now(UTC)
        assert house.asked == []


def test_the_night_ends_in_the_morning_also_when_the_clock_is_set() -> None:
    settings = NoticeSettings(time_zone="Europe/Amsterdam")
    at = datetime.fromisoformat
    assert settings.allowed_from(at("2026-10-24T18:59:00Z")) is None
    assert settings.allowed_from(at("2026-10-24T19:00:00Z")) == at("2026-10-25T07:00:00Z")
    assert settings.allowed_from(at("2026-10-25T03:00:00Z")) == at("2026-10-25T07:00:00Z")
    assert settings.allowed_from(at("2026-10-25T07:00:00Z")) is None


async def test_news_keeps_to_what_is_arranged_for_the_target_group(house: House) -> None:
    arranged = Arrangement(channels=(Channel.PHONE, Channel.EMAIL), most=1)
    await house.database.write(lambda c: outreaches.keep(c, {"b2b": arranged}, UTC, by="test"))
    await house.ship(target_group="b2b/key-account")
    await settled(house, told(LATE, 1))
    found = await settled(house, told(DAMAGED, 2))
    # The one message of the week went out; the other is withheld, and its conversation says so.
    assert [one.channel for one in found if one.direction == "outbound"].count("email") == 1
    [withheld] = [one.details for one in found if one.details.get("event") == "withheld"]
    assert withheld == {"event": "withheld", "of": "parcel", "why": "often"}
