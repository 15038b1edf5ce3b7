"""Canned replies: written by administrators, filled in for each conversation."""

from sqlalchemy import update

from console_house import House, Person
from hub.store.tables import canned_replies, customers

LATE = {
    "shortcut": "/Late",
    "title": "A late parcel",
    "topic": "order",
    "text.en": "Dear {first_name}, about {number}: {subject}. {agent}",
    "text.nl": "Beste {first_name}, over {number}. {agent} van {organisation}",
}


async def test_a_reply_is_filled_in_in_the_language_of_the_customer(
    house: House, ina: Person, anna: Person
) -> None:
    await ina.post("/console/replies", **LATE)
    await ina.post("/console/replies", shortcut="bye", **{"text.en": "Bye"})
    accepted = await house.receive(subject="Order 12")
    await house.write(lambda c: c.execute(update(customers).values(name="")))
    path = f"/console/conversations/{accepted.conversation_id}/replies"
    page = await anna.get(path)
    text = page.texts("[data-shortcut] [data-text]")[0]
    assert text.startswith("Dear customer, about #")
    assert text.endswith(": Order 12. Anna de Wit")
    assert page.value("[data-fits]", "data-shortcut") == "late"
    await house.write(lambda c: c.execute(update(customers).values(language="nl", name="Jan Pot")))
    page = await anna.get(path)
    assert page.text("[data-fits] [data-text]").startswith("Beste Jan, over #")
    assert page.text("[data-fits] [data-text]").endswith("Anna de Wit van Van Dalen Koffie")
    assert page.value("[data-shortcut=bye] [data-text]", "lang") == "en"


async def test_a_reply_is_changed_and_removed(house: House, ina: Person) -> None:
    await ina.post("/console/replies", **LATE)
    [row] = await house.rows(canned_replies)
    await ina.post("/console/replies", **LATE | {"id": row.id, "title": "Later"})
    [row] = await house.rows(canned_replies)
    assert (row.shortcut, row.title) == ("late", "Later")
    page = await ina.post(f"/console/replies/{row.id}/remove")
    assert (page.path, await house.rows(canned_replies)) == ("/console/replies", [])


async def test_what_cannot_be_kept_stays_in_the_form(house: House, ina: Person) -> None:
    await ina.post("/console/replies", **LATE)
    page = await ina.post("/console/replies", **LATE | {"text.en": "<b>Other</b>"})
    assert (page.status, page.text("[role=alert]")) == (409, "Another reply has this shortcut.")
    assert page.text("textarea[name='text.en']") == "<b>Other</b>"
    page = await ina.post("/console/replies", **LATE | {"shortcut": "a b"})
    assert page.text("[role=alert]") == "A shortcut has letters, digits and dashes only."
    assert (await ina.post("/console/replies", shortcut="x")).status == 400
    assert len(await house.rows(canned_replies)) == 1


async def test_a_place_that_names_nothing_is_told_when_it_is_kept(
    house: House, ina: Person
) -> None:
    texts = {"text.en": "Dear {first_name|friend}, {naem}", "text.nl": "Beste {Voornaam}, {naem}"}
    page = await ina.post("/console/replies", **LATE | texts)
    said = page.text("[role=alert]")
    assert (page.status, said.startswith("There is no {naem}, {Voornaam}:")) == (400, True)
    assert said.endswith(
        "What there is: {customer}, {first_name}, {number}, {subject}, {agent}, {organisation}, "
        "{amount}."
    )
    assert page.text("textarea[name='text.en']") == texts["text.en"]
    assert await house.rows(canned_replies) == []
    assert "{first_name|customer}" in page.text(".report-body")


async def test_only_administrators_write_them(house: House, anna: Person, bob: Person) -> None:
    assert (await anna.get("/console/replies")).status == 403
    assert (await anna.post("/console/replies", **LATE)).status == 403
    assert (await anna.post("/console/replies/x/remove")).status == 403
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}/replies"
    assert (await bob.get(path)).status == 404
    assert await house.rows(canned_replies) == []


async def test_a_signature_is_kept(anna: Person) -> None:
    page = await anna.post("/console/account/signature", signature="Anna\r\n<b>Van Dalen</b>")
    assert page.text("[role=status]") == "Kept."
    assert page.text("textarea[name=signature]") == "Anna <b>Van Dalen</b>"
    assert (await anna.get("/console/me")).path == page.path == "/console/account"
