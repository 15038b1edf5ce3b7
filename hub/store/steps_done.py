"""Which steps of the model were done for a work item, and which must be done before it goes on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub import clock
from hub.errors import Rejected
from hub.store.tables import agents, steps_done

BEFORE_ANSWER = ("before",)
BEFORE_END = ("before", "during", "after")


@dataclass(frozen=True)
class Done:
    """Who ticked it and when. `reason`: why it was not needed; empty when it was done."""

    agent_name: str
    at: datetime
    reason: str


class StepsFirst(Rejected):
    """Steps that block are not done; `titles` by language."""

    def __init__(self, titles: Sequence[Mapping[str, str]]) -> None:
        named = "; ".join(title.get("en", "") for title in titles)
        super().__init__("steps_first", f"Do this first, and tick it: {named}.", status=409)
        self.titles = tuple(titles)


def of_item(connection: Connection, item_id: str) -> dict[str, Done]:
    """By the name of the step: `before.NAME`."""
    rows = connection.execute(_OF_ITEM, {"item": item_id})
    return {row.name: Done(row.agent_name, row.at, row.reason) for row in rows}


def refuse_undone(
    connection: Connection, item_id: str, decision: Mapping[str, Any], parts: Sequence[str]
) -> None:
    """Raise StepsFirst when steps of these parts block and are not ticked."""
    blocking = dict(_blocking(decision, parts))
    if not blocking:
        return
    done = of_item(connection, item_id)
    undone = [title for name, title in blocking.items() if name not in done]
    if undone:
        raise StepsFirst(undone)


def is_step(decision: Mapping[str, Any], name: str) -> bool:
    part, _, rest = name.partition(".")
    return part in BEFORE_END and any(one.get("name") == rest for one in _steps(decision, part))


def write(connection: Connection, item_id: str, agent_id: str, name: str, reason: str) -> None:
    """Tick a step, or tick it anew."""
    clear(connection, item_id, name)
    row = {"work_item_id": item_id, "name": name, "agent_id": agent_id, "reason": reason}
    connection.execute(insert(steps_done), [row | {"at": clock.now()}])


def clear(connection: Connection, item_id: str, name: str) -> None:
    columns = steps_done.c
    this = (columns.work_item_id == item_id) & (columns.name == name)
    connection.execute(delete(steps_done).where(this))


def _blocking(
    decision: Mapping[str, Any], parts: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for part in parts:
        for step in _steps(decision, part):
            if step.get("blocking"):
                yield f"{part}.{step['name']}", step.get("title") or {}


def _steps(decision: Mapping[str, Any], part: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (decision.get("steps") or {}).get(part) or ()
    return found


# Made once: making it takes longer than running it.
_OF_ITEM = (
    select(
        steps_done.c.name,
        steps_done.c.at,
        steps_done.c.reason,
        agents.c.name.label("agent_name"),
    )
    .join(agents, agents.c.id == steps_done.c.agent_id)
    .where(steps_done.c.work_item_id == bindparam("item"))
)
