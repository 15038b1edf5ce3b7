"""Puts the demo organisation into the store: customers, agreements, agents, and their past."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher, profiles
from sqlalchemy import Connection, select, update

from config.demo import customers, example, history, rules, trade
from config.demo.example import ALL_ROLES, AgentEntry
from config.demo.sign_ins import Passwords
from hub import clock
from hub.interaction import Party, PointKind
from hub.store import Database, agents, audit, customer_fields, outbox
from hub.store.tables import agents as agents_table
from hub.store.tables import contact_points
from routing.model import Model
from routing.staffing.arrivals import zone_of

_HASHER = PasswordHasher.from_parameters(profiles.CHEAPEST)
"""A slow one protects what people choose. These are of seventy random bits, and lie in plain text
beside the store; seven slow ones are a second of a processor."""

_RULES_SINCE = timedelta(days=31)

Past = Callable[[Connection, Model, datetime], None]
"""Writes more of the past."""


async def load(
    database: Database, model: Model, passwords: Passwords, more: Sequence[Past] = ()
) -> bool:
    """Load what is not there yet; gives whether the customers and their past were not. Agents whose
    password is new get it in the store as well. `more`: of the past, all of it or nothing."""
    known = await database.read(_logins)
    entries = [e for e in example.agents() if passwords.made or e.login not in known]
    hashes = {e.login: _HASHER.hash(passwords.by_login[e.login]) for e in entries}
    return await database.write(lambda connection: _load(connection, model, hashes, more))


def _logins(connection: Connection) -> set[str]:
    return set(connection.execute(select(agents_table.c.login)).scalars())


def _load(
    connection: Connection, model: Model, hashes: Mapping[str, str], more: Sequence[Past]
) -> bool:
    agents.add_roles(connection, {name: role.title.en for name, role in model.roles.items()})
    _save_agents(connection, model, hashes)
    if _loaded(connection):
        return False
    now = clock.now()
    for entry in example.fields():
        customer_fields.add(connection, entry.field, by="demo")
    customers.add(connection, example.customers(), now)
    with outbox.untold(connection):
        trade.add(connection, now)
    rules.add(connection, (now - _RULES_SINCE).date(), zone_of(model))
    for past in (history.add, *more):
        past(connection, model, now)
    audit.record(connection, actor="demo", action="demo.loaded", about="organisation", details={})
    return True


def _save_agents(connection: Connection, model: Model, hashes: Mapping[str, str]) -> None:
    known = _logins(connection)
    for entry in example.agents():
        if entry.login not in hashes:
            continue
        if entry.login in known:
            _set_password(connection, entry.login, hashes[entry.login])
            continue
        agents.add(
            connection,
            login=entry.login,
            name=entry.name,
            password_hash=hashes[entry.login],
            held=roles_of(entry, model),
            language=entry.language,
            administrator=entry.administrator,
        )


def roles_of(entry: AgentEntry, model: Model) -> list[str]:
    return list(model.roles) if ALL_ROLES in entry.roles else list(entry.roles)


def _set_password(connection: Connection, login: str, password_hash: str) -> None:
    changed = update(agents_table).where(agents_table.c.login == login)
    connection.execute(changed.values(password_hash=password_hash))
    audit.record(connection, actor="demo", action="agent.password_set", about=login, details={})


def _loaded(connection: Connection) -> bool:
    first = Party(kind=PointKind.EMAIL, value=example.writers()[0].mail)
    found = select(contact_points.c.id).where(contact_points.c.key == first.key)
    return connection.execute(found).first() is not None
