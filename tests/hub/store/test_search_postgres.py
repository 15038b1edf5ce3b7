"""How PostgreSQL is asked: what it goes through depends on what is found, not on what is kept."""

from collections.abc import AsyncIterator
from itertools import islice

import pytest
from sqlalchemy import Connection, text

from hub import clock
from hub.store import Database, search, search_adding
from hub.store.search import Asked, Kind
from hub.store.search_adding import Document
from hub.store.search_postgres import SAMPLE, cheapest
from hub.store.search_words import mark
from plans import asked, looked_at
from stores import opened

MANY = 4_000
FEW = 2_000


def document(kind: Kind, *words: str) -> Document:
    return Document(kind, clock.new_id(), clock.new_id(), [mark("kind", kind), *words], "")


def message(number: int) -> Document:
    """All are late; one in eight is of the other half; every hundredth is broken, once it leaks."""
    words = ["late", f"even{number % 2}", f"number{number}"]
    words += ["broken"] if number % 100 == 0 else []
    words += ["leaks"] if number == MANY // 2 else []
    return document(Kind.MESSAGE, *words)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    documents = [message(number) for number in range(MANY)]
    documents += [document(Kind.CUSTOMER, "late", f"name{number}") for number in range(FEW)]
    async with opened(postgres_url) as database:
        await database.write(lambda c: search_adding.add(c, documents))
        await database.write(lambda c: c.execute(text("ANALYZE search_documents")))
        yield database


async def looked(database: Database, words: str, kind: Kind = Kind.MESSAGE) -> tuple[int, int]:
    """How many are found of the first hundred, and how many rows are read for them."""

    def look(connection: Connection) -> tuple[int, int]:
        question = search.understood(connection, Asked(words))
        with asked(connection) as statements:
            hits = search.newest(connection, question, kind)
            found = len(list(islice(hits, 100)))
        those = [one for one in statements if "search_documents" in one[0]]
        return found, looked_at(connection, those)

    return await database.read(look)


async def test_of_common_words_the_newest_are_looked_at(database: Database) -> None:
    found, rows = await looked(database, "late even1")
    assert found == 100
    assert rows < SAMPLE + 300


@pytest.mark.parametrize("words", ["leaks", "late leaks", "late even0 leaks", "number3999 late"])
async def test_of_a_rare_word_no_more_is_looked_at_than_have_it(
    database: Database, words: str
) -> None:
    found, rows = await looked(database, words)
    assert found == 1
    assert rows <= SAMPLE + 1


async def test_of_common_words_that_do_not_go_together_none_is_missed(database: Database) -> None:
    assert (await looked(database, "even0 even1"))[0] == 0
    found, rows = await looked(database, "late broken")
    assert found == MANY // 100
    assert rows < SAMPLE + 2 * found


async def test_customers_are_not_sought_behind_all_messages(database: Database) -> None:
    """What is common among messages may be rare among them, and the other way round."""
    for words, count, most in (("late", 100, 100), ("name1999", 1, 1), ("broken", 0, MANY // 100)):
        found, rows = await looked(database, words, Kind.CUSTOMER)
        assert found == count, words
        assert rows <= SAMPLE + most, words


async def test_what_was_common_long_ago_or_lately_is_found(database: Database) -> None:
    """The newest messages say which way to go, not what there is."""
    lately = [document(Kind.MESSAGE, "outage", "late") for _ in range(50)]
    before = [document(Kind.MESSAGE, "lately", "other") for _ in range(SAMPLE)]
    await database.write(lambda c: search_adding.add(c, [*lately, *before]))
    assert (await looked(database, "outage late"))[0] == 50
    assert (await looked(database, "outage other"))[0] == 0
    assert (await looked(database, "late broken"))[0] == MANY // 100


def test_a_common_word_is_not_taken_from_the_index_beside_a_rare_one() -> None:
    assert cheapest([0.75, 0.0, 0.75]) == [1]
    assert cheapest([0.05, 0.5, 0.1]) == [0, 2]
    assert cheapest([0.3, 0.2]) == [1, 0]
    assert sorted(cheapest([0.75] * 5)) == [0, 1, 2, 3, 4]
