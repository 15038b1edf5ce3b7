"""A chat in the console: what the visitor does and says there, and what they hear of the agent."""

import io

import pytest
from aiohttp import FormData
from PIL import Image
from sqlalchemy import Connection, event, update

from agent_ui.answering import SendingRules, send_reply
from agent_ui.drafting import Draft
from builders import chat_arrival
from console_house import House, Page, Person
from hub.interaction import Channel
from hub.store import agents, chat_visits, ratings, tables
from hub.store.tables import attachments, conversations, interactions

EVIL = "<script>alert(1)</script>"


async def in_chat(house: House) -> str:
    """A visitor who wrote and is there; gives the conversation."""
    arrival = chat_arrival(topic="delivery/late", details={"answer.order-number": EVIL})
    conversation_id = (await house.receive(arrival)).conversation_id
    await house.write(
        lambda c: chat_visits.arrive(
            c, conversation_id=conversation_id, site="demo", visitor_id="v1", session_id="s1",
            identified=True, page="https://shop.example/beans", page_title=EVIL, language="nl",
        )
    )  # fmt: skip
    return conversation_id


@pytest.fixture
async def chat(house: House) -> str:
    return await in_chat(house)


async def test_the_agent_sees_who_is_there_and_what_they_said_before(
    house: House, anna: Person, chat: str
) -> None:
    await anna.take_next()
    page = await anna.get(f"/console/conversations/{chat}")
    assert EVIL in page.text("[data-visitor]")
    assert "The visitor is here" in page.text("[data-visitor]")
    assert EVIL in page.text(".entry .details")
    assert EVIL not in page.body
    assert "What they do not see" not in page.text("[data-visitor]")
    goes_on = update(conversations).values(handover_address="lena@elders.example")
    await house.write(lambda c: c.execute(goes_on))
    await house.write(lambda c: chat_visits.leave(c, chat))
    page = await anna.get(f"/console/conversations/{chat}")
    assert "The visitor left" in page.text("[data-visitor]")
    told = "What they do not see there goes to lena@elders.example."
    assert told in page.text("[data-visitor]")


async def test_a_visitor_without_a_name_is_called_one(house: House, anna: Person) -> None:
    accepted = await house.receive(chat_arrival(visitor="01a22fb1-f2ec-7297-a05e-a04840e8d644"))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.text(".entry-who") == "Visitor"
    assert page.value(".entry article", "aria-label") == "From the customer: Visitor"


async def test_only_what_the_holder_read_counts_as_read(
    house: House, anna: Person, chat: str
) -> None:
    async def read(seen: str) -> int:
        answer = await anna.post(f"/console/conversations/{chat}/signs", what="seen", seen=seen)
        assert answer.status == 204
        return int((await house.rows(tables.chat_visits))[0].our_seen)

    assert await read("1") == 0
    await anna.take_next()
    assert await read("1") == 1
    assert await read("0") == 1


async def test_a_rating_stands_in_the_timeline(house: House, anna: Person, chat: str) -> None:
    page = await anna.take_next()
    item = await house.work_of(chat)
    await anna.post(f"/console/work/{item.id}/resolve", seen="99")
    assert page.status == 200
    await house.write(
        lambda c: ratings.rate(c, chat, channel=Channel.CHAT, score=4, comment=EVIL, name=EVIL)
    )
    page = await anna.get(f"/console/conversations/{chat}")
    assert f"{EVIL} rated this 4 of 5" in page.text(".event:last-child")
    assert EVIL not in page.body


async def send(anna: Person, chat: str, content: bytes, name: str) -> Page:
    form = FormData(quote_fields=False)
    fields = {"form_token": anna.token, "mode": "reply", "way": "chat|demo|visitor:v1"}
    for field, value in (fields | {"text": "Here it is.", "seen": "99"}).items():
        form.add_field(field, value)
    form.add_field("file", io.BytesIO(content), filename=name)
    url = f"{anna.origin}/console/conversations/{chat}/entries"
    async with anna.http.post(url, data=form, headers={"Origin": anna.origin}) as response:
        return Page(response, await response.text())


async def test_an_answer_has_files_and_never_harmful_ones(
    house: House, anna: Person, chat: str
) -> None:
    await anna.take_next()
    page = await send(anna, chat, EVIL.encode(), "label.png")
    assert page.status == 415
    said = "label.png cannot go along: customers are not sent this kind of file."
    assert page.text("[data-notice]") == said
    page = await send(anna, chat, b"", "nothing.png")
    assert page.text("[data-notice]") == "nothing.png cannot go along: it is empty."
    page = await send(anna, chat, b"x" * 25_000_001, "film.mp4")
    assert (page.status, page.text("h1")) == (413, "That is too large")
    assert "smaller files" in page.text("body")
    content = io.BytesIO()
    Image.new("RGB", (10, 10)).save(content, "PNG")
    await send(anna, chat, content.getvalue(), "label.png")
    [file] = await house.rows(attachments)
    answer = next(r for r in await house.rows(interactions) if r.id == file.interaction_id)
    assert (answer.text, file.filename) == ("Here it is.", "label.png")
    small = await anna.http.get(f"{anna.origin}/console/files/{file.id}/small")
    assert small.headers["Content-Type"] == "image/webp"
    assert len(await house.rows(conversations)) == 1


async def test_a_further_answer_asks_the_store_for_each_thing_once(
    house: House, anna: Person, chat: str
) -> None:
    """A hundred visitors write at once: what an answer asks is what they wait for."""
    page = await anna.take_next()
    await anna.reply(page, "First")
    sent: list[str] = []

    def answer(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2]))
        found = agents.find_by_login(connection, "anna")
        assert found is not None
        draft = Draft(chat, "Second", way="chat|demo|visitor:v1", subject="", seen=99)
        sent.clear()
        send_reply(connection, draft, found[0], SendingRules({}, {}))

    await house.write(answer)
    asked = [statement for statement in sent if statement.startswith("SELECT")]
    assert len(asked) <= 9, asked
    assert len(sent) <= 20, sent
