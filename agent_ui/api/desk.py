"""The agent's desk for programs: who they are, whether they are there, what they find and say."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.desk import read_desk, say_presence
from agent_ui.finding import find
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import canned
from hub.store.agents import Agent
from hub.store.presence import CHOSEN
from hub.store.search import Asked, Kind


class Me(Shape):
    """`used`: of 100, how much the agent has in hand. `closed_channels`: they take nothing on."""

    id: str
    login: str
    name: str
    language: str
    roles: list[str]
    administrator: bool
    supervisor: bool
    presence: str
    reason: str
    closed_channels: list[Channel]
    since: datetime
    used: int


class Presence(Shape):
    """`reason`: of who is away. `closed_channels`: left as they are without it."""

    state: Literal["available", "away", "off"]
    reason: str = Field("", max_length=200)
    closed_channels: set[Channel] | None = None


assert set(CHOSEN) == {"available", "away", "off"}  # noqa: S101 (described is what is taken)


class CannedReply(Shape):
    """`texts`: by language; `{customer}` and the like are places that the console fills in, with
    what stands behind a bar where nothing is known: `{first_name|customer}`."""

    id: str
    shortcut: str
    topic: str
    title: str
    texts: dict[str, str]


class CannedReplies(Shape):
    items: list[CannedReply]


class Searching(Shape):
    q: str = Field(min_length=1, max_length=200, description="words, or the beginnings of words")
    kind: Kind | None = None
    channel: Channel | None = None
    days: int = Field(0, ge=0, le=36_500, description="not older than this; 0: of any age")
    limit: int = Field(20, ge=1, le=100, description="of each kind")


class Hit(Shape):
    kind: Kind
    conversation_id: str
    channel: Channel
    customer_name: str
    title: str
    at: datetime
    excerpt: str


class Hits(Shape):
    items: list[Hit]


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    tag = "desk"

    def me(connection: Connection, call: Call[Agent]) -> Me:
        desk = read_desk(connection, call.caller, quiet=context.quiet)
        here = desk.presence
        return Me(
            **picked(Me, call.caller, "roles", "presence", "reason", "closed_channels", "since",
                     "used"),
            roles=sorted(call.caller.roles),
            presence=here.state,
            reason=here.reason,
            closed_channels=sorted(here.closed_channels),
            since=here.since,
            used=desk.used,
        )  # fmt: skip

    def say(connection: Connection, call: Call[Agent]) -> Answer:
        body: Presence = call.body
        closed = None if body.closed_channels is None else sorted(body.closed_channels)
        say_presence(connection, call.caller, body.state, body.reason, closed)
        return Answer(me(connection, call))

    return [
        Operation("GET", "/me", "readMe", tag, "Who the agent is", "work:read", Me, read=me),
        Operation(
            "POST", "/me/presence", "sayPresence", tag, "Say whether they take offers",
            "work:write", Me, takes=Presence, write=say,
        ),
        Operation(
            "GET", "/canned-replies", "listCannedReplies", tag, "Texts for answers",
            "conversations:read", CannedReplies, read=_canned,
        ),
        Operation(
            "GET", "/search", "search", tag, "Find customers, conversations and files",
            "conversations:read", Hits, asks=Searching, read=_search,
        ),
    ]  # fmt: skip


def _canned(connection: Connection, call: Call[Agent]) -> CannedReplies:  # noqa: ARG001
    found = canned.all_of(connection)
    return CannedReplies(items=[CannedReply(**picked(CannedReply, one)) for one in found])


def _search(connection: Connection, call: Call[Agent]) -> Hits:
    given: Searching = call.query
    asked = Asked(text=given.q, channel=given.channel, days=given.days)
    if not given.q.strip():
        raise Rejected("no_words", "Write what to look for.", status=HTTPStatus.BAD_REQUEST)
    kinds = [given.kind] if given.kind else list(Kind)
    found = find(connection, asked, kinds, call.caller, limit=given.limit)
    return Hits(
        items=[
            Hit(**picked(Hit, one, "excerpt"), excerpt=f"{one.before}{one.match}{one.after}")
            for kind in kinds
            for one in found[kind].lines
        ]
    )
