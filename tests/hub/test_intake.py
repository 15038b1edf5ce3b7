"""The one door in: what is accepted is kept once, in the right conversation, and told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from builders import TOKENS, chat_arrival, email_party, mail_arrival
from hub import clock
from hub.errors import StoreDown
from hub.events import InteractionReceived, MessageStatus, decode
from hub.intake import Intake
from hub.interaction import (
    Automatic,
    Bounce,
    Channel,
    Party,
    PointKind,
    Thread,
    Verification,
)
from hub.metrics import Metrics
from hub.replies import Reply, add_reply, reachable
from hub.store import Database, migrate
from hub.store.database import open_database
from hub.store.tables import (
    attachments,
    audit_log,
    contact_points,
    conversations,
    customers,
    interactions,
    outbound,
    outbox,
)
from hub.store.threads import TOKEN_PURPOSE
from stores import count, only, opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, TOKENS, Metrics(), lambda: None)


async def reply_to(database: Database, conversation_id: str, to: Party) -> str:
    reply = Reply(
        conversation_id=conversation_id,
        channel=Channel.EMAIL,
        account="info@vandalenkoffie.example",
        to=(to,),
        text="It is on its way.",
    )
    return await database.write(lambda c: add_reply(c, reply))


async def external_id(database: Database, interaction_id: str) -> str:
    chosen = select(interactions.c.external_id).where(interactions.c.id == interaction_id)
    return await database.read(lambda c: c.execute(chosen).scalar_one())


async def test_an_arrival_is_kept_whole(intake: Intake, database: Database) -> None:
    accepted = await intake.accept(
        mail_arrival(sender="jan@example.org", subject="Late", text="Where is it? ☕")
    )
    [kept] = await rows(database, interactions)
    assert (kept.id, kept.sequence) == (accepted.interaction_id, 1)
    assert (kept.subject, kept.text) == ("Late", "Where is it? ☕")
    assert kept.received_at.tzinfo is not None
    [customer] = await rows(database, customers)
    assert customer.name == "jan@example.org"
    [event] = await rows(database, outbox)
    told = decode(event.body)
    assert isinstance(told.event, InteractionReceived)
    assert told.event.interaction_id == kept.id
    assert told.subject == accepted.conversation_id
    assert told.correlation_id == kept.correlation_id != ""


async def test_a_duplicate_changes_nothing_and_says_where_the_first_is(
    intake: Intake, database: Database
) -> None:
    arrival = mail_arrival(message_id="same@example.org")
    first = await intake.accept(arrival)
    again = await intake.accept(arrival)
    assert again == first.model_copy(update={"duplicate": True})
    assert await count(database, interactions) == 1
    assert await count(database, outbox) == 1


async def test_the_same_id_in_another_mailbox_is_another_arrival(
    intake: Intake, database: Database
) -> None:
    await intake.accept(mail_arrival(message_id="same@example.org"))
    other = mail_arrival(message_id="same@example.org", account="invoice@vandalenkoffie.example")
    assert not (await intake.accept(other)).duplicate
    assert await count(database, interactions) == 2


async def test_arrivals_that_come_together_are_each_kept_once(
    intake: Intake, database: Database
) -> None:
    arrivals = [mail_arrival(sender=f"c{n % 7}@example.org") for n in range(40)]
    accepted = await asyncio.gather(*(intake.accept(a) for a in [*arrivals, *arrivals]))
    assert sum(answer.duplicate for answer in accepted) == 40
    assert await count(database, interactions) == 40
    assert await count(database, customers) == 7
    numbers = [row.number for row in await rows(database, conversations)]
    assert len(set(numbers)) == 40
    assert min(numbers) > 10_000


async def test_two_processes_that_meet_a_new_customer_make_one(store_url: str) -> None:
    first, second = open_database(store_url), open_database(store_url)
    await migrate.upgrade(first)
    doors = [Intake(each, TOKENS, Metrics(), lambda: None) for each in (first, second)]
    arrivals = [mail_arrival(sender=f"c{n % 3}@example.org") for n in range(30)]
    await asyncio.gather(*(door.accept(a) for a in arrivals for door in doors))
    assert await count(first, interactions) == 30
    assert await count(first, customers) == 3
    await first.close()
    await second.close()


async def test_two_processes_that_get_a_new_chat_open_one_conversation(store_url: str) -> None:
    async with opened(store_url) as first, opened(store_url) as second:
        doors = [Intake(each, TOKENS, Metrics(), lambda: None) for each in (first, second)]
        for session in range(10):
            both = [chat_arrival(session=f"s{session}") for _ in doors]
            await asyncio.gather(*(door.accept(a) for door, a in zip(doors, both, strict=True)))
        assert await count(first, conversations) == 10
        assert await count(first, interactions) == 20


async def test_an_answer_joins_the_conversation_it_refers_to(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    second = await intake.accept(
        mail_arrival(references=("unknown@example.org", "one@example.org"), subject="RE: hm")
    )
    assert second.conversation_id == first.conversation_id
    assert second.sequence == 2


async def test_ids_known_only_by_hearsay_join_later_mails(intake: Intake) -> None:
    """The mail in between went to somebody else; both refer to it."""
    first = await intake.accept(mail_arrival(references=("between@example.org",)))
    second = await intake.accept(mail_arrival(references=("between@example.org",)))
    assert second.conversation_id == first.conversation_id


async def test_an_empty_reference_matches_nothing(intake: Intake) -> None:
    first = await intake.accept(mail_arrival(thread=Thread()))
    second = await intake.accept(mail_arrival(thread=Thread()))
    assert second.conversation_id != first.conversation_id


async def test_a_signed_reply_address_brings_the_answer_back(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival())
    token = TOKENS.sign(TOKEN_PURPOSE, first.conversation_id)
    second = await intake.accept(mail_arrival(thread=Thread(token=token)))
    assert second.conversation_id == first.conversation_id
    forged = token[:-1] + ("a" if token[-1] != "a" else "b")
    third = await intake.accept(mail_arrival(thread=Thread(token=forged)))
    assert third.conversation_id != first.conversation_id


@pytest.mark.parametrize("kind", ["token", "references", "marker", "number"])
async def test_a_stranger_with_a_reference_gets_a_linked_conversation(
    intake: Intake, database: Database, kind: str
) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    [known] = await rows(database, conversations)
    token = TOKENS.sign(TOKEN_PURPOSE, first.conversation_id)
    thread = {
        "token": Thread(token=token),
        "references": Thread(references=("one@example.org",)),
        "marker": Thread(marker=token),
        "number": Thread(number=known.number),
    }[kind]
    stranger = await intake.accept(mail_arrival(sender="mallory@example.com", thread=thread))
    assert stranger.conversation_id != first.conversation_id
    linked = {row.id: row.linked_id for row in await rows(database, conversations)}
    assert linked[stranger.conversation_id] == first.conversation_id


async def test_a_number_in_the_subject_joins_who_takes_part(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival())
    [conversation] = await rows(database, conversations)
    second = await intake.accept(mail_arrival(thread=Thread(number=conversation.number)))
    assert second.conversation_id == first.conversation_id


async def test_a_colleague_in_copy_takes_part(intake: Intake) -> None:
    copied = mail_arrival(
        message_id="one@example.org",
        recipients=(email_party("info@vandalenkoffie.example"), email_party("els@example.org")),
    )
    first = await intake.accept(copied)
    second = await intake.accept(
        mail_arrival(sender="els@example.org", references=("one@example.org",))
    )
    assert second.conversation_id == first.conversation_id


async def test_a_copy_of_a_forged_mail_brings_nobody_in(intake: Intake, database: Database) -> None:
    """Mallory writes in Jan's name, with a copy to himself, and then in his own."""
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    forged = mail_arrival(
        message_id="two@example.org",
        references=("one@example.org",),
        recipients=(email_party("mallory@example.com"),),
        verification=Verification.UNVERIFIED,
    )
    assert (await intake.accept(forged)).conversation_id == first.conversation_id
    own = mail_arrival(sender="mallory@example.com", references=("two@example.org",))
    assert (await intake.accept(own)).conversation_id != first.conversation_id


async def test_the_customer_is_the_first_to_answer_to(intake: Intake, database: Database) -> None:
    copied = mail_arrival(
        message_id="one@example.org", recipients=(email_party("els@example.org"),)
    )
    first = await intake.accept(copied)
    await intake.accept(mail_arrival(sender="els@example.org", references=("one@example.org",)))
    ways = await database.read(lambda c: reachable(c, first.conversation_id, {}))
    assert [way.to.value for way in ways] == ["jan@example.org", "els@example.org"]


async def test_whom_we_wrote_takes_part(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival())
    sent = await reply_to(database, first.conversation_id, email_party("boss@example.org"))
    reference = await external_id(database, sent)
    answer = await intake.accept(mail_arrival(sender="boss@example.org", references=(reference,)))
    assert answer.conversation_id == first.conversation_id
    assert answer.sequence == 3


async def test_a_customer_who_writes_again_reopens(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    resolved = {"state": "resolved", "resolved_at": clock.now()}
    await database.write(lambda c: c.execute(update(conversations).values(resolved)))
    answers = [
        mail_arrival(references=("one@example.org",), automatic=Automatic.REPLY),
        mail_arrival(references=("one@example.org",), occurred_at=clock.now()),
    ]
    states = []
    for answer in answers:
        accepted = await intake.accept(answer)
        assert accepted.conversation_id == first.conversation_id
        states.append((await rows(database, conversations))[0].state)
    assert states == ["resolved", "open"]


async def test_long_after_it_was_resolved_a_new_conversation_links_to_it(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    long_ago = mail_arrival().occurred_at.replace(year=2020)
    resolved = {"state": "resolved", "resolved_at": long_ago}
    await database.write(lambda c: c.execute(update(conversations).values(resolved)))
    later = await intake.accept(mail_arrival(references=("one@example.org",)))
    assert later.conversation_id != first.conversation_id
    links = {row.id: row.linked_id for row in await rows(database, conversations)}
    assert links[later.conversation_id] == first.conversation_id


async def test_a_bounce_goes_to_what_bounced(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival())
    sent = await reply_to(database, first.conversation_id, email_party("jan@example.org"))
    await database.write(lambda c: c.execute(update(outbound).values(state="sent")))
    bounce = mail_arrival(
        sender="mailer-daemon@example.org",
        automatic=Automatic.BOUNCE,
        bounce=Bounce(
            message_id=await external_id(database, sent), permanent=True, diagnostic="550 gone"
        ),
    )
    accepted = await intake.accept(bounce)
    assert accepted.conversation_id == first.conversation_id
    message = await only(database, outbound)
    assert (message.state, message.error) == ("bounced", "550 gone")
    assert await count(database, customers) == 1
    told = [decode(row.body).event for row in await rows(database, outbox)]
    assert [e.state for e in told if isinstance(e, MessageStatus)] == ["bounced"]


async def test_a_bounce_of_nothing_we_sent_is_kept_apart(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org"))
    backscatter = mail_arrival(
        sender="mailer-daemon@example.org",
        automatic=Automatic.BOUNCE,
        bounce=Bounce(message_id="one@example.org", permanent=True),
    )
    accepted = await intake.accept(backscatter)
    assert accepted.conversation_id != first.conversation_id


async def test_a_mail_from_a_known_domain_is_a_contact_of_the_organisation(
    intake: Intake, database: Database
) -> None:
    organisation = {
        "id": clock.new_id(),
        "kind": "organisation",
        "name": "Bakkerij",
        "target_group": "b2b",
        "attributes": {},
        "created_at": clock.now(),
    }
    domain = {
        "id": clock.new_id(),
        "customer_id": organisation["id"],
        "key": "domain:bakkerij.example",
        "kind": "domain",
        "value": "bakkerij.example",
        "verified": True,
        "created_at": clock.now(),
    }

    def prepare(connection: Any) -> None:
        connection.execute(insert(customers), [organisation])
        connection.execute(insert(contact_points), [domain])

    await database.write(prepare)
    await intake.accept(mail_arrival(sender="els@bakkerij.example"))
    found = {row.name: row.organisation_id for row in await rows(database, customers)}
    assert found["els@bakkerij.example"] == organisation["id"]


async def test_chat_messages_of_a_session_are_one_conversation(intake: Intake) -> None:
    first = await intake.accept(chat_arrival(session="s1"))
    second = await intake.accept(chat_arrival(session="s1"))
    other = await intake.accept(chat_arrival(visitor="v2", session="s2"))
    assert second.conversation_id == first.conversation_id
    assert [first.sequence, second.sequence] == [1, 2]
    assert other.conversation_id != first.conversation_id


async def test_no_mail_can_name_a_chat(intake: Intake, database: Database) -> None:
    """Else a mail could tie somebody's conversation to the chat of who wrote the header."""
    before = mail_arrival(message_id="chat:s1", references=("chat:s1",))
    mailed = await intake.accept(before)
    chat = await intake.accept(chat_arrival(session="s1"))
    assert chat.conversation_id != mailed.conversation_id
    after = await intake.accept(mail_arrival(sender="eve@example.com", references=("chat:s1",)))
    assert after.conversation_id not in (chat.conversation_id, mailed.conversation_id)
    links = {row.id: row.linked_id for row in await rows(database, conversations)}
    assert links[after.conversation_id] == mailed.conversation_id


async def chat_handed_over(intake: Intake, database: Database, address: str) -> tuple[str, str]:
    """A chat whose visitor gave an address and got a mail there: (conversation, its token)."""
    chat = await intake.accept(chat_arrival())
    await database.write(
        lambda c: c.execute(update(conversations).values(handover_address=address))
    )
    await reply_to(database, chat.conversation_id, email_party(address))
    return chat.conversation_id, TOKENS.sign(TOKEN_PURPOSE, chat.conversation_id)


async def test_a_chat_goes_on_by_mail_and_the_visitor_gets_a_name(
    intake: Intake, database: Database
) -> None:
    conversation_id, token = await chat_handed_over(intake, database, "vera@example.org")
    answer = mail_arrival(thread=Thread(token=token))
    sender = Party(kind=PointKind.EMAIL, value="vera@example.org", name="Vera Visser")
    accepted = await intake.accept(answer.model_copy(update={"sender": sender}))
    assert accepted.conversation_id == conversation_id
    [customer] = await rows(database, customers)
    assert (customer.kind, customer.name) == ("person", "Vera Visser")
    points = {row.key: row.verified for row in await rows(database, contact_points)}
    assert points["email:vera@example.org"] is True
    assert await count(database, audit_log) == 1


async def test_a_visitor_who_proves_to_be_a_known_customer_is_that_customer(
    intake: Intake, database: Database
) -> None:
    await intake.accept(mail_arrival(sender="vera@example.org"))
    [vera] = await rows(database, customers)
    chat = await intake.accept(chat_arrival())
    chosen = update(conversations).where(conversations.c.id == chat.conversation_id)
    await database.write(lambda c: c.execute(chosen.values(handover_address="vera@example.org")))
    await reply_to(database, chat.conversation_id, email_party("vera@example.org"))
    token = TOKENS.sign(TOKEN_PURPOSE, chat.conversation_id)
    accepted = await intake.accept(
        mail_arrival(sender="vera@example.org", thread=Thread(token=token))
    )
    assert accepted.conversation_id == chat.conversation_id
    owners = {row.id: row.customer_id for row in await rows(database, conversations)}
    assert owners[chat.conversation_id] == vera.id
    points = {row.key: row.customer_id for row in await rows(database, contact_points)}
    assert points["visitor:v1"] == vera.id
    inbound = [row for row in await rows(database, interactions) if row.direction == "inbound"]
    assert {row.customer_id for row in inbound} == {vera.id}


@pytest.mark.parametrize(
    "changes",
    [{"automatic": Automatic.REPLY}, {"verification": Verification.FAILED}],
    ids=["an autoresponder", "a forged sender"],
)
async def test_what_does_not_come_from_the_visitor_proves_nothing(
    intake: Intake, database: Database, changes: dict[str, Any]
) -> None:
    conversation_id, token = await chat_handed_over(intake, database, "vera@example.org")
    answer = mail_arrival(sender="vera@example.org", thread=Thread(token=token), **changes)
    assert (await intake.accept(answer)).conversation_id == conversation_id
    kinds = {row.id: row.kind for row in await rows(database, customers)}
    chat = await only(database, conversations)
    assert kinds[chat.customer_id] == "visitor"


async def test_a_forged_delivery_report_lets_nobody_in(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival())
    sent = await reply_to(database, first.conversation_id, email_party("jan@example.org"))
    message_id = await external_id(database, sent)
    report = mail_arrival(
        sender="mallory@example.com",
        automatic=Automatic.BOUNCE,
        bounce=Bounce(message_id=message_id, permanent=True, recipient="other@example.com"),
    )
    await intake.accept(report)
    assert (await only(database, outbound)).state == "queued"
    after = await intake.accept(
        mail_arrival(sender="mallory@example.com", references=(message_id,))
    )
    assert after.conversation_id != first.conversation_id


@pytest.mark.parametrize(
    ("before", "permanent", "after"),
    [
        ("sent", False, "delayed"),
        ("bounced", False, "bounced"),
        ("delivered", False, "delivered"),
        ("queued", True, "queued"),
    ],
)
async def test_a_late_delivery_report_takes_nothing_back(
    intake: Intake, database: Database, before: str, permanent: bool, after: str
) -> None:
    first = await intake.accept(mail_arrival())
    sent = await reply_to(database, first.conversation_id, email_party("jan@example.org"))
    await database.write(lambda c: c.execute(update(outbound).values(state=before)))
    report = Bounce(message_id=await external_id(database, sent), permanent=permanent)
    await intake.accept(mail_arrival(automatic=Automatic.BOUNCE, bounce=report))
    message = await only(database, outbound)
    assert message.state == after
    assert (message.next_at is None) == (after == "delayed")


async def test_who_only_claims_the_address_proves_nothing(
    intake: Intake, database: Database
) -> None:
    """Without the token that was mailed there, the sender is just somebody."""
    conversation_id, _ = await chat_handed_over(intake, database, "vera@example.org")
    accepted = await intake.accept(mail_arrival(sender="vera@example.org"))
    assert accepted.conversation_id != conversation_id
    kinds = sorted(row.kind for row in await rows(database, customers))
    assert kinds == ["person", "visitor"]


async def test_one_arrival_that_cannot_be_kept_harms_no_other(
    intake: Intake, database: Database
) -> None:
    unkeepable = mail_arrival().model_copy(update={"details": {"x": object()}})
    answers = await asyncio.gather(
        intake.accept(mail_arrival()),
        intake.accept(unkeepable),
        intake.accept(mail_arrival()),
        return_exceptions=True,
    )
    assert isinstance(answers[1], Exception)
    assert await count(database, interactions) == 2
    assert await count(database, attachments) == 0


async def test_when_the_store_is_away_nothing_is_accepted(private_postgres: Any) -> None:
    database = open_database(private_postgres.url("postgres"))
    await asyncio.to_thread(private_postgres.stop)
    with pytest.raises(StoreDown):
        await Intake(database, TOKENS, Metrics(), lambda: None).accept(mail_arrival())
    await database.close()


async def test_a_full_disk_is_told_to_the_sender(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate.upgrade(database)
    intake = Intake(database, TOKENS, Metrics(), lambda: None)
    await intake.accept(mail_arrival())
    pages = await database.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StoreDown):
        await intake.accept(mail_arrival(text="x" * 1_000_000))
    await database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 5000}"))
    await intake.accept(mail_arrival(text="x" * 1_000_000))
    assert await count(database, interactions) == 2
    await database.close()
