"""The proof of a model with the people of this deployment, and what becomes of what it finds."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from hub import clock
from hub.store import Database, admission, model_actions
from hub.store.admission import Person
from hub.store.inserting import digest
from routing.analysis import Finding, Member, Staff, analyse
from routing.definition import Definition
from routing.model import Model


async def prove(database: Database, model: Model) -> Sequence[Finding]:
    """The gravest first, with who may sign in now as the staff."""
    return await prove_definition(database, model.definition)


async def prove_definition(database: Database, definition: Definition) -> Sequence[Finding]:
    """The same of a model that may still have ties."""
    people = await database.read(admission.listed)
    return await asyncio.to_thread(analyse, definition, staff_of(people, clock.now()))


def staff_of(people: Sequence[Person], at: datetime) -> Staff:
    """Who may sign in, by the roles that they hold."""
    members: dict[str, tuple[Member, ...]] = {}
    for person in people:
        for role in person.roles if not person.blocked else ():
            members[role] = (*members.get(role, ()), Member(person.login))
    return Staff(at=at, members=members)


def list_errors(connection: Connection, number: int, errors: Sequence[Finding], by: str) -> None:
    for one in errors:
        model_actions.add(
            connection,
            number,
            one.text.en,
            by=by,
            source=model_actions.Source.FINDING,
            reference=reference(one),
        )


def reference(one: Finding) -> str:
    """The same for the same finding, wherever its rows are written."""
    return digest(one.kind, one.text.key, *(row.row for row in one.rows))
