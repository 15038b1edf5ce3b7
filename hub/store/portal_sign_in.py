"""How customers sign in to the portal: by a code or link that was mailed, used once.

The mail and the browser have the secrets; the tables hold digests, so who reads them cannot sign
in. A code is good only in the browser in which it was asked for, and only the newest there: what
strangers ask for elsewhere takes nothing from anybody. A browser that signed in as an address
before does not share the limits of strangers for it either, so they cannot shut its owner out.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from hub import clock
from hub.interaction import Party, PointKind
from hub.store import audit, portal_invitations
from hub.store.inserting import digest
from hub.store.tables import contact_points, portal_codes, portal_sessions

LASTS = timedelta(minutes=10)
MOST_CODES = 5
"""For one address within that time; as many again in each browser that signed in as it before."""
MOST_A_DAY = 20
"""For one address, likewise: nobody's mailbox is filled, and few codes can be guessed at."""
_DAY = timedelta(days=1)
MOST_TRIES = 5
"""With one code."""
_DIGITS = 8


@dataclass(frozen=True)
class Made:
    """What is mailed, if the address is a customer's, or that of somebody invited."""

    code: str
    link: str
    is_known: bool


@dataclass(frozen=True)
class Session:
    id: str
    customer_id: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime


def asked_for(connection: Connection, browser: str) -> str:
    """The address that this browser asked a code for last; empty when that is over."""
    codes = portal_codes.c
    last = (
        select(codes.address)
        .where(
            codes.browser_hash == digest("portal browser", browser),
            codes.expires_at > clock.now(),
        )
        .order_by(codes.created_at.desc())
        .limit(1)
    )
    return connection.execute(last).scalar() or ""


def ask(
    connection: Connection, address: str, browser: str, *, is_known: bool = False
) -> Made | None:
    """Make a code for this address in this browser; None when too many were asked for.
    `is_known`: the browser signed in as this address before.

    The same is done for an address that nobody has: the time it takes must tell nothing.
    """
    now = clock.now()
    connection.execute(delete(portal_codes).where(portal_codes.c.expires_at <= now + LASTS - _DAY))
    if _too_many(connection, address, browser if is_known else "", now):
        return None
    code = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
    link = clock.new_secret()
    row = {
        "id": clock.new_id(),
        "address": address,
        "link_hash": digest("portal link", link),
        "code_hash": digest("portal code", address, code),
        "browser_hash": digest("portal browser", browser),
        "tries": 0,
        "created_at": now,
        "expires_at": now + LASTS,
    }
    connection.execute(insert(portal_codes), [row])
    invited = portal_invitations.is_invited(connection, address)
    return Made(code, link, invited or _owner(connection, address) is not None)


def redeem_code(connection: Connection, browser: str, code: str) -> str | None:
    """The address of which this is the newest code, asked for in this browser; None: it is not.
    It is used up then, and after some wrong tries."""
    row = _newest_of(connection, browser)
    if row is None or row.tries >= MOST_TRIES:
        return None
    if row.code_hash == digest("portal code", row.address, code):
        return _used(connection, row)
    connection.execute(
        update(portal_codes).where(portal_codes.c.id == row.id).values(tries=row.tries + 1)
    )
    return None


def redeem_link(connection: Connection, browser: str, link: str) -> str | None:
    """The same by the link."""
    row = _newest_of(connection, browser)
    if row is None or row.link_hash != digest("portal link", link):
        return None
    return _used(connection, row)


def begin(connection: Connection, address: str, *, lifetime: timedelta, browser: str) -> str | None:
    """Start a session for who has this address; gives the token for the cookie. None: nobody has,
    and nobody was invited by it.

    Whoever read a mail there has shown that the address is theirs.
    """
    customer_id = _owner(connection, address) or portal_invitations.take_in(connection, address)
    if customer_id is None:
        return None
    now, token = clock.now(), clock.new_secret()
    connection.execute(delete(portal_sessions).where(portal_sessions.c.expires_at <= now))
    row = {
        "id": clock.new_id(),
        "token_hash": digest("portal session", token),
        "customer_id": customer_id,
        "address": address,
        "browser": browser[:200],
        "created_at": now,
        "seen_at": now,
        "expires_at": now + lifetime,
    }
    connection.execute(insert(portal_sessions), [row])
    verified = update(contact_points).where(contact_points.c.key == _key(address))
    connection.execute(verified.values(verified=True))
    audit.record(
        connection,
        actor=customer_id,
        action="portal.signed_in",
        about=customer_id,
        details={"session": row["id"]},
    )
    return token


def find(connection: Connection, token: str) -> Session | None:
    """The running session with this token."""
    row = connection.execute(
        select(portal_sessions).where(
            portal_sessions.c.token_hash == digest("portal session", token),
            portal_sessions.c.expires_at > clock.now(),
        )
    ).one_or_none()
    return None if row is None else _session(row)


def seen(connection: Connection, session_id: str) -> None:
    connection.execute(
        update(portal_sessions)
        .where(portal_sessions.c.id == session_id)
        .values(seen_at=clock.now())
    )


def running(connection: Connection, customer_id: str) -> Sequence[Session]:
    """Their sessions, the one last used first."""
    rows = connection.execute(
        select(portal_sessions)
        .where(
            portal_sessions.c.customer_id == customer_id,
            portal_sessions.c.expires_at > clock.now(),
        )
        .order_by(portal_sessions.c.seen_at.desc())
    )
    return [_session(row) for row in rows]


def end(connection: Connection, customer_id: str, session_id: str) -> None:
    """End a session of theirs."""
    connection.execute(
        delete(portal_sessions).where(
            portal_sessions.c.id == session_id, portal_sessions.c.customer_id == customer_id
        )
    )


def _too_many(connection: Connection, address: str, browser: str, now: datetime) -> bool:
    """Whether so many codes were asked for; in this browser, if one is given. Whoever asks for the
    same address at the same time waits until this is done, so that each is counted."""
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(func.hashtext("portal code"), func.hashtext(address))
        connection.execute(select(lock))
    columns = portal_codes.c
    asked = select(columns.created_at).where(columns.address == address)
    if browser:
        asked = asked.where(columns.browser_hash == digest("portal browser", browser))
    times = connection.execute(asked).scalars().all()
    recent = sum(time > now - LASTS for time in times)
    return recent >= MOST_CODES or len(times) >= MOST_A_DAY


def _newest_of(connection: Connection, browser: str) -> Any:
    """The code last asked for in this browser."""
    columns = portal_codes.c
    return connection.execute(
        select(portal_codes)
        .where(
            columns.browser_hash == digest("portal browser", browser),
            columns.expires_at > clock.now(),
        )
        .order_by(columns.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _used(connection: Connection, row: Any) -> str:
    """Every code of the address is gone with it."""
    connection.execute(delete(portal_codes).where(portal_codes.c.address == row.address))
    return str(row.address)


def _owner(connection: Connection, address: str) -> str | None:
    found = select(contact_points.c.customer_id).where(contact_points.c.key == _key(address))
    return connection.execute(found).scalar_one_or_none()


def _key(address: str) -> str:
    return Party(kind=PointKind.EMAIL, value=address).key


def _session(row: Any) -> Session:
    return Session(row.id, row.customer_id, row.address, row.browser, row.created_at, row.seen_at)
