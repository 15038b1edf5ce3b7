"""The ways to answer a customer, each with what may be written over it just now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.composing import FREE, Composing, Rules
from hub.interaction import Channel, Party
from hub.replies import Reachable, reachable
from hub.segments import BASIC, EXTENSION, ROOM, Encoding
from hub.store import consents
from hub.store.consents import Purpose, Said


@dataclass(frozen=True)
class Way:
    """`refused`: what the customer said when they want nothing over it; None when they may be
    written to."""

    reachable: Reachable
    rules: Rules
    refused: Said | None = None

    @property
    def key(self) -> str:
        """Names it in a form; what comes back is looked up, never trusted."""
        one = self.reachable
        return key_of(one.channel, one.account, one.to)

    @property
    def is_open(self) -> bool:
        """Whether anything can be written over it."""
        return self.refused is None and (self.rules.free or bool(self.rules.templates))


def key_of(channel: Channel, account: str, to: Party) -> str:
    return f"{channel}|{account}|{to.key}"


def ways_of(
    connection: Connection,
    conversation_id: str,
    customer_id: str,
    default_accounts: Mapping[Channel, str],
    composing: Mapping[Channel, Composing],
) -> list[Way]:
    """The customer's own first; those over which they want nothing are last."""
    found = reachable(connection, conversation_id, dict(default_accounts))
    said = consents.said(connection, {way.to.key for way in found})
    ways = []
    for one in found:
        channel, to = one.channel, one.to
        asked = composing.get(channel)
        rules = asked.rules(connection, channel, one.account, to, customer_id) if asked else FREE
        line = said.get((to.key, channel, Purpose.SERVICE))
        ways.append(Way(one, rules, line if line is not None and not line.granted else None))
    return sorted(ways, key=lambda way: not way.is_open)


def alphabet() -> dict[str, str]:
    """What the script needs to count segments as `hub.segments` does."""
    rooms = {f"room_{code.name.lower()}": " ".join(map(str, ROOM[code])) for code in Encoding}
    return {"basic": BASIC, "extension": EXTENSION, **rooms}
