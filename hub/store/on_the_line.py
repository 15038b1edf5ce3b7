"""Whether a customer is at the other end of a conversation just now, as a condition of queries."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from hub import clock
from hub.store.chat_visits import HERE_FOR
from hub.store.constants import constant
from hub.store.tables import calls, chat_visits


def is_called(conversation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """A call in it is not over."""
    return exists().where(
        calls.c.conversation_id == conversation_id, calls.c.state != constant("over")
    )


def chat_was_left(conversation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Somebody chatted in it, and is not there any more."""
    columns = chat_visits.c
    is_away = or_(columns.left_at.is_not(None), columns.seen_at < clock.now() - HERE_FOR)
    return exists().where(columns.conversation_id == conversation_id, is_away)
