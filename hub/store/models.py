"""Versions of the interaction model: every one is kept as written, and one of them is live.

What a version says is not read here, only kept; `routing.lifecycle` says which change is allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, text, update

from hub import clock
from hub.errors import Rejected
from hub.events import ModelActivated
from hub.store import agents, audit, outbox
from hub.store.inserting import digest
from hub.store.tables import model_versions as versions

SOURCE = "/loket/model"
SUBJECT = "model"
"""Of events about the model, which belong to no conversation."""

_LOCK = 0x4C4F4B4557  # see leader.py, which counts them


class State(StrEnum):
    """The life of a version. `checked`: it can be read and waits for signatures; `signed`: every
    owner has accepted; `replaced`: it was live once; `withdrawn`: it never will be."""

    DRAFT = "draft"
    CHECKED = "checked"
    SIGNED = "signed"
    LIVE = "live"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Where a version came from."""

    FILE = "file"
    COMMAND = "command"
    CONSOLE = "console"
    ROLL_BACK = "rollback"
    PROPOSAL = "proposal"
    """From what agents corrected about topics."""


@dataclass(frozen=True)
class Version:
    """All about a version but its text. `revision` grows with every change, so that a change that
    rests on an older one is noticed. `effective_from`: planned to go live then. `problem`: why it
    did not. `override_reason`: why it may go live without all signatures."""

    number: int
    state: State
    sha256: str
    title: str
    note: str
    origin: Origin
    based_on: int | None
    revision: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    effective_from: datetime | None
    activated_at: datetime | None
    activated_by: str
    override_reason: str
    problem: str


_ALL_BUT_TEXT = [column for column in versions.c if column.name != "text"]


def fingerprint_of(written: str) -> str:
    """The same for the same text."""
    return digest("model", written)


def lock(connection: Connection) -> None:
    """Let other changes of versions wait until this transaction is over."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))


def listed(connection: Connection) -> list[Version]:
    """Every version, the newest first."""
    return _found(connection, _select().order_by(versions.c.number.desc()))


def find(connection: Connection, number: int) -> Version:
    """Raises Rejected when there is none."""
    found = _found(connection, _select().where(versions.c.number == number))
    if not found:
        raise Rejected("no_model", f"There is no version {number}: see model list.", status=404)
    return found[0]


def text_of(connection: Connection, number: int) -> str:
    """The YAML of a version that exists, as written."""
    written: str = connection.execute(
        select(versions.c.text).where(versions.c.number == number)
    ).scalar_one()
    return written


def live(connection: Connection) -> Version | None:
    found = _found(connection, _select().where(versions.c.state == State.LIVE))
    return found[0] if found else None


def live_number(connection: Connection) -> int | None:
    found = select(versions.c.number).where(versions.c.state == State.LIVE)
    number: int | None = connection.execute(found).scalar_one_or_none()
    return number


def with_text(connection: Connection, written: str) -> Version | None:
    """The newest version with exactly this text."""
    same = _select().where(versions.c.sha256 == fingerprint_of(written))
    found = _found(connection, same.order_by(versions.c.number.desc()).limit(1))
    return found[0] if found else None


def due(connection: Connection, now: datetime) -> list[Version]:
    """Those planned to be live by now, the first planned first."""
    planned = _select().where(versions.c.effective_from <= now)
    return _found(connection, planned.order_by(versions.c.effective_from, versions.c.number))


def following(connection: Connection) -> datetime | None:
    """When the next version is planned to go live."""
    planned: datetime | None = connection.execute(
        select(func.min(versions.c.effective_from))
    ).scalar_one()
    return planned


def add(
    connection: Connection,
    written: str,
    *,
    origin: Origin,
    by: str,
    title: str = "",
    note: str = "",
    based_on: int | None = None,
) -> Version:
    """Keep a text as a new draft. `by` is an agent id or a part of Loket."""
    lock(connection)
    highest = connection.execute(select(func.max(versions.c.number))).scalar_one()
    number, now = (highest or 0) + 1, clock.now()
    row = {
        "number": number,
        "state": State.DRAFT,
        "text": written,
        "sha256": fingerprint_of(written),
        "title": title,
        "note": note,
        "origin": origin,
        "based_on": based_on,
        "revision": 1,
        "created_at": now,
        "created_by": by,
        "changed_at": now,
        "changed_by": by,
        "activated_by": "",
        "override_reason": "",
        "problem": "",
    }
    connection.execute(insert(versions), [row])
    record(connection, number, "model.drafted", by, origin=origin, based_on=based_on)
    return find(connection, number)


def changed(number: int) -> Rejected:
    """What to say to somebody who was overtaken."""
    detail = f"Version {number} was changed by somebody else meanwhile. Look again."
    return Rejected("model_changed", detail, status=409)


def seen(connection: Connection, number: int, revision: int) -> Version:
    """The version, if nobody changed it since this revision; raises Rejected (`model_changed`)."""
    lock(connection)
    version = find(connection, number)
    if version.revision != revision:
        raise changed(number)
    return version


def rewrite(
    connection: Connection, version: Version, *, by: str, written: str, title: str, note: str
) -> Version:
    """Give a draft another text. Raises Rejected (`model_changed`) as `change` does."""
    values = {"text": written, "sha256": fingerprint_of(written), "title": title, "note": note}
    saved = change(connection, version, by=by, state=State.DRAFT, **values)
    record(connection, version.number, "model.edited", by, revision=saved.revision)
    return saved


def change(connection: Connection, as_seen: Version, *, by: str, **values: Any) -> Version:
    """Change a version as it was seen. Raises Rejected (`model_changed`) when it was changed since.

    Who changed it last is kept for texts only: a signature is no edit.
    """
    lock(connection)
    if "text" in values:
        values |= {"changed_at": clock.now(), "changed_by": by}
    done = connection.execute(
        update(versions)
        .where(versions.c.number == as_seen.number, versions.c.revision == as_seen.revision)
        .values(revision=versions.c.revision + 1, **values)
    )
    if done.rowcount == 0:
        raise changed(as_seen.number)
    return find(connection, as_seen.number)


def go_live(
    connection: Connection, as_seen: Version, *, by: str, roles: Mapping[str, str]
) -> Version:
    """Let this version replace the one that is live; `roles` are the titles of its roles, so that
    agents can hold the new ones. Raises Rejected (`model_changed`) as `change` does."""
    lock(connection)
    former = live_number(connection)
    if former is not None:
        connection.execute(
            update(versions)
            .where(versions.c.number == former)
            .values(state=State.REPLACED, revision=versions.c.revision + 1)
        )
    now = clock.now()
    version = change(
        connection,
        as_seen,
        by=by,
        state=State.LIVE,
        effective_from=None,
        activated_at=now,
        activated_by=by,
        problem="",
    )
    agents.add_roles(connection, roles)
    event = ModelActivated(number=version.number, former_number=former, activated_at=now)
    outbox.add(connection, event, subject=SUBJECT, source=SOURCE)
    why = {"override": version.override_reason} if version.override_reason else {}
    record(connection, version.number, "model.activated", by, replaced=former, **why)
    return version


def record(connection: Connection, number: int, action: str, by: str, **details: Any) -> None:
    """A line in the audit log about this version."""
    audit.record(connection, actor=by, action=action, about=f"model/{number}", details=details)


def _select() -> Select[Any]:
    return select(*_ALL_BUT_TEXT)


def _found(connection: Connection, query: Select[Any]) -> list[Version]:
    return [_version(row) for row in connection.execute(query)]


def _version(row: Row[Any]) -> Version:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's name for the row as a mapping)
    return Version(
        **values | {"state": State(row.state), "origin": Origin(row.origin)},
    )
