"""Addresses that several people use, for programs: which they are, and who it was."""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection, select

from agent_ui.api.conversations import must_see
from hub.api.operation import Answer, Call, Nothing, Operation, Shape
from hub.errors import Rejected
from hub.store import sharing
from hub.store.agents import Agent
from hub.store.tables import contact_points


class Somebody(Shape):
    id: str
    name: str


class OneOf(Shape):
    """`address`: the shared address that it came from; empty: it came from none. `chosen`: whether
    somebody said who of the `people` it is."""

    shared_id: str = Field(description="of the address itself, which is known as a customer")
    address: str
    people: list[Somebody]
    chosen: bool


class WhoItIs(Shape):
    """One of the two: somebody who is known, or the name of somebody new. The id of the shared
    address says that nobody knows."""

    customer_id: str = Field("", max_length=100)
    name: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.customer_id) == bool(self.name.strip()):
            raise ValueError("name one: customer_id or name")
        return self


class SharedAddress(Shape):
    shared_id: str


_ONE = "/conversations/{id}"


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "GET", _ONE + "/people", "listPeopleOfAddress", "conversations",
            "Who it may be, of a shared address", "conversations:read", OneOf, read=_people,
        ),
        Operation(
            "POST", _ONE + "/person", "choosePerson", "conversations",
            "Say who of a shared address it is", "conversations:write", OneOf, takes=WhoItIs,
            write=_choose,
        ),
        Operation(
            "POST", "/customers/{id}/contact-points/{point}/share", "shareContactPoint",
            "customers", "Several people use this contact point", "customers:write",
            SharedAddress, takes=Nothing, write=_share,
        ),
    ]  # fmt: skip


def _people(connection: Connection, call: Call[Agent]) -> OneOf:
    must_see(connection, call.id, call.caller)
    found = sharing.one_of(connection, call.id)
    if found is None:
        return OneOf(shared_id="", address="", people=[], chosen=False)
    people = [Somebody(id=one.id, name=one.name) for one in found.people]
    return OneOf(
        shared_id=found.shared_id, address=found.address, people=people, chosen=found.chosen
    )


def _choose(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    body: WhoItIs = call.body
    if body.customer_id:
        sharing.choose(connection, call.id, body.customer_id, by=call.caller.id)
    else:
        sharing.choose_new(connection, call.id, body.name, by=call.caller.id)
    return Answer(_people(connection, call))


def _share(connection: Connection, call: Call[Agent]) -> Answer:
    key: Any = connection.execute(
        select(contact_points.c.key).where(contact_points.c.id == call.path["point"])
    ).scalar_one_or_none()
    if key is None:
        raise Rejected("no_point", "There is no such contact point.", status=404)
    shared_id = sharing.share(connection, call.id, key, by=call.caller.id)
    return Answer(SharedAddress(shared_id=shared_id))
