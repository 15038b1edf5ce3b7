"""What the widget does besides talking: asks first, takes files, shows who answers, is rated."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, BrowserContext, FilePayload, Route, expect

from chat_house import SITE, House, open_house
from chat_website import Shopper, Website, shopper_in
from connectors.chat.visitor import proof_of
from hub import clock
from hub.asking import AskedTopic, Question
from hub.events import ChatActivity, ChatSign
from hub.guide import Openings
from hub.store import chat_visits
from hub.store.tables import chat_visits as visits
from hub.store.tables import contact_points, conversations, interactions, ratings
from hub.telling import tell
from waiting import eventually
from workplace import add_work

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "what only the site's server and Loket know"
EVIL = "<img src=x onerror=alert(1)>"


def topic(name: str, depth: int, *questions: Question, **more: Any) -> AskedTopic:
    title = {"en": name.capitalize() or "Anything", "nl": name}
    values: dict[str, Any] = {
        "topic": name, "title": title, "depth": depth, "allowed": True, "instead": (),
        "role": "service", "openings": None, "answer_within": None, "questions": questions,
    }  # fmt: skip
    return AskedTopic(**(values | more))


TOPICS = (
    topic("", 0),
    topic("delivery", 1, Question("order-number", {"en": f"Order number {EVIL}"}, False)),
    topic("contract", 1, allowed=False, instead=({"en": "Phone"},)),
)


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path, website_port: int) -> AsyncIterator[House]:
    origins = [f"http://127.0.0.1:{website_port}"]
    sites = {SITE: {"origins": origins, "identity_secret": SECRET}}
    async with open_house(sqlite_url, tmp_path, sites=sites) as house:
        house.topics = TOPICS
        yield house


async def violations(shopper: Shopper) -> list[str]:
    results = await Axe().run(shopper.page)
    return [f"{found['id']}: {found['help']}" for found in results.response["violations"]]


def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (600, 300), "brown").save(content, "PNG")
    return content.getvalue()


async def test_a_chat_from_the_questions_to_the_rating(house: House, shopper: Shopper) -> None:
    page, dialog = shopper.page, shopper.dialog
    topics = dialog.get_by_label("What is it about?")
    await topics.select_option("contract")
    await expect(dialog).to_contain_text("For this, please contact us otherwise: Phone.")
    await topics.select_option("delivery")
    await expect(dialog).to_contain_text("There is nobody in the chat just now.")
    await dialog.get_by_label("Order number").fill("10042")
    await dialog.get_by_label("E-mail for our answer").fill("ada@example.org")
    assert await violations(shopper) == []
    await shopper.says("It is broken.")
    await expect(topics).to_be_hidden()
    row = next(iter(await house.rows(interactions)))
    assert (row.topic, row.details["answer.order-number"]) == ("delivery", "10042")
    assert [row.handover_address for row in await house.rows(conversations)] == ["ada@example.org"]

    files = [
        FilePayload(name=f"{EVIL}.png", mimeType="image/png", buffer=photo()),
        FilePayload(name="run.html", mimeType="text/html", buffer=EVIL.encode()),
    ]
    async with page.expect_file_chooser() as chooser:
        await dialog.get_by_role("button", name="Add a file").click()
    await (await chooser.value).set_files(files)
    await expect(shopper.log.locator("canvas")).to_have_attribute("width", "480")
    await expect(shopper.line("run.html")).to_contain_text("we do not take this kind of file")

    conversation = (await house.rows(conversations))[0].id
    sign = ChatActivity(
        conversation_id=conversation, what=ChatSign.TYPING, by_customer=False, name=EVIL
    )
    await tell(house.bus, sign, source="/loket/test")
    await expect(dialog).to_contain_text(f"{EVIL} is typing…")
    await house.database.write(lambda c: chat_visits.read_by_us(c, conversation, 2))
    await tell(house.bus, sign.model_copy(update={"what": ChatSign.SEEN}), source="/loket/test")
    await expect(shopper.line("It is broken.")).to_contain_text("Seen")

    await house.answer("A new one is on its way.")
    await shopper.hears("A new one is on its way.")
    await house.resolve(clock.now())
    house.connector._live.all()[0].wake(standing=True)
    await dialog.get_by_text("Well", exact=True).locator("..").click()
    await dialog.get_by_label("What can we do better?").fill(EVIL)
    assert await violations(shopper) == []
    await dialog.get_by_role("button", name="Send rating").click()
    await expect(dialog.get_by_text("Thank you for your rating.")).to_be_focused()
    assert [(row.score, row.comment) for row in await house.rows(ratings)] == [(4, EVIL)]

    await dialog.get_by_role("button", name="E-mail me this chat").click()
    await dialog.get_by_label("Send the copy to").fill("ada@example.org")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("This chat goes to ada@example.org.")
    assert [text for text in shopper.complaints if "415" not in text] == []


async def test_who_writes_while_we_are_closed_still_sees_when_we_open(
    house: House, context: BrowserContext, website: Website
) -> None:
    closed = Openings("UTC", (), (), False, clock.now() + timedelta(days=1))
    house.topics = (topic("", 0, openings=closed), topic("delivery", 1))
    shopper = await shopper_in(context, website)
    await shopper.opens_chat()
    await expect(shopper.dialog).to_contain_text("We are closed now and open tomorrow at ")
    await shopper.says("Hello?")
    conversation = (await house.rows(conversations))[0].id
    await house.database.write(lambda c: add_work(c, conversation))
    house.connector._live.all()[0].wake(standing=True)
    await expect(shopper.dialog).to_contain_text("We answer after that.")
    await expect(shopper.dialog).not_to_contain_text("We cannot say how soon")
    # Of a page that is loaded anew it is not known what was written about: it may be open.
    await shopper.page.reload()
    await shopper.opens_chat()
    await expect(shopper.dialog).to_contain_text("Hello?")
    house.connector._live.all()[0].wake(standing=True)
    await expect(shopper.dialog).to_contain_text("We cannot say how soon")
    await expect(shopper.dialog).not_to_contain_text("We answer after that.")


@pytest.mark.parametrize(
    "case",
    [
        ("en-US", "2026-12-07T08:00:00Z", "We are closed now and open today at 9:00 AM."),
        ("nl-NL", "2026-12-07T08:00:00Z", "We zijn nu gesloten en gaan vandaag om 9:00 open."),
        ("nl-NL", "2026-12-07T23:30:00Z", "We zijn nu gesloten en gaan morgen om 0:30 open."),
        ("en-US", "2026-12-13T08:00:00Z", "We are closed now and open Sunday at 9:00 AM."),
        ("nl-NL", "2026-12-14T08:00:00Z", "gaan maandag 14 december om 9:00 open."),
    ],
    ids=["today", "today in Dutch", "tomorrow", "this week", "later"],
)
async def test_when_we_open_is_said_as_people_say_it(
    house: House, browser: Browser, website: Website, case: tuple[str, str, str]
) -> None:
    language, opens, said = case
    openings = Openings("UTC", (), (), False, datetime.fromisoformat(opens))
    house.topics = (topic("", 0, openings=openings),)
    website.lang = language
    context = await browser.new_context(locale=language, timezone_id="Europe/Amsterdam")
    page = await context.new_page()
    await page.clock.set_fixed_time(datetime.fromisoformat("2026-12-07T06:30:00Z"))
    shopper = await Shopper(page).visit(website)
    await shopper.opens_chat()
    await expect(shopper.dialog).to_contain_text(said)
    await context.close()


async def test_who_leaves_an_address_is_told_once_where_the_answer_goes(
    house: House, shopper: Shopper
) -> None:
    """And is not asked for it again on leaving."""
    await shopper.dialog.get_by_label("E-mail for our answer (optional)").fill(
        "lena@elders.example"
    )
    await shopper.says("Do you grind?")
    conversation = (await house.rows(conversations))[0].id
    await house.database.write(lambda c: add_work(c, conversation))
    house.connector._live.all()[0].wake(standing=True)
    await expect(shopper.dialog).to_contain_text(
        "There is nobody in the chat just now. We answer as soon as somebody is. "
        "Answers that you miss here go to lena@elders.example."
    )
    await shopper.page.keyboard.press("Escape")
    await expect(shopper.dialog).to_be_hidden()
    await expect(shopper.widget).not_to_contain_text("Leaving?")


async def test_a_website_says_who_is_signed_in_and_when_no_longer(
    house: House, context: BrowserContext, website: Website
) -> None:
    shopper = await shopper_in(context, website)
    user = {"id": "ada", "hash": proof_of(SECRET, "ada"), "name": "Ada"}
    await shopper.page.evaluate(
        """(user) => {
            window.told = [];
            LoketChat("on", "message", ({ text }) => window.told.push(text));
            LoketChat("identify", user);
            LoketChat("setTopic", "delivery");
            LoketChat("open");
        }""",
        user,
    )
    await expect(shopper.dialog.get_by_label("What is it about?")).to_have_value("delivery")
    await expect(shopper.dialog.get_by_label("Your name")).to_be_hidden()
    await shopper.says("my order")
    await house.answer("It left.")
    await shopper.hears("It left.")
    assert await shopper.page.evaluate("window.told") == ["It left."]
    [point] = await house.rows(contact_points)
    assert point.verified

    await shopper.page.evaluate('LoketChat("shutdown")')
    assert await shopper.page.evaluate("localStorage.length") == 0
    await shopper.opens_chat()
    await expect(shopper.line("my order")).not_to_be_attached()
    await expect(shopper.dialog.get_by_label("Your name")).to_have_value("")
    # Who claims to be the user without the proof gets a chat of nobody's.
    claim = json.dumps(user | {"hash": "0" * 64})
    await shopper.page.evaluate(f"LoketChat('identify', {claim})")
    await shopper.says("let me see")
    assert await shopper.chat() == ["let me see"]
    assert any("proof of who the user is" in text for text in shopper.complaints)


@pytest.mark.parametrize("proved", [True, False], ids=["proved", "refused"])
async def test_what_is_written_while_somebody_is_said_to_be_signed_in_is_kept(
    context: BrowserContext, website: Website, proved: bool
) -> None:
    """Before it is said, and before it is known whether that is true."""
    shopper = await shopper_in(context, website)
    answered = asyncio.Event()

    async def slow(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await shopper.page.route("**/sessions*", slow)
    await shopper.opens_chat()
    await shopper.writes("before")
    proof = proof_of(SECRET, "ada") if proved else "0" * 64
    user = json.dumps({"id": "ada", "hash": proof, "name": "Ada"})
    await shopper.page.evaluate(f"LoketChat('identify', {user})")
    await shopper.writes("after")
    answered.set()
    await expect(shopper.line("before").locator("time")).to_be_visible()
    await expect(shopper.line("after").locator("time")).to_be_visible()
    assert await shopper.chat() == ["before", "after"]


async def test_a_page_changes_without_being_loaded(
    house: House, website: Website, shopper: Shopper
) -> None:
    await shopper.says("hello")
    await shopper.page.evaluate(
        """() => { document.title = "Cart"; history.pushState(null, "", "/cart?secret=1"); }"""
    )

    async def told() -> bool:
        pages = [(row.page, row.page_title) for row in await house.rows(visits)]
        return pages == [(f"{website.origin}/cart", "Cart")]

    await eventually(told)
