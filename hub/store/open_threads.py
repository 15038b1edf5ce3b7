"""What the senders of a batch have open, for channels whose messages and calls refer to nothing,
and which of it each means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select

from hub import clock
from hub.interaction import LIVE, NOBODY_WAITS, Arrival, Channel, PointKind, Verification
from hub.store import named, on_the_line, tasks
from hub.store.among import among
from hub.store.tables import (
    contact_points,
    conversations,
    customers,
    interactions,
    participants,
    unrouted,
    work_items,
)

Recognise = Callable[[Arrival], str]
"""The topic of what somebody wrote, by the rules that are in force; empty for none."""
_ANY = "any"
"""The topic above all topics."""


class Why(StrEnum):
    """Why a contact went on in one of several open conversations, or in the one that there is."""

    NAMED = "named"
    """It names a number of this one, or answers a message in it."""
    TOPIC = "topic"
    LAST = "last"
    """It was written in last, on this channel."""
    NEWEST = "newest"
    FITS = "fits"
    """It is the only one that it can be about."""


@dataclass(frozen=True)
class Choice:
    """The conversation in which a contact goes on, of so many open ones; `why` where that was
    judged, None where there was nothing to judge."""

    conversation_id: str
    why: Why | None = None
    among: int = 1

    @property
    def details(self) -> dict[str, str]:
        """What is kept with the contact, for who may want to move it."""
        if self.why is None:
            return {}
        return {"placed": self.why.value, "placed_among": str(self.among)}


@dataclass(frozen=True, eq=False)
class _Asker:
    """An arrival that may go on with something of this customer. `sure`: the address was proved,
    so that it may be anything of theirs."""

    arrival: Arrival
    customer_id: str
    sure: bool


class OpenThreads:
    """`arrivals`: those that refer to nothing that is known."""

    def __init__(
        self, connection: Connection, arrivals: Sequence[Arrival], recognise: Recognise
    ) -> None:
        points = _locked_points(connection, arrivals)
        self._choices: dict[tuple[Channel, str], Choice] = {}
        self._latest: dict[tuple[Channel, str], str] = {}
        self._rung: set[str] = set()
        self._choose_for_texts(connection, _writing(arrivals, points), recognise)
        self._choose_for_matters(connection, _meaning(connection, arrivals, points), recognise)

    @property
    def conversation_ids(self) -> list[str]:
        return [choice.conversation_id for choice in self._choices.values()]

    def choice(self, arrival: Arrival) -> Choice | None:
        """What it goes on with, after what came before it in the batch."""
        choice = self._choices.get((arrival.channel, arrival.external_id))
        if arrival.thread.matter is not None:
            rung = choice is not None and choice.conversation_id in self._rung
            # Two who wait at the same time do not share a conversation.
            return None if rung and _waits(arrival) else choice
        latest = self._latest.get((arrival.channel, arrival.sender.key))
        if not latest or (choice is not None and choice.why in (Why.NAMED, Why.TOPIC)):
            return choice
        if choice is None or choice.why is None:
            return Choice(latest)
        return Choice(latest, Why.LAST, choice.among)

    def remember(self, arrival: Arrival, conversation_id: str) -> None:
        """Where it went."""
        if arrival.thread.within is not None:
            self._latest[arrival.channel, arrival.sender.key] = conversation_id
        if _waits(arrival):
            self._rung.add(conversation_id)

    def _choose_for_texts(
        self, connection: Connection, askers: Sequence[_Asker], recognise: Recognise
    ) -> None:
        if not askers:
            return
        channels = sorted({asker.arrival.channel for asker in askers})
        senders = sorted({asker.customer_id for asker in askers})
        open_ones = _open(connection, senders, channels)
        pools = {asker: _pool(open_ones.get(asker.customer_id, ()), asker) for asker in askers}
        doubtful = [asker for asker, rows in pools.items() if len(rows) > 1]
        naming = _Naming(connection, doubtful, pools)
        for asker, rows in pools.items():
            arrival = asker.arrival
            if rows:
                topic = arrival.topic or (recognise(arrival) if asker in doubtful else "")
                choice = _chosen(rows, arrival, naming.named(arrival, rows), topic)
                self._choices[arrival.channel, arrival.external_id] = choice

    def _choose_for_matters(
        self, connection: Connection, askers: Sequence[_Asker], recognise: Recognise
    ) -> None:
        """The one thing with open work that each may mean. Where several may be meant, none is; nor
        one whose customer waits in it already, or is to be called back, for who waits as well."""
        if not askers:
            return
        open_work = _open_work(connection, sorted({asker.customer_id for asker in askers}))
        visitors = _visitors_in(connection, askers, open_work)
        pools = {asker: _kin_of_chosen(open_work, asker, visitors) for asker in askers}
        naming = _Naming(connection, [asker for asker, rows in pools.items() if rows], pools)
        for asker, rows in pools.items():
            arrival = asker.arrival
            names = naming.named(arrival, rows)
            meant = names if len(names) == 1 else _by_words(names or rows, arrival, recognise)
            if len(meant) == 1 and not _is_taken(meant[0], arrival):
                several = len(open_work[asker.customer_id])
                why = Why.NAMED if names and several > 1 else Why.FITS
                choice = Choice(meant[0].id, why, several)
                self._choices[arrival.channel, arrival.external_id] = choice


def _is_taken(row: Any, arrival: Arrival) -> bool:
    """Whether somebody is at the other end of it already. What was called about stays a call, and
    would not ring again for another."""
    is_call_again = row.channel == Channel.PHONE == arrival.channel
    return _waits(arrival) and (row.is_busy or is_call_again)


def _visitors_in(
    connection: Connection, askers: Sequence[_Asker], open_work: Mapping[str, list[Any]]
) -> Mapping[str, set[str]]:
    """Who chatted in each conversation, by contact point; looked up for who comes by chat."""
    asking = {a.customer_id for a in askers if a.arrival.channel is Channel.CHAT}
    ids = [row.id for customer_id in asking for row in open_work.get(customer_id, ())]
    found: dict[str, set[str]] = {}
    if ids:
        chatted = select(participants).where(
            among(participants.c.conversation_id, ids),
            participants.c.key.startswith(f"{PointKind.VISITOR.value}:"),
        )
        for row in connection.execute(chatted):
            found.setdefault(row.conversation_id, set()).add(row.key)
    return found


def _kin_of_chosen(
    open_work: Mapping[str, list[Any]], asker: _Asker, visitors: Mapping[str, set[str]]
) -> list[Any]:
    """What is open of the topic that was chosen; all where none was. Not where another visitor has
    a chat: whose address nobody proved, it may be a stranger's, who is told how that chat stands
    and where it goes on by mail."""
    chosen, own = asker.arrival.thread.matter or _ANY, {asker.arrival.sender.key}
    rows = open_work.get(asker.customer_id, ())
    if asker.arrival.channel is Channel.CHAT:
        rows = [row for row in rows if visitors.get(row.id, own) <= own]
    return [row for row in rows if _is_kin(chosen, row.topic)]


def _by_words(rows: Sequence[Any], arrival: Arrival, recognise: Recognise) -> list[Any]:
    """Where no topic was chosen, those whose topic the words fit; of a call they are our own."""
    if not rows or arrival.thread.matter or arrival.channel is Channel.PHONE:
        return list(rows)
    topic = recognise(arrival) or _ANY
    return [row for row in rows if _is_kin(topic, row.topic)]


def _waits(arrival: Arrival) -> bool:
    """Whether the customer is at the other end just now."""
    return arrival.channel in LIVE and NOBODY_WAITS not in arrival.details


class _Naming:
    """What was named in the conversations of those who have several: read once for all."""

    def __init__(
        self,
        connection: Connection,
        doubtful: Sequence[_Asker],
        pools: Mapping[_Asker, Sequence[Any]],
    ) -> None:
        self._numbers: Mapping[str, frozenset[str]] = {}
        self._answered: Mapping[str, str] = {}
        if doubtful:
            self._answered = named.answered(connection, [asker.arrival for asker in doubtful])
        if any(named.numbers_of(asker.arrival) for asker in doubtful):
            ids = sorted({row.id for asker in doubtful for row in pools[asker]})
            self._numbers = named.named_in(connection, ids)

    def named(self, arrival: Arrival, rows: Sequence[Any]) -> list[Any]:
        answered = named.answered_by(arrival, self._answered)
        if direct := [row for row in rows if row.id == answered]:
            return direct
        numbers = named.numbers_of(arrival) if self._numbers else set()
        return [row for row in rows if numbers & self._numbers.get(row.id, frozenset())]


def _locked_points(connection: Connection, arrivals: Sequence[Arrival]) -> dict[str, Any]:
    """The contact points of the senders who may go on with something, by key.

    Locked, so that two processes do not both find nothing open and open one each.
    """
    threads = ((a.sender.key, a.thread) for a in arrivals)
    keys = sorted({k for k, one in threads if one.within is not None or one.matter is not None})
    if not keys:
        return {}
    columns = contact_points.c
    rows = connection.execute(
        select(columns.key, columns.customer_id, columns.verified, columns.shared)
        .where(among(columns.key, keys))
        .order_by(columns.key)
        .with_for_update()
    )
    return {row.key: row for row in rows}


def _writing(arrivals: Sequence[Arrival], points: Mapping[str, Any]) -> list[_Asker]:
    """Those on a channel without references, whose sender is known."""
    return [
        _Asker(arrival, point.customer_id, sure=point.verified)
        for arrival in arrivals
        if arrival.thread.within is not None and (point := points.get(arrival.sender.key))
    ]


def _meaning(
    connection: Connection, arrivals: Sequence[Arrival], points: Mapping[str, Any]
) -> list[_Asker]:
    """Those that may be about something open: of an address that was proved and is nobody else's,
    or written down by one of us, who says which customer it is."""
    asking = [arrival for arrival in arrivals if arrival.thread.matter is not None]
    vouched = {a.about for a in asking if a.about and a.verification is Verification.VERIFIED}
    persons = _persons(connection, vouched)
    found = []
    for arrival in asking:
        point = points.get(arrival.sender.key)
        if arrival.about:
            if arrival.about in persons:
                found.append(_Asker(arrival, arrival.about, sure=True))
        elif point is not None and point.verified and not point.shared:
            found.append(_Asker(arrival, point.customer_id, sure=True))
    return found


def _persons(connection: Connection, customer_ids: set[str]) -> set[str]:
    """Those who are not several people behind one address."""
    if not customer_ids:
        return set()
    columns = customers.c
    wanted = select(columns.id).where(
        among(columns.id, sorted(customer_ids)), columns.kind != "shared"
    )
    return set(connection.execute(wanted).scalars())


def _open_work(connection: Connection, customer_ids: Sequence[str]) -> Mapping[str, list[Any]]:
    columns, items = conversations.c, work_items.c
    is_busy = or_(
        and_(items.channel == Channel.CHAT.value, ~on_the_line.chat_was_left(columns.id)),
        items.callback_to != "",
        on_the_line.is_called(columns.id),
        exists().where(unrouted.c.conversation_id == columns.id),
    ).label("is_busy")
    rows = connection.execute(
        select(columns.id, columns.customer_id, items.topic, items.channel, is_busy)
        .join(work_items, items.conversation_id == columns.id)
        .where(among(columns.customer_id, customer_ids), items.state != "done")
        .where(~tasks.is_own(columns.id))
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def _is_kin(one: str, other: str) -> bool:
    """Whether the topics are the same, or one lies above the other."""
    upper, lower = sorted((one, other), key=len)
    return _ANY in (one, other) or upper == lower or lower.startswith(f"{upper}/")


def _open(
    connection: Connection, customer_ids: Sequence[str], channels: Sequence[Channel]
) -> Mapping[str, list[Any]]:
    """By customer, the newest first; `on_CHANNEL`: the last that was said in it over the channel,
    None for nothing."""
    columns, items = conversations.c, work_items.c
    said = [
        select(func.max(interactions.c.id))
        .where(
            interactions.c.conversation_id == columns.id,
            interactions.c.channel == channel.value,
        )
        .scalar_subquery()
        .label(f"on_{channel}")
        for channel in channels
    ]
    topic = (
        select(func.max(items.topic))
        .where(items.conversation_id == columns.id, items.state != "done")
        .scalar_subquery()
        .label("topic")
    )
    # Where somebody said who of a shared address it is, the others go on there too.
    theirs = or_(among(columns.customer_id, customer_ids), among(columns.shared_id, customer_ids))
    rows = connection.execute(
        select(columns.id, columns.customer_id, columns.shared_id, columns.last_at, topic, *said)
        .where(theirs, columns.state != "resolved", ~tasks.is_own(columns.id))
        .order_by(columns.last_at.desc())
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        for owner in {row.customer_id, row.shared_id} - {None}:
            found.setdefault(owner, []).append(row)
    return found


def _pool(rows: Sequence[Any], asker: _Asker) -> list[Any]:
    """What it may be about. An address that was not proved goes on with what was lately said over
    it, and with nothing else."""
    return [row for row in rows if asker.sure or _said_lately(row, asker.arrival)]


def _said_lately(row: Any, arrival: Arrival) -> str:
    """The last that was said over this channel, where the conversation is not too old."""
    within = arrival.thread.within
    assert within is not None  # noqa: S101 (only those that ask come here)
    is_fresh = row.last_at >= clock.now() - within
    return (is_fresh and getattr(row, f"on_{arrival.channel}")) or ""


def _chosen(rows: Sequence[Any], arrival: Arrival, names: Sequence[Any], topic: str) -> Choice:
    """What it names, else what it is about, else where the last was said over this channel."""
    several = len(rows)
    if several == 1:
        return Choice(rows[0].id)
    about = [row for row in rows if topic and row.topic and _ANY not in (topic, row.topic)]
    about = [row for row in about if _is_kin(topic, row.topic)]
    for why, fitting in ((Why.NAMED, names), (Why.TOPIC, about)):
        if len(fitting) == 1:
            return Choice(fitting[0].id, why, several)
    left = names or about or rows
    last = max(left, key=lambda row: _said_lately(row, arrival))
    if _said_lately(last, arrival):
        return Choice(last.id, Why.LAST, several)
    return Choice(left[0].id, Why.NEWEST, several)
