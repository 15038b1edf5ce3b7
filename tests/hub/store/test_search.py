"""Searching, on both stores: by words and their beginnings, mistyped, filtered, kept up to date."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from builders import TOKENS, mail_arrival, text_arrival
from hub import clock
from hub.intake import Intake
from hub.interaction import Attachment, Channel
from hub.metrics import Metrics
from hub.store import Database, search, searchable
from hub.store.search import Asked, Kind
from hub.store.search_words import nearest, words_of
from hub.store.tables import customers
from stores import opened

LATER = timedelta(minutes=1)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


async def taken_in(store: Database, *arrivals: object) -> None:
    intake = Intake(store, TOKENS, Metrics(), lambda: None)
    for arrival in arrivals:
        await intake.accept(arrival)  # type: ignore[arg-type]
    while await store.write(lambda c: searchable.take_in(c, clock.now() + LATER)):
        pass


async def found(store: Database, text: str, kind: Kind = Kind.MESSAGE, **asked: object) -> int:
    question = Asked(text, **asked)  # type: ignore[arg-type]
    return len(await store.read(lambda c: search.find(c, question, kind, limit=50)))


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


async def test_filters_narrow_it(store: Database) -> None:
    await taken_in(store, mail_arrival(subject="parcel", text="x"), text_arrival(text="parcel"))
    assert await found(store, "parcel") == 2
    assert await found(store, "parcel", channel=Channel.SMS) == 1
    assert await found(store, "parcel", days=1) == 2


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
