"""Puts the demo organisation into the store: customers, agreements, agents, and their past."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, null, select, update

from config.demo import example, history, rules, trade
from config.demo.addresses import CHAT_SITE
from config.demo.example import ALL_ROLES, AgentEntry, Agreement, Customer
from config.demo.sign_ins import Passwords
from connectors.chat.visitor import user_id
from hub import clock
from hub.interaction import Party, PointKind
from hub.store import Database, agents, audit, customer_fields, outbox
from hub.store.inserting import insert_all
from hub.store.tables import agents as agents_table
from hub.store.tables import agreements, contact_points, customers
from routing.model import Model
from routing.staffing.arrivals import zone_of

_JOINED = timedelta(days=900)
"""How long ago the customers became one."""


async def load(database: Database, model: Model, passwords: Passwords) -> None:
    """Load what is not there yet. Agents whose password is new get it in the store as well."""
    known = await database.read(_logins)
    entries = [e for e in example.agents() if passwords.made or e.login not in known]
    hashes = await asyncio.to_thread(_hashes, entries, passwords)
    await database.write(lambda connection: _load(connection, model, hashes))


def _logins(connection: Connection) -> set[str]:
    return set(connection.execute(select(agents_table.c.login)).scalars())


def _hashes(entries: Sequence[AgentEntry], passwords: Passwords) -> dict[str, str]:
    return {e.login: agents.hash_password(passwords.by_login[e.login]) for e in entries}


def _load(connection: Connection, model: Model, hashes: Mapping[str, str]) -> None:
    agents.add_roles(connection, {name: role.title.en for name, role in model.roles.items()})
    _save_agents(connection, model, hashes)
    if _loaded(connection):
        return
    now = clock.now()
    for entry in example.fields():
        customer_fields.add(connection, entry.field, by="demo")
    add_customers(connection, example.customers(), now)
    with outbox.untold(connection):
        trade.add(connection, now)
    history.add(connection, model, now)
    rules.add(connection, now.date(), zone_of(model))
    audit.record(connection, actor="demo", action="demo.loaded", about="organisation", details={})


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


def add_customers(connection: Connection, entries: Iterable[Customer], now: datetime) -> None:
    for entry in entries:
        _add_customer(connection, entry, now, None)


def _add_customer(
    connection: Connection, customer: Customer, now: datetime, organisation_id: str | None
) -> None:
    customer_id = clock.new_id()
    row = {
        "id": customer_id,
        "kind": "organisation" if customer.domain else "person",
        "name": customer.name,
        "organisation_id": organisation_id,
        "target_group": customer.group,
        "language": customer.language,
        "attributes": customer.attributes,
        "number": customer.number or None,
        "created_at": now - _JOINED,
    }
    insert_all(connection, customers, [row])
    insert_all(connection, contact_points, _points(customer, customer_id, now))
    insert_all(connection, agreements, [_agreed(a, customer_id, now) for a in customer.agreements])
    for contact in customer.contacts:
        _add_customer(connection, contact, now, customer_id)


def _points(customer: Customer, customer_id: str, now: datetime) -> list[dict[str, Any]]:
    values = {
        PointKind.EMAIL: customer.mail,
        PointKind.PHONE: customer.phone,
        PointKind.DOMAIN: customer.domain,
        PointKind.VISITOR: user_id(CHAT_SITE, customer.mail) if customer.mail else "",
    }
    parties = [Party(kind=kind, value=value) for kind, value in values.items() if value]
    return [history.contact_point(party, customer_id, now - _JOINED) for party in parties]


def _agreed(agreement: Agreement, customer_id: str, now: datetime) -> dict[str, Any]:
    until, due = agreement.valid_until, agreement.due_hours
    return {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "kind": agreement.kind,
        "title": agreement.title,
        "terms": agreement.terms,
        "valid_from": now + timedelta(days=agreement.valid_from),
        "valid_until": None if until is None else now + timedelta(days=until),
        "due_at": None if due is None else now + timedelta(hours=due),
        "owner": agreement.owner,
        "targets": agreement.targets or null(),
        "number": agreement.number or None,
        "details": agreement.details or null(),
    }
