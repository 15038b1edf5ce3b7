"""Search in the console: what is found is what the agent may see."""

from datetime import timedelta

from builders import mail_arrival, text_arrival
from console_house import House, Person
from hub import clock
from hub.interaction import Attachment
from hub.store import searchable


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
