"""Somebody writes down a letter, a visit or a call: it becomes work, once, with its scan."""

import io
import re
from typing import Any

from aiohttp import FormData
from PIL import Image

from builders import mail_arrival
from console_house import House, Page, Person
from hub.store.tables import attachments, contact_points, interactions
from waiting import eventually

PATH = "/console/by-hand"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(kept, "PNG")
    return kept.getvalue()


async def send(browser: Person, /, *files: tuple[str, bytes], **fields: str) -> Page:
    form = FormData()
    for name, value in ({"form_token": browser.token, "form": "letter"} | fields).items():
        form.add_field(name, value)
    for name, content in files:
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
    async with browser.http.post(
        browser.origin + PATH, data=form, headers={"Origin": browser.origin}
    ) as response:
        return Page(response, await response.text())


async def kept(house: House) -> list[Any]:
    return await house.rows(interactions)


async def test_a_letter_with_its_scan_becomes_work_once(house: House, anna: Person) -> None:
    page = await anna.get(PATH)
    form_id = page.value("input[name=form_id]")
    fields = {
        "form_id": form_id, "who": "jan@example.org", "name": "Jan", "subject": "Complaint",
        "text": "My order is late.", "at": "2026-01-05T09:30", "zone": "Europe/Amsterdam",
    }  # fmt: skip
    files = (("scan.pdf", PDF), ("photo.png", picture()))
    for _ in range(2):
        page = await send(anna, *files, **fields)
        assert (page.status, "Kept as conversation" in page.text("[data-done]")) == (200, True)
        assert page.has("[data-done] a"), "who wrote it down may go on with it at once"
    [row] = await kept(house)
    assert (row.channel, row.details["form"]) == ("manual", "letter")
    assert row.occurred_at.isoformat() == "2026-01-05T08:30:00+00:00"
    names = {one.filename for one in await house.rows(attachments)}
    assert names == {"scan.pdf", "photo.png"}
    item = await eventually(lambda: house.work_of(row.conversation_id))
    assert (item.topic, item.channel) == ("order", "manual")
    assert page.value("input[name=who]") == "", "the form is ready for the next one"
    shown = await anna.get(f"/console/conversations/{row.conversation_id}")
    assert "My order is late." in shown.body


async def test_a_known_customer_is_found_by_what_is_on_the_letter(
    house: House, anna: Person
) -> None:
    await house.receive(mail_arrival("jan@example.org"))
    await send(anna, who="JAN@example.org", text="A visit", form="visit")
    await send(anna, who="+31 6 12345678", text="A call", form="call")
    first, visit, call = await kept(house)
    assert first.customer_id == visit.customer_id
    assert call.customer_id != first.customer_id
    keys = {one.key: one.verified for one in await house.rows(contact_points)}
    assert keys["phone:+31612345678"] is False, "what was written down is a claim"


async def test_a_letter_goes_on_in_the_one_open_conversation_that_it_can_be_about(
    house: House, anna: Person
) -> None:
    mail = await house.receive(mail_arrival("jan@example.org", subject="My order"))
    await house.work_of(mail.conversation_id)
    done = await send(anna, who="jan@example.org", text="As I wrote", topic="order")
    assert "It went on in conversation" in done.text("[data-done]")
    done = await send(anna, who="jan@example.org", text="Something else", topic="invoice")
    assert "Kept as conversation" in done.text("[data-done]")
    claimed = await send(anna, who="+31 6 12345678", name="Jan", text="It is Jan")
    assert "Kept as conversation" in claimed.text("[data-done]")
    said = {row.text: row.conversation_id for row in await kept(house)}
    assert said["As I wrote"] == mail.conversation_id
    assert len(set(said.values())) == 3
    shown = await anna.get(f"/console/conversations/{mail.conversation_id}")
    assert "no other open conversation of this customer fits" in shown.text(".entry-placed")


async def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    house: House, anna: Person
) -> None:
    good = {"name": "Jan", "text": "Typed with care"}
    cases: list[tuple[dict[str, str], tuple[tuple[str, bytes], ...], int, str]] = [
        ({"name": "", "who": ""}, (), 422, "who it is from"),
        ({"who": "98765"}, (), 422, "Nobody has this number"),
        ({"at": "yesterday"}, (), 422, "a day and a time"),
        ({"at": "2999-01-01T10:00"}, (), 422, "still to come"),
        ({}, (("run.exe", b"MZ\x90\0" * 20),), 415, "PDF or a picture"),
        ({}, (("note.txt", b"plain text"),), 415, "PDF or a picture"),
    ]
    for wrong, files, status, told in cases:
        page = await send(anna, *files, **good | wrong)
        assert page.status == status, told
        assert told in page.text("[role=alert]")
        assert page.text("textarea") == "Typed with care"
    nothing = await send(anna, name="Jan", text=" ")
    assert "Write down what it was about" in nothing.text("[role=alert]")
    assert await kept(house) == []


async def test_only_an_agent_who_may_see_it_goes_on_with_a_conversation(
    house: House, anna: Person, bob: Person, guest: Person
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    path = f"{PATH}?conversation={accepted.conversation_id}"
    page = await anna.get(path)
    assert not page.has("input[name=who]")
    done = await send(
        anna, conversation=page.value("input[name=conversation]"), text="At the desk", form="visit"
    )
    assert re.search(r"\d+", done.text("[data-done]"))
    assert {row.conversation_id for row in await kept(house)} == {accepted.conversation_id}
    assert (await bob.get(path)).status == 404
    stolen = await send(bob, conversation=accepted.conversation_id, text="Mine")
    assert stolen.status == 404
    assert len(await kept(house)) == 2
    assert (await guest.get(PATH)).path == "/console/sign-in"
