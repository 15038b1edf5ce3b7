"""The fields that administrators add to customers: defined, changed, put in order, archived.

A key and a kind stay as they are, because values and the interaction model go by them. What is
archived keeps its values, and can be taken up again. `field_values` has the values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub import clock
from hub.custom_fields import CHOOSING, Choice, Field, FieldKind, Who, Whose
from hub.errors import Rejected
from hub.store import audit, searchable
from hub.store.tables import customer_fields

MOST = 100
MOST_CHOICES = 100
LONGEST_TITLE = 80
KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
RESERVED = frozenset({
    "id", "kind", "name", "number", "language", "organisation", "organisation_id", "target_group",
    "attributes", "email", "phone", "domain", "visitor", "preferred_channel",
})  # fmt: skip
"""What a customer has besides fields, so that a name means one thing in the interaction model."""
SHOWN_ELSEWHERE = frozenset({
    "address", "house_number", "postcode", "postal_code", "zip", "city", "country", "position",
})  # fmt: skip
"""What imports fill in and other pages show: who may see a customer may see these."""
_CHOICE = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_CURRENCY = re.compile("[A-Z]{3}")


class NotTakenIn(Rejected):
    """Of a file of fields, the one with this key is not right, for this reason."""

    def __init__(self, key: str, why: Rejected) -> None:
        self.key = key
        self.why = why
        super().__init__("bad_fields_file", f"{key}: {why.detail}", status=422)


def listed(connection: Connection, *, archived: bool = False) -> list[Field]:
    """In their order; `archived`: those too."""
    return [_field(row) for row in connection.execute(_ALL if archived else _IN_USE)]


def by_key(connection: Connection) -> dict[str, Field]:
    """Also those that are archived: a value of these stays right."""
    return {one.key: one for one in listed(connection, archived=True)}


def find(connection: Connection, field_id: str) -> Field:
    """Raises Rejected."""
    row = connection.execute(
        select(customer_fields).where(customer_fields.c.id == field_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise Rejected("no_field", "There is no such field.", status=404)
    return _field(row)


def add(connection: Connection, wanted: Field, *, by: str) -> str:
    """Gives its id; that of `wanted` does not count. Raises Rejected."""
    field_id = clock.new_id()
    new = _checked(replace(wanted, id=field_id, archived=False))
    if not KEY.fullmatch(new.key) or new.key in RESERVED:
        raise _wrong("bad_key", "Small letters, digits and _ alone; not a name of ours.")
    count, last = connection.execute(
        select(func.count(), func.max(customer_fields.c.position))
    ).one()
    if count >= MOST:
        raise Rejected("too_many_fields", f"At most {MOST}.", status=409)
    row = _row(new) | {"id": field_id, "key": new.key, "kind": new.kind.value}
    row |= {"position": (last or 0) + 1, "created_at": clock.now()}
    try:
        with connection.begin_nested():
            connection.execute(insert(customer_fields).values(row))
    except IntegrityError as error:
        raise Rejected("key_taken", "Another field has this key.", status=409) from error
    if not new.searchable or new.kind in CHOOSING:
        # Customers may have such an attribute already, and are found by it.
        searchable.customers_again(connection)
    _audit(connection, by, "customer_field.added", new.key, {"now": _told(new)})
    return field_id


def change(connection: Connection, wanted: Field, *, by: str) -> None:
    """All but its key and kind. A choice that is left out is archived. Raises Rejected."""
    former = find(connection, wanted.id)
    named = {one.name for one in wanted.choices}
    gone = [replace(one, archived=True) for one in former.choices if one.name not in named]
    kept = replace(
        wanted,
        key=former.key,
        kind=former.kind,
        archived=former.archived,
        choices=[*wanted.choices, *gone],
    )
    _write(connection, former, _checked(kept), by)


def take_in(connection: Connection, wanted: Sequence[Field], *, by: str) -> None:
    """Add those whose key is new, and change the others. Raises Rejected, which says of which."""
    known = by_key(connection)
    for one in wanted:
        former = known.get(one.key)
        try:
            if former is None:
                add(connection, one, by=by)
                continue
            if former.kind is not one.kind:
                raise _wrong("other_kind_of_field", "It is there with another kind.")
            change(connection, replace(one, id=former.id), by=by)
        except Rejected as error:
            raise NotTakenIn(one.key, error) from error


def set_archived(connection: Connection, field_id: str, *, archived: bool, by: str) -> None:
    """Out of sight, with all its values, or in sight again. Raises Rejected."""
    former = find(connection, field_id)
    _write(connection, former, replace(former, archived=archived), by)


def move(connection: Connection, field_id: str, *, up: bool, by: str) -> None:
    """One place up or down among those that are not archived. Raises Rejected."""
    moved = find(connection, field_id)
    order = [one.id for one in listed(connection)]
    if field_id not in order:
        return
    place = order.index(field_id)
    other = max(place - 1, 0) if up else place + 1
    order.insert(other, order.pop(place))
    for position, one in enumerate(order, 1):
        this = customer_fields.c.id == one
        connection.execute(update(customer_fields).where(this).values(position=position))
    _audit(connection, by, "customer_field.moved", moved.key, {"place": order.index(field_id) + 1})


def _write(connection: Connection, former: Field, new: Field, by: str) -> None:
    before, now = _told(former), _told(new)
    if before == now:
        return
    this = customer_fields.c.id == new.id
    values = _row(new) | {"archived_at": clock.now() if new.archived else None}
    connection.execute(update(customer_fields).where(this).values(values))
    if _found_by(former) != _found_by(new):
        searchable.customers_again(connection)
    changed = {name: [before[name], now[name]] for name in now if before[name] != now[name]}
    _audit(connection, by, "customer_field.changed", new.key, changed)


def _found_by(one: Field) -> tuple[bool, Sequence[Choice]]:
    return one.searchable and not one.archived, one.choices


def _checked(wanted: Field) -> Field:
    """Raises Rejected, whose code says which part of the form is wrong."""
    titles = {lang: " ".join(text.split()) for lang, text in wanted.titles.items() if text.strip()}
    if not titles or any(len(text) > LONGEST_TITLE for text in titles.values()):
        raise _wrong("bad_title", f"Write a title of at most {LONGEST_TITLE} characters.")
    if not wanted.whose:
        raise _wrong("no_whose", "Choose persons, organisations or both.")
    if wanted.kind is FieldKind.AMOUNT and not _CURRENCY.fullmatch(wanted.currency):
        raise _wrong("bad_currency", "Write a currency in three letters, such as EUR.")
    choices = _choices(wanted) if wanted.kind in CHOOSING else []
    if wanted.searchable and wanted.seen_by is not Who.AGENT:
        detail = "What only supervisors see is not searched. Choose one of the two."
        raise _wrong("hidden_search", detail)
    if wanted.key in SHOWN_ELSEWHERE and wanted.seen_by is not Who.AGENT:
        raise _wrong("shown_elsewhere", "Loket shows this to agents elsewhere. Take another key.")
    return replace(
        wanted,
        titles=titles,
        choices=choices,
        currency=wanted.currency if wanted.kind is FieldKind.AMOUNT else "",
    )


def _wrong(code: str, detail: str) -> Rejected:
    return Rejected(code, detail, status=422)


def _choices(wanted: Field) -> list[Choice]:
    names = [one.name for one in wanted.choices]
    shown = [one for one in wanted.choices if not one.archived]
    if not shown or len(names) > MOST_CHOICES:
        raise _wrong("bad_choices", f"Write 1 to {MOST_CHOICES} choices, each once.")
    if len(set(names)) < len(names) or not all(_CHOICE.fullmatch(name) for name in names):
        raise _wrong("bad_choices", f"Write 1 to {MOST_CHOICES} choices, each once.")
    for one in shown:
        longest = max((len(text) for text in one.titles.values()), default=0)
        if not any(one.titles.values()) or longest > LONGEST_TITLE:
            raise _wrong("bad_choices", "Write what each choice is called.")
    return list(wanted.choices)


def _field(row: Any) -> Field:
    return Field(
        id=row.id,
        key=row.key,
        kind=FieldKind(row.kind),
        titles=row.titles,
        whose=tuple(Whose(one) for one in row.whose),
        choices=tuple(
            Choice(one["name"], one["titles"], archived=one["archived"]) for one in row.choices
        ),
        currency=row.currency,
        required=row.required,
        topics=tuple(row.topics),
        seen_by=Who(row.seen_by),
        changed_by=Who(row.changed_by),
        searchable=row.searchable,
        archived=row.archived_at is not None,
    )


def _row(one: Field) -> dict[str, Any]:
    """What may change."""
    return {name: value for name, value in _told(one).items() if name != "archived"}


def _told(one: Field) -> dict[str, Any]:
    """As it is stored, and as the audit log tells of it."""
    return {
        "titles": dict(one.titles),
        "whose": [each.value for each in one.whose],
        "choices": [
            {"name": each.name, "titles": dict(each.titles), "archived": each.archived}
            for each in one.choices
        ],
        "currency": one.currency,
        "required": one.required,
        "topics": list(one.topics),
        "seen_by": one.seen_by.value,
        "changed_by": one.changed_by.value,
        "searchable": one.searchable,
        "archived": one.archived,
    }


def _audit(
    connection: Connection, by: str, action: str, key: str, details: Mapping[str, Any]
) -> None:
    audit.record(connection, actor=by, action=action, about=key, details=dict(details))


# Made once: making them takes longer than running them.
_ALL = select(customer_fields).order_by(customer_fields.c.position, customer_fields.c.id)
_IN_USE = _ALL.where(customer_fields.c.archived_at.is_(None))
