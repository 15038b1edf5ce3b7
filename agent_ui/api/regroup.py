"""Conversations split, made one and linked, for programs, and all of it undone."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.api.conversations import must_see
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.errors import Rejected
from hub.store import gathering, regrouping, relating, splitting, timeline
from hub.store.agents import Agent


class Regrouped(Shape):
    """`id`: by which it is undone. `kept_id`: the conversation that it is about; `other_id`: the
    one that went into it, or was split off from it."""

    id: str
    kept_id: str
    other_id: str


class MergingInto(Shape):
    into_id: str = Field(min_length=1, max_length=100, description="of the same customer")


class LinkIn(Shape):
    other_id: str = Field(min_length=1, max_length=100)


class LinkedConversation(Shape):
    id: str
    number: int
    subject: str
    state: str
    customer_name: str


class Links(Shape):
    """Those that the agent may read."""

    items: list[LinkedConversation]


_TAG = "conversations"
_ONE = "/conversations/{id}"
_WRITE = "conversations:write"


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "POST", "/interactions/{id}/split", "splitConversation", _TAG,
            "From this message on, a conversation of its own", _WRITE, Regrouped, write=_split,
        ),
        Operation(
            "POST", _ONE + "/merge", "mergeConversation", _TAG,
            "Merge it into another conversation of the customer", _WRITE, Regrouped,
            takes=MergingInto, write=_merge,
        ),
        Operation(
            "POST", "/regroupings/{id}/undo", "undoRegrouping", _TAG,
            "Undo a split or a merge of conversations", _WRITE, Regrouped, write=_undo,
        ),
        Operation(
            "GET", _ONE + "/links", "listLinks", _TAG, "The conversations linked with it",
            "conversations:read", Links, read=_links,
        ),
        Operation(
            "POST", _ONE + "/links", "linkConversation", _TAG, "Link it with another one", _WRITE,
            Links, takes=LinkIn, write=_link,
        ),
        Operation(
            "DELETE", _ONE + "/links/{other}", "unlinkConversation", _TAG, "Undo a link", _WRITE,
            Links, write=_unlink,
        ),
    ]  # fmt: skip


def _split(connection: Connection, call: Call[Agent]) -> Answer:
    entry = timeline.entry(connection, call.id)
    if entry is None:
        raise Rejected("no_message", "This message does not exist.", status=404)
    must_see(connection, entry.conversation_id, call.caller)
    done = splitting.split(connection, call.id, call.caller)
    return Answer(Regrouped(id=done.id, kept_id=done.conversation_id, other_id=done.new_id))


def _merge(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    must_see(connection, call.body.into_id, call.caller)
    done = gathering.gather(connection, call.body.into_id, call.id, call.caller)
    return Answer(Regrouped(**picked(Regrouped, done)))


def _undo(connection: Connection, call: Call[Agent]) -> Answer:
    for kind, undo in ((splitting.KIND, splitting.undo), (gathering.KIND, gathering.undo)):
        found = regrouping.find(connection, call.id, kind)
        if found is not None:
            must_see(connection, found.kept_id, call.caller)
            undo(connection, call.id, call.caller)
            return Answer(Regrouped(**picked(Regrouped, found)))
    raise Rejected("no_merge", "There is nothing to undo.", status=404)


def _links(connection: Connection, call: Call[Agent]) -> Links:
    must_see(connection, call.id, call.caller)
    found = relating.of(connection, call.id, call.caller)
    return Links(items=[LinkedConversation(**picked(LinkedConversation, one)) for one in found])


def _link(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    must_see(connection, call.body.other_id, call.caller)
    relating.relate(connection, call.id, call.body.other_id, by=call.caller.id)
    return Answer(_links(connection, call))


def _unlink(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    relating.unrelate(connection, call.id, call.path["other"], by=call.caller.id)
    return Answer(_links(connection, call))
