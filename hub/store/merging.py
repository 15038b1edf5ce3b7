"""Makes one customer of two who are the same, and two again when that was wrong.

All that belongs to the one goes to the other, who is kept; the row of who went stays, and leads
there. Which rows moved is written down, so that undoing gives back exactly these, and what came
since and hangs on them: a reply to their address, an order under their agreement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from hub.alike import is_address
from hub.errors import Rejected
from hub.events import CustomerMerged
from hub.logs import correlation_id
from hub.store import audit, customer_keys, customer_pairs, outbox, regrouping, searchable
from hub.store import work_items as items
from hub.store.among import among
from hub.store.parting import give_what_followed
from hub.store.regrouping import Place, Regrouping
from hub.store.sharing import SHARED
from hub.store.tables import (
    agreements,
    api_tokens,
    contact_points,
    conversations,
    customers,
    deliveries,
    interactions,
    invoices,
    orders,
    portal_invitations,
    portal_rights,
    portal_sessions,
    rating_requests,
    work_facts,
    work_items,
)

KIND = "customers"
SOURCE = "/loket/merging"

PLACES = (
    Place(conversations, "customer_id"),
    Place(interactions, "customer_id"),
    Place(contact_points, "customer_id"),
    Place(work_items, "customer_id"),
    Place(work_facts, "customer_id", key="work_item_id"),
    Place(rating_requests, "customer_id", key="work_item_id"),
    Place(agreements, "customer_id"),
    Place(orders, "customer_id"),
    Place(deliveries, "customer_id"),
    Place(invoices, "customer_id"),
    Place(api_tokens, "customer_id"),
    Place(portal_sessions, "customer_id"),
    Place(portal_rights, "organisation_id", key="customer_id"),
    Place(portal_invitations, "organisation_id"),
    Place(customers, "organisation_id"),
    Place(customers, "merged_into"),
)
"""Where it says whose something is. What customers said of consent goes with the contact point, and
what is proposed about them is looked up with who they are now."""

_ONE = (frozenset({"person", "visitor"}), frozenset({"person", SHARED}))
"""Kinds that can be one: a shared address turns out to be one person's."""
_FILLED = ("organisation_id", "target_group", "language")
LATE = timedelta(minutes=2)
"""After a merge, in which somebody who had looked before it may still write."""


@dataclass(frozen=True)
class Done:
    id: str
    kept_id: str
    other_id: str


def merge(connection: Connection, kept_id: str, other_id: str, *, by: str) -> Done:
    """`other` turns out to be `kept`. Raises Rejected."""
    kept, other = _locked(connection, kept_id, other_id)
    _refuse_unequal(kept, other)
    filled = _filled(kept, other)
    before = {
        "filled": {name: [getattr(kept, name), value] for name, value in filled.items()},
        "number": other.number if "number" in filled else "",
    }
    merging_id = regrouping.begin(
        connection, KIND, kept_id=kept_id, other_id=other_id, by=by, before=before
    )
    moved = {
        place.name: count
        for place in PLACES
        if (count := regrouping.move(connection, merging_id, place, other_id, kept_id))
    }
    gone = {"merged_into": kept_id} | ({"number": None} if "number" in filled else {})
    _write(connection, other_id, gone)
    _write(connection, kept_id, filled)
    if other.kind == SHARED:
        _share(connection, kept_id, merging_id, shared=False)
    customer_pairs.settle(connection, kept_id, other_id, customer_pairs.MERGED, by=by)
    _look_again(connection, kept_id, other_id)
    _tell(connection, kept_id, other_id, undone=False)
    details = {"merge": merging_id, "moved": moved, "filled": sorted(filled)}
    _audit(connection, by, "customer.merged", kept_id, details | {"other": other_id})
    _audit(connection, by, "customer.merged_into", other_id, details | {"kept": kept_id})
    return Done(merging_id, kept_id, other_id)


def undo(connection: Connection, merging_id: str, *, by: str) -> Done:
    """They are two after all. Raises Rejected."""
    merging = regrouping.to_undo(connection, merging_id, KIND)
    kept, other = _locked(connection, merging.kept_id, merging.other_id)
    if kept.merged_into is not None or other.merged_into != kept.id:
        detail = "This customer was merged again since. Undo that first."
        raise Rejected("merged_again", detail, status=409)
    moved = {
        place.name: count
        for place in PLACES
        if (count := regrouping.back(connection, merging.id, place, kept.id, other.id))
    }
    if other.kind == SHARED:
        _share(connection, other.id, merging.id, shared=True)
    since = give_what_followed(connection, kept.id, other.id, merging.at)
    _empty(connection, kept, merging)
    regrouping.end(connection, merging.id, by=by)
    customer_pairs.settle(connection, kept.id, other.id, customer_pairs.DIFFERENT, by=by)
    _look_again(connection, kept.id, other.id)
    _tell(connection, kept.id, other.id, undone=True)
    details = {"merge": merging.id, "moved": moved, "since": since}
    _audit(connection, by, "customer.merge_undone", kept.id, details | {"other": other.id})
    _audit(connection, by, "customer.merge_undone", other.id, details | {"kept": kept.id})
    return Done(merging.id, kept.id, other.id)


def adopt_late(connection: Connection, since: datetime) -> int:
    """Give those who are kept what was written for who went by somebody who had looked before they
    were merged; gives how many rows."""
    late = 0
    for merging in regrouping.recent(connection, KIND, since=since, limit=1000):
        for place in PLACES[:-1]:
            late += regrouping.move(
                connection, merging.id, place, merging.other_id, merging.kept_id
            )
    return late


def _locked(connection: Connection, kept_id: str, other_id: str) -> tuple[Any, Any]:
    """Both, as they are. Conversations are locked first, here and where contacts come in."""
    both = [kept_id, other_id]
    connection.execute(
        select(conversations.c.id)
        .where(among(conversations.c.customer_id, both))
        .order_by(conversations.c.id)
        .with_for_update()
    )
    rows = connection.execute(
        select(customers)
        .where(among(customers.c.id, both))
        .order_by(customers.c.id)
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    if not {kept_id, other_id} <= found.keys() or kept_id == other_id:
        raise Rejected("no_customer", "There is no such customer.", status=404)
    return found[kept_id], found[other_id]


def _refuse_unequal(kept: Any, other: Any) -> None:
    if kept.merged_into is not None or other.merged_into is not None:
        raise Rejected("merged", "One of them was merged with another already.", status=409)
    kinds = {kept.kind, other.kind}
    if len(kinds) > 1 and not any(kinds <= both for both in _ONE):
        raise Rejected("other_kind", "A person is no organisation.", status=409)
    if kept.organisation_id == other.id or other.organisation_id == kept.id:
        raise Rejected("other_kind", "One of them works for the other.", status=409)


def _filled(kept: Any, other: Any) -> dict[str, Any]:
    """What who is kept lacks and the other has."""
    found = {
        name: getattr(other, name)
        for name in _FILLED
        if getattr(other, name) and not getattr(kept, name)
    }
    if kept.number is None and other.number is not None:
        found["number"] = other.number
    if kept.kind != "person" and other.kind == "person":
        found["kind"] = other.kind
    if other.name and not is_address(other.name) and (not kept.name or is_address(kept.name)):
        found["name"] = other.name
    if missing := {n: v for n, v in other.attributes.items() if not kept.attributes.get(n)}:
        found["attributes"] = {**kept.attributes, **missing}
    return found


def _empty(connection: Connection, kept: Any, merging: Regrouping) -> None:
    """Take from who was kept what the other had filled, where it still stands so."""
    values: dict[str, Any] = {}
    for name, (former, filled) in merging.before["filled"].items():
        if name == "attributes":
            values[name] = _without(kept.attributes, former, filled)
        elif getattr(kept, name) == filled:
            values[name] = former
    _write(connection, merging.kept_id, values)
    number = merging.before["number"]
    gone = {"merged_into": None} | ({"number": number} if "number" in values else {})
    _write(connection, merging.other_id, gone)


def _share(connection: Connection, customer_id: str, merging_id: str, *, shared: bool) -> None:
    """The addresses that moved are one person's now, or several people's again."""
    moved = regrouping.rows_of(merging_id, "contact_points.customer_id")
    this = (contact_points.c.customer_id == customer_id) & contact_points.c.id.in_(moved)
    connection.execute(update(contact_points).where(this).values(shared=shared))


def _without(
    now: Mapping[str, Any], former: Mapping[str, Any], filled: Mapping[str, Any]
) -> dict[str, Any]:
    added = {name for name in filled if name not in former and now.get(name) == filled[name]}
    return {name: value for name, value in now.items() if name not in added}


def _write(connection: Connection, customer_id: str, values: Mapping[str, Any]) -> None:
    if values:
        this = customers.c.id == customer_id
        connection.execute(update(customers).where(this).values(dict(values)))


def _look_again(connection: Connection, *both: str) -> None:
    """What is kept about them elsewhere follows; who has their work open sees it."""
    customer_keys.refresh(connection, both)
    searchable.refresh_customers(connection, both)
    theirs = select(work_items.c.conversation_id).where(
        among(work_items.c.customer_id, both), work_items.c.state != items.DONE
    )
    items.tell_again(connection, list(connection.execute(theirs).scalars()))


def _tell(connection: Connection, kept_id: str, other_id: str, *, undone: bool) -> None:
    event = CustomerMerged(customer_id=kept_id, other_id=other_id, undone=undone)
    story = correlation_id()
    outbox.add(connection, event, subject=kept_id, source=SOURCE, correlation_id=story)


def _audit(
    connection: Connection, by: str, action: str, about: str, details: dict[str, Any]
) -> None:
    audit.record(connection, actor=by, action=action, about=about, details=details)
