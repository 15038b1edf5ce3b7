"""How the offers of a work item ended, and who gave it away: they are not asked again at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from hub import clock
from hub.store.among import among
from hub.store.constants import one_of
from hub.store.tables import offers, work_items

OFFERED = "offered"
ACCEPTED = "accepted"
DECLINED = "declined"
MISSED = "missed"
WITHDRAWN = "withdrawn"
RETURNED = "returned"
_REFUSALS = (DECLINED, MISSED, RETURNED)
_ITS = offers.c.work_item_id == work_items.c.id
REFUSED = exists().where(_ITS, one_of(offers.c.state, _REFUSALS)).label("refused")
"""A column beside a work item: whether it is worth asking for its refusals."""


def end(connection: Connection, item_id: str, state: str, reason: str = "") -> None:
    """The live offer of this item, if there is one, ended so."""
    given = {"item_id": item_id, "ended": state, "why": reason, "now": clock.now()}
    connection.execute(_END, given)


_END = (
    update(offers)
    .where(offers.c.work_item_id == bindparam("item_id"), offers.c.state == OFFERED)
    .values(state=bindparam("ended"), reason=bindparam("why"), ended_at=bindparam("now"))
)


def gave_away(connection: Connection, item_id: str, agent_id: str) -> None:
    """The agent had it and put it back or passed it on."""
    now = clock.now()
    row = {
        "id": clock.new_id(),
        "work_item_id": item_id,
        "agent_id": agent_id,
        "state": RETURNED,
        "reason": "",
        "offered_at": now,
        "expires_at": now,
        "ended_at": now,
    }
    connection.execute(insert(offers), [row])


def refusals(connection: Connection, item_ids: Collection[str], since: datetime) -> list[Row[Any]]:
    """Who declined, missed or gave away these items since then, oldest first."""
    return list(
        connection.execute(
            select(offers.c.work_item_id, offers.c.agent_id, offers.c.state, offers.c.ended_at)
            .where(
                among(offers.c.work_item_id, item_ids),
                one_of(offers.c.state, _REFUSALS),
                offers.c.ended_at >= since,
            )
            .order_by(offers.c.id)
        )
    )
