"""Who can be given work or a call: the roles that somebody holds, and who holds them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from hub.store import agents
from hub.store.agents import Agent

Goals = Mapping[str, Sequence[tuple[str, str]]]
"""By role: (id, name) of the colleagues who hold it."""


def read_goals(connection: Connection, agent: Agent, *, people: bool = True) -> Goals:
    """For this agent, who is not among them. Without `people` the roles alone: a page would be
    mostly the names of colleagues whom nobody looks for."""
    if not people:
        return dict.fromkeys(sorted(agents.held_roles(connection)), ())
    found: dict[str, list[tuple[str, str]]] = {}
    for role, agent_id, name in agents.holders(connection):
        others = found.setdefault(role, [])
        if agent_id != agent.id:
            others.append((agent_id, name))
    return found
