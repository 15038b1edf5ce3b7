"""Searching, on both stores: by words and their beginnings, mistyped, filtered, kept up to date."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, make_url, update

import searches
from builders import TOKENS, mail_arrival, text_arrival
from hub import clock
from hub.intake import Intake
from hub.interaction import Arrival, Attachment, Channel
from hub.metrics import Metrics
from hub.store import Database, search, search_adding, searchable
from hub.store.arrivals import store_arrivals
from hub.store.postgres import PostgresStore
from hub.store.search import Asked, Kind
from hub.store.search_adding import Document
from hub.store.search_words import errors_of, mark, nearest, words_of
from hub.store.tables import customers, search_documents
from plans import asked
from stores import opened, rows

LATER = timedelta(minutes=1)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


async def taken_in(store: Database, *arrivals: Arrival) -> None:
    intake = Intake(store, TOKENS, Metrics(), lambda: None)
    for arrival in arrivals:
        await intake.accept(arrival)
    while await store.write(lambda c: searchable.take_in(c, clock.now() + LATER)):
        pass


def forget(connection: Connection, ref_id: str) -> None:
    """As if it had come after what was reached."""
    connection.execute(delete(search_documents).where(search_documents.c.ref_id == ref_id))


async def found(store: Database, text: str, kind: Kind = Kind.MESSAGE, **asked: Any) -> int:
    return len(await searches.found(store, Asked(text, **asked), kind))


async def test_a_message_is_found_by_its_words(store: Database) -> None:
    await taken_in(
        store,
        mail_arrival("jan@example.org", subject="A late parcel", text="Où est mon café?"),
        mail_arrival("kim@example.org", message_id="b@x", subject="Invoice", text="Too high"),
    )
    for text in ("parcel", "PARC", "cafe", "ou est", "late café", "jan example"):
        assert await found(store, text) == 1, text
    for text in ("", "  ", "parcel invoice", "elephant", "'\"*:&|!()"):
        assert await found(store, text) == 0, text


async def test_of_words_one_error_away_only_so_many_are_looked_at(sqlite_url: str) -> None:
    async with opened(sqlite_url) as store:
        near = [one for one in errors_of("parcelq") if not one.startswith("parcelq")]
        late = [Document(Kind.MESSAGE, clock.new_id(), "c", near, "")]
        await store.write(lambda c: search_adding.add(c, late))

        def look(connection: Connection) -> int:
            with asked(connection) as statements:
                search.understood(connection, Asked("parcelq"))
            statement, values = statements[-1]
            assert "search_terms" in statement
            return len(connection.exec_driver_sql(statement, values).all())

        assert 0 < await store.read(look) <= 60


@pytest.mark.parametrize("typed", ["parcle", "parcl", "pacel", "parxel", "delivrey", "delyvery"])
async def test_a_mistyped_word_finds_what_was_meant(store: Database, typed: str) -> None:
    await taken_in(store, mail_arrival(subject="The delivery of a parcel", text="x"))
    assert await found(store, typed) == 1


async def test_a_word_that_is_right_finds_nothing_near_it(store: Database) -> None:
    await taken_in(
        store,
        mail_arrival("a@x.example", subject="table", text="x"),
        mail_arrival("b@x.example", message_id="b@x", subject="cable", text="x"),
    )
    assert await found(store, "table") == 1


async def test_a_wrong_letter_in_a_short_word_finds_it(store: Database) -> None:
    """They share too few letters to be alike by these."""
    await taken_in(store, mail_arrival(subject="table", text="x"))
    assert await found(store, "txble") == 1
    assert await found(store, "tblae") == 0, "two errors make another word"


async def test_two_errors_are_forgiven_in_a_long_word_alone(store: Database) -> None:
    await taken_in(store, mail_arrival(subject="subscription", text="x"))
    assert await found(store, "subscriptoin") == 1
    assert await found(store, "sbscriptoin") == 1


async def test_what_is_found_is_what_has_all_words(store: Database) -> None:
    """The newest first, whichever way the store goes about it."""
    chance = random.Random(3)  # noqa: S311 (no secret)
    kept = [_made_up(chance, number) for number in range(1_500)]
    await store.write(lambda c: search_adding.add(c, kept))
    for _ in range(60):
        words = chance.sample(_OFTEN, chance.choice((1, 2, 2, 3, 5)))
        words[0] = words[0][: chance.choice((3, 4, 20))]
        channel = chance.choice((None, None, Channel.SMS))
        kind = chance.choice((Kind.MESSAGE, Kind.MESSAGE, Kind.FILE))
        marks = [mark("kind", kind), *([mark("channel", channel)] if channel else [])]
        fits = [
            one.ref_id
            for one in kept[::-1]
            if set(marks) <= set(one.words)
            and all(any(has.startswith(word) for has in one.words) for word in words)
        ]
        hits = await searches.found(store, Asked(" ".join(words), channel=channel), kind)
        assert [hit.ref_id for hit in hits] == fits, words


_OFTEN = ["order", "orders", "parcel", "late", "broken", "invoice", "leaks", "ordeal"]


def _made_up(chance: random.Random, number: int) -> Document:
    """From words that nearly all have to words that nearly none has, and one had long ago."""
    kind = chance.choice((Kind.MESSAGE,) * 8 + (Kind.FILE,))
    words = [one for place, one in enumerate(_OFTEN) if chance.random() < 0.9 / (1 + place**2)]
    marks = [mark("kind", kind), mark("channel", chance.choice((Channel.SMS, Channel.EMAIL)))]
    words += ["broken"] if number < 100 and "broken" not in words else []
    return Document(kind, clock.new_id(), clock.new_id(), [*marks, *words], "")


async def test_filters_narrow_it(store: Database) -> None:
    await taken_in(store, mail_arrival(subject="parcel", text="x"), text_arrival(text="parcel"))
    assert await found(store, "parcel") == 2
    assert await found(store, "parcel", channel=Channel.SMS) == 1
    assert await found(store, "parcel", days=1) == 2


async def test_what_is_too_old_is_left_out(store: Database) -> None:
    """However many there are of it."""
    now = clock.now()
    kept = [
        Document(Kind.MESSAGE, _id_of(now - timedelta(days=200 - n), n), "c", _PARCEL, "")
        for n in range(200)
    ]
    await store.write(lambda c: search_adding.add(c, kept))
    assert await found(store, "parcel") == 200
    for days, fits in ((7, 7), (31, 31), (366, 200)):
        assert await found(store, "parcel", days=days) == fits
    assert await found(store, "parcel", channel=Channel.SMS, days=7) == 0


_PARCEL = [mark("kind", Kind.MESSAGE), "parcel"]


def _id_of(at: datetime, number: int) -> str:
    return clock.first_id(at + timedelta(hours=1))[:24] + f"{number:012x}"


async def test_customers_and_files_are_found_apart(store: Database) -> None:
    sha256 = "0" * 64
    file = Attachment(
        id="f", filename="Foto kapot.jpg", content_type="image/jpeg", size=1, sha256=sha256
    )
    await taken_in(store, mail_arrival("jan.pot@example.org", text="x", attachments=(file,)))
    assert await found(store, "kapot", Kind.FILE) == 1
    assert await found(store, "kapot", Kind.CUSTOMER) == 0
    assert await found(store, "pot", Kind.CUSTOMER) == 1


async def test_a_customer_with_another_name_is_found_by_that_alone(store: Database) -> None:
    await taken_in(store, mail_arrival("jan@example.org", text="x"))
    named = update(customers).values(name="Wilhelmina Quist")
    await store.write(lambda c: c.execute(named))
    await taken_in(store, mail_arrival("jan@example.org", message_id="c@x", text="again"))
    assert await found(store, "quist", Kind.CUSTOMER) == 1
    assert await found(store, "jan", Kind.CUSTOMER) == 1
    named = update(customers).values(name="Anna Bos")
    await store.write(lambda c: c.execute(named))
    await taken_in(store, mail_arrival("jan@example.org", message_id="d@x", text="again"))
    assert await found(store, "quist", Kind.CUSTOMER) == 0


async def test_what_may_not_be_committed_yet_is_left_for_later(store: Database) -> None:
    intake = Intake(store, TOKENS, Metrics(), lambda: None)
    await intake.accept(mail_arrival())
    assert await store.write(lambda c: searchable.take_in(c, clock.now())) == 0
    assert await store.write(lambda c: searchable.take_in(c, clock.now() + LATER)) == 2
    assert await store.write(lambda c: searchable.take_in(c, clock.now() + LATER)) == 0


async def look_again(store: Database, now: datetime) -> None:
    while await store.write(lambda c: searchable.look_again(c, now)):
        pass


async def test_what_a_slow_clock_or_a_long_write_put_behind_what_was_reached_is_found(
    store: Database,
) -> None:
    intake = Intake(store, TOKENS, Metrics(), lambda: None)
    file = Attachment(
        id=clock.new_id(), filename="kaart.pdf", content_type="application/pdf", size=1, sha256="0"
    )  # fmt: skip
    late = await intake.accept(mail_arrival(text="platypus", attachments=(file,)))
    await taken_in(store, mail_arrival("kim@example.org", message_id="b@x", text="zebra"))
    await store.write(lambda c: forget(c, late.interaction_id))
    assert (await found(store, "platypus"), await found(store, "zebra")) == (0, 1)
    now = clock.now()
    await look_again(store, now)
    assert await found(store, "platypus") == 0, "it may still be on its way"
    await look_again(store, now + searchable.FAR_BEHIND + LATER)
    assert await found(store, "platypus") == 1
    assert await found(store, "kaart", Kind.FILE) == 1
    assert await store.write(lambda c: searchable.look_again(c, now + LATER)) == 0


async def test_a_message_of_a_long_transaction_is_found(postgres_url: str) -> None:
    """Its id is from before, and others were taken in when it came."""
    async with opened(postgres_url) as store:
        beside = PostgresStore(make_url(postgres_url), pool=1)
        async with beside.engine.begin() as slow:
            arrival = mail_arrival(text="platypus")
            await slow.run_sync(lambda c: store_arrivals(c, [arrival], TOKENS))
            await taken_in(store, mail_arrival("kim@example.org", message_id="b@x", text="zebra"))
            assert await found(store, "zebra") == 1
        await beside.close()
        await taken_in(store)
        assert await found(store, "platypus") == 0, "it stands behind what was reached"
        await look_again(store, clock.now() + searchable.FAR_BEHIND + LATER)
        assert (await found(store, "platypus"), await found(store, "zebra")) == (1, 1)
        assert await found(store, "jan", Kind.CUSTOMER) == 1


async def test_who_was_passed_over_is_found_once_more_hours_later(store: Database) -> None:
    await taken_in(store, mail_arrival("jan@example.org"))
    late = clock.now() + searchable.FAR_BEHIND + LATER
    await look_again(store, late)
    [who] = await rows(store, customers)
    await store.write(lambda c: forget(c, who.id))
    await look_again(store, late)
    assert await found(store, "jan", Kind.CUSTOMER) == 0
    await look_again(store, clock.now() + searchable.LOOKS["3"] + LATER)
    assert await found(store, "jan", Kind.CUSTOMER) == 1


def test_words_are_plain() -> None:
    assert words_of("Où est-il? ÉCLAIR_2 straße", "est") == [
        "ou",
        "est",
        "il",
        "eclair",
        "2",
        "strasse",
    ]


def test_the_nearest_word_is_first() -> None:
    assert nearest("parcle", ["parcels", "parcel", "purple", "parse"], 4) == ["parcel"]
