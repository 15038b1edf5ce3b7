"""`/api/portal/v1`: what a customer does in the portal, by programs of their own.

A token is the customer's: every operation starts from who they are, and what is somebody else's is
not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, cast

from aiohttp import web
from pydantic import Field
from sqlalchemy import Connection

from connectors.portal import api_colleagues, api_trade
from connectors.portal.colleagues import Colleagues
from connectors.portal.member import Member, member
from connectors.portal.writing import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Writing,
    must_be_own,
    questions_of,
)
from hub.api.cursors import page, parts_of
from hub.api.door import Door
from hub.api.files import FileIds, FileName, Files, HandedIn, no_file
from hub.api.openapi import About, document
from hub.api.operation import Answer, Call, Operation, Paging, Shape, picked
from hub.api.page import reference
from hub.asking import LONGEST_ANSWER, AskedTopic
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import Route
from hub.store import portal_views
from hub.store.api_tokens import Token
from hub.store.portal_views import Message as Said
from hub.store.portal_views import Request
from hub.texts import Texts

SCOPES = {
    "details:read": "read your own details",
    "conversations:read": "read your conversations",
    "conversations:write": "ask, and go on with a conversation",
    "agreements:read": "read what was agreed with you",
    "orders:read": "read your orders",
    "orders:write": "place, change and cancel orders",
    "deliveries:read": "see where your parcels are",
    "deliveries:write": "say how a parcel is to be brought",
    "invoices:read": "read your invoices",
    "colleagues:read": "see who acts for your organisation, if you manage that",
    "colleagues:write": "invite colleagues, and say what they may do, if you manage that",
}
ABOUT = About(
    title="Loket customer API",
    base="/api/portal/v1",
    description=(
        "What you do in the portal, by programs of your own. You make a token in the portal, under "
        "My details; it sees what you see. Lists go on with next_cursor; a request with an "
        "Idempotency-Key is done once, however often it is sent; who changes a thing sends the "
        "ETag that they read as If-Match. Times are UTC (RFC 3339)."
    ),
    scopes=SCOPES,
)
Language = Literal["en", "nl"]


class ContactPoint(Shape):
    kind: str
    value: str
    verified: bool


class Details(Shape):
    """Who the token is of."""

    id: str
    name: str
    organisation: str
    language: str
    contact_points: list[ContactPoint]


class Question(Shape):
    name: str
    title: str


class Topic(Shape):
    """`answer_within`: seconds, if something is promised. `questions`: answer what you can."""

    topic: str
    title: str
    allowed: bool = Field(description="whether it can be asked about here")
    answer_within: int | None
    questions: list[Question]


class Topics(Shape):
    items: list[Topic]


class Conversation(Shape):
    """`received`, `busy`, `your_turn` (we answered) or `done`. `colleague`: whose it is, if it is
    not your own: you can read it."""

    id: str
    number: int
    subject: str
    channel: str
    state: str
    created_at: datetime
    last_at: datetime
    colleague: str


class Conversations(Shape):
    """The one in which something was said last is first."""

    items: list[Conversation]
    next_cursor: str


class File(Shape):
    id: str
    filename: str
    size: int


class Message(Shape):
    """`ours`: from the organisation."""

    id: str
    sequence: int
    ours: bool
    name: str
    channel: str
    text: str
    at: datetime
    files: list[File]


class Messages(Shape):
    """The oldest first; the last 200."""

    items: list[Message]


class NewConversation(Shape):
    """`topic`: one of those that can be asked about. `answers`: by the name of the question."""

    topic: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    subject: str = Field("", max_length=LONGEST_SUBJECT)
    answers: dict[
        Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=LONGEST_ANSWER)]
    ] = Field(default_factory=dict, max_length=50)
    files: FileIds = Field(default_factory=list)
    language: Language = "en"


class NewMessage(Shape):
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    files: FileIds = Field(default_factory=list)
    language: Language = "en"


class Kept(Shape):
    """`duplicate`: it was kept before."""

    interaction_id: str
    conversation_id: str
    sequence: int
    duplicate: bool


class InLanguage(Shape):
    language: Language = "en"


class PortalApi:
    def __init__(
        self,
        context: ConnectorContext,
        writing: Writing,
        colleagues: Colleagues,
        texts: Mapping[str, Texts],
        files: Files,
        *,
        per_minute: int,
    ) -> None:
        self._context = context
        self._operations = operations(context, writing, colleagues, texts, files)
        self._door = Door[Member](
            ABOUT.base, context.database, _member_of, context.wake, per_minute=per_minute
        )

    def routes(self) -> list[Route]:
        return [*reference(ABOUT, self._operations), *self._door.routes(self._operations)]


def described() -> dict[str, Any]:
    """The OpenAPI document. To describe an operation takes nothing of what it works on."""
    nothing = cast("Any", None)
    return document(ABOUT, operations(nothing, nothing, nothing, nothing, nothing))


def operations(
    context: ConnectorContext,
    writing: Writing,
    colleagues: Colleagues,
    texts: Mapping[str, Texts],
    files: Files,
) -> Sequence[Operation[Member]]:
    acts = _Acts(context, writing, files)
    most = files.most if files else None
    one, tag = "/conversations/{id}", "conversations"
    return [
        Operation(
            "GET", "/me", "readMe", "details", "Who you are", "details:read", Details, read=_me
        ),
        Operation(
            "GET", "/topics", "listTopics", tag, "What you can ask about", "conversations:read",
            Topics, asks=InLanguage, look=acts.topics,
        ),
        Operation(
            "GET", "/conversations", "listConversations", tag, "Your conversations",
            "conversations:read", Conversations, asks=Paging, read=_list,
        ),
        Operation(
            "POST", "/conversations", "ask", tag, "Ask something", "conversations:write", Kept,
            takes=NewConversation, deed=acts.begin, status=HTTPStatus.CREATED,
        ),
        Operation(
            "GET", one, "readConversation", tag, "Read one", "conversations:read", Conversation,
            read=_one,
        ),
        Operation(
            "GET", one + "/messages", "listMessages", tag, "What was said in it",
            "conversations:read", Messages, read=_messages,
        ),
        Operation(
            "POST", one + "/messages", "write", tag, "Go on with it", "conversations:write", Kept,
            takes=NewMessage, deed=acts.go_on, status=HTTPStatus.CREATED,
        ),
        Operation(
            "POST", "/files", "handInFile", "files", "Hand in a file, to name it in a message",
            "conversations:write", HandedIn, asks=FileName, deed=acts.hand_in, upload=True,
            status=HTTPStatus.CREATED, body_limit=most,
        ),
        Operation(
            "GET", "/files/{id}", "downloadFile", "files", "Download a file of a conversation",
            "conversations:read", None, serve=acts.download,
        ),
        *api_trade.operations(),
        *api_colleagues.operations(colleagues, texts),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Acts:
    context: ConnectorContext
    writing: Writing
    files: Files

    async def topics(self, call: Call[Member]) -> Topics:
        language = call.query.language
        found = self.writing.topics(call.caller.customer)
        return Topics(items=[_topic(one, language) for one in found])

    async def hand_in(self, call: Call[Member]) -> Answer:
        await self.writing.take_file(call.caller.customer)
        return await self.files.hand_in(call)

    async def download(self, call: Call[Member]) -> web.StreamResponse:
        found = await self.context.database.read(
            lambda c: portal_views.file_of(c, call.caller.sight, call.id)
        )
        if found is None:
            raise no_file()
        name, sha256 = found
        return await self.files.download(sha256, name)

    async def begin(self, call: Call[Member]) -> Answer:
        body: NewConversation = call.body
        accepted = await self.writing.begin(
            call.caller.customer,
            language=body.language,
            topic=body.topic,
            text=body.text,
            subject=body.subject,
            answers=body.answers,
            files=self.files.named(call, body.files),
            form_id=f"api:{call.token.id}:{call.key}",
        )
        where = f"/conversations/{accepted.conversation_id}"
        return Answer(Kept(**accepted.model_dump()), location=where)

    async def go_on(self, call: Call[Member]) -> Answer:
        body: NewMessage = call.body
        request = await self.context.database.read(lambda c: _seen(c, call))
        must_be_own(request)
        accepted = await self.writing.go_on(
            call.caller.customer,
            request,
            language=body.language,
            text=body.text,
            files=self.files.named(call, body.files),
            form_id=f"api:{call.token.id}:{call.key}",
        )
        return Answer(Kept(**accepted.model_dump()))


def _member_of(connection: Connection, token: Token) -> Member | None:
    if token.customer_id is None:
        return None
    return member(connection, token.customer_id)


def _me(connection: Connection, call: Call[Member]) -> Details:  # noqa: ARG001
    who = call.caller.customer
    return Details(
        id=who.id,
        name=who.name,
        organisation=who.organisation_name,
        language=who.language,
        contact_points=[ContactPoint(**picked(ContactPoint, point)) for point in who.points],
    )


def _list(connection: Connection, call: Call[Member]) -> Conversations:
    asked: Paging = call.query
    parts = parts_of(asked.cursor, 1)
    before = _moment(parts[0]) if parts else None
    found = portal_views.requests(
        connection, call.caller.sight, before=before, limit=asked.limit + 1
    )
    some, following = page(found, asked.limit, lambda one: one.last_at.isoformat())
    return Conversations(items=[_shown(one) for one in some], next_cursor=following)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Rejected("cursor", "This cursor is none of ours.", status=422) from error
    if found.tzinfo is None:
        raise Rejected("cursor", "This cursor is none of ours.", status=422)
    return found


def _one(connection: Connection, call: Call[Member]) -> Conversation:
    return _shown(_seen(connection, call))


def _seen(connection: Connection, call: Call[Member]) -> Request:
    found = portal_views.request(connection, call.caller.sight, call.id)
    if found is None:
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)
    return found


def _messages(connection: Connection, call: Call[Member]) -> Messages:
    request = _seen(connection, call)
    return Messages(items=[_message(one) for one in portal_views.messages(connection, request.id)])


def _shown(request: Request) -> Conversation:
    return Conversation(**picked(Conversation, request))


def _message(said: Said) -> Message:
    return Message(
        id=said.id,
        sequence=said.sequence,
        ours=said.ours,
        name=said.name,
        channel=said.channel,
        text=said.text,
        at=said.at,
        files=[File(id=key, filename=name, size=size) for key, name, size in said.files],
    )


def _topic(asked: AskedTopic, language: str) -> Topic:
    return Topic(
        topic=asked.topic,
        title=asked.title[language],
        allowed=asked.allowed,
        answer_within=asked.answer_within,
        questions=[
            Question(name=one.name, title=one.title[language]) for one in questions_of(asked)
        ],
    )
