"""Mailboxes that administrators added in the console, beside those of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from hub import clock
from hub.errors import Rejected
from hub.store import audit
from hub.store.tables import added_mailboxes

PURPOSE = "mailbox"
"""What their secrets are sealed for."""


@dataclass(frozen=True)
class AddedMailbox:
    """`account`: as the settings of an account are written, without secrets; `sealed`: those of its
    servers, by name."""

    address: str
    account: Mapping[str, Any]
    sealed: str
    added_at: datetime
    added_by: str


def listed(connection: Connection) -> list[AddedMailbox]:
    return [
        AddedMailbox(row.address, row.account, row.sealed, row.added_at, row.added_by)
        for row in connection.execute(_ALL)
    ]


def sending(connection: Connection) -> str:
    """The address to write from where the settings name none; "" when none was added. Sending was
    tried with each before it was: one without a server of its own sends by that of the settings."""
    own_first = sorted(listed(connection), key=lambda one: "smtp" not in one.account)
    return next((one.address for one in own_first), "")


def add(
    connection: Connection, address: str, account: Mapping[str, Any], sealed: str, *, by: str
) -> None:
    """From now on mail is taken from it, and sent as it. Raises Rejected for one that is there."""
    if any(one.address == address for one in listed(connection)):
        raise Rejected("mailbox_there", "This mailbox is there already.", status=409)
    row = {
        "address": address,
        "account": dict(account),
        "sealed": sealed,
        "added_at": clock.now(),
        "added_by": by,
    }
    connection.execute(insert(added_mailboxes), [row])
    audit.record(connection, actor=by, action="mailbox.added", about=address, details=dict(account))


def remove(connection: Connection, address: str, *, by: str) -> None:
    """What came in stays, and so does what is known of it: adding it again takes nothing twice."""
    gone = delete(added_mailboxes).where(added_mailboxes.c.address == address)
    if connection.execute(gone).rowcount:
        audit.record(connection, actor=by, action="mailbox.removed", about=address, details={})


# Made once: making it takes longer than running it.
_ALL = select(added_mailboxes).order_by(added_mailboxes.c.address)
