"""What can be put together or apart with a conversation, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from agent_ui.words import reply_subject
from hub.interaction import Direction, InteractionKind
from hub.store import gathering, regrouping, relating, splitting
from hub.store.agents import Agent
from hub.store.regrouping import Regrouping
from hub.store.relating import Related
from hub.store.timeline import Conversation, Entry

_OTHERS = 20
_WORDS = 60


@dataclass(frozen=True)
class Regroup:
    """`begins`: the messages of those shown from which a conversation of its own can begin;
    `others`: the customer's other conversations; `related`: those that somebody linked with it.
    `done`: what was put together or apart and stands, each with the other conversation."""

    begins: Sequence[Entry]
    others: Sequence[Related]
    related: Sequence[Related]
    done: Sequence[tuple[Regrouping, Related]]


def read_regroup(
    connection: Connection, conversation: Conversation, entries: Sequence[Entry], agent: Agent
) -> Regroup:
    kinds = (splitting.KIND, gathering.KIND)
    standing = regrouping.standing(connection, kinds, conversation.id)
    other_ids = [_other(one, conversation.id) for one in standing]
    lines = {one.id: one for one in relating.lines(connection, other_ids)}
    said = [one for one in entries if one.kind is InteractionKind.MESSAGE]
    return Regroup(
        begins=[one for one in said[1:] if one.direction is Direction.INBOUND],
        others=relating.others_of(
            connection, conversation.customer_id, besides=conversation.id, limit=_OTHERS
        ),
        related=relating.of(connection, conversation.id, agent),
        done=[
            (one, lines[other])
            for one, other in zip(standing, other_ids, strict=True)
            if other in lines
        ],
    )


def beginning(entry: Entry) -> str:
    """How a message is known in a list; answers all have the subject of what they answer."""
    is_answer = reply_subject(entry.subject) == entry.subject
    text = " ".join((entry.text or entry.subject if is_answer else entry.subject).split())
    return text[:_WORDS] + ("…" if len(text) > _WORDS else "")


def _other(one: Regrouping, conversation_id: str) -> str:
    return one.other_id if one.kept_id == conversation_id else one.kept_id
