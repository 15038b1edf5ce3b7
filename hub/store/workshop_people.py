"""Who takes part in a five-step session: agents, and guests whom somebody let in.

A guest has a random token, the table only its hash. It opens this session and nothing else, until
the guest is sent away or the session is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit, boards, workshops
from hub.store.agents import Agent
from hub.store.inserting import digest
from hub.store.tables import workshop_people as people
from hub.store.tables import workshops as workshops_table

PRESENT_FOR = timedelta(seconds=40)
"""Who was not seen for so long is not there: their page says that it is open more often."""
MOST_WAITING = 30
MOST_PEOPLE = 200


class Standing(StrEnum):
    WAITING = "waiting"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Person:
    """`agent_id` is None for a guest."""

    id: str
    workshop_id: str
    agent_id: str | None
    name: str
    state: Standing
    came_at: datetime
    seen_at: datetime | None
    token_hash: str | None

    @property
    def is_guest(self) -> bool:
        return self.agent_id is None

    def is_present(self, now: datetime) -> bool:
        return self.seen_at is not None and now - self.seen_at < PRESENT_FOR


def listed(connection: Connection, workshop_id: str) -> list[Person]:
    """In the order in which they came."""
    query = select(people).where(people.c.workshop_id == workshop_id)
    return [_person(row) for row in connection.execute(query.order_by(people.c.id))]


def find(connection: Connection, person_id: str) -> Person | None:
    return _one(connection, people.c.id == person_id)


def enter(connection: Connection, workshop_id: str, agent: Agent) -> Person:
    """An agent comes in; they are the same person each time."""
    found = of_agent(connection, workshop_id, agent.id)
    if found is not None:
        return found
    return _add(connection, workshop_id, agent.name, Standing.IN, agent_id=agent.id)


def of_agent(connection: Connection, workshop_id: str, agent_id: str) -> Person | None:
    return _one(connection, people.c.workshop_id == workshop_id, people.c.agent_id == agent_id)


def ask(connection: Connection, workshop_id: str, name: str) -> tuple[Person, str]:
    """A guest asks to come in; gives them and their token. Raises Rejected when that is not
    possible."""
    workshop = workshops.find(connection, workshop_id)
    if not workshop.guests or not workshop.is_open:
        raise Rejected("no_guests", "This session lets in no guests now.", status=403)
    query = select(people.c.state, func.count()).where(people.c.workshop_id == workshop_id)
    counts = {row[0]: row[1] for row in connection.execute(query.group_by(people.c.state))}
    if counts.get(Standing.WAITING, 0) >= MOST_WAITING or sum(counts.values()) >= MOST_PEOPLE:
        raise Rejected("too_many_guests", "Too many people want to come in.", status=429)
    token = clock.new_secret()
    person = _add(connection, workshop_id, name, Standing.WAITING, token_hash=token_hash(token))
    return person, token


def token_hash(token: str) -> str:
    return digest("guest", token)


def guest(connection: Connection, workshop_id: str, token: str) -> Person | None:
    """Whose token this is, unless they were sent away."""
    return _one(
        connection,
        people.c.workshop_id == workshop_id,
        people.c.token_hash == token_hash(token),
        people.c.state != Standing.OUT,
    )


def let_in(connection: Connection, workshop_id: str, person_id: str, *, by: str) -> None:
    name = _move(connection, workshop_id, person_id, state=Standing.IN)
    _record(connection, workshop_id, "workshop.let_in", by, name)


def send_away(connection: Connection, workshop_id: str, person_id: str, *, by: str) -> None:
    """A guest's token opens nothing any more."""
    out = {"state": Standing.OUT, "token_hash": None, "seen_at": None}
    name = _move(connection, workshop_id, person_id, **out)
    _record(connection, workshop_id, "workshop.sent_away", by, name)


def seen(connection: Connection, person: Person, *, present: bool) -> None:
    """Their page is open, or was closed. The others are told when that is news."""
    now = clock.now()
    before = find(connection, person.id)
    if before is None:
        return
    connection.execute(
        update(people).where(people.c.id == person.id).values(seen_at=now if present else None)
    )
    if before.is_present(now) != present:
        _news(connection, person.workshop_id)


def _move(connection: Connection, workshop_id: str, person_id: str, **values: Any) -> str:
    """Change a guest who is not out; gives their name."""
    moved = (
        update(people)
        .where(
            people.c.workshop_id == workshop_id,
            people.c.id == person_id,
            people.c.agent_id.is_(None),
            people.c.state != Standing.OUT,
        )
        .values(**values)
        .returning(people.c.name)
    )
    name: str | None = connection.execute(moved).scalar_one_or_none()
    if name is None:
        raise Rejected("no_guest", "There is no such guest.", status=404)
    _news(connection, workshop_id)
    return name


def _record(connection: Connection, workshop_id: str, action: str, by: str, guest: str) -> None:
    about = f"workshop/{workshop_id}"
    audit.record(connection, actor=by, action=action, about=about, details={"guest": guest})


def _add(
    connection: Connection,
    workshop_id: str,
    name: str,
    state: Standing,
    *,
    agent_id: str | None = None,
    token_hash: str | None = None,
) -> Person:
    row = {
        "id": clock.new_id(),
        "workshop_id": workshop_id,
        "agent_id": agent_id,
        "name": name,
        "token_hash": token_hash,
        "state": state,
        "came_at": clock.now(),
    }
    connection.execute(insert(people), [row])
    _news(connection, workshop_id)
    found = find(connection, str(row["id"]))
    assert found is not None  # noqa: S101 (it was just written)
    return found


def _news(connection: Connection, workshop_id: str) -> None:
    """Who is there is another now."""
    number = connection.execute(
        update(workshops_table)
        .where(workshops_table.c.id == workshop_id)
        .values(people_number=workshops_table.c.people_number + 1)
        .returning(workshops_table.c.number)
    ).scalar_one()
    boards.tell(connection, workshop_id, number)


def _one(connection: Connection, *where: Any) -> Person | None:
    row = connection.execute(select(people).where(*where)).one_or_none()
    return None if row is None else _person(row)


def _person(row: Row[Any]) -> Person:
    values = {name: getattr(row, name) for name in Person.__dataclass_fields__}
    return Person(**values | {"state": Standing(row.state)})


def names(found: Sequence[Person]) -> dict[str, str]:
    """What people are called, by their ids."""
    return {one.id: one.name for one in found}
