"""Five-step sessions: which there are, how people come in, and where they stand. What is on their
cards is in `boards`."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit, boards
from hub.store.models import Version
from hub.store.tables import workshops
from hub.workshop.vocabulary import Write

FIRST_STEP = "groups"
_SIGNS = "23456789bcdfghjkmnpqrstvwxz"
"""For codes that people read from a screen and type: nothing that looks like something else."""
_CODE_LENGTH = 8


@dataclass(frozen=True)
class Workshop:
    """See the table for the meaning of each."""

    id: str
    code: str
    title: str
    step: str
    number: int
    people_number: int
    guests: bool
    based_on: int | None
    draft: int | None
    draft_revision: int
    draft_number: int
    created_at: datetime
    created_by: str
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def start(
    connection: Connection, title: str, *, by: str, based_on: int | None, writes: Iterable[Write]
) -> Workshop:
    """A new session in which these cards lie. `by` is an agent id."""
    workshop_id = clock.new_id()
    row = {
        "id": workshop_id,
        "code": "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH)),
        "title": title,
        "step": FIRST_STEP,
        "number": 0,
        "people_number": 0,
        "guests": True,
        "based_on": based_on,
        "draft_revision": 0,
        "draft_number": 0,
        "created_at": clock.now(),
        "created_by": by,
    }
    connection.execute(insert(workshops), [row])
    boards.put(connection, workshop_id, 0, "", [(one, {}) for one in boards.last_of_each(writes)])
    _record(connection, workshop_id, "workshop.started", by, title=title, based_on=based_on)
    return find(connection, workshop_id)


def listed(connection: Connection) -> list[Workshop]:
    """The newest first."""
    query = select(workshops).order_by(workshops.c.created_at.desc(), workshops.c.id.desc())
    return [_workshop(row) for row in connection.execute(query)]


def find(connection: Connection, workshop_id: str) -> Workshop:
    """Raises Rejected when there is none."""
    row = connection.execute(select(workshops).where(workshops.c.id == workshop_id)).one_or_none()
    if row is None:
        raise Rejected("no_workshop", "There is no such session.", status=404)
    return _workshop(row)


def with_code(connection: Connection, code: str) -> Workshop | None:
    """The session that is open under this code; signs that only divide it do not count."""
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    query = select(workshops).where(workshops.c.code == plain, workshops.c.closed_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else _workshop(row)


def lead_to(connection: Connection, workshop_id: str, step: str) -> None:
    """The facilitator goes to this step."""
    _set(connection, workshop_id, step=step)


def let_guests(connection: Connection, workshop_id: str, *, may: bool, by: str) -> None:
    """Whether people without a sign-in may ask to come in."""
    _set(connection, workshop_id, guests=may)
    _record(connection, workshop_id, "workshop.guests", by, may=may)


def drafted(
    connection: Connection, as_seen: Workshop, version: Version, names: Sequence[Write], by: str
) -> None:
    """A version was made of the board as it was seen. The cards keep the names that they have in
    it; naming is no change that people take back."""
    boards.put(connection, as_seen.id, as_seen.number, "", [(one, {}) for one in names])
    _set(
        connection,
        as_seen.id,
        draft=version.number,
        draft_revision=version.revision,
        draft_number=as_seen.number,
    )
    _record(connection, as_seen.id, "workshop.drafted", by, version=version.number)


def close(connection: Connection, workshop_id: str, *, by: str, again: bool = False) -> None:
    """Nothing can be written any more; with `again`, it goes on."""
    _set(connection, workshop_id, closed_at=None if again else clock.now())
    said = "workshop.reopened" if again else "workshop.closed"
    _record(connection, workshop_id, said, by)


def _set(connection: Connection, workshop_id: str, **values: Any) -> None:
    changed = update(workshops).where(workshops.c.id == workshop_id).values(**values)
    number = connection.execute(changed.returning(workshops.c.number)).scalar_one()
    boards.tell(connection, workshop_id, number)


def _record(connection: Connection, workshop_id: str, action: str, by: str, **details: Any) -> None:
    audit.record(
        connection, actor=by, action=action, about=f"workshop/{workshop_id}", details=details
    )


def _workshop(row: Row[Any]) -> Workshop:
    return Workshop(**row._mapping)  # noqa: SLF001 (SQLAlchemy's name for the row as a mapping)
