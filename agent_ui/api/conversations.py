"""Conversations, what was said in them, and answering: as an agent sees and does it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from agent_ui.answering import SendingRules, Unseen, send_reply, write_note
from agent_ui.api.files import files_of
from agent_ui.api.work import Work, shown_work
from agent_ui.context import ConsoleContext
from agent_ui.drafting import LONGEST_TEXT, Draft
from agent_ui.forwarding import forward
from agent_ui.taking_back import take_back
from agent_ui.texts import texts_for
from agent_ui.ways import Way, ways_of
from hub import clock
from hub.api.cursors import page, parts_of
from hub.api.files import FileIds
from hub.api.operation import Answer, Call, Operation, Paging, Shape, picked
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import held, listing, timeline, work_items
from hub.store.agents import Agent
from hub.store.listing import WantedConversations
from hub.store.timeline import Entry


class Conversation(Shape):
    """`work`: its open work item, or else the last one it had."""

    id: str
    number: int
    customer_id: str
    subject: str
    channel: str = Field(description="on which it began")
    state: str = Field(description="open, pending or resolved")
    linked_id: str | None = Field(description="the conversation that it refers to")
    created_at: datetime
    work: Work | None


class Conversations(Shape):
    items: list[Conversation]
    next_cursor: str


class Party(Shape):
    kind: str
    value: str
    name: str


class File(Shape):
    id: str
    filename: str
    content_type: str = Field(description="what the sender claims")
    size: int


class Sending(Shape):
    state: str = Field(description="queued, sent, delivered, read, failed, bounced, uncertain, …")
    error: str
    attempts: int
    updated_at: datetime
    held_until: datetime | None = Field(description="until then it can be taken back")


class Interaction(Shape):
    """One contact moment. `sequence` counts from 1 in its conversation; `sending`: of what we
    sent."""

    id: str
    conversation_id: str
    sequence: int
    kind: str = Field(description="message, note or event")
    channel: str
    direction: str
    account: str
    sender: Party
    recipients: list[Party]
    subject: str
    text: str
    quoted: str
    occurred_at: datetime
    automatic: str = Field(description="why no person wrote it; empty: one did")
    verification: str = Field(description="whether the sender is who the message says")
    agent_id: str | None
    details: dict[str, str]
    files: list[File]
    sending: Sending | None


class Interactions(Shape):
    """The oldest first."""

    items: list[Interaction]
    next_cursor: str


class WayToAnswer(Shape):
    """`free`: any text may be written; else only a template. `key` names it in a reply."""

    key: str
    channel: str
    account: str
    to: str
    free: bool
    templates: list[str]
    longest: int = Field(description="characters; 0: any number")
    refused: bool = Field(description="the customer wants nothing over it")


class Ways(Shape):
    items: list[WayToAnswer]


class ConversationSearch(Paging):
    customer_id: str = Field("", max_length=100)
    state: Literal["", "open", "pending", "resolved"] = ""


class ReplyIn(Shape):
    """An answer to the customer. Nothing is sent past what was not read: `seen` is the highest
    `sequence` that you know. `way`: the key of a way to answer; without it the first open way over
    `channel`, or over any."""

    text: str = Field("", max_length=LONGEST_TEXT)
    seen: int = Field(ge=0, le=999_999_999)
    way: str = Field("", max_length=2000)
    channel: Channel | None = None
    subject: str = Field("", max_length=500)
    cc: list[Annotated[str, Field(max_length=254)]] = Field(
        default_factory=list, max_length=20, description="copies, by mail"
    )
    files: FileIds = Field(default_factory=list)
    send_at: AwareDatetime | None = Field(
        None, description="not before: by mail, SMS or WhatsApp, within a year"
    )
    template: str = Field("", max_length=100, description="sent instead of the text")
    values: list[str] = Field(default_factory=list, max_length=20, description="of the template")


class ForwardIn(Shape):
    """The customer's last message goes by mail to somebody else, with words above it. It is no
    answer to the customer."""

    to: list[Annotated[str, Field(max_length=254)]] = Field(min_length=1, max_length=20)
    text: str = Field("", max_length=LONGEST_TEXT)
    subject: str = Field("", max_length=500)
    files: FileIds = Field(default_factory=list)
    seen: int = Field(ge=0, le=999_999_999)


class NoteIn(Shape):
    """Only colleagues see it."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


_TAG = "conversations"
_FURTHEST = timedelta(days=366)


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    answering = _Answering(context)
    one = "/conversations/{id}"
    return [
        Operation(
            "GET", "/conversations", "listConversations", _TAG, "List, the newest first",
            "conversations:read", Conversations, asks=ConversationSearch, read=_list,
        ),
        Operation(
            "GET", one, "readConversation", _TAG, "Read one", "conversations:read", Conversation,
            read=_one,
        ),
        Operation(
            "GET", one + "/interactions", "listInteractions", _TAG, "What was said in it",
            "conversations:read", Interactions, asks=Paging, read=_interactions,
        ),
        Operation(
            "GET", one + "/ways", "listWays", _TAG, "How the customer can be answered",
            "conversations:read", Ways, read=answering.ways,
        ),
        Operation(
            "POST", one + "/replies", "reply", _TAG, "Answer the customer, on any channel",
            "conversations:write", Interaction, takes=ReplyIn, write=answering.reply,
            status=HTTPStatus.CREATED,
        ),
        Operation(
            "POST", one + "/forwards", "forward", _TAG, "Pass the last message on by mail",
            "conversations:write", Interaction, takes=ForwardIn, write=answering.forward,
            status=HTTPStatus.CREATED,
        ),
        Operation(
            "POST", one + "/notes", "addNote", _TAG, "Leave a note for colleagues",
            "conversations:write", Interaction, takes=NoteIn, write=_note,
            status=HTTPStatus.CREATED,
        ),
        Operation(
            "GET", "/interactions/{id}", "readInteraction", _TAG, "Read one contact moment",
            "conversations:read", Interaction, read=_interaction,
        ),
        Operation(
            "POST", "/interactions/{id}/resend", "resend", _TAG,
            "Send again what failed, or may not have arrived", "conversations:write", Interaction,
            deed=answering.resend,
        ),
        Operation(
            "POST", "/interactions/{id}/take-back", "takeBack", _TAG,
            "Keep what waits to be sent from leaving", "conversations:write", Interaction,
            write=_take_back,
        ),
        Operation(
            "POST", "/interactions/{id}/send-now", "sendNow", _TAG,
            "Send at once what waits for its time", "conversations:write", Interaction,
            write=_send_now,
        ),
    ]  # fmt: skip


class _Answering:
    """What needs to know over which accounts, and by what rules, customers are answered."""

    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    def ways(self, connection: Connection, call: Call[Agent]) -> Ways:
        must_see(connection, call.id, call.caller)
        return Ways(items=[_way(way) for way in self._ways(connection, call.id)])

    def reply(self, connection: Connection, call: Call[Agent]) -> Answer:
        must_see(connection, call.id, call.caller)
        body: ReplyIn = call.body
        draft = Draft(
            conversation_id=call.id,
            text=body.text.replace("\r\n", "\n"),
            way=body.way or self._open_way(connection, call.id, body.channel),
            subject=body.subject,
            seen=body.seen,
            template=body.template,
            values=tuple(body.values),
            cc=", ".join(body.cc),
            files=files_of(self._context).named(call, body.files),
            later=_later(body.send_at),
            signed=False,
        )
        try:
            interaction_id = send_reply(connection, draft, call.caller, self._sending())
        except Unseen as error:
            raise unseen() from error
        return _added(connection, interaction_id)

    def forward(self, connection: Connection, call: Call[Agent]) -> Answer:
        must_see(connection, call.id, call.caller)
        body: ForwardIn = call.body
        draft = Draft(
            conversation_id=call.id,
            text=body.text.replace("\r\n", "\n"),
            way="",
            subject=body.subject,
            seen=body.seen,
            to=", ".join(body.to),
            files=files_of(self._context).named(call, body.files),
            signed=False,
            mode="forward",
        )
        try:
            texts = texts_for(call.caller.language)
            done = forward(connection, draft, call.caller, self._sending(), texts)
        except Unseen as error:
            raise unseen() from error
        return _added(connection, done)

    def _sending(self) -> SendingRules:
        """What a program sends leaves at once."""
        context = self._context
        return SendingRules(context.default_accounts, context.composing, context.offered_only())

    async def resend(self, call: Call[Agent]) -> Answer:
        interaction_id, database = call.id, self._context.database
        await database.read(lambda c: _entry(c, interaction_id, call.caller))
        await self._context.resend(interaction_id, call.caller.id)
        return Answer(await database.read(lambda c: _entry(c, interaction_id, call.caller)))

    def _ways(self, connection: Connection, conversation_id: str) -> list[Way]:
        conversation = timeline.conversation(connection, conversation_id)
        customer_id = conversation.customer_id if conversation else ""
        accounts, composing = self._context.default_accounts, self._context.composing
        return ways_of(connection, conversation_id, customer_id, accounts, composing)

    def _open_way(
        self, connection: Connection, conversation_id: str, channel: Channel | None
    ) -> str:
        for way in self._ways(connection, conversation_id):
            if way.is_open and channel in (None, way.reachable.channel):
                return way.key
        raise Rejected("unreachable", "The customer cannot be reached that way.", status=409)


def _later(at: datetime | None) -> datetime | None:
    """Raises Rejected."""
    now = clock.now()
    if at is not None and not now < at <= now + _FURTHEST:
        raise Rejected("send_at", "Choose a time to come, within a year.", status=422)
    return at


def _take_back(connection: Connection, call: Call[Agent]) -> Answer:
    _held(connection, call)
    take_back(connection, call.id, call.caller)
    return Answer(_entry(connection, call.id, call.caller))


def _send_now(connection: Connection, call: Call[Agent]) -> Answer:
    _held(connection, call)
    held.send_now(connection, call.id, call.caller)
    return Answer(_entry(connection, call.id, call.caller))


def _held(connection: Connection, call: Call[Agent]) -> None:
    """Raises Rejected for what was never to be sent, and what the agent may not see."""
    if _entry(connection, call.id, call.caller).sending is None:
        raise Rejected("no_interaction", "There is no such interaction.", status=404)


def must_see(connection: Connection, conversation_id: str, agent: Agent) -> None:
    """Raises Rejected, the same for what does not exist."""
    if not timeline.may_see(connection, conversation_id, agent):
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)


def unseen() -> Rejected:
    detail = "Something was added that you had not seen. Read it, then send again."
    return Rejected("unseen", detail, status=HTTPStatus.CONFLICT)


def _list(connection: Connection, call: Call[Agent]) -> Conversations:
    asked: ConversationSearch = call.query
    parts = parts_of(asked.cursor, 1)
    ids = listing.conversations_of(
        connection,
        call.caller,
        WantedConversations(asked.customer_id, asked.state),
        before=parts[0] if parts else "",
        limit=asked.limit + 1,
    )
    shown, following = page(ids, asked.limit, str)
    return Conversations(items=[_shown(connection, one) for one in shown], next_cursor=following)


def _one(connection: Connection, call: Call[Agent]) -> Conversation:
    must_see(connection, call.id, call.caller)
    return _shown(connection, call.id)


def _shown(connection: Connection, conversation_id: str) -> Conversation:
    found = timeline.conversation(connection, conversation_id)
    if found is None:
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    return Conversation(
        **picked(Conversation, found, "work"), work=shown_work(item) if item else None
    )


def _interactions(connection: Connection, call: Call[Agent]) -> Interactions:
    must_see(connection, call.id, call.caller)
    parts = parts_of(call.query.cursor, 1)
    after = int(parts[0]) if parts and parts[0].isdecimal() else 0
    found = timeline.following(connection, call.id, after=after, limit=call.query.limit + 1)
    entries, following = page(found, call.query.limit, lambda one: str(one.sequence))
    return Interactions(items=[shown_entry(one) for one in entries], next_cursor=following)


def _note(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    draft = Draft(call.id, call.body.text.replace("\r\n", "\n"), way="", subject="", seen=0)
    return _added(connection, write_note(connection, draft, call.caller))


def _interaction(connection: Connection, call: Call[Agent]) -> Interaction:
    return _entry(connection, call.id, call.caller)


def _entry(connection: Connection, interaction_id: str, agent: Agent) -> Interaction:
    found = timeline.entry(connection, interaction_id)
    if found is None or not timeline.may_see(connection, found.conversation_id, agent):
        raise Rejected("no_interaction", "There is no such interaction.", status=404)
    return shown_entry(found)


def _added(connection: Connection, interaction_id: str) -> Answer:
    found = timeline.entry(connection, interaction_id)
    assert found is not None  # noqa: S101 (it was added in this transaction)
    return Answer(shown_entry(found), location=f"/interactions/{interaction_id}")


def shown_entry(entry: Entry) -> Interaction:
    return Interaction(
        **picked(Interaction, entry, "sender", "recipients", "files", "sending"),
        sender=Party(**picked(Party, entry.sender)),
        recipients=[Party(**picked(Party, one)) for one in entry.recipients],
        files=[
            File(id=one.id, filename=one.filename, content_type=one.content_type, size=one.size)
            for one in entry.attachments
        ],
        sending=Sending(**picked(Sending, entry.delivery)) if entry.delivery else None,
    )


def _way(way: Way) -> WayToAnswer:
    to = way.reachable
    return WayToAnswer(
        key=way.key,
        channel=to.channel,
        account=to.account,
        to=to.to.value,
        free=way.rules.free,
        templates=[one.name for one in way.rules.templates],
        longest=way.rules.longest,
        refused=way.refused is not None,
    )
