"""The fields that administrators added to customers, for programs, and what of them an agent may
see and change."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

from pydantic import Field as Described
from sqlalchemy import Connection

from hub.api.operation import Call, Operation, Shape
from hub.errors import Rejected
from hub.store import customer_fields
from hub.store.agents import Agent


class FieldChoice(Shape):
    """`name`: what stands in the value. `archived`: not to be chosen any more."""

    name: str
    titles: dict[str, str]
    archived: bool


class CustomerField(Shape):
    """Its value is the attribute of a customer that is named `key`: text in one form, such as
    2026-11-30, 1234.5, 1234.50, yes, or the names of choices (gold; morning,evening)."""

    key: str
    kind: str = Described(
        description="text, long_text, number, amount, date, yes_no, one_of, several_of, web, email "
        "or phone"
    )
    titles: dict[str, str] = Described(description="by language, one at least")
    whose: list[str] = Described(description="person, organisation")
    choices: list[FieldChoice]
    currency: str = Described(description="of an amount")
    required: bool = Described(description="it is not emptied")
    searchable: bool
    may_change: bool = Described(description="whether the agent of this token may")


class CustomerFields(Shape):
    items: list[CustomerField]


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "GET", "/customer-fields", "listCustomerFields", "customers",
            "The fields of customers, as administrators put them in order", "customers:read",
            CustomerFields, read=_listed,
        ),
    ]  # fmt: skip


def hidden_from(connection: Connection, agent: Agent) -> frozenset[str]:
    """The keys of what only supervisors see."""
    known = customer_fields.listed(connection, archived=True)
    return frozenset(one.key for one in known if not one.may_see(oversees=agent.oversees))


def refuse_not_theirs(connection: Connection, agent: Agent, keys: Iterable[str]) -> None:
    """Raises Rejected when one of these is for supervisors to change."""
    known = customer_fields.by_key(connection)
    for key in sorted(known.keys() & set(keys)):
        if not known[key].may_change(oversees=agent.oversees):
            detail = f"Only a supervisor may change {key}."
            raise Rejected("not_supervisor", detail, status=HTTPStatus.FORBIDDEN)


def without(values: Mapping[str, str], hidden: frozenset[str]) -> dict[str, str]:
    return {key: text for key, text in values.items() if key not in hidden}


def _listed(connection: Connection, call: Call[Agent]) -> CustomerFields:
    oversees = call.caller.oversees
    return CustomerFields(
        items=[
            CustomerField(
                key=one.key,
                kind=one.kind,
                titles=dict(one.titles),
                whose=[each.value for each in one.whose],
                choices=[
                    FieldChoice(name=each.name, titles=dict(each.titles), archived=each.archived)
                    for each in one.choices
                ],
                currency=one.currency,
                required=one.required,
                searchable=one.searchable,
                may_change=one.may_change(oversees=oversees),
            )
            for one in customer_fields.listed(connection)
            if one.may_see(oversees=oversees)
        ]
    )
