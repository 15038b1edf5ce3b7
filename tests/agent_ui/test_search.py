"""Search in the console: what is found is what the agent may see."""

from datetime import timedelta

from sqlalchemy import Connection

from agent_ui import finding
from builders import mail_arrival, text_arrival
from console_house import House, Person
from hub import clock
from hub.interaction import Attachment
from hub.store import agents, search_adding, searchable
from hub.store.search import Asked, Kind
from hub.store.search_adding import Document
from hub.store.search_words import mark
from plans import asked


async def made_findable(house: House) -> None:
    later = clock.now() + timedelta(minutes=1)
    while await house.write(lambda c: searchable.take_in(c, later)):
        pass


async def test_a_conversation_is_found_with_the_words_around(house: House, anna: Person) -> None:
    accepted = await house.receive(
        mail_arrival("jan@example.org", subject="Order 12", text="Where is <b>my</b> parcel now?")
    )
    await made_findable(house)
    page = await anna.get("/console/search?q=parcel")
    assert page.value(".found a", "href") == f"/console/conversations/{accepted.conversation_id}"
    assert page.text(".found mark") == "parcel"
    assert "<b>my</b>" in page.text(".found-piece")
    assert page.texts(".found h2") == ["Conversations"]
    assert (await anna.get("/console/search?q=parcle")).text(".found mark") == "parcel"
    assert (await anna.get("/console/search?q=jan")).texts(".found h2") == [
        "Customers",
        "Conversations",
    ]


async def test_other_roles_find_nothing(house: House, anna: Person, bob: Person) -> None:
    sha256, size = house.blobs.put(b"x")
    file = Attachment(id="f", filename="a.txt", content_type="text/plain", size=size, sha256=sha256)
    await house.receive(mail_arrival(subject="Invoice secret", text="x", attachments=(file,)))
    await made_findable(house)
    assert len((await bob.get("/console/search?q=secret")).texts(".found li")) == 2
    for words in ("secret", "jan", "a txt"):
        page = await anna.get("/console/search", params={"q": words})
        assert not page.has(".found"), words
        assert page.text(".empty").startswith("Nothing was found")


async def one_to_see_and_one_not(house: House) -> tuple[str, str]:
    """A conversation of Anna's role about a parcel, and one that she may not see."""
    mine = await house.receive(mail_arrival(subject="Order", text="Where is my parcel?"))
    other = await house.receive(mail_arrival("x@y.example", message_id="b@x", subject="Invoice"))
    await made_findable(house)
    return mine.conversation_id, other.conversation_id


async def say_it_again(house: House, conversation_id: str, many: int) -> None:
    """So many later messages of a conversation are found by the same word."""
    words = [mark("kind", Kind.MESSAGE), "parcel"]
    later = [
        Document(Kind.MESSAGE, clock.new_id(), conversation_id, words, "") for _ in range(many)
    ]
    await house.write(lambda c: search_adding.add(c, later))


async def test_what_an_agent_may_see_is_found_behind_what_they_may_not(
    house: House, anna: Person
) -> None:
    mine, other = await one_to_see_and_one_not(house)
    await say_it_again(house, other, 350)
    page = await anna.get("/console/search?q=parcel")
    assert page.value(".found a", "href") == f"/console/conversations/{mine}"
    assert not page.has(".found-more"), "all were looked at: what others hold is not hinted at"


async def test_so_much_that_an_agent_may_not_see_is_not_all_looked_at(
    house: House, anna: Person
) -> None:
    mine, other = await one_to_see_and_one_not(house)

    def look(connection: Connection) -> tuple[list[str], int]:
        known = agents.find_by_login(connection, "anna")
        assert known is not None
        with asked(connection) as statements:
            found = finding.find(connection, Asked("parcel"), [Kind.MESSAGE], known[0], limit=5)
        return [one.conversation_id for one in found[Kind.MESSAGE].lines], len(statements)

    async def hidden(many: int) -> tuple[list[str], int]:
        """What is found, and in how many statements, behind so many more of others."""
        await say_it_again(house, other, many)
        return await house.database.read(look)

    assert (await hidden(500))[0] == [mine]
    nothing, few = await hidden(500)
    assert nothing == []
    assert await hidden(1_000) == ([], few)
    page = await anna.get("/console/search?q=parcel")
    assert not page.has(".found a")


async def test_it_says_when_more_fits(house: House, anna: Person) -> None:
    for number in range(21):
        mail = mail_arrival(f"jan{number}@example.org", message_id=f"{number}@x", text="Parcel")
        await house.receive(mail)
        if number == 19:
            await made_findable(house)
            page = await anna.get("/console/search?q=parcel")
            assert len(page.texts(".found li")) == 20
            assert not page.has(".found-more")
    await made_findable(house)
    page = await anna.get("/console/search?q=parcel")
    assert len(page.texts(".found li")) == 20
    assert page.text(".found-more").startswith("More fits")
    part = await anna.get("/console/search?q=parcel", headers={"X-Loket-Part": "1"})
    assert len(part.texts(".found li")) == 5
    assert not part.has(".found-more"), "the palette leads to all of it"


async def test_a_mistyped_word_is_looked_up_once_for_all_kinds(house: House, anna: Person) -> None:
    await house.receive(mail_arrival(subject="Parcel", text="x"))
    await made_findable(house)

    def look(connection: Connection) -> int:
        known = agents.find_by_login(connection, "anna")
        assert known is not None
        with asked(connection) as statements:
            finding.find(connection, Asked("parcle"), list(Kind), known[0], limit=5)
        return sum("search_terms" in statement for statement, _ in statements)

    assert await house.database.read(look) == 2


async def test_filters_narrow_what_is_found(house: House, anna: Person) -> None:
    await house.receive(mail_arrival(subject="Order one", text="parcel"))
    await house.receive(text_arrival(text="order parcel"))
    await made_findable(house)
    for query, found in (
        ("q=parcel", 2),
        ("q=parcel&channel=sms", 1),
        ("q=parcel&kind=customer", 0),
        ("q=parcel&channel=nonsense&kind=x&days=-1", 2),
        ("q=parcel&days=7", 2),
        ("q=", 0),
        ("q=%00%27%22*%28", 0),
    ):
        page = await anna.get(f"/console/search?{query}")
        assert len(page.texts(".found li")) == found, query
