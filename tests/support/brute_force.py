"""What rows of a model settle, by brute force over a small world: with sets instead of trees."""

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

from hypothesis import strategies as st

from hub.interaction import Channel, Direction
from routing.inherit import Cell
from routing.moment import Moment
from routing.tree import ANY

GROUPS = (ANY, "b2b", "b2b/key", "b2c")
TOPICS = (ANY, "bill", "bill/late", "order")
CELLS = [Cell._make(cell) for cell in product(GROUPS, Direction, Channel, TOPICS)]
IN_USE = [
    cell
    for cell in CELLS
    if cell.channel in (Channel.EMAIL, Channel.PHONE)
    or (cell.channel is Channel.PARTNER and cell.direction is Direction.INBOUND)
]
"""By the channels of `interaction_models.HEAD`."""

Written = tuple[object, ...]
_KEYS = (
    "target_group",
    "channel",
    "direction",
    "topic",
    "order",
    "role",
    "priority_minutes",
    "allowed",
    "backup_role",
)


def rows_of_a_model(most: int = 6, highest_order: int = 1) -> st.SearchStrategy[list[Written]]:
    """Rows of which no two hold for the same; `written` makes them text. They may tie."""
    return st.lists(
        st.tuples(
            st.sampled_from(GROUPS),
            st.sampled_from((ANY, "email", "phone")),
            st.sampled_from((ANY, "inbound", "outbound")),
            st.sampled_from(TOPICS),
            st.integers(0, highest_order),
            st.sampled_from((None, "billing", "service")),
            st.sampled_from((None, 0, 1)),
            st.sampled_from((None, None, None, "no", "yes")),
            st.sampled_from((None, None, None, "billing", "sales")),
            st.sampled_from((None, "1h", "2h")),
        ),
        max_size=most,
        unique_by=lambda row: row[:4],
    )


def written(row: Written) -> str:
    """A role that would be its own backup is left without one."""
    *plain, first_response = row
    if plain[5] == plain[8]:
        plain[8] = None
    named = zip(_KEYS, plain, strict=True)
    pairs = [f"{key}: {value}" for key, value in named if value is not None]
    sla = [f"sla: {{first_response: {first_response}}}"] if first_response else []
    return ", ".join([*pairs, *sla])


def _under(path: str, upper: str) -> bool:
    return upper == ANY or f"{path}/".startswith(f"{upper}/")


@cache
def _area(
    group: str, channel: Channel | None, direction: Direction | None, topic: str
) -> frozenset[Cell]:
    """Every combination that a row written like this holds for."""
    return frozenset(
        cell
        for cell in CELLS
        if _under(cell.target_group, group)
        and _under(cell.topic, topic)
        and channel in (None, cell.channel)
        and direction in (None, cell.direction)
    )


def area_of(row: Moment) -> frozenset[Cell]:
    return _area(row.target_group, row.channel, row.direction, row.topic)


def standing(rows: Sequence[Moment], cell: Cell, field: str) -> list[Moment]:
    """Rows that write the field and hold, less those that a row for fewer contacts refines."""
    holding = [row for row in rows if row.settles(field) and cell in area_of(row)]
    areas = [area_of(row) for row in holding]
    return [row for row in holding if not any(one < area_of(row) for one in areas)]


def candidates(rows: Sequence[Moment], cell: Cell, field: str) -> list[Moment]:
    """Those left over that have the highest order; the first of them wins."""
    kept = standing(rows, cell, field)
    return [row for row in kept if row.order == max(other.order for other in kept)]


def settled(rows: Sequence[Moment], cell: Cell, field: str, otherwise: Any) -> Any:
    """The value of a field, or `otherwise` when no row writes it."""
    found = candidates(rows, cell, field)
    return found[0].value(field) if found else otherwise
