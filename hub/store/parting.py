"""When a merge of customers is undone: whose is what came since. It follows what it hangs on, and
what hangs on nothing stays with who was kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, update

from hub import clock
from hub.interaction import Party, PointKind
from hub.store.among import among
from hub.store.tables import (
    agreements,
    api_tokens,
    contact_points,
    conversation_links,
    conversations,
    customers,
    deliveries,
    interactions,
    invoices,
    orders,
    portal_sessions,
    rating_requests,
    work_facts,
    work_items,
)


def give_what_followed(
    connection: Connection, kept_id: str, other_id: str, since: datetime
) -> dict[str, int]:
    """Give `other` what came since and is theirs; gives how much of what. Their contact points and
    all that was moved by the merge are theirs again already."""
    return _Parting(connection, kept_id, other_id, since).part()


class _Parting:
    def __init__(
        self, connection: Connection, kept_id: str, other_id: str, since: datetime
    ) -> None:
        self._connection = connection
        self._kept, self._other = kept_id, other_id
        self._first = clock.first_id(since)
        self._since = since
        self._theirs = self._points(other_id)
        self._not_theirs = self._points(kept_id)
        self._given: Counter[str] = Counter()

    def part(self) -> dict[str, int]:
        self._contacts()
        conversations_ = _owned(conversations, self._other)
        self._give(work_items, work_items.c.conversation_id.in_(conversations_))
        self._give(agreements, agreements.c.conversation_id.in_(conversations_), new=True)
        work = _owned(work_items, self._other)
        self._give(work_facts, work_facts.c.work_item_id.in_(work))
        self._give(rating_requests, rating_requests.c.work_item_id.in_(work))
        self._trade(conversations_)
        self._sessions()
        self._tokens()
        self._colleagues()
        return dict(self._given)

    def _contacts(self) -> None:
        """A conversation that was begun from an address of theirs is theirs, and so is what others
        than who was kept wrote in one of theirs."""
        columns = interactions.c
        rows = self._connection.execute(
            select(columns.id, columns.conversation_id, columns.sequence, columns.sender)
            .where(columns.customer_id == self._kept, columns.received_at >= self._since)
            .order_by(columns.id)
        ).all()
        senders = {row.id: Party.model_validate(row.sender).key for row in rows}
        begun = [
            row.conversation_id
            for row in rows
            if row.sequence == 1 and senders[row.id] in self._theirs
        ]
        self._give(conversations, among(conversations.c.id, begun))
        touched = sorted({row.conversation_id for row in rows})
        of_them = _owned(conversations, self._other).where(among(conversations.c.id, touched))
        own = set(self._connection.execute(of_them).scalars())
        given = [
            row.id
            for row in rows
            if senders[row.id] in self._theirs
            or (row.conversation_id in own and senders[row.id] not in self._not_theirs)
        ]
        self._give(interactions, among(interactions.c.id, given))

    def _trade(self, conversations_: Any) -> None:
        """Orders under an agreement of theirs, or made in a conversation of theirs, and what was
        brought and paid for these."""
        about = select(conversation_links.c.object_id).where(
            conversation_links.c.conversation_id.in_(conversations_)
        )
        agreed = orders.c.agreement_id.in_(_owned(agreements, self._other))
        self._give(orders, agreed | orders.c.id.in_(about), new=True)
        ordered = _owned(orders, self._other)
        for table in (deliveries, invoices):
            self._give(table, table.c.order_id.in_(ordered))

    def _sessions(self) -> None:
        mails = [key.partition(":")[2] for key in self._theirs if key.startswith("email:")]
        self._give(portal_sessions, among(portal_sessions.c.address, mails), new=True)

    def _tokens(self) -> None:
        """Which of them made a token since cannot be told, and it opens what is the other's: it
        works no longer, and who made it makes a new one."""
        columns = api_tokens.c
        made = (columns.customer_id == self._kept) & (columns.id >= self._first)
        revoked = update(api_tokens).where(made, columns.revoked_at.is_(None))
        count = self._connection.execute(revoked.values(revoked_at=clock.now())).rowcount
        if count:
            self._given["api_tokens revoked"] = count

    def _colleagues(self) -> None:
        """People who came since and have a mail address at a domain of theirs."""
        domains = {
            key.partition(":")[2] for key in self._theirs if key.startswith(f"{PointKind.DOMAIN}:")
        }
        if not domains:
            return
        columns = contact_points.c
        rows = self._connection.execute(
            select(columns.customer_id, columns.value)
            .join(customers, customers.c.id == columns.customer_id)
            .where(
                customers.c.organisation_id == self._kept,
                customers.c.id >= self._first,
                columns.kind == PointKind.EMAIL.value,
            )
        )
        ids = [row.customer_id for row in rows if row.value.rpartition("@")[2] in domains]
        self._set(customers, "organisation_id", [among(customers.c.id, ids)])

    def _points(self, customer_id: str) -> set[str]:
        of_them = select(contact_points.c.key).where(contact_points.c.customer_id == customer_id)
        return set(self._connection.execute(of_them).scalars())

    def _give(self, table: Table, which: ColumnElement[bool], *, new: bool = False) -> None:
        """`new`: only what was made since; what is older was moved back, or is not theirs."""
        self._set(table, "customer_id", [which, *([table.c.id >= self._first] if new else [])])

    def _set(self, table: Table, column: str, which: Sequence[ColumnElement[bool]]) -> None:
        mine = table.c[column] == self._kept
        given = update(table).where(mine, *which).values({column: self._other})
        if count := self._connection.execute(given).rowcount:
            self._given[table.name] += count


def _owned(table: Table, customer_id: str) -> Any:
    return select(table.c.id).where(table.c.customer_id == customer_id)
