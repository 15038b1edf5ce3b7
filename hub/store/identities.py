"""Which agent somebody is who signed in at an identity provider.

The first time by the mail address that the provider has verified: the one that an administrator
named, else the login. From then on by what the provider calls them for ever (the subject), so that
an address that is given to somebody else opens nothing. Nobody is hired by this.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from hub import clock
from hub.errors import Rejected
from hub.oidc.id_token import Identity
from hub.store import agents, audit
from hub.store.agents import Agent
from hub.store.tables import agent_identities
from hub.store.tables import agents as agents_table

_COLUMNS = agent_identities.c


@dataclass(frozen=True)
class Known:
    """`address`: by which they are recognised; empty for the login. `linked`: signed in once."""

    address: str = ""
    linked: bool = False


def recognise(connection: Connection, identity: Identity) -> Agent:
    """The active agent who that is. Raises Rejected."""
    by_subject = select(_COLUMNS.agent_id).where(
        _COLUMNS.issuer == identity.issuer, _COLUMNS.subject == identity.subject
    )
    agent_id = connection.execute(by_subject).scalar_one_or_none()
    if agent_id is None:
        agent_id = _link(connection, identity)
    agent = agents.find(connection, agent_id)
    if agent is None:
        raise _nobody()
    return agent


def of(connection: Connection, agent_id: str) -> Known:
    row = _row(connection, agent_id)
    return Known(row.address or "", bool(row.subject)) if row else Known()


def set_address(connection: Connection, agent_id: str, address: str, *, by: str) -> None:
    """They are recognised by this address from now on, empty for their login; whatever account of
    the provider was linked is no more. Raises Rejected for an address of somebody else."""
    address = agents.canonical_login(address)
    other = select(_COLUMNS.agent_id).where(
        _COLUMNS.address == address, _COLUMNS.agent_id != agent_id
    )
    if address and connection.execute(other).first():
        raise Rejected("address_taken", "Somebody else has this address.", status=409)
    connection.execute(delete(agent_identities).where(_COLUMNS.agent_id == agent_id))
    if address:
        connection.execute(insert(agent_identities), [{"agent_id": agent_id, "address": address}])
    details = {"address": address}
    audit.record(connection, actor=by, action="agent.identity_set", about=agent_id, details=details)


def administrator_can_come(connection: Connection) -> bool:
    """Whether an active administrator could be recognised: by a login or a named address."""
    columns = agents_table.c
    found = (
        select(columns.id)
        .outerjoin(agent_identities, _COLUMNS.agent_id == columns.id)
        .where(
            columns.active,
            columns.administrator,
            or_(columns.login.contains("@"), _COLUMNS.address.is_not(None)),
        )
    )
    return connection.execute(found.limit(1)).first() is not None


def _link(connection: Connection, identity: Identity) -> str:
    if not identity.address:
        detail = "The provider does not say that the mail address is verified."
        raise Rejected("oidc_unverified", detail, status=403)
    agent_id = _by_address(connection, identity.address)
    row = _row(connection, agent_id)
    if row and row.issuer == identity.issuer and row.subject:
        detail = "Another account of the provider is linked to this agent."
        raise Rejected("oidc_other_account", detail, status=403)
    values = {
        "issuer": identity.issuer,
        "subject": identity.subject,
        "linked_at": clock.now(),
    }
    if row:
        connection.execute(
            update(agent_identities).where(_COLUMNS.agent_id == agent_id).values(values)
        )
    else:
        connection.execute(insert(agent_identities), [{"agent_id": agent_id} | values])
    audit.record(
        connection,
        actor=agent_id,
        action="agent.identity_linked",
        about=agent_id,
        details={"issuer": identity.issuer, "address": identity.address},
    )
    return agent_id


def _by_address(connection: Connection, address: str) -> str:
    """The agent for whom it was named; else whose login it is, if no other was named for them."""
    named = select(_COLUMNS.agent_id).where(_COLUMNS.address == address)
    if found := connection.execute(named).scalar_one_or_none():
        return str(found)
    agent_id = agents.id_of(connection, address)
    row = _row(connection, agent_id) if agent_id else None
    if agent_id is None or (row and row.address):
        raise _nobody()
    return agent_id


def _row(connection: Connection, agent_id: str) -> Any:
    found = select(agent_identities).where(_COLUMNS.agent_id == agent_id)
    return connection.execute(found.with_for_update()).one_or_none()


def _nobody() -> Rejected:
    return Rejected("oidc_nobody", "No agent has this address.", status=403)
