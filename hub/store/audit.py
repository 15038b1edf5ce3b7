"""Who changed what: written in the transaction of the change."""

from typing import Any

from sqlalchemy import Connection, insert

from hub import clock
from hub.store.tables import audit_log


def record(
    connection: Connection, *, actor: str, action: str, about: str, details: dict[str, Any]
) -> None:
    """`actor` is an agent id or a part of Loket; `about` is the id of what changed."""
    row = {
        "id": clock.new_id(),
        "at": clock.now(),
        "actor": actor,
        "action": action,
        "object": about,
        "details": details,
    }
    connection.execute(insert(audit_log), [row])
