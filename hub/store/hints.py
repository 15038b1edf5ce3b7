"""What is wrong or missing in what we know of a customer, with what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import Connection, bindparam, select

from hub.alike import is_address, is_for_many, plain
from hub.errors import Rejected
from hub.interaction import Direction, Party, PointKind
from hub.store import customer_book
from hub.store.customers import ContactPoint, Customer
from hub.store.tables import contact_points, interactions, outbound

_LOOKED_AT = 50
_ONE_NAME = 60
"""Names that are less alike are of different people."""
_CAME_BACK = ("bounced",)


class HintKind(StrEnum):
    NAMELESS = "nameless"
    NO_LANGUAGE = "no_language"
    NO_MAIL = "no_mail"
    BOUNCED = "bounced"
    UNPROVED = "unproved"
    FOR_MANY = "for_many"
    SEVERAL_NAMES = "several_names"


@dataclass(frozen=True)
class Hint:
    """`point`: the address that it is about. `suggestion`: what can be filled in with one click."""

    kind: HintKind
    point: ContactPoint | None = None
    suggestion: str = ""


def of_customer(connection: Connection, customer: Customer) -> list[Hint]:
    """What matters most first; in one query."""
    if customer.kind == "shared":
        return []
    rows = connection.execute(_LATELY, {"customer": customer.id}).all()
    return [
        *_addresses(customer, rows),
        *_name(customer, rows),
        *_language(customer, rows),
        *_no_mail(customer),
    ]


def repair(
    connection: Connection, customer_id: str, kind: HintKind, value: str, *, by: str
) -> None:
    """Do what a hint offers. Raises Rejected."""
    match kind:
        case HintKind.NAMELESS:
            name = " ".join(value.split())[:200]
            if not name or is_address(name):
                raise Rejected("no_person", "Write who it is.", status=422)
            customer_book.change(connection, customer_id, {"name": name}, by=by)
        case HintKind.NO_LANGUAGE:
            if len(value) != len("nl") or not (value.isascii() and value.islower()):
                raise Rejected("no_language", "Choose a language.", status=422)
            customer_book.change(connection, customer_id, {"language": value}, by=by)
        case HintKind.BOUNCED | HintKind.UNPROVED:
            of_it = (contact_points.c.customer_id == customer_id) & (contact_points.c.key == value)
            point = select(contact_points.c.id).where(of_it)
            point_id = connection.execute(point).scalar_one_or_none()
            customer_book.remove_point(connection, customer_id, point_id or "", by=by)
        case HintKind.NO_MAIL:
            party = _mail(value)
            customer_book.add_point(connection, customer_id, party, by=by)
        case HintKind.FOR_MANY | HintKind.SEVERAL_NAMES:
            raise Rejected("no_repair", "Say that the address is shared.", status=422)


def _addresses(customer: Customer, rows: Sequence[Any]) -> list[Hint]:
    names = _names(rows)
    sent = _newest_state(rows)
    wrote = {Party.model_validate(row.sender).key for row in rows if row.direction == _IN}
    found = []
    for point in customer.points:
        if point.kind not in (PointKind.EMAIL, PointKind.PHONE) or point.shared:
            continue
        if sent.get(point.key) in _CAME_BACK:
            found.append(Hint(HintKind.BOUNCED, point))
        elif not point.verified and point.key not in wrote:
            found.append(Hint(HintKind.UNPROVED, point))
        if customer.kind == "person" and point.kind == PointKind.EMAIL and is_for_many(point.value):
            found.append(Hint(HintKind.FOR_MANY, point))
        elif _differ(names.get(point.key, ())):
            found.append(Hint(HintKind.SEVERAL_NAMES, point))
    return found


def _name(customer: Customer, rows: Sequence[Any]) -> list[Hint]:
    if customer.name and not is_address(customer.name):
        return []
    said = (Party.model_validate(row.sender).name for row in rows if row.direction == _IN)
    suggestion = next((name for name in said if name and not is_address(name)), "")
    return [Hint(HintKind.NAMELESS, suggestion=suggestion)]


def _language(customer: Customer, rows: Sequence[Any]) -> list[Hint]:
    if customer.language:
        return []
    said = (row.language[:2] for row in rows if row.direction == _IN and row.language)
    return [Hint(HintKind.NO_LANGUAGE, suggestion=next(said, ""))]


def _no_mail(customer: Customer) -> list[Hint]:
    has_mail = any(point.kind == PointKind.EMAIL for point in customer.points)
    return [] if has_mail or customer.kind != "person" else [Hint(HintKind.NO_MAIL)]


def _names(rows: Sequence[Any]) -> dict[str, list[str]]:
    """The names under which something came from an address, each once."""
    found: dict[str, list[str]] = {}
    for row in rows:
        party = Party.model_validate(row.sender)
        if row.direction == _IN and party.name and not is_address(party.name):
            known = found.setdefault(party.key, [])
            if plain(party.name) not in known:
                known.append(plain(party.name))
    return found


def _differ(names: Sequence[str]) -> bool:
    pairs = [(a, b) for place, a in enumerate(names) for b in names[:place]]
    return any(fuzz.token_set_ratio(a, b) < _ONE_NAME for a, b in pairs)


def _newest_state(rows: Sequence[Any]) -> dict[str, str]:
    """How the last message that was sent to an address fared."""
    found: dict[str, str] = {}
    for row in rows:
        if row.direction != _IN and row.state:
            for party in row.recipients:
                found.setdefault(Party.model_validate(party).key, row.state)
    return found


def _mail(text: str) -> Party:
    local, at, domain = text.strip().partition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in text.strip()):
        raise Rejected("no_address", "Write a mail address, such as kim@example.org.", status=422)
    return Party(kind=PointKind.EMAIL, value=f"{local}@{domain}".lower()[:320])


_IN = Direction.INBOUND.value

# Made once: making it takes longer than running it.
_LATELY = (
    select(
        interactions.c.direction,
        interactions.c.sender,
        interactions.c.recipients,
        interactions.c.language,
        outbound.c.state,
    )
    .outerjoin(outbound, outbound.c.interaction_id == interactions.c.id)
    .where(interactions.c.customer_id == bindparam("customer"), interactions.c.kind == "message")
    .order_by(interactions.c.received_at.desc())
    .limit(_LOOKED_AT)
)
