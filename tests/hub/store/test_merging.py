"""One customer of two, and two again: nothing is lost, also of what came in between."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from builders import TOKENS, mail_arrival
from hub import clock
from hub.alike import Reason
from hub.by_hand import find_sender
from hub.errors import Rejected
from hub.events import CustomerMerged
from hub.imports import whose
from hub.intake import Intake
from hub.interaction import Accepted
from hub.metrics import Metrics
from hub.store import Database, customer_book, customer_pairs, found_out, merging
from hub.store import api_tokens as tokens
from hub.store.agents import Agent
from hub.store.tables import (
    agreements,
    api_tokens,
    audit_log,
    contact_points,
    conversations,
    customer_proposals,
    customers,
    deliveries,
    interactions,
    invoices,
    metadata,
    orders,
    portal_sessions,
    rating_requests,
    search_progress,
    work_facts,
    work_items,
)
from stores import opened, rows, told

AGENT = "agent"
ANNA = Agent(AGENT, "anna", "Anna de Wit", "", frozenset())
JAN, DOUBLE = "jan@example.org", "jan.jansen@work.example"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, TOKENS, Metrics(), lambda: None)


class Two:
    """Jan, who wrote from two addresses and is known twice."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self.database, self.intake = database, intake

    async def begin(self) -> None:
        self.first = await self.mail(JAN)
        self.second = await self.mail(DOUBLE)
        self.jan = await self.owner(conversations, self.first.conversation_id)
        self.double = await self.owner(conversations, self.second.conversation_id)
        await self.database.write(self._own)

    async def mail(self, sender: str, **changes: Any) -> Accepted:
        return await self.intake.accept(mail_arrival(sender, **changes))

    async def owner(self, table: Any, row_id: str, column: str = "customer_id") -> str:
        which = select(table.c[column]).where(table.c.id == row_id)
        found: str = await self.database.read(lambda c: c.execute(which).scalar_one())
        return found

    async def merge(self) -> str:
        done = await self.database.write(
            lambda c: merging.merge(c, self.jan, self.double, by=AGENT)
        )
        return done.id

    async def undo(self, merging_id: str) -> None:
        await self.database.write(lambda c: merging.undo(c, merging_id, by=AGENT))

    def _own(self, connection: Connection) -> None:
        """All that can be somebody's, of the double."""
        now, mine = clock.now(), {"customer_id": self.double}
        values = {"name": "Jan Jansen", "number": "K-2", "attributes": {"city": "Delft"}}
        connection.execute(
            update(customers).where(customers.c.id == self.double).values(language="nl", **values)
        )
        item = self._work(connection, "w", self.second.conversation_id)
        connection.execute(insert(agreements).values(self.agreement("a")))
        connection.execute(insert(orders).values(self.order("o", agreement_id="a")))
        connection.execute(insert(deliveries).values(self.parcel("d", "o")))
        connection.execute(
            insert(invoices).values(
                id="i", number="I", order_id="o", currency="EUR", amount=1, updated_at=now, **mine
            )
        )
        connection.execute(
            insert(customer_proposals).values(
                id="p", field="city", value="Gouda", proposed_by=AGENT, proposed_at=now,
                state="open", decided_by="", **mine,
            )
        )  # fmt: skip
        connection.execute(insert(portal_sessions).values(self.session("s", DOUBLE)))
        connection.execute(
            insert(api_tokens).values(
                id="t", token_hash="t", name="t", scopes=[], created_at=now, created_by="", **mine
            )
        )
        fact = {
            column.name: 0
            for column in work_facts.c
            if not column.nullable and str(column.type) in ("INTEGER", "BIGINT")
        }
        connection.execute(
            insert(work_facts).values(
                **fact, **mine, work_item_id=item, conversation_id=self.second.conversation_id,
                role="r", channel="email", topic="", target_group="", model_row="", came_at=now,
                done_at=now, abandoned=False,
            )
        )  # fmt: skip
        connection.execute(insert(rating_requests).values(work_item_id=item, asked_at=now, **mine))
        connection.execute(
            insert(customers).values(
                id="chain", kind="person", name="", attributes={}, created_at=now,
                merged_into=self.double,
            )
        )  # fmt: skip

    def _work(self, connection: Connection, name: str, conversation_id: str) -> str:
        connection.execute(
            insert(work_items).values(
                id=name, conversation_id=conversation_id, customer_id=self.double, role="r",
                state="waiting", epoch=1, channel="email", topic="", priority_minutes=0,
                waiting_since=clock.now(), overdue=False, decision={}, created_at=clock.now(),
                skills={},
            )
        )  # fmt: skip
        return name

    def agreement(self, name: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": name, "customer_id": self.double, "kind": "price", "title": "", "terms": "",
            "valid_from": clock.now(), "owner": "", **changes,
        }  # fmt: skip

    def order(self, name: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": name, "number": name, "customer_id": self.double, "placed_at": clock.now(),
            "channel": "portal", "state": "placed", "currency": "EUR", "lines": [], "total": 0,
            "reference": "", "address": "", "note": "", "version": 1, "updated_at": clock.now(),
            **changes,
        }  # fmt: skip

    def parcel(self, name: str, order_id: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": name, "partner": "p", "tracking": name, "order_id": order_id, "order_number": "",
            "customer_id": self.double, "state": "expected", "flags": [], "address": "",
            "preferences": {}, "version": 1, "created_at": clock.now(), "updated_at": clock.now(),
            **changes,
        }  # fmt: skip

    def session(self, name: str, address: str, **changes: Any) -> dict[str, Any]:
        return {
            "id": name, "token_hash": name, "customer_id": self.double, "address": address,
            "browser": "", "created_at": clock.now(), "seen_at": clock.now(),
            "expires_at": clock.now() + timedelta(hours=1), **changes,
        }  # fmt: skip


@pytest.fixture
async def two(database: Database, intake: Intake) -> Two:
    two = Two(database, intake)
    await two.begin()
    return two


# Columns that hold a customer and follow otherwise, each with why.
FOLLOWS = {
    "customer_proposals.customer_id": "looked up with who they are now",
    "portal_rights.customer_id": "a merge gives nobody rights",
    "customer_keys.customer_id": "made anew",
    "customer_pairs.first_id": "says who was merged",
    "customer_pairs.second_id": "says who was merged",
    "shared_people.shared_id": "a shared address that is one person's is none any more",
    "shared_people.customer_id": "looked up with who they are now",
}


def test_every_column_that_holds_a_customer_is_thought_of() -> None:
    """A new table with customers fails here until somebody says what a merge does to it."""
    holds = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name == "customer_id"
        or column is customers.c.merged_into
        or any(key.column.table.name == "customers" for key in column.foreign_keys)
    }
    assert holds == {place.name for place in merging.PLACES} | set(FOLLOWS)


async def everything(database: Database) -> dict[str, Any]:
    """Whose every row is, and how the customers stand."""
    found: dict[str, Any] = {}
    for place in merging.PLACES:
        for row in await rows(database, place.table):
            found[f"{place.name} {getattr(row, place.key)}"] = getattr(row, place.column)
    for row in await rows(database, customers):
        found[row.id] = tuple(row)
    return found


async def test_all_of_one_is_the_others_and_comes_back_as_it_was(two: Two) -> None:
    before = await everything(two.database)
    assert {key.split()[0] for key, owner in before.items() if owner == two.double} == {
        place.name for place in merging.PLACES if place.column != "organisation_id"
    }
    merging_id = await two.merge()
    after = await everything(two.database)
    owners = {key: owner for key, owner in after.items() if " " in key}
    left = [key for key, owner in owners.items() if owner == two.double]
    assert left == []
    jan = {row.id: row for row in await rows(two.database, customers)}[two.jan]
    assert (jan.name, jan.number, jan.language, jan.attributes) == (
        "Jan Jansen", "K-2", "nl", {"city": "Delft"},
    )  # fmt: skip
    await two.undo(merging_id)
    assert await everything(two.database) == before


async def test_what_came_since_goes_with_what_it_hangs_on(two: Two) -> None:
    merging_id = await two.merge()
    reply = await two.mail(DOUBLE, subject="Another matter")
    own = await two.mail(JAN, subject="Of Jan")
    assert await two.owner(interactions, reply.interaction_id) == two.jan
    mine = {"customer_id": two.jan}

    def since(connection: Connection) -> None:
        two._work(connection, "w2", reply.conversation_id)
        connection.execute(update(work_items).values(mine))
        new = [
            two.order(clock.new_id(), agreement_id="a", **mine),
            two.order(clock.new_id(), **mine),
        ]
        new[0]["number"], new[1]["number"] = "under theirs", "plain"
        new[1]["agreement_id"] = None
        connection.execute(insert(orders), new)
        connection.execute(insert(deliveries).values(two.parcel("d2", new[0]["id"], **mine)))
        session = two.session(clock.new_id(), DOUBLE, **mine) | {"token_hash": "new"}
        connection.execute(insert(portal_sessions).values(session))
        promise = two.agreement(clock.new_id(), **mine, conversation_id=reply.conversation_id)
        connection.execute(insert(agreements).values(promise))
        # Somebody said otherwise meanwhile: that stays.
        connection.execute(update(customers).where(customers.c.id == two.jan).values(language="en"))

    await two.database.write(since)
    await two.undo(merging_id)
    db = two.database
    assert await two.owner(conversations, reply.conversation_id) == two.double
    assert await two.owner(interactions, reply.interaction_id) == two.double
    assert await two.owner(conversations, own.conversation_id) == two.jan
    assert {row.customer_id for row in await rows(db, work_items)} == {two.double}
    assert {row.number: row.customer_id for row in await rows(db, orders)} == {
        "o": two.double, "under theirs": two.double, "plain": two.jan,
    }  # fmt: skip
    for table in (deliveries, portal_sessions, agreements):
        assert {row.customer_id for row in await rows(db, table)} == {two.double}, table.name
    people = {row.id: row for row in await rows(db, customers)}
    assert (people[two.jan].language, people[two.double].language) == ("en", "nl")
    assert (people[two.jan].number, people[two.double].number) == (None, "K-2")


async def test_a_token_made_while_they_were_one_opens_nothing_afterwards(two: Two) -> None:
    def token(connection: Connection) -> str:
        scopes, jan = ["orders:read"], two.jan
        return tokens.make(connection, name="x", scopes=scopes, by=jan, customer_id=jan)[1]

    before = await two.database.write(token)
    merging_id = await two.merge()
    since = await two.database.write(token)
    await two.undo(merging_id)
    assert await two.database.read(lambda c: tokens.find(c, since)) is None
    assert await two.database.read(lambda c: tokens.find(c, before)) is not None


async def test_a_mail_goes_on_where_it_was_before_and_after(two: Two) -> None:
    merging_id = await two.merge()
    [id_] = [r.external_id for r in await rows(two.database, interactions) if r.customer_id and
             r.conversation_id == two.second.conversation_id]  # fmt: skip
    goes_on = await two.mail(DOUBLE, references=(id_,))
    assert goes_on.conversation_id == two.second.conversation_id
    await two.undo(merging_id)
    again = await two.mail(DOUBLE, references=(id_,))
    assert again.conversation_id == two.second.conversation_id
    owners = {r.customer_id for r in await rows(two.database, interactions)
              if r.conversation_id == two.second.conversation_id}  # fmt: skip
    assert owners == {two.double}


async def test_what_somebody_wrote_who_looked_before_it_comes_after(two: Two) -> None:
    merging_id = await two.merge()
    late = insert(orders).values(two.order("late"))
    await two.database.write(lambda c: c.execute(late))
    since = clock.now() - merging.LATE
    assert await two.database.write(lambda c: merging.adopt_late(c, since)) == 1
    assert await two.owner(orders, "late") == two.jan
    await two.undo(merging_id)
    assert await two.owner(orders, "late") == two.double


async def test_merges_are_undone_the_last_one_first(two: Two) -> None:
    first = await two.merge()
    third = await two.mail("someone@else.example")
    other = await two.owner(conversations, third.conversation_id)
    second = await two.database.write(lambda c: merging.merge(c, other, two.jan, by=AGENT))
    chain = await two.owner(customers, two.double, "merged_into")
    assert chain == other
    with pytest.raises(Rejected, match="merged again") as refused:
        await two.undo(first)
    assert refused.value.code == "merged_again"
    await two.undo(second.id)
    await two.undo(first)
    assert await two.owner(conversations, two.second.conversation_id) == two.double
    with pytest.raises(Rejected) as refused:
        await two.undo(first)
    assert refused.value.code == "undone"


async def test_who_cannot_be_one_is_refused(two: Two) -> None:
    def organisation(connection: Connection) -> str:
        plain = {"kind": "organisation", "target_group": "", "language": "", "attributes": {}}
        return customer_book.add(connection, plain | {"name": "Acme"}, [], by=AGENT)

    acme = await two.database.write(organisation)
    tries = [(two.jan, acme), (two.jan, two.jan), (two.jan, "nobody")]
    codes = []
    for one, other in tries:
        with pytest.raises(Rejected) as refused:
            await two.database.write(lambda c, a=one, b=other: merging.merge(c, a, b, by=AGENT))
        codes.append(refused.value.code)
    assert codes == ["other_kind", "no_customer", "no_customer"]
    await two.merge()
    with pytest.raises(Rejected) as refused:
        await two.merge()
    assert refused.value.code == "merged"


async def test_who_went_is_found_as_who_was_kept(two: Two) -> None:
    await two.database.write(
        lambda c: c.execute(update(customers).where(customers.c.id == two.jan).values(number="K-1"))
    )
    await two.merge()  # both have a number of their own

    def look(connection: Connection) -> list[str]:
        proposals = found_out.proposals(connection, two.jan)
        found_out.decide(connection, proposals[0].id, ANNA, keep=True)
        return [
            find_sender(connection, "k-2")[0],
            find_sender(connection, DOUBLE)[0],
            whose.by_numbers(connection, ["K-2"])["K-2"].id,
            *(
                card.id
                for card in customer_book.listed(connection, customer_book.Wanted(), limit=9)
            ),
        ]

    assert set(await two.database.write(look)) == {two.jan}
    jan = {row.id: row for row in await rows(two.database, customers)}[two.jan]
    assert jan.attributes["city"] == "Gouda"
    with pytest.raises(Rejected):
        await two.database.write(lambda c: customer_book.change(c, two.double, {}, by=AGENT))


async def test_both_are_told_and_in_the_audit_log(two: Two) -> None:
    await two.undo(await two.merge())
    said = [one.event for one in await told(two.database) if isinstance(one.event, CustomerMerged)]
    assert [(one.customer_id, one.other_id, one.undone) for one in said] == [
        (two.jan, two.double, False),
        (two.jan, two.double, True),
    ]
    lines = [(r.action, r.object, r.actor) for r in await rows(two.database, audit_log)]
    assert [line for line in lines if "merge" in line[0]] == [
        ("customer.merged", two.jan, AGENT),
        ("customer.merged_into", two.double, AGENT),
        ("customer.merge_undone", two.jan, AGENT),
        ("customer.merge_undone", two.double, AGENT),
    ]


# Who may be one


def like_jan(connection: Connection, name: str = "Jan Jansen") -> str:
    values = {"kind": "person", "target_group": "", "language": "", "attributes": {}}
    return customer_book.add(connection, values | {"name": name}, [], by=AGENT)


async def test_who_came_behind_those_who_were_compared_is_compared_later(two: Two) -> None:
    db, now = two.database, clock.now()
    later = now + timedelta(minutes=1)
    await db.write(lambda c: customer_pairs.take_in(c, later))
    other = await db.write(like_jan)
    passed = update(search_progress).values(reached=clock.first_id(later))
    await db.write(lambda c: c.execute(passed))
    assert await db.write(lambda c: customer_pairs.take_in(c, later)) == 0
    assert await db.read(lambda c: customer_pairs.listed(c, limit=9)) == []
    await db.write(lambda c: customer_pairs.look_again(c, now + timedelta(minutes=6)))
    [pair] = await db.read(lambda c: customer_pairs.listed(c, limit=9))
    assert other in pair.key


async def test_who_may_be_one_is_found_until_somebody_says(two: Two) -> None:
    db = two.database

    async def doubles() -> list[tuple[str, str]]:
        found = await db.read(lambda c: customer_pairs.of_customer(c, two.double))
        return [(one.who.id, one.asked_by) for one in found]

    later = clock.now() + timedelta(minutes=1)
    assert await db.write(lambda c: customer_pairs.take_in(c, later)) == 2
    assert await doubles() == []
    other = await db.write(like_jan)
    assert await db.write(lambda c: customer_pairs.take_in(c, later)) == 1
    [double] = await db.read(lambda c: customer_pairs.of_customer(c, two.double))
    assert (double.who.id, double.likeness.reasons) == (other, (Reason.NAME, Reason.LOCAL))
    [pair] = await db.read(lambda c: customer_pairs.listed(c, limit=9))
    assert {pair.first.id, pair.second.id} == {two.double, other}
    say = customer_pairs.say
    await db.write(lambda c: say(c, two.double, other, customer_pairs.DIFFERENT, by=AGENT))
    await db.write(lambda c: customer_pairs.look(c, [other]))
    assert await doubles() == []
    assert await db.read(lambda c: customer_pairs.listed(c, limit=9)) == []


async def test_of_many_of_one_name_none_is_compared(database: Database) -> None:
    """Else a customer with a common name would be compared with all others of it."""
    made = await database.write(lambda c: [like_jan(c) for _ in range(40)])
    await database.write(lambda c: customer_pairs.look(c, made))
    assert await database.read(lambda c: customer_pairs.of_customer(c, made[0])) == []
    points = await rows(database, contact_points)
    assert points == []
