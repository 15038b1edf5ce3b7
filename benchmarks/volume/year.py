"""Fills an empty store with a year of an organisation's work: a million interactions and all that
hangs on them. The same each time, but for when it ends, which is now."""

import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from benchmarks import ROOT, mails
from benchmarks.volume.speech import COMMON, Speech, vocabulary
from hub import clock
from hub.interaction import Channel, Direction
from hub.store import Database, agents, audit_index, searchable
from hub.store import tables as t
from hub.store.inserting import insert_all
from hub.store.ranking import rank
from hub.store.search import Kind
from hub.store.search_words import mark, words_of
from routing.contact import Contact
from routing.decide import decide
from routing.decision import Decision
from routing.model_file import load_model

ROLE = "customer-service"
PASSWORD = "a password of the benchmarks"
LOGIN = "agent0"
"""An administrator who holds every role, and has the longest conversation in hand."""
STAFF = 300
DAYS = 365
EACH = 4
"""Entries of a conversation: a question, our answer, another question, and its end."""
_AT_ONCE = 2_000
_ROLES = ("customer-service", "logistics", "billing", "technical-support", "sales")
_CHANNELS = (Channel.EMAIL, Channel.EMAIL, Channel.EMAIL, Channel.CHAT, Channel.WHATSAPP)


@dataclass(frozen=True)
class Size:
    interactions: int = 1_000_000
    waiting: int = 10_000
    longest: int = 2_000
    """Entries of the longest conversation."""

    @property
    def conversations(self) -> int:
        """Beside the longest one."""
        return (self.interactions - self.longest) // EACH

    @property
    def customers(self) -> int:
        return max(20, self.conversations // 4)


@dataclass
class Rows:
    """By table, what is written together."""

    of: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Table, **values: Any) -> None:
        self.of.setdefault(table.name, []).append(values)

    def write(self, connection: Connection) -> None:
        for table in t.metadata.sorted_tables:
            insert_all(connection, table, self.of.get(table.name, ()))


async def fill(database: Database, size: Size, say: Callable[[str], None] = print) -> None:
    """The tables are there and empty."""
    year = _Year(size, clock.now())
    for name, parts in year.parts().items():
        say(f"filling: {name}")
        for rows in parts:
            await database.write(rows.write)
    say("filling: what is searched")
    for documents in year.documents():
        await database.write(functools.partial(_make_findable, documents=documents))
    await database.write(lambda c: _learn(c, vocabulary()))
    while await database.write(lambda c: audit_index.take_in(c, clock.now())):
        pass
    await database.write(_settle)
    if database.url.get_backend_name() == "postgresql":
        # What a server does by itself, unless it was made for tests: without, a search asks the
        # index of all documents for the words of a few customers.
        await database.look(lambda c: c.execute(text("vacuum (analyze)")))


def is_empty(connection: Connection) -> bool:
    return connection.execute(select(t.interactions.c.id).limit(1)).first() is None


def staff_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


@dataclass(frozen=True)
class _Talk:
    """One conversation with its work. `customer`, `staff`: by their numbers; None: by its own."""

    number: int
    id: str
    customer: int
    channel: str
    at: datetime
    ended: datetime
    state: str
    staff: int | None = None

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def agent(self) -> str | None:
        if self.state == "waiting":
            return None
        return staff_id(self.number % STAFF if self.staff is None else self.staff)

    @property
    def role(self) -> str:
        return ROLE if self.agent is None else _ROLES[self.number % len(_ROLES)]

    @property
    def address(self) -> str:
        return f"customer{self.customer}@customer.example"


class _Year:
    def __init__(self, size: Size, until: datetime) -> None:
        self._size = size
        self._until = until
        self._since = until - timedelta(days=DAYS)
        self._model = load_model(ROOT / "config" / "interaction_model.yaml")

    def parts(self) -> Mapping[str, Iterator[Rows]]:
        """In the order in which they are to be written."""
        return {
            "people": self._staff(),
            "customers": self._batches(self._customer, self._size.customers),
            "conversations": self._batches(self._talk, self._size.conversations),
            "the longest conversation": self._longest(),
            "presence": self._batches(self._presence, STAFF),
        }

    @property
    def longest_id(self) -> str:
        return self._id(self._since, self._size.conversations)

    def _batches(self, make: Callable[[Rows, int], None], count: int) -> Iterator[Rows]:
        for first in range(0, count, _AT_ONCE):
            rows = Rows()
            for number in range(first, min(count, first + _AT_ONCE)):
                make(rows, number)
            yield rows

    def _id(self, at: datetime, number: int) -> str:
        return clock.first_id(at)[:24] + f"{number:012x}"

    def _came(self, number: int) -> datetime:
        """When a conversation began: they are spread evenly."""
        return self._since + (self._until - self._since) * number / (self._size.conversations + 1)

    def _talk_id(self, number: int) -> str:
        return self._id(self._came(number), number)

    def _customer_id(self, number: int) -> str:
        return self._id(self._since, number)

    def _staff(self) -> Iterator[Rows]:
        rows = Rows()
        hashed = agents.hash_password(PASSWORD)
        for name in self._model.roles:
            rows.add(t.roles, name=name, title=name)
        for number in range(STAFF):
            at, held = self._since, _ROLES if number == 0 else [_ROLES[number % len(_ROLES)]]
            rows.add(
                t.agents, id=staff_id(number), login=f"agent{number}", name=f"Agent {number}",
                password_hash=hashed, language="en", active=True, administrator=number == 0,
                created_at=at,
            )  # fmt: skip
            for role in held:
                rows.add(t.agent_roles, agent_id=staff_id(number), role=role)
            rows.add(
                t.presence, agent_id=staff_id(number), state="off", reason="", closed_channels=[],
                since=at, idle_since=at,
            )  # fmt: skip
        yield rows

    def _customer(self, rows: Rows, number: int) -> None:
        """Every twentieth is an organisation, and the four behind it work there."""
        place, at, own = number % 20, self._since, self._customer_id(number)
        works_for = self._customer_id(number - place) if 0 < place <= EACH else None
        rows.add(
            t.customers, id=own, name=Speech(number).name(), organisation_id=works_for,
            kind="person" if place else "organisation",
            target_group="b2c" if place > EACH else "b2b", language="nl", attributes={},
            created_at=at, number=f"C{number}",
        )  # fmt: skip
        address = f"customer{number}@customer.example"
        rows.add(
            t.contact_points, id=own, customer_id=own, key=f"email:{address}", kind="email",
            value=address, verified=True, created_at=at,
        )  # fmt: skip
        bought = self._came(number * 3 % self._size.conversations)
        rows.add(
            t.orders, id=own, number=f"O{number}", customer_id=own, placed_at=bought,
            channel="portal", state="shipped", currency="EUR", total=4200, reference="", note="",
            lines=[{"sku": "BEANS", "description": "Beans", "quantity": 2, "unit_price": 2100}],
            address="", version=1, updated_at=bought,
        )  # fmt: skip
        rows.add(
            t.deliveries, id=own, partner="", tracking=f"T{number}", order_id=own,
            order_number=f"O{number}", customer_id=own, state="delivered", flags=[], address="",
            preferences={}, version=1, created_at=bought, updated_at=bought,
            delivered_at=bought + timedelta(days=2),
        )  # fmt: skip

    def _talk(self, rows: Rows, number: int) -> None:
        chance, at = random.Random(number), self._came(number)  # noqa: S311 (no secret)
        newest = self._size.conversations - number
        state = "waiting" if newest <= self._size.waiting else "done"
        if state == "done" and newest <= self._size.waiting + 2 * STAFF:
            state = "assigned"
        channel = chance.choice(_CHANNELS)
        ended = at + timedelta(minutes=chance.randrange(30, 3000))
        customer = number % self._size.customers
        talk = _Talk(number, self._talk_id(number), customer, channel, at, ended, state)
        entries = 1 if state == "waiting" else EACH
        self._head(rows, talk, entries)
        for place in range(1, entries + 1):
            self._entry(rows, talk, place, at + (ended - at) * place / EACH)
        self._work(rows, talk)

    def _head(self, rows: Rows, talk: _Talk, count: int) -> None:
        rows.add(
            t.conversations, id=talk.id, number=10_001 + talk.number, channel=talk.channel,
            customer_id=self._customer_id(talk.customer), subject=Speech(talk.number).subject(),
            state="resolved" if talk.is_done else "open", interaction_count=count,
            created_at=talk.at, last_at=talk.at,
        )  # fmt: skip
        rows.add(t.participants, conversation_id=talk.id, key=f"email:{talk.address}")

    def _entry(self, rows: Rows, talk: _Talk, place: int, at: datetime) -> None:
        """Our answers are at every second place; the fourth of four is that it was resolved."""
        number = talk.number
        own = self._id(at, number * EACH + place if place <= EACH else -place % 2**48)
        ends, ours = place == EACH, place % 2 == 0
        blank = dict.fromkeys(("quoted", "html", "topic", "problem", "raw_sha256"), "")
        rows.add(
            t.interactions, id=own, conversation_id=talk.id, sequence=place, channel=talk.channel,
            customer_id=self._customer_id(talk.customer), kind="event" if ends else "message",
            account=mails.ACCOUNT, direction="outbound" if ours else "inbound", external_id=own,
            dedupe_key=own, sender={"kind": "email", "value": talk.address, "name": ""},
            recipients=[], subject=Speech(number).subject(), language="nl", occurred_at=at,
            text="" if ends else Speech(number * 7 + place).text(), received_at=at, automatic="",
            verification="verified", correlation_id="",
            agent_id=staff_id(number % STAFF) if ours else None,
            details={"event": "resolved"} if ends else {}, **blank,
        )  # fmt: skip
        if ours and not ends:
            rows.add(
                t.outbound, interaction_id=own, conversation_id=talk.id, channel=talk.channel,
                state="delivered", attempts=1, error="", provider_id="", updated_at=at,
            )  # fmt: skip
        if place == 1 and number % 5 == 0:
            rows.add(
                t.attachments, id=own, interaction_id=own, filename=f"{COMMON[number % 20]}.pdf",
                content_type="application/pdf", size=4000, sha256=f"{number:064x}", inline=False,
                content_id="",
            )  # fmt: skip

    def _work(self, rows: Rows, talk: _Talk) -> None:
        number, at = talk.number, talk.at
        own, decided = self._id(at, number), _decision(number % mails.MATTERS)
        answered = at + timedelta(minutes=number % 500) if talk.agent else None
        due = self._until + timedelta(days=30)
        rows.add(
            t.work_items, id=own, conversation_id=talk.id, role=talk.role, state=talk.state,
            customer_id=self._customer_id(talk.customer), agent_id=talk.agent, epoch=1,
            channel=talk.channel, topic=decided.topic, priority_minutes=0, waiting_since=at,
            first_response_due=due, overdue=False, first_response_at=answered,
            decision=decided.as_json, created_at=at, skills={}, rank=rank(at, 0, 0),
            resolved_at=talk.ended if talk.is_done else None,
            answer_due=None if talk.agent else due,
        )  # fmt: skip
        self._promises(rows, talk, own, {"first_response": answered, "resolution": None})
        for place, (action, kind) in enumerate(_STEPS):
            moment = at + timedelta(minutes=place)
            if kind and talk.agent:
                rows.add(
                    t.assignment_steps, id=self._id(moment, 4 * number + place), work_item_id=own,
                    at=moment, kind=kind, agent_id=talk.agent, details={},
                )  # fmt: skip
            rows.add(
                t.audit_log, id=self._id(moment, 4 * number + place), at=moment,
                actor=talk.agent or "router", action=action, object=own,
                details={"conversation": talk.id, "epoch": place},
            )  # fmt: skip
        if talk.is_done:
            self._fact(rows, talk, own)

    def _promises(
        self, rows: Rows, talk: _Talk, item: str, met: Mapping[str, datetime | None]
    ) -> None:
        due, at = self._until + timedelta(days=30), talk.at
        for place, (promise, when) in enumerate(met.items()):
            kept = talk.ended if talk.is_done else when
            rows.add(
                t.deadlines, id=self._id(at, 2 * talk.number + place), work_item_id=item,
                source="", conversation_id=talk.id, promise=promise, target=14_400,
                clock="calendar", state="met" if kept else "running", due_at=due, warn_at=due,
                history=[{"at": at.isoformat(), "what": "started", "hours": None}],
                next_at=None if kept else due, created_at=at, met_at=kept,
                breached_at=kept if talk.number % 9 == 0 else None,
            )  # fmt: skip

    def _fact(self, rows: Rows, talk: _Talk, item: str) -> None:
        number, at = talk.number, talk.at
        rows.add(
            t.work_facts, work_item_id=item, conversation_id=talk.id, role=talk.role,
            customer_id=self._customer_id(talk.customer), channel=talk.channel,
            topic=_decision(number % mails.MATTERS).topic, target_group="b2c",
            model_row=f"row {number % 40}", agent_id=talk.agent,
            came_hour=int(at.timestamp()) // 3600, came_at=at, done_at=talk.ended,
            first_seconds=number % 500 * 60, next_seconds=number % 900 if number % 3 else None,
            resolution_seconds=round((talk.ended - at).total_seconds()),
            handling_seconds=number % 1_200, units=20, transfers=number % 11 == 0,
            holders=1, repeats=number % 13 == 0, promised=2, kept=2 - (number % 9 == 0),
            first_in_time=number % 9 != 0, abandoned=False,
            rating=number % 5 + 1 if number % 10 == 0 else None,
        )  # fmt: skip

    def _longest(self) -> Iterator[Rows]:
        """One conversation in the hands of the first agent, all of messages, of somebody who has
        colleagues."""
        rows, begun = Rows(), self._since
        number = self._size.conversations
        talk = _Talk(number, self.longest_id, 1, Channel.EMAIL, begun, begun, "assigned", staff=0)
        self._head(rows, talk, self._size.longest)
        self._work(rows, talk)
        for place in range(1, self._size.longest + 1):
            at = begun + (self._until - begun) * place / (self._size.longest + 1)
            self._entry(rows, talk, place, at)
            entry = rows.of[t.interactions.name][-1]
            entry |= {"kind": "message", "details": {}, "text": Speech(place).text()}
        yield rows

    def _presence(self, rows: Rows, number: int) -> None:
        """Somebody comes, has two breaks, and goes, each day."""
        for day in range(DAYS):
            parts, begun = day * 3, self._since + timedelta(days=day, hours=8, seconds=number)
            for place, state in enumerate(("available", "away") * 2 + ("available", "off")):
                at = begun + timedelta(hours=place * 1.5)
                rows.add(
                    t.presence_changes, id=self._id(at, number), agent_id=staff_id(number), at=at,
                    state=state, there_seconds=(parts + (place + 1) // 2) * 5400,
                )  # fmt: skip

    def documents(self) -> Iterator[list[dict[str, Any]]]:
        """What is searched of it: numbered rows with their words, in the order of time."""
        found: list[dict[str, Any]] = []
        for row in self._documents():
            found.append(row | {"number": row["number"] + 1, "digest": ""})
            if len(found) == _AT_ONCE * 5:
                yield found
                found = []
        yield found

    def _documents(self) -> Iterator[dict[str, Any]]:
        count = 0
        for number in range(self._size.customers):
            words = words_of(Speech(number).name(), f"customer{number}", f"C{number}")
            yield _document(count, Kind.CUSTOMER, self._customer_id(number), "", words)
            count += 1
        rows = Rows()
        for number in range(self._size.conversations):
            self._talk(rows, number)
            for entry in rows.of[t.interactions.name]:
                if entry["kind"] == "message":
                    words = [
                        mark("channel", entry["channel"]),
                        *words_of(entry["subject"], entry["text"], str(10_001 + number)),
                    ]
                    yield _document(count, Kind.MESSAGE, entry["id"], self._talk_id(number), words)
                    count += 1
            for file in rows.of.get(t.attachments.name, ()):
                words = words_of(file["filename"])
                yield _document(count, Kind.FILE, file["id"], self._talk_id(number), words)
                count += 1
            rows.of.clear()


_STEPS = (
    ("work_item.offered", "offered"),
    ("work_item.accepted", "accepted"),
    ("work_item.answered", ""),
    ("work_item.resolved", ""),
)


@functools.cache
def _decision(matter: int) -> Decision:
    contact = Contact(
        direction=Direction.INBOUND,
        channel=Channel.EMAIL,
        target_group="b2c",
        subject=mails.subject(matter),
        text=mails.text(matter),
    )
    return decide(contact, load_model(ROOT / "config" / "interaction_model.yaml"))


def _document(
    number: int, kind: Kind, ref_id: str, talk: str, words: Sequence[str]
) -> dict[str, Any]:
    own = {"number": number, "kind": kind.value, "ref_id": ref_id, "conversation_id": talk}
    return own | {"words": [mark("kind", kind), *words]}


def _make_findable(connection: Connection, documents: Sequence[Mapping[str, Any]]) -> None:
    if not documents:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_ON_POSTGRES, [dict(one) for one in documents])
        return
    plain = [{k: v for k, v in one.items() if k != "words"} for one in documents]
    insert_all(connection, t.search_documents, plain)
    words = [(one["number"], " ".join(one["words"])) for one in documents]
    connection.exec_driver_sql("INSERT INTO search_words (rowid, words) VALUES (?, ?)", words)


_ON_POSTGRES = text(
    "INSERT INTO search_documents (number, kind, ref_id, conversation_id, digest, words) VALUES "
    "(:number, :kind, :ref_id, :conversation_id, :digest, "
    "array_to_tsvector(CAST(:words AS text[])))"
)


def _learn(connection: Connection, terms: Sequence[str]) -> None:
    rows = [{"term": term} for term in terms]
    insert_all(connection, t.search_terms, rows)
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_trigrams (term) VALUES (:term)"), rows)


def _settle(connection: Connection) -> None:
    """Nothing is left to be looked at behind the scenes, and numbers go on behind these."""
    now, last = clock.now(), clock.first_id(clock.now())
    taken = ("interactions", "customers", "doubles")
    names = [*taken, *(f"{name}.{look}" for name in taken for look in searchable.LOOKS)]
    rows = [{"name": name, "reached": last, "looked_at": now} for name in names]
    insert_all(connection, t.search_progress, rows)
    if connection.dialect.name == "postgresql":
        numbers, count = t.conversations.c.number, t.search_documents.c.number
        for name, column in (
            ("conversation_numbers", numbers),
            ("search_documents_number_seq", count),
        ):
            most = connection.execute(select(func.max(column))).scalar_one()
            connection.execute(text("SELECT setval(:name, :most)"), {"name": name, "most": most})
