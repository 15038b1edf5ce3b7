"""The ways to answer a customer, each with what may be written over it just now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.composing import FREE, Composing, Rules
from hub.interaction import Channel, InteractionKind, Party
from hub.replies import Reachable, reachable
from hub.segments import BASIC, EXTENSION, ROOM, Encoding
from hub.store import consents
from hub.store.consents import Purpose, Said
from hub.store.timeline import Entry

_NUMBER = re.compile(r"\s*\[#\d+\]")


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


def last_subject(entries: Sequence[Entry]) -> str:
    """What the customer reads above the last mail of the conversation: what a carrier or a chat
    began has another subject than the mails that followed, or none. Without the number, which is
    put behind it when it goes; empty where no mail was written."""
    said = [one for one in entries if one.kind is InteractionKind.MESSAGE]
    mails = [one for one in said if one.channel is Channel.EMAIL]
    passed_on = [one for one in mails if "forward" in one.details]
    others = {party.value for one in passed_on for party in one.recipients}
    theirs = (
        one for one in reversed(mails) if one not in passed_on and one.sender.value not in others
    )
    last = next(theirs, None)
    return _NUMBER.sub("", last.subject) if last else ""


def alphabet() -> dict[str, str]:
    """What the script needs to count segments as `hub.segments` does."""
    rooms = {f"room_{code.name.lower()}": " ".join(map(str, ROOM[code])) for code in Encoding}
    return {"basic": BASIC, "extension": EXTENSION, **rooms}
