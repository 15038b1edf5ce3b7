"""Placing, changing and cancelling an order for a customer, within what was agreed with them.

Each says why not when it cannot be done. What other systems know about orders goes in by `record`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.money import written
from hub.orders import Order, OrderState, OrderTerms, Wanted, priced, terms_of, total_of
from hub.store import audit, customers, orders
from hub.store.tables import agreements
from hub.texts import Said

_LONGEST = {"reference": 200, "address": 1000, "note": 2000}
_NEVER = Said("Nothing was agreed that you can order under. Ask us for an offer.")


@dataclass(frozen=True)
class Details:
    """What may be said about an order beside its lines; None leaves it as it is."""

    reference: str | None = None
    address: str | None = None
    note: str | None = None

    def given(self) -> dict[str, str]:
        values = {name: getattr(self, name) for name in _LONGEST}
        given = {
            name: " ".join(text.split(" ")) for name, text in values.items() if text is not None
        }
        for name, text in given.items():
            if len(text) > _LONGEST[name]:
                detail = Said(
                    "Make {what} shorter: at most {n} characters.", what=name, n=_LONGEST[name]
                )
                raise Rejected("too_long", detail, status=422)
        return given


def place(
    connection: Connection,
    *,
    customer_id: str,
    agreement_id: str,
    wanted: Sequence[Wanted],
    channel: Channel,
    actor: str,
    details: Details = Details(),
) -> Order:
    """A new order under an agreement, at the prices of it. Raises Rejected."""
    terms = _terms(connection, customer_id, agreement_id)
    lines = priced(wanted, terms)
    total = _within(total_of(lines), terms)
    number, counted = orders.next_number(connection)
    now = clock.now()
    order = Order(
        id=clock.new_id(),
        number=number,
        customer_id=customer_id,
        agreement_id=agreement_id,
        placed_at=now,
        channel=channel,
        state=OrderState.PLACED,
        currency=terms.currency,
        lines=lines,
        total=total,
        updated_at=now,
        **details.given(),
    )
    orders.add(connection, [order], counted=counted)
    _audit(connection, order, actor, "order.placed", {"number": number, "total": total})
    return order


def change(
    connection: Connection,
    order_id: str,
    *,
    version: int,
    actor: str,
    wanted: Sequence[Wanted] | None = None,
    details: Details = Details(),
) -> Order:
    """Other lines or details, while nothing was shipped. `version`: as they saw it. Lines get the
    prices of the agreement as it is now. Raises Rejected."""
    order, terms = _open(connection, order_id, version)
    values: dict[str, Any] = details.given()
    if wanted is not None:
        if not order.agreement_id:
            raise Rejected("not_agreed", _NEVER, status=422)
        lines = priced(wanted, terms)
        values |= {"lines": lines, "total": _within(total_of(lines), terms)}
    changed = order.model_copy(update=values)
    if changed == order:
        return order
    [saved] = orders.save(connection, [order], [changed])
    _audit(connection, saved, actor, "order.changed", {"fields": sorted(values)})
    return saved


def cancel(
    connection: Connection, order_id: str, *, version: int, actor: str, reason: str = ""
) -> Order:
    """Take it back, while nothing was shipped. Raises Rejected."""
    order, _ = _open(connection, order_id, version)
    cancelled = order.model_copy(update={"state": OrderState.CANCELLED})
    [saved] = orders.save(connection, [order], [cancelled])
    _audit(connection, saved, actor, "order.cancelled", {"reason": reason[:500]})
    return saved


def why_not(order: Order, terms: OrderTerms, now: datetime) -> Rejected | None:
    """Why an order cannot be changed or cancelled any more; None when it can."""
    if order.state is OrderState.CANCELLED:
        return Rejected("cancelled", Said("This order was cancelled."), status=409)
    if not order.is_changeable:
        detail = Said("This order was sent already. Return it when it has arrived, or ask us.")
        return Rejected("shipped", detail, status=409)
    longest = terms.changeable_for
    if longest is not None and now >= order.placed_at + longest:
        detail = Said(
            "By the agreement an order can be changed for {hours} hours after it was placed, and "
            "that time is over. Ask us what is still possible.",
            hours=terms.cancel_until,
        )
        return Rejected("too_late", detail, status=409)
    return None


def terms_for(connection: Connection, order: Order) -> OrderTerms:
    """The terms that an order was placed under. Raises Rejected when they cannot be read."""
    if order.agreement_id is None:
        return OrderTerms()
    selection = select(agreements.c.details).where(agreements.c.id == order.agreement_id)
    return terms_of(connection.execute(selection).scalar_one_or_none())


def _open(connection: Connection, order_id: str, version: int) -> tuple[Order, OrderTerms]:
    """The order, locked, if it may be changed now."""
    found = orders.lock(connection, [order_id])
    if not found:
        raise Rejected("no_order", Said("This order does not exist."), status=404)
    [order] = found
    terms = terms_for(connection, order)
    refusal = why_not(order, terms, clock.now())
    if refusal is not None:
        raise refusal
    if order.version != version:
        detail = Said("The order was changed since you looked at it. Look again.")
        raise Rejected("changed", detail, status=409)
    return order, terms


def _terms(connection: Connection, customer_id: str, agreement_id: str) -> OrderTerms:
    """Of an agreement in force with the customer or their organisation."""
    for agreement in customers.customer(connection, customer_id).agreements:
        if agreement.id == agreement_id:
            terms = terms_of(agreement.details)
            if terms.prices:
                return terms
            break
    raise Rejected("not_agreed", _NEVER, status=422)


def _within(total: int, terms: OrderTerms) -> int:
    highest = terms.max_order_total
    if highest is not None and total > highest:
        detail = Said(
            "By the agreement an order is at most {most}; this one is {total}. Order less, or "
            "ask us.",
            most=written(highest, terms.currency),
            total=written(total, terms.currency),
        )
        raise Rejected("too_much", detail, status=422)
    return total


def _audit(
    connection: Connection, order: Order, actor: str, action: str, details: dict[str, Any]
) -> None:
    details |= {"version": order.version}
    audit.record(connection, actor=actor, action=action, about=order.id, details=details)
