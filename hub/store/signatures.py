"""What owners of roles said in writing about rows of the interaction model."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub import clock
from hub.store.among import among
from hub.store.inserting import insert_all
from hub.store.tables import model_signatures


@dataclass(frozen=True)
class Signature:
    """`fingerprint` is of what the row says: the same row in another version needs no other.

    `recorded_by` is the agent who signed, or `operator` where a command wrote it down for them.
    """

    version: int
    role: str
    row: str
    fingerprint: str
    login: str
    name: str
    accepted: bool
    remark: str
    at: datetime
    recorded_by: str


def add_all(connection: Connection, signatures: Iterable[Signature]) -> None:
    insert_all(
        connection,
        model_signatures,
        [{"id": clock.new_id(), **asdict(signature)} for signature in signatures],
    )


def by_logins(connection: Connection, logins: Collection[str]) -> list[Signature]:
    """All that these people ever signed, the earliest first."""
    if not logins:
        return []
    table = model_signatures
    found = select(table).where(among(table.c.login, set(logins))).order_by(table.c.at, table.c.id)
    return [
        Signature(**{name: getattr(row, name) for name in Signature.__dataclass_fields__})
        for row in connection.execute(found)
    ]
