"""Addresses that several people use: who it is, is asked; nobody is joined by one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from builders import TOKENS, chat_arrival, email_party, mail_arrival, text_arrival
from hub.errors import Rejected
from hub.intake import Intake
from hub.interaction import Accepted, Party, PointKind, Thread
from hub.metrics import Metrics
from hub.store import (
    Database,
    customer_book,
    customer_keys,
    customers,
    merging,
    portal_sign_in,
    sharing,
)
from hub.store.tables import audit_log, contact_points, conversations, interactions, participants
from hub.store.tables import customers as customers_table
from hub.store.threads import TOKEN_PURPOSE
from stores import opened, rows

AGENT = "agent"
MAIL, PHONE = "info@jansen.example", "+31612345678"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, TOKENS, Metrics(), lambda: None)


async def owner(database: Database, conversation_id: str) -> str:
    which = select(conversations.c.customer_id).where(conversations.c.id == conversation_id)
    found: str = await database.read(lambda c: c.execute(which).scalar_one())
    return found


async def shared(database: Database, first: Accepted, point: str) -> tuple[str, str]:
    """The address of who wrote this is shared from now on: (who that is, the shared address)."""
    jan = await owner(database, first.conversation_id)
    named = update(customers_table).where(customers_table.c.id == jan).values(name="Jan")
    await database.write(lambda c: c.execute(named))
    return jan, await database.write(lambda c: sharing.share(c, jan, point, by=AGENT))


async def mailed_to(database: Database, chat: Accepted, address: str) -> None:
    """The chat went on by mail, to the address that the visitor gave."""
    here = conversations.c.id == chat.conversation_id
    takes_part = {"conversation_id": chat.conversation_id, "key": f"email:{address}"}

    def work(connection: Connection) -> None:
        connection.execute(update(conversations).where(here).values(handover_address=address))
        connection.execute(insert(participants).values(takes_part))

    await database.write(work)


async def asked(database: Database, accepted: Accepted) -> Any:
    return await database.read(lambda c: sharing.one_of(c, accepted.conversation_id))


async def test_who_it_is_is_asked_and_not_guessed(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    jan, address = await shared(database, first, f"email:{MAIL}")
    assert await owner(database, first.conversation_id) == jan, "what came before stays"
    assert await asked(database, first) is None
    second = await intake.accept(mail_arrival(MAIL))
    assert await owner(database, second.conversation_id) == address
    question = await asked(database, second)
    assert (question.address, [one.name for one in question.people]) == (MAIL, ["Jan"])
    assert not question.chosen
    at = second.conversation_id
    eva = await database.write(lambda c: sharing.choose_new(c, at, " Eva  Jansen ", by=AGENT))
    question = await asked(database, second)
    assert (question.chosen, [one.name for one in question.people]) == (True, ["Eva Jansen", "Jan"])
    assert await owner(database, at) == eva
    await database.write(lambda c: sharing.choose(c, at, jan, by=AGENT))
    here = [row for row in await rows(database, interactions) if row.conversation_id == at]
    assert {row.customer_id for row in here} == {await owner(database, at)} == {jan}
    await database.write(lambda c: sharing.choose(c, at, address, by=AGENT))
    assert not (await asked(database, second)).chosen
    third = await intake.accept(mail_arrival(MAIL))
    assert await owner(database, third.conversation_id) == address, "each time anew"
    chosen = [r for r in await rows(database, audit_log) if r.action.endswith("person_chosen")]
    assert [row.object for row in chosen] == [eva, jan, address]


async def test_what_goes_on_stays_with_who_was_chosen(intake: Intake, database: Database) -> None:
    first = await intake.accept(text_arrival(PHONE))
    jan, address = await shared(database, first, f"phone:{PHONE}")
    await database.write(lambda c: c.execute(update(conversations).values(state="resolved")))
    second = await intake.accept(text_arrival(PHONE))
    assert await owner(database, second.conversation_id) == address
    at = second.conversation_id
    await database.write(lambda c: sharing.choose(c, at, jan, by=AGENT))
    goes_on = await intake.accept(text_arrival(PHONE))
    assert goes_on.conversation_id == at
    here = [row for row in await rows(database, interactions) if row.conversation_id == at]
    assert {row.customer_id for row in here} == {jan}


async def test_what_others_wrote_there_stays_theirs(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    jan, _ = await shared(database, first, f"email:{MAIL}")
    token = Thread(token=TOKENS.sign(TOKEN_PURPOSE, first.conversation_id))
    kees = await intake.accept(
        mail_arrival("kees@example.org", thread=token, recipients=(email_party(MAIL),))
    )
    second = await intake.accept(mail_arrival(MAIL))
    references = Thread(references=("x",), own=("y",))
    await intake.accept(mail_arrival(MAIL, thread=references))
    assert kees.conversation_id != second.conversation_id
    await database.write(lambda c: sharing.choose(c, second.conversation_id, jan, by=AGENT))
    of_kees = [r for r in await rows(database, interactions) if r.id == kees.interaction_id]
    assert of_kees[0].customer_id not in (jan, await owner(database, second.conversation_id))


async def test_an_info_address_joins_no_visitor_to_anybody(
    intake: Intake, database: Database
) -> None:
    chat = await intake.accept(chat_arrival())
    visitor = await owner(database, chat.conversation_id)
    await mailed_to(database, chat, MAIL)
    token = Thread(token=TOKENS.sign(TOKEN_PURPOSE, chat.conversation_id))
    await intake.accept(mail_arrival(MAIL, thread=token))
    assert await owner(database, chat.conversation_id) == visitor
    points = {row.key: row.customer_id for row in await rows(database, contact_points)}
    assert points[f"email:{MAIL}"] != visitor == points["visitor:v1"]


async def test_who_shares_an_address_is_not_joined_by_its_browser(
    intake: Intake, database: Database
) -> None:
    home = "jansen-smit@example.org"
    first = await intake.accept(mail_arrival(home))
    _, address = await shared(database, first, f"email:{home}")
    chat = await intake.accept(chat_arrival())
    visitor = await owner(database, chat.conversation_id)
    await mailed_to(database, chat, home)
    token = Thread(token=TOKENS.sign(TOKEN_PURPOSE, chat.conversation_id))
    await intake.accept(mail_arrival(home, thread=token))
    assert await owner(database, chat.conversation_id) == address
    points = {row.key: row.customer_id for row in await rows(database, contact_points)}
    assert points["visitor:v1"] == visitor


async def test_a_shared_address_says_nothing_about_doubles(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival("jan.jansen@example.org"))
    jan, address = await shared(database, first, "email:jan.jansen@example.org")
    found = await database.read(lambda c: customer_keys.traits(c, [jan, address]))
    assert {one.mails for one in found.values()} == {()}
    assert address not in found


async def test_one_person_s_after_all_and_shared_again(intake: Intake, database: Database) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    jan, address = await shared(database, first, f"email:{MAIL}")
    second = await intake.accept(mail_arrival(MAIL))
    done = await database.write(lambda c: merging.merge(c, jan, address, by=AGENT))
    assert await owner(database, second.conversation_id) == jan
    assert await asked(database, second) is None
    third = await intake.accept(mail_arrival(MAIL))
    assert await owner(database, third.conversation_id) == jan
    await database.write(lambda c: merging.undo(c, done.id, by=AGENT))
    for accepted in (second, third):
        assert await owner(database, accepted.conversation_id) == address
        assert (await asked(database, accepted)).address == MAIL
    [point] = (await database.read(lambda c: customers.customer(c, address))).points
    assert point.shared


async def test_whoever_is_given_a_shared_address_uses_it_too(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    _, address = await shared(database, first, f"email:{MAIL}")
    plain = {"kind": "person", "target_group": "", "language": "", "attributes": {}}
    eva = await database.write(
        lambda c: customer_book.add(c, plain | {"name": "Eva"}, [email_party(MAIL)], by=AGENT)
    )
    assert await database.read(lambda c: sharing.addresses_of(c, eva)) == [MAIL]
    second = await intake.accept(mail_arrival(MAIL))
    assert [one.name for one in (await asked(database, second)).people] == ["Eva", "Jan"]
    assert await owner(database, second.conversation_id) == address


async def test_it_belongs_to_an_organisation_by_its_mail_domain_alone(
    intake: Intake, database: Database
) -> None:
    plain = {"kind": "organisation", "target_group": "", "language": "", "attributes": {}}
    domain = Party(kind=PointKind.DOMAIN, value="acme.example")
    acme = await database.write(
        lambda c: customer_book.add(c, plain | {"name": "Acme"}, [domain], by=AGENT)
    )
    first = await intake.accept(mail_arrival("jan@acme.example"))
    jan = await owner(database, first.conversation_id)
    home = email_party("jansen@home.example")
    await database.write(lambda c: customer_book.add_point(c, jan, home, by=AGENT))
    for point, organisation in ((home.key, None), ("email:jan@acme.example", acme)):
        address = await database.write(lambda c, p=point: sharing.share(c, jan, p, by=AGENT))
        found = await database.read(lambda c, a=address: customers.customer(c, a))
        assert found.organisation_id == organisation, point


async def test_what_cannot_be_shared_or_chosen_is_refused(
    intake: Intake, database: Database
) -> None:
    chat = await intake.accept(chat_arrival())
    first = await intake.accept(mail_arrival(MAIL))
    visitor = await owner(database, chat.conversation_id)
    jan, address = await shared(database, first, f"email:{MAIL}")
    second = await intake.accept(mail_arrival(MAIL))

    async def refused(work: Any) -> str:
        with pytest.raises(Rejected) as error:
            await database.write(work)
        return error.value.code

    point = Party(kind=PointKind.VISITOR, value="v1").key
    at = second.conversation_id
    assert await refused(lambda c: sharing.share(c, visitor, point, by=AGENT)) == "no_point"
    assert await refused(lambda c: sharing.share(c, jan, f"email:{MAIL}", by=AGENT)) == "no_point"
    again = f"email:{MAIL}"
    assert await refused(lambda c: sharing.share(c, address, again, by=AGENT)) == "shared"
    assert await refused(lambda c: sharing.choose(c, at, visitor, by=AGENT)) == "no_customer"
    assert await refused(lambda c: sharing.choose_new(c, at, "  ", by=AGENT)) == "no_person"
    old = first.conversation_id
    assert await refused(lambda c: sharing.choose(c, old, jan, by=AGENT)) == "not_shared"


async def test_who_had_signed_in_by_what_is_shared_now_is_out(
    intake: Intake, database: Database
) -> None:
    first = await intake.accept(mail_arrival(MAIL))
    day, own = timedelta(days=1), "jan@jansen.example"
    jan = await owner(database, first.conversation_id)
    party = email_party(own)
    await database.write(lambda c: customer_book.add_point(c, jan, party, by=AGENT))
    token = await database.write(lambda c: portal_sign_in.begin(c, MAIL, lifetime=day, browser=""))
    other = await database.write(lambda c: portal_sign_in.begin(c, own, lifetime=day, browser=""))
    assert token
    assert other
    await shared(database, first, f"email:{MAIL}")
    assert await database.read(lambda c: portal_sign_in.find(c, token)) is None
    assert await database.read(lambda c: portal_sign_in.find(c, other)) is not None
