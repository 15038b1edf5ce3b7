"""Conversations are split, made one and linked, and all of it is undone: nothing is lost."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from builders import email_party, mail_arrival
from hub import clock
from hub.interaction import Accepted, Channel, Thread
from hub.replies import Reply, add_reply
from hub.store import (
    Database,
    callbacks,
    chat_visits,
    drafts,
    gathering,
    hanging_up,
    relating,
    search_adding,
    splitting,
    steps,
    work_items,
    working,
)
from hub.store import calls as calling
from hub.store.ranking import goes_first, rank
from hub.store.search import Kind
from hub.store.search_adding import Document
from hub.store.tables import (
    audit_log,
    calls,
    conversations,
    deadlines,
    interactions,
    metadata,
    outbound,
    participants,
    search_documents,
    thread_refs,
    unrouted,
)
from hub.store.tables import chat_visits as visits
from hub.store.tables import work_items as items
from mail_desk import JAN, Desk
from stores import opened, rows

NUMBER = "+31612345678"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.begin()
    return desk


# Columns that hold a conversation and follow otherwise, each with why.
FOLLOWS = {
    "outbound.conversation_id": "its message",
    "unrouted.conversation_id": "its message",
    "search_documents.conversation_id": "its message",
    "participants.conversation_id": "copied",
    "conversation_links.conversation_id": "copied",
    "drafts.conversation_id": "put below each other",
    "chat_visits.conversation_id": "moved where there was no chat yet",
    "follows.conversation_id": "copied",
    "tasks.own_id": "a task is never merged",
    "conversations.linked_id": "says where it came from",
    "related_conversations.first_id": "leads to where it is now",
    "related_conversations.second_id": "leads to where it is now",
}


def test_every_column_that_holds_a_conversation_is_thought_of() -> None:
    """A new table with conversations fails here until somebody says what a merge does to it."""
    holds = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name == "conversation_id"
        or any(key.column.table.name == "conversations" for key in column.foreign_keys)
    }
    placed = {place.name for place in gathering.PLACES} - {"conversations.merged_into"}
    assert holds == placed | set(FOLLOWS)


async def reply(desk: Desk, conversation_id: str, text: str = "Our answer.") -> str:
    sent = Reply(
        conversation_id=conversation_id, channel=Channel.EMAIL, account="info@vandalen.example",
        to=(email_party(JAN),), text=text,
    )  # fmt: skip
    interaction_id: str = await desk.do(lambda c: add_reply(c, sent))
    return interaction_id


async def test_two_become_one_in_the_order_in_which_they_came_and_two_again(desk: Desk) -> None:
    one = await desk.mail(text="1", message_id="m1")
    two = await desk.mail(text="2", message_id="m2")
    ours = await reply(desk, one.conversation_id, "3")
    await desk.mail(text="4", message_id="m4", thread=Desk.token(two.conversation_id))
    a, b = one.conversation_id, two.conversation_id
    document = Document(Kind.MESSAGE, two.interaction_id, b, ["two"], "")
    await desk.do(lambda c: search_adding.add(c, [document]))
    before = {
        table.name: {str(row) for row in await rows(desk.database, table)}
        for table in (thread_refs, outbound, unrouted, participants, search_documents)
    }
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert await desk.texts(a) == ["1", "2", "3", "4", "gathered"]
    assert await desk.texts(b) == []
    assert await desk.owner(outbound, interaction_id=ours) == {a}
    for table in (thread_refs, unrouted, search_documents):
        assert await desk.owner(table) == {a}, table.name
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    assert await desk.texts(a) == ["1", "3", "gathered", "apart"]
    assert await desk.texts(b) == ["2", "4"]
    for table in (thread_refs, outbound, unrouted, participants, search_documents):
        assert {str(row) for row in await rows(desk.database, table)} >= before[table.name]
    assert await desk.refused(lambda c: gathering.undo(c, done.id, desk.anna)) == "undone"
    lines = [(r.action, r.object) for r in await rows(desk.database, audit_log)]
    assert lines == [("conversation.merged", a), ("conversation.merge_undone", a)]


async def test_a_mail_to_either_finds_where_it_is(desk: Desk) -> None:
    one, two = await desk.mail(message_id="m1"), await desk.mail(message_id="m2")
    a, b = one.conversation_id, two.conversation_id
    [number] = [r.number for r in await rows(desk.database, conversations) if r.id == b]
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    for thread in (Desk.token(b), Thread(references=("m2",)), Thread(number=number), Desk.token(a)):
        assert (await desk.mail(thread=thread)).conversation_id == a
    third = (await desk.mail()).conversation_id
    again = await desk.do(lambda c: gathering.gather(c, third, a, desk.anna))
    assert (await desk.mail(thread=Desk.token(b))).conversation_id == third
    assert await desk.refused(lambda c: gathering.undo(c, done.id, desk.anna)) == "merged_again"
    await desk.do(lambda c: gathering.undo(c, again.id, desk.anna))
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    for thread in (Desk.token(b), Thread(references=("m2",)), Thread(number=number)):
        assert (await desk.mail(thread=thread)).conversation_id == b


async def test_of_two_pieces_of_work_one_goes_on_and_both_come_back(desk: Desk) -> None:
    a = (await desk.mail()).conversation_id
    b = (await desk.mail()).conversation_id
    waiting, held = await desk.work(a), await desk.work(b, desk.anna)
    before = [await desk.item(one) for one in (waiting, held)]
    promised = {str(row) for row in await rows(desk.database, deadlines)}
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert ((await desk.item(waiting)).state, (await desk.item(held)).state) == ("done", "assigned")
    assert (await desk.item(held)).conversation_id == a
    latest = await desk.database.read(lambda c: work_items.latest_of(c, [a]))
    assert latest[a].id == held
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    after = [await desk.item(one) for one in (waiting, held)]
    without = [one._asdict() | {"epoch": 0} for one in before]  # it grew with every change
    assert [one._asdict() | {"epoch": 0} for one in after] == without
    assert {str(row) for row in await rows(desk.database, deadlines)} == promised


async def test_who_was_promised_their_place_keeps_it(desk: Desk) -> None:
    a, b = (await desk.mail()).conversation_id, (await desk.mail()).conversation_id
    mail, call = await desk.work(a), await desk.work(b)
    called_back = {"rank": rank(clock.now(), 0, 0, goes_first=True), "callback_to": NUMBER}
    await desk.do(lambda c: c.execute(update(items).where(items.c.id == call).values(called_back)))
    await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert [(await desk.item(one)).state for one in (mail, call)] == ["done", "waiting"]
    assert goes_first(await desk.item(call))


async def both_at_once(desk: Desk) -> tuple[str, str, str]:
    """Anna has a mail of Jan in hand, and he waits to be called back. The conversation of the mail,
    and both pieces of work."""
    a, b = (await desk.mail()).conversation_id, (await desk.mail()).conversation_id
    held, call = await desk.work(a, desk.anna), await desk.work(b)
    first = {"rank": rank(clock.now(), 0, 0, goes_first=True), "callback_to": NUMBER}
    await desk.do(lambda c: c.execute(update(items).where(items.c.id == call).values(first)))
    return a, held, call


async def test_a_promised_callback_comes_along_and_is_given_back(desk: Desk) -> None:
    a, held, call = await both_at_once(desk)
    b = (await desk.item(call)).conversation_id
    before = [await desk.item(one) for one in (held, call)]
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert (await desk.item(held)).callback_to == NUMBER
    assert (await desk.item(call)).callback_to == ""
    [told] = await desk.database.read(lambda c: steps.of(c, held))
    assert (told.kind, told.details["number"]) == (steps.CALLBACK, NUMBER)
    await desk.do(lambda c: working.release(c, held, desk.anna))
    assert goes_first(await desk.item(held)), "the place was promised too"
    await desk.do(lambda c: working.claim(c, held, desk.anna))
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    after = [await desk.item(one) for one in (held, call)]
    assert [(one.rank, one.callback_to) for one in after] == [
        (one.rank, one.callback_to) for one in before
    ]


async def test_work_that_waits_does_not_sleep_until_a_callback(desk: Desk) -> None:
    a, b = (await desk.mail()).conversation_id, (await desk.mail()).conversation_id
    mail, call = await desk.work(a), await desk.work(b)
    at = clock.now() + timedelta(hours=20)
    await desk.do(lambda c: callbacks.ask(c, call, NUMBER, at=at))
    await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert [(await desk.item(one)).state for one in (mail, call)] == ["waiting", "done"]
    assert (await desk.item(mail)).callback_to == NUMBER
    said = await desk.database.read(lambda c: steps.latest(c, mail, steps.CALLBACK))
    assert said["until"] == at.isoformat()


async def test_who_was_called_back_is_not_called_again_when_it_is_undone(desk: Desk) -> None:
    a, held, call = await both_at_once(desk)
    b = (await desk.item(call)).conversation_id
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    sid = await desk.do(lambda c: calling.place(c, a, desk.anna, number=NUMBER, language="nl"))
    placed = await desk.database.read(lambda c: calling.get(c, sid))
    assert placed is not None
    its = await desk.database.read(lambda c: calling.item_of(c, placed))
    assert its is not None
    assert its.id == held, "not the work that is done, though it came later"
    await desk.do(lambda c: callbacks.done(c, held))
    await desk.do(lambda c: c.execute(update(calls).values(state=calling.OVER)))
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    assert [(await desk.item(one)).callback_to for one in (held, call)] == ["", ""]


async def test_of_two_numbers_each_comes_back_to_its_own(desk: Desk) -> None:
    a, held, call = await both_at_once(desk)
    b = (await desk.item(call)).conversation_id
    other = {"callback_to": "+31687654321"}
    await desk.do(lambda c: c.execute(update(items).where(items.c.id == held).values(other)))
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert (await desk.item(held)).callback_to == "+31687654321"
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    numbers = [(await desk.item(one)).callback_to for one in (held, call)]
    assert numbers == ["+31687654321", NUMBER]


async def test_what_stood_first_does_not_for_ever_when_it_comes_back(desk: Desk) -> None:
    a, b = (await desk.mail()).conversation_id, (await desk.mail()).conversation_id
    await desk.work(a, desk.anna)
    call = await desk.work(b)
    first = {"rank": rank(clock.now(), 0, 0, goes_first=True)}
    await desk.do(lambda c: c.execute(update(items).where(items.c.id == call).values(first)))
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert await desk.do(hanging_up.left_over) == []
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    assert await desk.do(hanging_up.left_over) == [call]


async def test_a_chat_that_is_over_is_answered_where_it_is_now(desk: Desk) -> None:
    a = (await desk.mail()).conversation_id
    b = (await desk.mail()).conversation_id

    def chat(connection: Connection) -> None:
        chat_visits.arrive(
            connection, conversation_id=b, site="x", visitor_id="v", session_id="s",
            identified=True, page="", page_title="", language="nl",
        )  # fmt: skip
        here = update(conversations).where(conversations.c.id == b)
        connection.execute(here.values(handover_address=JAN))

    await desk.do(chat)
    assert await desk.refused(lambda c: gathering.gather(c, a, b, desk.anna)) == "live"
    await desk.do(lambda c: chat_visits.leave(c, b))

    async def where() -> tuple[set[str], set[str]]:
        mailed = await desk.database.read(
            lambda c: c.execute(
                select(conversations.c.id).where(conversations.c.handover_address == JAN)
            ).scalars().all()
        )  # fmt: skip
        return await desk.owner(visits), set(mailed)

    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert await where() == ({a}, {a, b})
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    assert await where() == ({b}, {b})


async def test_drafts_stand_below_each_other(desk: Desk) -> None:
    a = (await desk.mail()).conversation_id
    b = (await desk.mail()).conversation_id
    for at, agent, text in ((a, desk.anna, "A"), (b, desk.anna, "B"), (b, desk.carl, "C")):
        save = partial(drafts.save, conversation_id=at, agent_id=agent.id, fields={"text": text})
        await desk.do(save)

    async def kept(conversation_id: str) -> dict[str, str]:
        found = await desk.database.read(lambda c: drafts.of_conversation(c, conversation_id))
        return {one.agent_name: one.fields["text"] for one in found}

    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert (await kept(a), await kept(b)) == ({"anna": "A\n\nB", "carl": "C"}, {})
    await desk.do(lambda c: gathering.undo(c, done.id, desk.anna))
    assert (await kept(a), await kept(b)) == (
        {"anna": "A\n\nB"},
        {"anna": "B", "carl": "C"},
    )


async def test_what_cannot_become_one_is_refused(desk: Desk) -> None:
    a = (await desk.mail()).conversation_id
    b = (await desk.mail()).conversation_id
    other = (await desk.intake.accept(mail_arrival("kees@example.org"))).conversation_id
    gather = gathering.gather
    assert await desk.refused(lambda c: gather(c, a, other, desk.anna)) == "other_customer"
    assert await desk.refused(lambda c: gather(c, a, "none", desk.anna)) == "no_conversation"
    assert await desk.refused(lambda c: gather(c, a, a, desk.anna)) == "no_conversation"
    await desk.work(b, desk.carl)
    assert await desk.refused(lambda c: gather(c, a, b, desk.anna)) == "taken"
    sid, now = "CA1", clock.now()
    call: dict[str, Any] = {"sid": sid, "conversation_id": a, "account": "", "caller": ""}
    call |= {"language": "", "state": "talking", "outcome": "", "turn": 0, "agent_sid": ""}
    await desk.do(lambda c: c.execute(insert(calls).values(**call, created_at=now, changed_at=now)))
    assert await desk.refused(lambda c: gather(c, b, a, desk.carl)) == "live"
    await desk.do(lambda c: c.execute(update(calls).values(state="over")))
    await desk.do(lambda c: gather(c, b, a, desk.carl))
    assert await desk.refused(lambda c: gather(c, b, a, desk.carl)) == "gathered"


# Splitting


async def long_talk(desk: Desk) -> tuple[str, list[Accepted]]:
    """A mail, and two that go on with it; the second is about something else."""
    first = await desk.mail(text="1", message_id="m1")
    at = Desk.token(first.conversation_id)
    others = [
        await desk.mail(text=text, message_id=f"m{text}", subject=subject,
                        thread=Thread(token=at.token, own=(f"m{text}",)))
        for text, subject in (("2", "A new matter"), ("3", ""))
    ]  # fmt: skip
    return first.conversation_id, [first, *others]


async def test_from_a_message_on_it_is_another_conversation_and_one_again(desk: Desk) -> None:
    talk, mails = await long_talk(desk)
    ours = await reply(desk, talk, "4")
    await desk.work(talk, desk.anna)
    await desk.do(lambda c: c.execute(unrouted.delete()))
    done = await desk.do(lambda c: splitting.split(c, mails[1].interaction_id, desk.anna))
    assert await desk.texts(talk) == ["1", "split_off"]
    assert await desk.texts(done.new_id) == ["2", "3", "4", "split_from"]
    [new] = [r for r in await rows(desk.database, conversations) if r.id == done.new_id]
    assert (new.subject, new.state) == ("A new matter", "open")
    assert await desk.owner(outbound, interaction_id=ours) == {done.new_id}
    [waits] = await rows(desk.database, unrouted)
    assert waits == (mails[1].interaction_id, done.new_id), "it is routed as if it came by itself"
    item_id = await desk.work(done.new_id)
    await desk.do(lambda c: splitting.undo(c, done.id, desk.anna))
    assert (await desk.item(item_id)).state == "done"
    texts = await desk.texts(talk)
    assert [text for text in texts if text.isdecimal()] == ["1", "2", "3", "4"]
    assert texts[-1] == "gathered"
    assert await desk.refused(lambda c: splitting.undo(c, done.id, desk.anna)) == "undone"


async def test_a_mail_to_what_was_split_off_goes_there(desk: Desk) -> None:
    talk, mails = await long_talk(desk)
    ours = await reply(desk, talk, "4")
    [sent] = [r.external_id for r in await rows(desk.database, interactions) if r.id == ours]
    done = await desk.do(lambda c: splitting.split(c, mails[1].interaction_id, desk.anna))
    for name in ("m2", "m3", sent):
        thread = Desk.token(talk, name, "m1")
        assert (await desk.mail(thread=thread)).conversation_id == done.new_id, name
    assert (await desk.mail(thread=Desk.token(talk, "m1", "m2"))).conversation_id == talk
    assert (await desk.mail(thread=Desk.token(talk))).conversation_id == talk
    assert (await desk.mail(thread=Desk.token(done.new_id))).conversation_id == done.new_id
    await desk.do(lambda c: splitting.undo(c, done.id, desk.anna))
    for thread in (Desk.token(talk, "m2"), Desk.token(done.new_id), Thread(references=("m3",))):
        assert (await desk.mail(thread=thread)).conversation_id == talk


async def test_what_cannot_be_split_is_refused(desk: Desk) -> None:
    talk, mails = await long_talk(desk)
    ours = await reply(desk, talk)
    split = splitting.split
    for one in (mails[0].interaction_id, ours):
        assert await desk.refused(lambda c, one=one: split(c, one, desk.anna)) == "no_split"
    assert await desk.refused(lambda c: split(c, "none", desk.anna)) == "no_message"
    await desk.work(talk, desk.carl)
    second = mails[1].interaction_id
    assert await desk.refused(lambda c: split(c, second, desk.anna)) == "taken"


async def test_two_are_linked_and_not_any_more(desk: Desk) -> None:
    a = (await desk.mail()).conversation_id
    b = (await desk.intake.accept(mail_arrival("kees@example.org"))).conversation_id
    sam = replace(desk.anna, supervisor=True)
    await desk.do(lambda c: relating.relate(c, a, b, by=desk.anna.id))
    await desk.do(lambda c: relating.relate(c, b, a, by=desk.anna.id))
    for one, other in ((a, b), (b, a)):
        found = await desk.database.read(lambda c, one=one: relating.of(c, one, sam))
        assert [line.id for line in found] == [other]
    assert await desk.refused(lambda c: relating.relate(c, a, a, by="x")) == "no_conversation"
    assert await desk.refused(lambda c: relating.relate(c, a, "none", by="x")) == "no_conversation"
    await desk.do(lambda c: relating.unrelate(c, b, a, by=desk.anna.id))
    assert await desk.database.read(lambda c: relating.of(c, a, sam)) == []
    assert await desk.refused(lambda c: relating.unrelate(c, a, b, by="x")) == "no_conversation"
    number = select(conversations.c.number).where(conversations.c.id == b)
    its = await desk.database.read(lambda c: c.execute(number).scalar_one())
    assert await desk.database.read(lambda c: relating.numbered(c, its)) == b
    whose = select(conversations.c.customer_id).where(conversations.c.id == a)
    jan = await desk.database.read(lambda c: c.execute(whose).scalar_one())
    others = await desk.database.read(lambda c: relating.others_of(c, jan, besides="", limit=9))
    assert [line.id for line in others] == [a]
