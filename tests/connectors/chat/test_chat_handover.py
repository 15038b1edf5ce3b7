"""A visitor who left an address and went away gets by mail what they did not see, once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from builders import TOKENS
from chat_house import House, Visitor, open_house, settings
from connectors.chat.desk import Desk
from connectors.chat.handover import Handover
from connectors.chat.live import Live
from hub import clock
from hub.interaction import Arrival, Channel, Party, PointKind, Thread
from hub.store.tables import contact_points, conversations, interactions, outbound
from hub.store.threads import TOKEN_PURPOSE
from waiting import eventually

ADDRESS = "ada@example.org"


class Time:
    """A clock that a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now, self._ahead = clock.now, timedelta()
        monkeypatch.setattr(clock, "now", lambda: self._now() + self._ahead)

    def passes(self, **by: float) -> None:
        self._ahead += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
async def visitor(house: House, http: ClientSession) -> Visitor:
    """One who has written, and wants answers by mail."""
    visitor = await Visitor(http, house.origin).arrive()
    await visitor.say("Where are my beans?")
    assert await leave_address(visitor, f" {ADDRESS.upper()} ") == ""
    return visitor


async def leave_address(visitor: Visitor, address: str) -> str:
    """Give an address; gives "" when it was kept, else the code of the refusal."""
    await visitor.send({"type": "email", "id": "address-1", "address": address})
    answer = await visitor.until(lambda frame: frame.get("id") == "address-1")
    return "" if answer["type"] == "ack" else str(answer["code"])


async def go(house: House, visitor: Visitor) -> None:
    """The visitor leaves, and the server has noticed."""
    await visitor.hang_up()

    async def gone() -> bool:
        return not house.connector._live.of(visitor.id)

    await eventually(gone)


async def answered(house: House, text: str) -> str:
    """An answer that nobody has seen yet."""
    answer = await house.answer(text)

    async def waits() -> bool:
        return await house.state_of(answer) == "waiting"

    await eventually(waits)
    return answer


async def look(house: House) -> None:
    await house.connector._handover.round()


async def mails(house: House) -> list[Any]:
    rows = await house.rows(interactions)
    return [row for row in rows if row.channel == "email" and row.direction == "outbound"]


async def test_what_was_not_seen_goes_in_one_mail_and_stays_in_the_conversation(
    house: House, visitor: Visitor, time: Time
) -> None:
    await visitor.hears("Where are my beans?")
    await go(house, visitor)
    answers = [await answered(house, "They left today."), await answered(house, "Anything else?")]
    time.passes(seconds=121)
    await look(house)

    [mail] = await mails(house)
    assert mail.recipients == [{"kind": "email", "value": ADDRESS, "name": ""}]
    assert mail.account == "help@van-dalen.example"
    assert mail.subject == "Your chat with Van Dalen"
    assert "Anna:\nThey left today.\n\nAnna:\nAnything else?" in mail.text
    assert "Where are my beans?" not in mail.text
    assert mail.conversation_id == (await house.rows(conversations))[0].id
    states = {row.interaction_id: row for row in await house.rows(outbound)}
    assert [states[one].state for one in answers] == ["sent", "sent"]
    assert {states[one].provider_id for one in answers} == {mail.id}


async def test_each_message_is_mailed_once(house: House, visitor: Visitor, time: Time) -> None:
    await go(house, visitor)
    await answered(house, "one")
    time.passes(seconds=121)
    for _ in range(3):
        await look(house)
        time.passes(minutes=10)

    assert len(await mails(house)) == 1


async def test_the_mail_is_in_the_language_of_the_page(
    house: House, http: ClientSession, time: Time
) -> None:
    visitor = await Visitor(http, house.origin).arrive(language="nl")
    await visitor.say("Waar blijven mijn bonen?")
    await leave_address(visitor, ADDRESS)
    await go(house, visitor)
    await answered(house, "Onderweg.")
    time.passes(seconds=121)
    await look(house)

    [mail] = await mails(house)
    assert mail.subject == "Uw chat met Van Dalen"
    assert mail.text.startswith("U had de chat verlaten")


async def test_a_visitor_who_is_here_gets_no_mail(
    house: House, visitor: Visitor, time: Time
) -> None:
    await answered(house, "not looked at yet")
    for _ in range(4):
        time.passes(seconds=100)
        await look(house)
    assert await mails(house) == []

    await go(house, visitor)
    time.passes(seconds=100)
    await look(house)
    assert await mails(house) == []
    time.passes(seconds=21)
    await look(house)
    assert len(await mails(house)) == 1


async def test_a_visitor_who_is_here_through_another_process_gets_no_mail(
    house: House, visitor: Visitor, time: Time
) -> None:
    await answered(house, "not looked at yet")
    other = other_process(house)
    for _ in range(4):
        time.passes(seconds=100)
        await look(house)
        await other.round()
    assert await mails(house) == []


def other_process(house: House) -> Handover:
    """The hand-over of a process on the same store, with which this visitor has no socket."""
    return Handover(settings(), house.context(), Live(house.database, most=5))


async def test_two_processes_send_one_mail(house: House, visitor: Visitor, time: Time) -> None:
    await go(house, visitor)
    await answered(house, "one")
    time.passes(seconds=121)
    other = other_process(house)
    await asyncio.gather(look(house), other.round(), look(house), other.round())

    assert len(await mails(house)) == 1


async def test_it_is_decided_from_the_store_so_a_restart_forgets_nothing(
    house: House, visitor: Visitor, time: Time
) -> None:
    await go(house, visitor)
    await answered(house, "one")
    await house.stop()
    time.passes(seconds=121)
    await house.start()
    await look(house)

    assert len(await mails(house)) == 1


async def test_mails_about_one_chat_keep_a_distance(
    house: House, visitor: Visitor, time: Time
) -> None:
    await go(house, visitor)
    await answered(house, "one")
    time.passes(seconds=121)
    await look(house)
    await answered(house, "two")
    time.passes(seconds=121)
    await look(house)
    assert len(await mails(house)) == 1
    time.passes(minutes=14)
    await look(house)
    assert [("two" in mail.text, "one" in mail.text) for mail in await mails(house)] == [
        (False, True),
        (True, False),
    ]


async def test_one_mail_has_ten_messages_and_the_next_has_the_rest(
    house: House, visitor: Visitor, time: Time
) -> None:
    await go(house, visitor)
    for number in range(12):
        await answered(house, f"answer {number}.")
    time.passes(seconds=121)
    await look(house)
    time.passes(minutes=16)
    await look(house)
    first, second = await mails(house)
    assert first.text.count("Anna:") == 10
    assert second.text.count("Anna:") == 2


async def test_what_was_mailed_is_still_in_the_chat_and_counts_as_seen_there(
    house: House, visitor: Visitor, time: Time
) -> None:
    await go(house, visitor)
    answer = await answered(house, "look here")
    time.passes(seconds=121)
    await look(house)
    await visitor.connect()
    line = await visitor.hears("look here")
    await visitor.send({"type": "seen", "sequence": line["sequence"]})

    async def delivered() -> bool:
        return await house.state_of(answer) == "delivered"

    await eventually(delivered)


async def test_who_left_no_address_gets_no_mail(
    house: House, http: ClientSession, time: Time
) -> None:
    visitor = await Visitor(http, house.origin).arrive()
    await visitor.say("no mail, please")
    await go(house, visitor)
    await answered(house, "as you wish")
    time.passes(days=2)
    await look(house)
    assert await mails(house) == []


async def test_the_answer_by_mail_comes_into_the_same_conversation_and_proves_who_it_is(
    house: House, visitor: Visitor, time: Time
) -> None:
    await go(house, visitor)
    await answered(house, "They left today.")
    time.passes(seconds=121)
    await look(house)
    [mail] = await mails(house)
    token = TOKENS.sign(TOKEN_PURPOSE, mail.conversation_id)
    arrival = Arrival(
        channel=Channel.EMAIL,
        account="help@van-dalen.example",
        external_id="answer@example.org",
        sender=Party(kind=PointKind.EMAIL, value=ADDRESS, name="Ada"),
        text="Thank you!",
        occurred_at=clock.now(),
        thread=Thread(token=token),
    )
    accepted = await house.intake.accept(arrival)

    assert accepted.conversation_id == mail.conversation_id
    points = await house.rows(contact_points)
    assert {point.kind for point in points} == {"visitor", "email"}
    assert len({point.customer_id for point in points}) == 1
    # And the visitor can go on in the chat as before.
    await visitor.connect()
    assert (await visitor.say("back again"))["type"] == "ack"
    assert len(await house.rows(conversations)) == 1


async def test_the_address_is_known_when_the_visitor_comes_back_and_is_with_the_message(
    house: House, visitor: Visitor
) -> None:
    again = await visitor.begin(visitor.session["token"])
    assert again["email"] == "given"
    await visitor.say("one more thing", "message-2")
    row = next(row for row in await house.rows(interactions) if row.text == "one more thing")
    assert row.details["email"] == ADDRESS


async def test_what_was_read_before_an_address_was_given_does_not_undo_it(
    house: House, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await Visitor(http, house.origin).arrive()
    await visitor.say("Where are my beans?")
    await visitor.hears("Where are my beans?")
    has_read, may_go_on = asyncio.Event(), asyncio.Event()
    news = Desk.news

    async def slowly(desk: Desk, who: Any, sequence: int, **more: Any) -> Any:
        found = await news(desk, who, sequence, **more)
        has_read.set()
        await may_go_on.wait()
        return found

    monkeypatch.setattr(Desk, "news", slowly)
    await house.answer("They left today.")
    await has_read.wait()
    assert await leave_address(visitor, ADDRESS) == ""
    may_go_on.set()
    await visitor.hears("They left today.")
    await visitor.say("one more thing")
    row = next(row for row in await house.rows(interactions) if row.text == "one more thing")
    assert row.details["email"] == ADDRESS


@pytest.mark.parametrize(
    "address",
    ["", "ada", "ada@", "@example.org", "ada@localhost", "ada@example..org", "a da@example.org",
     "ada@example.org, eve@example.org", "ada@example.org\nBcc: eve@example.org",
     "<ada@example.org>", f"{'a' * 65}@example.org", f"ada@{'a' * 250}.org"],
)  # fmt: skip
async def test_what_is_no_address_is_refused(visitor: Visitor, address: str) -> None:
    assert await leave_address(visitor, address) == "bad_address"


async def test_an_address_needs_a_message_first(house: House, http: ClientSession) -> None:
    visitor = await Visitor(http, house.origin).arrive()
    assert await leave_address(visitor, ADDRESS) == "no_message"


async def test_without_a_mail_account_nothing_is_offered(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, email_account="") as house:
        visitor = await Visitor(http, house.origin).arrive()
        assert visitor.session["email"] == "off"
        await visitor.say("hello")
        assert await leave_address(visitor, ADDRESS) == "not_offered"


async def test_the_hand_over_runs_by_itself(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, handover_after=1) as house:
        visitor = await Visitor(http, house.origin).arrive()
        await visitor.say("hello")
        await leave_address(visitor, ADDRESS)
        await go(house, visitor)
        await answered(house, "you are gone")
        assert len(await eventually(lambda: mails(house))) == 1
