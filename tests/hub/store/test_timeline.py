"""What an agent reads of a conversation and its customer, on both databases."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update

from builders import TOKENS, chat_arrival, mail_arrival
from hub import clock
from hub.interaction import Accepted, Arrival, Attachment, Channel
from hub.replies import Reply, add_note, add_reply
from hub.store import Database, agents, customers, timeline
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.arrivals import store_arrivals
from plans import asked, plan_of
from stores import opened

DAY = timedelta(days=1)


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        yield store


async def keep(database: Database, *arrivals: Arrival) -> Sequence[Accepted]:
    return await database.write(lambda c: store_arrivals(c, arrivals, TOKENS))


async def customer_of(database: Database, conversation_id: str) -> str:
    found = await database.read(lambda c: timeline.conversation(c, conversation_id))
    assert found is not None
    return found.customer_id


async def test_a_conversation_is_read_oldest_first_from_its_end(database: Database) -> None:
    [first] = await keep(database, mail_arrival(message_id="1@x.example", text="text 1"))
    for number in range(2, 7):
        await keep(database, mail_arrival(references=("1@x.example",), text=f"text {number}"))
    conversation_id = first.conversation_id
    last = await database.read(lambda c: timeline.entries(c, conversation_id, limit=2))
    assert [entry.text for entry in last] == ["text 5", "text 6"]
    before = await database.read(
        lambda c: timeline.entries(c, conversation_id, limit=3, before=last[0].sequence)
    )
    assert [entry.text for entry in before] == ["text 2", "text 3", "text 4"]


async def test_an_entry_has_its_files_and_its_delivery(database: Database) -> None:
    file = Attachment(id="x", filename="a.pdf", content_type="x/y", size=3, sha256="0" * 64)
    html = '<p>x</p><img data-remote-src="https://x.example/">'
    [accepted] = await keep(database, mail_arrival(attachments=(file,), html=html))
    reply = Reply(
        conversation_id=accepted.conversation_id,
        channel=Channel.EMAIL,
        account="info@x.example",
        to=(),
        text="Hello",
    )
    await database.write(lambda c: add_reply(c, reply))
    mail, answer = await database.read(
        lambda c: timeline.entries(c, accepted.conversation_id, limit=9)
    )
    assert [kept.filename for kept in mail.attachments] == ["a.pdf"]
    assert (mail.has_html, mail.has_remote_images, mail.delivery) == (True, True, None)
    assert answer.delivery is not None
    assert (answer.delivery.state, answer.has_html) == ("queued", False)
    attachment_id = mail.attachments[0].id
    found = await database.read(lambda c: timeline.attachment(c, attachment_id))
    assert found == (mail.attachments[0], accepted.conversation_id)
    assert await database.read(lambda c: timeline.attachment(c, "nothing")) is None
    assert await database.read(lambda c: timeline.html_of(c, mail.id)) == html


async def test_unseen_is_what_others_added(database: Database) -> None:
    def hire(connection: Connection) -> str:
        return agents.add(connection, login="a", name="A", password_hash="", held=[])

    anna = await database.write(hire)
    [accepted] = await keep(database, mail_arrival(message_id="1@x.example"))
    conversation_id = accepted.conversation_id

    async def unseen(seen: int) -> list[int]:
        return await database.write(
            lambda c: timeline.unseen(c, conversation_id, seen=seen, agent_id=anna)
        )

    assert await unseen(1) == []
    await database.write(
        lambda c: add_note(
            c, conversation_id=conversation_id, text="x", agent_id=anna, agent_name="A"
        )
    )
    assert await unseen(1) == [], "what one wrote oneself is known"
    await keep(database, mail_arrival(references=("1@x.example",)))
    assert await unseen(1) == [3]
    assert await unseen(3) == []


def work_for(accepted: Accepted, role: str) -> dict[str, Any]:
    return {
        "id": accepted.interaction_id,
        "conversation_id": accepted.conversation_id,
        "role": role,
        "state": "waiting",
        "epoch": 1,
        "channel": "email",
        "topic": "",
        "priority_minutes": 0,
        "waiting_since": clock.now(),
        "overdue": False,
        "decision": {},
        "created_at": clock.now(),
    }


async def add_work(database: Database, contacts: Sequence[Accepted], role: str) -> None:
    """Each contact is an item of its customer that waits for the role."""

    def work(connection: Connection) -> None:
        known = connection.execute(select(t.conversations.c.id, t.conversations.c.customer_id))
        customer = {row.id: row.customer_id for row in known}
        rows = [work_for(a, role) | {"customer_id": customer[a.conversation_id]} for a in contacts]
        connection.execute(insert(t.work_items), rows)

    await database.write(work)


ANNA = agents.Agent("anna", "anna", "Anna", "en", frozenset({"service"}))


async def test_an_agent_sees_the_work_of_their_roles_and_no_other(database: Database) -> None:
    contacts = await keep(database, *(mail_arrival(f"c{n}@example.org") for n in range(3)))
    await add_work(database, contacts[:1], "service")
    await add_work(database, contacts[1:2], "bills")
    asked = [accepted.conversation_id for accepted in contacts]
    assert await database.read(lambda c: timeline.visible(c, asked, ANNA)) == {asked[0]}
    assert not await database.read(lambda c: timeline.visible(c, [], ANNA))


async def test_the_effort_to_open_one_conversation_does_not_grow_with_the_others(
    sqlite_url: str,
) -> None:
    def steps(connection: Connection) -> int:
        """How many steps the engine takes: the same on every machine."""
        taken: list[None] = []
        driver: Any = connection.connection.dbapi_connection
        driver.set_progress_handler(lambda: taken.append(None), 1)
        assert timeline.may_see(connection, first.conversation_id, ANNA)
        driver.set_progress_handler(None, 1)
        return len(taken)

    async with opened(sqlite_url) as database:
        [first] = await keep(database, mail_arrival())
        await add_work(database, [first], "service")
        alone = await database.write(steps)
        others = await keep(database, *(mail_arrival(f"c{n}@example.org") for n in range(200)))
        await add_work(database, others, "service")
        assert await database.write(steps) < 2 * alone


async def test_the_effort_to_open_ones_own_work_does_not_grow_with_what_one_has_in_hand(
    sqlite_url: str,
) -> None:
    def asked(connection: Connection) -> list[str]:
        sent: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2]))
        assert timeline.may_see(connection, first.conversation_id, ANNA)
        return sent

    async with opened(sqlite_url) as database:
        [first] = await keep(database, mail_arrival())
        await add_work(database, [first], "service")
        [statement] = await database.write(asked)
    assert "customers" not in statement, "whom else they help is of no matter"


async def test_agreements_in_force_are_the_customers_and_their_organisations(
    database: Database,
) -> None:
    [accepted] = await keep(database, mail_arrival("jan@zwaan.example"))
    customer_id = await customer_of(database, accepted.conversation_id)
    now = clock.now()

    def agree(connection: Connection) -> None:
        organisation = {"id": "org", "kind": "organisation", "name": "De Zwaan"}
        shared = {"target_group": "", "language": "", "attributes": {}, "created_at": now}
        none = {"organisation_id": None}
        connection.execute(insert(t.customers), [organisation | shared | none])
        joined = update(t.customers).where(t.customers.c.id == customer_id)
        connection.execute(joined.values(organisation_id="org"))
        for title, whose, since, until, due in (
            ("own", customer_id, -DAY, None, None),
            ("shared", "org", -2 * DAY, DAY, None),
            ("promise", customer_id, -DAY, None, now + DAY),
            ("past", "org", -2 * DAY, -DAY, None),
            ("future", "org", DAY, None, None),
        ):
            row: dict[str, Any] = {
                "id": title,
                "customer_id": whose,
                "kind": "price",
                "title": title,
                "terms": "",
            }
            row |= {"valid_from": now + since, "valid_until": now + until if until else None}
            connection.execute(insert(t.agreements), [row | {"due_at": due, "owner": ""}])

    await database.write(agree)
    who = await database.read(lambda c: customers.customer(c, customer_id))
    assert who.organisation_name == "De Zwaan"
    assert [(point.kind, point.value) for point in who.points] == [("email", "jan@zwaan.example")]
    assert [(a.title, a.with_organisation) for a in who.agreements] == [
        ("promise", False),
        ("own", False),
        ("shared", True),
    ]


async def test_history_is_of_all_channels_newest_first(database: Database) -> None:
    await keep(database, mail_arrival("jan@x.example", subject="Old", text="a  b\nc"))
    await keep(database, mail_arrival("piet@x.example", subject="Of another"))
    [new] = await keep(database, mail_arrival("jan@x.example", subject="New"))
    await keep(database, chat_arrival())
    customer_id = await customer_of(database, new.conversation_id)
    who = await database.read(lambda c: customers.customer(c, customer_id))
    own, others = await database.read(
        lambda c: customers.history(c, who, besides=new.conversation_id, limit=9)
    )
    assert [(line.subject, line.excerpt) for line in own] == [("Old", "a b c")]
    assert others == []


async def test_who_may_read_some_is_not_looked_for_in_all_work_of_a_role(sqlite_url: str) -> None:
    """Of that there may be a million pieces."""
    anna = Agent("a", "anna", "Anna", "en", frozenset({"service", "billing"}), False)

    def look(connection: Connection) -> str:
        with asked(connection) as statements:
            timeline.visible(connection, [str(number) for number in range(20)], anna)
        return plan_of(connection, statements)

    async with opened(sqlite_url) as store:
        plan = await store.read(look)
    assert "USING INDEX ix_work_items_conversation_id_created_at" in plan
    assert "role_state" not in plan
