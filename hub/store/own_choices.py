"""What agents chose for themselves: their signature, views of their work."""

from typing import Any

from sqlalchemy import Connection, select, update

from hub.store.inserting import insert_new
from hub.store.tables import agent_choices

SIGNATURE = "signature"
"""A text."""


def get(connection: Connection, agent_id: str, name: str) -> Any:
    """None when nothing was chosen."""
    columns = agent_choices.c
    return connection.execute(
        select(columns.value).where(columns.agent_id == agent_id, columns.name == name)
    ).scalar_one_or_none()


def choose(connection: Connection, agent_id: str, name: str, value: Any) -> None:
    columns = agent_choices.c
    this = (columns.agent_id == agent_id) & (columns.name == name)
    if not connection.execute(update(agent_choices).where(this).values(value=value)).rowcount:
        insert_new(
            connection, agent_choices, [{"agent_id": agent_id, "name": name, "value": value}]
        )
