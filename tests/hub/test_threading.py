"""Which conversation a mail belongs to: the store against a model that fits on one screen.

Mails of a few senders refer to one another in every way at random, come in batches of any size,
and some come twice. Tokens and numbers are of earlier batches: nobody knows them sooner.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

import stores
from builders import ACCOUNT, TOKENS, email_party, mail_arrival
from examples import examples
from hub.intake import Intake
from hub.interaction import Accepted, Arrival, Thread, Verification
from hub.metrics import Metrics
from hub.store import Database
from hub.store.tables import conversations, interactions, outbox, participants, thread_refs
from hub.store.threads import TOKEN_PURPOSE

PEOPLE = ("anna", "bob", "carl", "dora")
_runs = count(1)


@dataclass(frozen=True)
class Mail:
    """What one mail refers to: other mails, by their place in the story."""

    sender: str
    copies: frozenset[str]
    references: tuple[int, ...]
    token: int | None
    marker: int | None
    number: int | None
    forged: bool
    verified: bool


MOST_MAILS = 14
place = st.integers(0, MOST_MAILS + 1)
mails = st.builds(
    Mail,
    sender=st.sampled_from(PEOPLE),
    copies=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    references=st.lists(place, max_size=3).map(tuple),
    token=st.none() | place,
    marker=st.none() | place,
    number=st.none() | place,
    forged=st.booleans(),
    verified=st.booleans(),
)
repeats = st.integers(0, MOST_MAILS - 1)
batches = st.lists(st.lists(mails | repeats, min_size=1, max_size=5), max_size=4).filter(
    lambda story: sum(len(batch) for batch in story) <= MOST_MAILS
)


@dataclass
class Talk:
    """A conversation as the model knows it; `real` is what the store calls it."""

    linked: "Talk | None"
    people: set[str] = field(default_factory=set)
    real: str = ""
    number: int = 0


class Model:
    """Who takes part in the strongest reference's conversation goes on there; else a new one."""

    def __init__(self) -> None:
        self.by_reference: dict[int, Talk] = {}
        self.talks: list[Talk] = []

    def put(self, number: int, mail: Mail, signed: Talk | None, others: Sequence[Talk]) -> Talk:
        """`signed`: by the token; `others`: by marker and by number, in this order."""
        named = [self.by_reference[r] for r in mail.references if r in self.by_reference]
        candidates = [talk for talk in (signed, *named, *others) if talk is not None]
        talk = next((talk for talk in candidates if mail.sender in talk.people), None)
        if talk is None:
            talk = Talk(candidates[0] if candidates else None)
            self.talks.append(talk)
        for reference in (number, *mail.references):
            self.by_reference.setdefault(reference, talk)
        return talk


class Story:
    """Sends batches to the intake, and compares where each mail came with the model."""

    def __init__(self, database: Database) -> None:
        self._run = next(_runs)
        self._database = database
        self._intake = Intake(database, TOKENS, Metrics(), lambda: None)
        self._model = Model()
        self._mails: list[tuple[Arrival, Talk]] = []
        self._kept: dict[str, Accepted] = {}

    async def send(self, batch: Sequence[Mail | int], *, together: bool) -> None:
        before = list(self._mails)
        sent = [self._arrival(each, before) for each in batch]
        if together:
            answers = await asyncio.gather(*(self._intake.accept(arrival) for arrival, _ in sent))
        else:
            answers = [await self._intake.accept(arrival) for arrival, _ in sent]
        for (arrival, talk), accepted in zip(sent, answers, strict=True):
            self._compare(arrival, talk, accepted)
        await self._learn_numbers()

    def _arrival(
        self, each: Mail | int, before: Sequence[tuple[Arrival, Talk]]
    ) -> tuple[Arrival, Talk]:
        if isinstance(each, int) and self._mails:
            return self._mails[each % len(self._mails)]
        mail = each if isinstance(each, Mail) else _FIRST

        def told(place: int | None) -> Talk | None:
            return before[place][1] if place is not None and place < len(before) else None

        token, marker, numbered = told(mail.token), told(mail.marker), told(mail.number)
        signed, marked = (None, None) if mail.forged else (token, marker)
        number = len(self._mails)
        talk = self._model.put(
            number, mail, signed, [t for t in (marked, numbered) if t is not None]
        )
        proved = mail.verified or talk.real in {t.real for t in (signed, marked) if t and t.real}
        talk.people |= {mail.sender} | (mail.copies if proved else set())
        arrival = mail_arrival(
            self._address(mail.sender),
            message_id=self._message_id(number),
            recipients=(
                email_party(ACCOUNT),
                *(email_party(self._address(name)) for name in sorted(mail.copies)),
            ),
            verification=Verification.VERIFIED if mail.verified else Verification.UNVERIFIED,
            thread=Thread(
                token=_token(token, forged=mail.forged),
                references=tuple(self._message_id(r) for r in mail.references),
                marker=_token(marker, forged=mail.forged),
                number=numbered.number if numbered else None,
                own=(self._message_id(number),),
            ),
        )
        self._mails.append((arrival, talk))
        return arrival, talk

    def _compare(self, arrival: Arrival, talk: Talk, accepted: Accepted) -> None:
        first = self._kept.setdefault(arrival.external_id, accepted)
        if first is not accepted:
            assert accepted == first.model_copy(update={"duplicate": True})
            return
        assert not accepted.duplicate
        talk.real = talk.real or accepted.conversation_id
        assert accepted.conversation_id == talk.real

    async def _learn_numbers(self) -> None:
        rows = await stores.rows(self._database, conversations)
        known = {row.id: row for row in rows}
        for talk in self._model.talks:
            talk.number = known[talk.real].number
            linked = known[talk.real].linked_id
            assert linked == (talk.linked.real if talk.linked else None)
            assert linked is None or linked in known
        assert len({talk.real for talk in self._model.talks}) == len(self._model.talks)

    async def check_people(self) -> None:
        """Who takes part in each conversation is whom the model let in."""
        rows = await stores.rows(self._database, participants)
        for talk in self._model.talks:
            keys = {row.key for row in rows if row.conversation_id == talk.real}
            assert keys == {email_party(self._address(name)).key for name in talk.people}
        event(f"conversations: {len(self._model.talks)}")

    async def send_all_again(self) -> None:
        await asyncio.gather(*(self._intake.accept(arrival) for arrival, _ in self._mails))

    def _address(self, name: str) -> str:
        return f"{name}.{self._run}@example.org"

    def _message_id(self, number: int) -> str:
        return f"{number}.{self._run}@mail.example.org"


_FIRST = Mail("anna", frozenset(), (), None, None, None, forged=False, verified=True)


def _token(talk: Talk | None, *, forged: bool) -> str:
    if talk is None:
        return ""
    token = TOKENS.sign(TOKEN_PURPOSE, talk.real)
    return token[:-1] + ("a" if token[-1] != "a" else "b") if forged else token


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with stores.opened(sqlite_url) as database:
        yield database


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=batches)
async def test_every_mail_comes_where_the_model_puts_it(
    database: Database, story: list[list[Mail | int]]
) -> None:
    """Together and one by one the same; never among people who do not know its sender."""
    for together in (True, False):
        told = Story(database)
        for batch in story:
            await told.send(batch, together=together)
        await told.check_people()
        before = await database.read(_everything)
        await told.send_all_again()
        assert await database.read(_everything) == before


def _everything(connection: Connection) -> list[list[object]]:
    tables = (conversations, interactions, outbox, participants, thread_refs)
    return [list(connection.execute(select(table)).all()) for table in tables]
