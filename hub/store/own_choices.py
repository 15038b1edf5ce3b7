"""What agents chose for themselves: their signature, views of their work."""

from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from hub.store.inserting import insert_new
from hub.store.tables import agent_choices

SIGNATURE = "signature"
"""A text."""


def get(connection: Connection, agent_id: str, name: str) -> Any:
    """None when nothing was chosen."""
    given = {"agent": agent_id, "name": name}
    return connection.execute(_ONE, given).scalar_one_or_none()


def choose(connection: Connection, agent_id: str, name: str, value: Any) -> None:
    columns = agent_choices.c
    this = (columns.agent_id == agent_id) & (columns.name == name)
    if not connection.execute(update(agent_choices).where(this).values(value=value)).rowcount:
        insert_new(
            connection, agent_choices, [{"agent_id": agent_id, "name": name, "value": value}]
        )


# Made once: making it takes longer than running it.
_ONE = select(agent_choices.c.value).where(
    agent_choices.c.agent_id == bindparam("agent"), agent_choices.c.name == bindparam("name")
)
