"""A user whom the website vouches for chats about what they mailed: it goes on there, and nobody
reads a mail by saying that it is theirs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import delete, insert, update

from builders import TOKENS, mail_arrival
from chat_house import PAGE_ORIGIN, SITE, House, Visitor, open_house
from connectors.chat.visitor import proof_of, user_id
from hub import clock
from hub.interaction import Thread
from hub.store import calls
from hub.store.arrivals import store_arrivals
from hub.store.tables import (
    contact_points,
    conversations,
    interactions,
    participants,
    thread_refs,
    unrouted,
    work_items,
)
from waiting import eventually
from workplace import add_work

SECRET = "what only the site's server and Loket know"
ADA = {"id": "ada", "hash": proof_of(SECRET, "ada")}
SITES: dict[str, Any] = {SITE: {"origins": [PAGE_ORIGIN], "identity_secret": SECRET}}
MAIL = "My account is 1234 and it is broken."


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(
        sqlite_url, tmp_path, sites=SITES, email_account="support@example.org"
    ) as house:
        yield house


async def mailed(house: House, *topics: str, **point: Any) -> list[str]:
    """What one customer mailed and has open, who is this user of the website."""

    def write(connection: Any) -> list[str]:
        kept = [store_arrivals(connection, [mail_arrival(text=MAIL)], TOKENS)[0] for _ in topics]
        connection.execute(delete(unrouted))
        for one, topic in zip(kept, topics, strict=True):
            add_work(connection, one.conversation_id, topic=topic)
        return [one.conversation_id for one in kept]

    made = await house.database.write(write)
    [owner] = {row.customer_id for row in await house.rows(conversations)}
    user = user_id(SITE, "ada")
    row = {
        "id": clock.new_id(), "customer_id": owner, "key": f"visitor:{user}", "kind": "visitor",
        "value": user, "verified": True, "created_at": clock.now(),
    }  # fmt: skip
    await house.database.write(lambda c: c.execute(insert(contact_points), [row | point]))
    return made


async def chats(http: ClientSession, house: House, text: str, **more: Any) -> Visitor:
    """As the user; the website says so."""
    visitor = Visitor(http, house.origin)
    await visitor.begin(user=ADA)
    await visitor.connect()
    await visitor.say(text, **more)
    await visitor.hears(text)
    return visitor


async def said(house: House, text: str) -> Any:
    [row] = [row for row in await house.rows(interactions) if row.text == text]
    return row


async def test_it_goes_on_in_the_mails_and_shows_none_of_them(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery/late")
    visitor = await chats(http, house, "Any news?", topic="delivery")
    await visitor.say("And soon, please")
    await visitor.hears("And soon, please")
    first, second = await said(house, "Any news?"), await said(house, "And soon, please")
    assert (first.conversation_id, second.conversation_id) == (mail, mail)
    assert first.details["placed"] == "fits"
    assert "placed" not in second.details, "it goes on in its own chat"
    await house.answer("It comes today.", to=first.sender["value"])
    await visitor.hears("It comes today.")
    again = Visitor(http, house.origin)
    history = (await again.begin(user=ADA))["history"]
    assert [line["text"] for line in history] == [
        "Any news?",
        "And soon, please",
        "It comes today.",
    ]


@pytest.mark.parametrize(
    ("topics", "chosen", "point"),
    [
        (["billing"], "delivery", {}),
        (["delivery", "delivery"], "delivery", {}),
        (["delivery", "billing"], "", {}),
        (["delivery"], "delivery", {"shared": True}),
        (["delivery"], "delivery", {"verified": False}),
    ],
    ids=["other-topic", "two-fit", "two-open", "shared", "not-proved"],
)
async def test_what_a_chat_is_about_is_not_guessed(
    house: House, http: ClientSession, topics: list[str], chosen: str, point: dict[str, bool]
) -> None:
    mails = await mailed(house, *topics, **point)
    await chats(http, house, "Any news?", topic=chosen)
    assert (await said(house, "Any news?")).conversation_id not in mails


async def test_of_two_the_one_that_is_named_is_meant(house: House, http: ClientSession) -> None:
    first, second = await mailed(house, "delivery", "delivery")
    about = update(interactions).where(interactions.c.conversation_id == second)
    await house.database.write(lambda c: c.execute(about.values(subject="Order VK-20391")))
    await chats(http, house, "Any news?", answers={"order_number": "20391"})
    row = await said(house, "Any news?")
    assert first != row.conversation_id == second
    assert (row.details["placed"], row.details["placed_among"]) == ("named", "2")


@pytest.mark.parametrize(("chosen", "joins"), [("", True), ("billing", False)])
async def test_what_is_named_counts_more_than_the_words_and_less_than_the_choice(
    house: House, http: ClientSession, chosen: str, joins: bool
) -> None:
    [mail] = await mailed(house, "delivery")
    about = update(interactions).where(interactions.c.conversation_id == mail)
    await house.database.write(lambda c: c.execute(about.values(subject="Order VK-20391")))
    house.recognised = "billing"
    await chats(http, house, "My bill of VK-20391", topic=chosen)
    assert ((await said(house, "My bill of VK-20391")).conversation_id == mail) == joins


async def test_words_of_another_topic_do_not_fit(house: House, http: ClientSession) -> None:
    [mail] = await mailed(house, "delivery")
    house.recognised = "billing"
    await chats(http, house, "My bill")
    assert (await said(house, "My bill")).conversation_id != mail


async def test_while_they_are_on_the_phone_about_it_a_chat_stands_by_itself(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery")
    await house.database.write(lambda c: c.execute(update(work_items).values(channel="phone")))
    of_call = {"account": "+31203080000", "caller": "+31612345678", "language": "en"}
    await house.database.write(lambda c: calls.add(c, "CA1", mail, **of_call))
    await chats(http, house, "Any news?")
    assert (await said(house, "Any news?")).conversation_id != mail


async def test_after_a_call_about_it_a_chat_goes_on_there(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery")
    await house.database.write(lambda c: c.execute(update(work_items).values(channel="phone")))
    await chats(http, house, "One thing more")
    assert (await said(house, "One thing more")).conversation_id == mail


async def test_who_only_types_the_address_joins_nothing_and_reads_nothing(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery")
    stranger = await Visitor(http, house.origin).arrive()
    claim = {"name": "Ada", "email": "jan@example.org", "topic": "delivery"}
    await stranger.say("Any news?", **claim)
    await stranger.hears("Any news?")
    assert (await said(house, "Any news?")).conversation_id != mail
    history = (await stranger.begin(stranger.session["token"]))["history"]
    assert [line["text"] for line in history] == ["Any news?"]


async def test_who_signs_in_later_takes_the_chat_along_and_not_into_the_mails(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery")
    visitor = await Visitor(http, house.origin).arrive()
    await visitor.say("Any news?")
    await visitor.hears("Any news?")
    await visitor.begin(visitor.session["token"], user=ADA)
    await visitor.connect()
    await visitor.say("It is me")
    await visitor.hears("It is me")
    assert (await said(house, "It is me")).conversation_id != mail


async def test_an_address_that_is_typed_there_does_not_get_the_mails(
    house: House, http: ClientSession
) -> None:
    """The chat goes on by mail at an address that is somebody else's, who answers."""
    [mail] = await mailed(house, "delivery")
    [owner] = {row.customer_id for row in await house.rows(conversations)}
    await chats(http, house, "Any news?", email="eve@example.org")
    [row] = await house.rows(conversations)
    assert row.handover_address == "eve@example.org"
    token = TOKENS.sign("conversation", mail)
    await house.database.write(
        lambda c: store_arrivals(
            c,
            [
                mail_arrival("eve@example.org"),
                mail_arrival("eve@example.org", thread=Thread(token=token, own=("e@x",))),
            ],
            TOKENS,
        )
    )
    kept = [row for row in await house.rows(conversations) if row.id == mail]
    assert [one.customer_id for one in kept] == [owner]


async def joined(house: House, stranger: Visitor, conversation_id: str) -> None:
    """An agent put the stranger's chat into this conversation."""
    [own] = {r.conversation_id for r in await house.rows(interactions) if r.text == "It is Eve"}
    moved = update(thread_refs).where(thread_refs.c.conversation_id == own)
    row = {"conversation_id": conversation_id, "key": f"visitor:{stranger.id}"}
    await house.database.write(
        lambda c: [
            c.execute(moved.values(conversation_id=conversation_id)),
            c.execute(insert(participants), row),
        ]
    )


async def eve(house: House, http: ClientSession) -> Visitor:
    stranger = await Visitor(http, house.origin).arrive()
    await stranger.say("It is Eve")
    await stranger.hears("It is Eve")
    return stranger


async def test_a_chat_stands_apart_from_where_a_stranger_chats(
    house: House, http: ClientSession
) -> None:
    [mail] = await mailed(house, "delivery")
    await joined(house, await eve(house, http), mail)
    await chats(http, house, "Any news?", topic="delivery")
    assert (await said(house, "Any news?")).conversation_id != mail


async def test_a_stranger_in_the_conversation_gets_and_takes_no_answers(
    house: House, http: ClientSession
) -> None:
    stranger = await eve(house, http)
    ada = await chats(http, house, "Any news?")
    own = (await said(house, "Any news?")).conversation_id
    await joined(house, stranger, own)
    await ada.hang_up()
    answer = await house.answer("It is on its way", to=ada.id)
    await stranger.begin(stranger.session["token"])
    await stranger.connect()
    assert await stranger.ask("email", address="eve@example.org") == "not_offered"
    await stranger.send(
        {"type": "seen", "sequence": (await said(house, "It is on its way")).sequence}
    )
    await stranger.say("Are you there?")
    await stranger.hears("Are you there?")
    assert not [line for line in stranger.lines if line["text"] == "It is on its way"]
    assert await house.state_of(answer) != "delivered"
    await ada.connect()
    line = await ada.hears("It is on its way")
    await ada.send({"type": "seen", "sequence": line["sequence"]})
    await eventually(lambda: _is_delivered(house, answer))


async def _is_delivered(house: House, interaction_id: str) -> bool:
    return await house.state_of(interaction_id) == "delivered"
