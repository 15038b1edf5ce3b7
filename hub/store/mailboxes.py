"""How far each mailbox has been taken in: a cursor per folder, and what became of each message.

A message is known by UIDVALIDITY and UID (RFC 3501, 2.3.1.1); flags are for people and say nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub import clock
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import mailbox_cursors, mailbox_messages

Outcome = Literal["accepted", "duplicate"]


@dataclass(frozen=True)
class Place:
    """A folder of a mailbox while its UIDs keep their meaning."""

    account: str
    folder: str
    uid_validity: int


def last_uid(connection: Connection, place: Place) -> int | None:
    """The highest UID that was looked at; None when the folder is new or its UIDs changed."""
    row = connection.execute(
        select(mailbox_cursors).where(
            mailbox_cursors.c.account == place.account, mailbox_cursors.c.folder == place.folder
        )
    ).one_or_none()
    return row.last_uid if row is not None and row.uid_validity == place.uid_validity else None


def start_over(connection: Connection, place: Place) -> None:
    """Begin with a folder whose UIDs are new: what was known of the old ones is forgotten."""
    connection.execute(
        delete(mailbox_messages).where(
            mailbox_messages.c.account == place.account,
            mailbox_messages.c.folder == place.folder,
            mailbox_messages.c.uid_validity != place.uid_validity,
        )
    )
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"uid_validity": place.uid_validity, "last_uid": 0, "updated_at": clock.now()}
    connection.execute(
        dialect.insert(mailbox_cursors)
        .values(account=place.account, folder=place.folder, **values)
        .on_conflict_do_update(index_elements=["account", "folder"], set_=values)
    )


def taken(connection: Connection, place: Place) -> set[int]:
    """The UIDs that were taken in."""
    rows = select(mailbox_messages.c.uid).where(*_in(place))
    return set(connection.execute(rows).scalars())


def taken_before(connection: Connection, place: Place, moment: datetime) -> set[int]:
    """The UIDs that were taken in before then."""
    old = mailbox_messages.c.taken_at < moment
    rows = select(mailbox_messages.c.uid).where(*_in(place), old)
    return set(connection.execute(rows).scalars())


def forget(connection: Connection, place: Place, uids: Sequence[int]) -> None:
    """These are not in the mailbox any more, and a UID never comes back."""
    gone = among(mailbox_messages.c.uid, uids)
    connection.execute(delete(mailbox_messages).where(*_in(place), gone))


def count_taken(connection: Connection, account: str, folder: str) -> int:
    rows = select(func.count()).where(
        mailbox_messages.c.account == account, mailbox_messages.c.folder == folder
    )
    return connection.execute(rows).scalar_one()


def record(
    connection: Connection, place: Place, outcomes: Mapping[int, Outcome], up_to: int
) -> None:
    """Write down what became of these messages; the cursor moves up to `up_to`, never back."""
    now = clock.now()
    insert_new(
        connection,
        mailbox_messages,
        [
            {
                "account": place.account,
                "folder": place.folder,
                "uid_validity": place.uid_validity,
                "uid": uid,
                "outcome": outcome,
                "taken_at": now,
            }
            for uid, outcome in outcomes.items()
        ],
    )
    connection.execute(
        update(mailbox_cursors)
        .where(
            mailbox_cursors.c.account == place.account,
            mailbox_cursors.c.folder == place.folder,
            mailbox_cursors.c.uid_validity == place.uid_validity,
            mailbox_cursors.c.last_uid < up_to,
        )
        .values(last_uid=up_to, updated_at=now)
    )


def _in(place: Place) -> tuple[ColumnElement[bool], ...]:
    columns = mailbox_messages.c
    return (
        columns.account == place.account,
        columns.folder == place.folder,
        columns.uid_validity == place.uid_validity,
    )
