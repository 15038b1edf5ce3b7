"""What is wrong or missing in what we know of a customer, and how it is mended."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from builders import TOKENS, email_party, mail_arrival, text_arrival
from hub import clock
from hub.errors import Rejected
from hub.intake import Intake
from hub.interaction import Accepted, Channel, Party
from hub.metrics import Metrics
from hub.replies import Reply, add_reply
from hub.store import Database, customer_book, customers, hints, household
from hub.store.hints import HintKind
from hub.store.tables import conversations, outbound, work_items
from hub.store.tables import customers as people
from stores import opened

MAIL = "jan.jansen@example.org"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, TOKENS, Metrics(), lambda: None)


async def owner(database: Database, accepted: Accepted) -> str:
    which = select(conversations.c.customer_id).where(
        conversations.c.id == accepted.conversation_id
    )
    found: str = await database.read(lambda c: c.execute(which).scalar_one())
    return found


async def said(database: Database, customer_id: str) -> dict[HintKind, str]:
    """By kind: the address it is about, or what is suggested."""
    found = await database.read(lambda c: hints.of_customer(c, customers.customer(c, customer_id)))
    return {one.kind: one.point.value if one.point else one.suggestion for one in found}


async def mend(database: Database, customer_id: str, kind: HintKind, value: str) -> None:
    await database.write(lambda c: hints.repair(c, customer_id, kind, value, by="anna"))


def from_(party: Party) -> dict[str, Party]:
    return {"sender": party}


async def test_a_name_and_a_language_are_filled_in(intake: Intake, database: Database) -> None:
    jan = await owner(database, await intake.accept(mail_arrival(MAIL)))
    assert await said(database, jan) == {HintKind.NAMELESS: "", HintKind.NO_LANGUAGE: ""}
    named = mail_arrival(MAIL, language="nl").model_copy(update=from_(email_party(MAIL, "Jan J.")))
    await intake.accept(named)
    assert await said(database, jan) == {HintKind.NAMELESS: "Jan J.", HintKind.NO_LANGUAGE: "nl"}
    await mend(database, jan, HintKind.NAMELESS, " Jan  Jansen ")
    await mend(database, jan, HintKind.NO_LANGUAGE, "nl")
    assert await said(database, jan) == {}
    who = await database.read(lambda c: customers.customer(c, jan))
    assert (who.name, who.language) == ("Jan Jansen", "nl")
    for kind, value in ((HintKind.NAMELESS, MAIL), (HintKind.NO_LANGUAGE, "Dutch")):
        with pytest.raises(Rejected):
            await mend(database, jan, kind, value)


async def test_an_address_that_comes_back_or_was_only_written_down_is_removed(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    jan = await owner(database, first)
    sent = Reply(
        conversation_id=first.conversation_id, channel=Channel.EMAIL, account="info@x.example",
        to=(email_party(MAIL),), text="Hello",
    )  # fmt: skip
    await database.write(lambda c: add_reply(c, sent))
    await database.write(lambda c: c.execute(update(outbound).values(state="bounced")))
    typed = email_party("typed@example.org")
    await database.write(lambda c: customer_book.add_point(c, jan, typed, by="anna"))
    found = await said(database, jan)
    assert (found[HintKind.BOUNCED], found[HintKind.UNPROVED]) == (MAIL, typed.value)
    await mend(database, jan, HintKind.BOUNCED, f"email:{MAIL}")
    await mend(database, jan, HintKind.UNPROVED, typed.key)
    found = await said(database, jan)
    assert not {HintKind.BOUNCED, HintKind.UNPROVED} & found.keys()
    assert HintKind.NO_MAIL in found
    with pytest.raises(Rejected):
        await mend(database, jan, HintKind.BOUNCED, f"email:{MAIL}")


async def test_an_address_of_several_is_told_by_its_name_and_by_theirs(
    intake: Intake, database: Database
) -> None:
    jan = await owner(database, await intake.accept(mail_arrival("info@acme.example")))
    assert (await said(database, jan))[HintKind.FOR_MANY] == "info@acme.example"
    for name in ("Eva Smit", "Jan Jansen", "Jan Jansen"):
        mail = mail_arrival(MAIL).model_copy(update=from_(email_party(MAIL, name)))
        eva = await owner(database, await intake.accept(mail))
    assert (await said(database, eva))[HintKind.SEVERAL_NAMES] == MAIL


async def test_a_mail_address_is_added_to_who_has_none(intake: Intake, database: Database) -> None:
    jan = await owner(database, await intake.accept(text_arrival()))
    assert HintKind.NO_MAIL in await said(database, jan)
    for wrong in ("", "jan", "jan@", "jan @x.nl", "jan@x"):
        with pytest.raises(Rejected):
            await mend(database, jan, HintKind.NO_MAIL, wrong)
    await mend(database, jan, HintKind.NO_MAIL, "Jan@Example.org")
    assert (await said(database, jan))[HintKind.UNPROVED] == "jan@example.org"


# The household


def house(connection: Connection) -> None:
    plain: dict[str, Any] = {"attributes": {}, "created_at": clock.now(), "organisation_id": "acme"}
    rows: list[dict[str, Any]] = [
        {"id": "acme", "kind": "organisation", "name": "Acme", "organisation_id": None},
        {"id": "jan", "kind": "person", "name": "Jan"},
        {"id": "eva", "kind": "person", "name": "Eva", "attributes": {"position": "Buyer"}},
        {"id": "gone", "kind": "person", "name": "Gone"},
        {"id": "else", "kind": "person", "name": "Else", "organisation_id": None},
    ]
    connection.execute(insert(people), [plain | row for row in rows])
    merged = update(people).where(people.c.id == "gone").values(merged_into="eva")
    connection.execute(merged)
    for place, who in enumerate(("jan", "jan", "eva", "acme", "else", "eva")):
        talk = {
            "id": f"c{place}", "number": place, "customer_id": who, "subject": f"{who} {place}",
            "channel": "email", "state": "open", "interaction_count": 0,
            "created_at": clock.now(), "last_at": clock.now(),
        }  # fmt: skip
        connection.execute(insert(conversations).values(talk))
        item = {
            "id": f"w{place}", "conversation_id": talk["id"], "customer_id": who, "role": "service",
            "state": "waiting" if place < 5 else "done", "epoch": 1, "channel": "email",
            "topic": "", "priority_minutes": 0, "waiting_since": clock.now(), "overdue": False,
            "decision": {}, "created_at": clock.now(), "skills": {},
        }  # fmt: skip
        connection.execute(insert(work_items).values(item))


async def test_open_work_elsewhere_is_that_of_the_house_and_theirs_first(
    database: Database,
) -> None:
    await database.write(house)

    async def elsewhere(who: str, besides: str) -> list[str]:
        found = await database.read(
            lambda c: household.open_work(c, customers.customer(c, who), besides=besides)
        )
        return [one.conversation_id for one in found]

    assert await elsewhere("jan", "c0") == ["c1", "c2", "c3"]
    assert await elsewhere("acme", "") == ["c3", "c0", "c1", "c2"]
    assert await elsewhere("else", "c4") == []


async def test_colleagues_are_those_of_the_organisation(database: Database) -> None:
    await database.write(house)

    async def others(who: str) -> tuple[list[str], int]:
        found, count = await database.read(
            lambda c: household.colleagues(c, customers.customer(c, who))
        )
        return [f"{one.name} {one.position}".strip() for one in found], count

    assert await others("jan") == (["Eva Buyer"], 1)
    assert await others("acme") == (["Eva Buyer", "Jan"], 2)
    assert await others("else") == ([], 0)
