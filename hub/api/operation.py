"""What an API offers: one `Operation` for each thing that a program may ask.

The door (`door.py`) does what all have in common, and the document (`openapi.py`) is made of the
same: an operation that is not described cannot be called.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from hub.store.api_tokens import Token

Caller = TypeVar("Caller")

MOST_LISTED = 200


class Shape(BaseModel):
    """What goes in or out: an unknown field is an error of who sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    """No body, or no parameters."""


class Paging(Shape):
    """Which part of a list. The cursor is that of the answer before, as it was given."""

    limit: int = Field(50, ge=1, le=MOST_LISTED, description="at most so many")
    cursor: str = Field("", max_length=500, description="`next_cursor` of the page before")


@dataclass(frozen=True)
class Call(Generic[Caller]):
    """One request, read and checked. `key`: what the program calls it, the same when it sends it
    again; made up where it says nothing."""

    caller: Caller
    token: Token
    path: dict[str, str]
    query: Any
    body: Any
    key: str

    @property
    def id(self) -> str:
        return self.path["id"]


@dataclass(frozen=True)
class Answer:
    """`body`: of the shape that the operation `gives`. `location`: where what was made is, below
    the API's own address."""

    body: BaseModel | None
    location: str = ""


def picked(shape: type[BaseModel], source: object, *without: str) -> dict[str, Any]:
    """The fields of a shape as something has them under the same names; what else it has stays
    inside."""
    names = (name for name in shape.model_fields if name not in without)
    return {name: getattr(source, name) for name in names}


Read = Callable[[Connection, Call[Caller]], BaseModel]
Look = Callable[[Call[Caller]], Awaitable[BaseModel]]
Write = Callable[[Connection, Call[Caller]], Answer]
Deed = Callable[[Call[Caller]], Awaitable[Answer]]
Serve = Callable[[Call[Caller]], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Operation(Generic[Caller]):
    """One of five: `read` and `look` change nothing, the first in the store alone; `write` is a
    change in one transaction, `deed` one that takes more than that: done again with the same `key`
    it must change nothing. `serve` gives a file.

    `path` is below the API's own; `state`: what an If-Match is about, read under lock in the
    transaction of the change. `upload`: the body is a file; the call has its `Upload`,
    and the deed changes nothing besides keeping it. `tag`: the
    chapter it belongs to. `body_limit`: in bytes, None for the general one.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    scope: str
    gives: type[BaseModel] | None
    read: Read[Caller] | None = None
    look: Look[Caller] | None = None
    write: Write[Caller] | None = None
    deed: Deed[Caller] | None = None
    serve: Serve[Caller] | None = None
    upload: bool = False
    takes: type[BaseModel] = Nothing
    asks: type[BaseModel] = Nothing
    state: Read[Caller] | None = None
    status: int = HTTPStatus.OK
    body_limit: int | None = None

    @property
    def is_read(self) -> bool:
        return not (self.read is None and self.look is None and self.serve is None)
