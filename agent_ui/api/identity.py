"""Who is the same as whom, for programs: who may be one, merging them, and undoing that."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.api.overseeing import refuse_others
from hub.api.operation import Answer, Call, Operation, Shape
from hub.errors import Rejected
from hub.store import customer_book, customer_pairs, merging, regrouping
from hub.store.agents import Agent


class Double(Shape):
    """`reasons`: what speaks for it, and against: name, near_name, initials, phone, local,
    named_after, near_local, address, near_address, organisation, domain, numbers, names."""

    customer_id: str
    name: str
    score: int = Field(description="0 to 99; from 60 on it is likely")
    reasons: list[str]


class Doubles(Shape):
    """The most likely first."""

    items: list[Double]


class Merging(Shape):
    """Who turns out to be the same: all that is theirs goes to the customer in the address."""

    other_id: str = Field(min_length=1, max_length=100)


class Merge(Shape):
    """`kept_id`: who all is with now. `other_id`: who leads there."""

    id: str
    kept_id: str
    other_id: str


class StandingMerge(Merge):
    at: datetime
    by: str


class Merges(Shape):
    """Those that stand, the newest first."""

    items: list[StandingMerge]


_TAG = "customers"


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "GET", "/customers/{id}/doubles", "listDoubles", _TAG, "Who may be the same",
            "customers:read", Doubles, read=_doubles,
        ),
        Operation(
            "GET", "/customers/{id}/merges", "listMerges", _TAG, "Who was merged with them",
            "customers:read", Merges, read=_merges,
        ),
        Operation(
            "POST", "/customers/{id}/merge", "mergeCustomers", _TAG,
            "Merge another customer into this one", "customers:write", Merge, takes=Merging,
            write=_merge,
        ),
        Operation(
            "POST", "/merges/{id}/undo", "undoMerge", _TAG, "Undo a merge of customers",
            "customers:write", Merge, write=_undo,
        ),
    ]  # fmt: skip


def _doubles(connection: Connection, call: Call[Agent]) -> Doubles:
    _there(connection, call.id)
    return Doubles(
        items=[
            Double(
                customer_id=one.who.id,
                name=one.who.name,
                score=one.likeness.score,
                reasons=[reason.value for reason in one.likeness.reasons],
            )
            for one in customer_pairs.of_customer(connection, call.id)
        ]
    )


def _merges(connection: Connection, call: Call[Agent]) -> Merges:
    _there(connection, call.id)
    return Merges(
        items=[
            StandingMerge(
                id=one.id, kept_id=one.kept_id, other_id=one.other_id, at=one.at, by=one.by
            )
            for one in regrouping.standing(connection, (merging.KIND,), call.id)
        ]
    )


def _merge(connection: Connection, call: Call[Agent]) -> Answer:
    refuse_others(call.caller)
    done = merging.merge(connection, call.id, call.body.other_id, by=call.caller.id)
    return Answer(Merge(id=done.id, kept_id=done.kept_id, other_id=done.other_id))


def _undo(connection: Connection, call: Call[Agent]) -> Answer:
    refuse_others(call.caller)
    done = merging.undo(connection, call.id, by=call.caller.id)
    return Answer(Merge(id=done.id, kept_id=done.kept_id, other_id=done.other_id))


def _there(connection: Connection, customer_id: str) -> None:
    if customer_book.find(connection, customer_id) is None:
        raise Rejected("no_customer", "There is no such customer.", status=HTTPStatus.NOT_FOUND)
