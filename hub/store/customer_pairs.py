"""Customers who may be one, found beside everything else, until somebody says whether they are.

Who looks at a customer sees it at once, as it is then; the list is for who goes through all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, case, or_, select, update

from hub import clock
from hub.alike import Likeness, Traits, compare
from hub.errors import Rejected
from hub.store import audit, customer_keys
from hub.store.constants import one_of
from hub.store.inserting import insert_new
from hub.store.searchable import FAR_BEHIND, next_ids, next_rows
from hub.store.tables import agents, customer_pairs, customers

OPEN, ASKED, DIFFERENT, MERGED = "open", "asked", "different", "merged"
BATCH = 50
MOST_SHOWN = 5
_PROGRESS = "doubles"
_ASKED_FIRST = case((customer_pairs.c.state == ASKED, 0), else_=1)


@dataclass(frozen=True)
class Double:
    """Somebody who may be the same; `asked_by`: the name of the agent who said they are."""

    who: Traits
    likeness: Likeness
    asked_by: str = ""


@dataclass(frozen=True)
class Pair:
    """`asked_by`: the name of the agent who said that they are the same."""

    first: Traits
    second: Traits
    likeness: Likeness
    asked_by: str = ""

    @property
    def key(self) -> str:
        return f"{self.first.id}.{self.second.id}"


def take_in(connection: Connection, now: datetime) -> int:
    """Look at the next customers whom nobody compared yet; gives how many."""
    rows = next_rows(connection, customers, _PROGRESS, now, limit=BATCH)
    if rows:
        look(connection, [row.id for row in rows])
    return len(rows)


def look_again(connection: Connection, now: datetime) -> int:
    """Look at everybody once more, for who came behind those who were compared; gives how many."""
    before = now - FAR_BEHIND
    ids = next_ids(connection, customers, _PROGRESS, "2", before, limit=BATCH)
    if ids:
        look(connection, ids)
    return len(ids)


def look(connection: Connection, customer_ids: Sequence[str]) -> None:
    """Keep the keys of these customers, and whom they may be the same as."""
    found = customer_keys.refresh(connection, customer_ids)
    for one in found.values():
        likely = [(other.id, how) for other, how in _likely(connection, one)]
        _keep(connection, one.id, likely)


def of_customer(connection: Connection, customer_id: str) -> list[Double]:
    """Who may be the same, most likely first; not those of whom somebody said they are not."""
    one = customer_keys.traits(connection, [customer_id]).get(customer_id)
    if one is None:
        return []
    found = _likely(connection, one)
    said = _said(connection, customer_id)
    asked = {other_id for other_id, (state, _) in said.items() if state == ASKED}
    for other in customer_keys.traits(connection, asked - {o.id for o, _ in found}).values():
        found.append((other, compare(one, other)))
    doubles = [
        Double(other, how, said[other.id][1] if other.id in asked else "")
        for other, how in found
        if said.get(other.id, ("", ""))[0] != DIFFERENT
    ]
    return sorted(doubles, key=lambda d: (not d.asked_by, -d.likeness.score))[:MOST_SHOWN]


def listed(connection: Connection, *, limit: int) -> list[Pair]:
    """What agents asked first, then the most likely; as they are now, so that those who are not
    alike any more are left out."""
    columns = customer_pairs.c
    rows = connection.execute(
        select(customer_pairs, agents.c.name)
        .outerjoin(agents, agents.c.id == columns.said_by)
        .where(columns.state.in_((OPEN, ASKED)))
        .order_by(
            case((columns.state == ASKED, 0), else_=1), columns.score.desc(), columns.first_id
        )
        .limit(limit)
    ).all()
    who = customer_keys.traits(
        connection, {i for row in rows for i in (row.first_id, row.second_id)}
    )
    pairs = []
    for row in rows:
        first, second = who.get(row.first_id), who.get(row.second_id)
        if first is None or second is None:
            continue
        likeness = compare(first, second)
        if likeness.is_likely or row.state == ASKED:
            pairs.append(
                Pair(first, second, likeness, (row.name or "") if row.state == ASKED else "")
            )
    return pairs


def say(connection: Connection, one_id: str, other_id: str, state: str, *, by: str) -> None:
    """An agent says that two are the same, for who may merge them, or that they are not. Raises
    Rejected."""
    both = customer_keys.traits(connection, [one_id, other_id])
    if not {one_id, other_id} <= both.keys():
        raise Rejected("no_customer", "There is no such customer.", status=404)
    likeness = compare(both[one_id], both[other_id])
    _insert(connection, [_row(one_id, other_id, likeness)])
    settle(connection, one_id, other_id, state, by=by)
    action = "customer.double_asked" if state == ASKED else "customer.told_apart"
    audit.record(connection, actor=by, action=action, about=one_id, details={"other": other_id})


def settle(connection: Connection, one_id: str, other_id: str, state: str, *, by: str) -> None:
    """Somebody said what is the case with these two."""
    _insert(connection, [_row(one_id, other_id, Likeness(0, ()))])
    values = {"state": state, "said_by": by, "said_at": clock.now()}
    connection.execute(update(customer_pairs).where(_are(one_id, other_id)).values(values))


def _likely(connection: Connection, one: Traits) -> list[tuple[Traits, Likeness]]:
    others = customer_keys.traits(connection, customer_keys.meeting(connection, one))
    compared = [(other, compare(one, other)) for other in others.values()]
    return [(other, likeness) for other, likeness in compared if likeness.is_likely]


def _keep(connection: Connection, one_id: str, likely: Sequence[tuple[str, Likeness]]) -> None:
    _insert(connection, [_row(one_id, other_id, how) for other_id, how in likely])
    for other_id, how in likely:
        connection.execute(
            update(customer_pairs)
            .where(_are(one_id, other_id), customer_pairs.c.state.in_((OPEN, ASKED)))
            .values(score=how.score, reasons=[reason.value for reason in how.reasons])
        )


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    insert_new(connection, customer_pairs, rows)


def _row(one_id: str, other_id: str, likeness: Likeness) -> dict[str, Any]:
    first, second = sorted((one_id, other_id))
    return {
        "first_id": first,
        "second_id": second,
        "score": likeness.score,
        "reasons": [reason.value for reason in likeness.reasons],
        "state": OPEN,
        "found_at": clock.now(),
        "said_by": "",
        "said_at": None,
    }


def _are(one_id: str, other_id: str) -> Any:
    first, second = sorted((one_id, other_id))
    return (customer_pairs.c.first_id == first) & (customer_pairs.c.second_id == second)


def _said(connection: Connection, customer_id: str) -> dict[str, tuple[str, str]]:
    """By the other one: what was said, and by whom."""
    rows = connection.execute(_SAID, {"customer": customer_id})
    return {
        row.second_id if row.first_id == customer_id else row.first_id: (
            row.state,
            row.name or "",
        )
        for row in rows
    }


# Made once: making it takes longer than running it.
_CUSTOMER = bindparam("customer", type_=String)
_SAID = (
    select(
        customer_pairs.c.first_id, customer_pairs.c.second_id, customer_pairs.c.state, agents.c.name
    )
    .outerjoin(agents, agents.c.id == customer_pairs.c.said_by)
    .where(
        or_(customer_pairs.c.first_id == _CUSTOMER, customer_pairs.c.second_id == _CUSTOMER),
        one_of(customer_pairs.c.state, (ASKED, DIFFERENT)),
    )
)
