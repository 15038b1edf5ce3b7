"""The widget in Chromium, on a customer's website with a strict Content-Security-Policy."""

import pytest
from playwright.async_api import BrowserContext, FilePayload, expect

from chat_house import SITE, House
from chat_website import Shopper, Website, shopper_in
from hub import chat_look
from hub.chat_look import Look
from hub.store.tables import attachments, conversations, interactions
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_chat_from_the_first_word_to_the_answer(
    house: House, context: BrowserContext, shopper: Shopper
) -> None:
    await shopper.widget.get_by_label("Your name").fill("Ada")
    await shopper.says("Where are my beans?")
    await expect(shopper.line("Where are")).to_contain_text("Sent")
    await house.answer("On their way.", name="Anna")
    await shopper.hears("On their way.")

    assert await shopper.chat() == ["Where are my beans?", "On their way."]
    await expect(shopper.line("On their way.")).to_contain_text("Anna")
    row = next(row for row in await house.rows(interactions) if row.direction == "inbound")
    assert row.sender["name"] == "Ada"
    assert shopper.complaints == []
    assert await context.cookies() == []


async def test_the_token_is_in_no_address(context: BrowserContext, shopper: Shopper) -> None:
    await shopper.says("hello")
    stored = await shopper.page.evaluate("localStorage['loket-chat:shop:session']")
    token = stored.split('"token":"')[1].split('"')[0]
    assert len(token) > 80
    assert any("/chat/socket" in address for address in shopper.asked)
    assert not [address for address in shopper.asked if token in address]


async def test_who_does_not_open_the_chat_leaves_no_trace(
    house: House, context: BrowserContext, website: Website
) -> None:
    shopper = await shopper_in(context, website)
    assert await shopper.page.evaluate("localStorage.length") == 0
    assert not [address for address in shopper.asked if "session" in address or "socket" in address]


async def test_the_button_has_the_colour_and_the_chat_the_words_that_were_chosen(
    house: House, context: BrowserContext, website: Website
) -> None:
    look = Look("#0a6b4f", titles={"en": "Ask us"}, greetings={"en": "What can we brew for you?"})
    await house.database.write(lambda c: chat_look.keep(c, SITE, look, by="ina"))
    shopper = await shopper_in(context, website)
    button = shopper.page.locator("loket-chat .launcher")
    await expect(button).to_have_css("background-color", "rgb(10, 107, 79)")
    await shopper.opens_chat()
    await expect(shopper.dialog.get_by_role("heading", name="Ask us")).to_be_visible()
    await expect(shopper.dialog).to_contain_text("What can we brew for you?")
    assert shopper.complaints == []


async def test_without_a_network_nothing_is_lost_and_nothing_is_doubled(
    house: House, context: BrowserContext, shopper: Shopper
) -> None:
    await shopper.says("one")
    await context.set_offline(True)
    await expect(shopper.dialog).to_contain_text("No connection.")
    await shopper.writes("two")
    await shopper.writes("three")
    await expect(shopper.line("three")).to_contain_text("Sending")
    await house.answer("said meanwhile")
    assert await house.texts() == ["one"]
    await context.set_offline(False)

    await expect(shopper.line("three").locator("time")).to_be_visible()
    await expect(shopper.dialog).not_to_contain_text("No connection.")
    assert await house.texts() == ["one", "two", "three"]
    assert await shopper.chat() == ["one", "said meanwhile", "two", "three"]


async def test_when_the_server_restarts_nothing_is_lost_and_nothing_is_doubled(
    house: House, shopper: Shopper
) -> None:
    await shopper.says("one")
    await house.stop()
    await expect(shopper.dialog).to_contain_text("No connection.")
    await shopper.writes("two")
    await shopper.writes("three")
    await house.start()

    await expect(shopper.line("three").locator("time")).to_be_visible(timeout=20_000)
    assert await house.texts() == ["one", "two", "three"]
    assert await shopper.chat() == ["one", "two", "three"]


async def test_what_was_not_sent_yet_is_sent_from_the_next_page(
    house: House, context: BrowserContext, website: Website, shopper: Shopper
) -> None:
    await shopper.says("one")
    await house.stop()
    await shopper.writes("two")
    await expect(shopper.line("two")).to_contain_text("Sending")
    await shopper.page.close()
    await house.start()
    later = await (await shopper_in(context, website)).opens_chat()

    await expect(later.line("two").locator("time")).to_be_visible()
    assert await later.chat() == ["one", "two"]
    assert await house.texts() == ["one", "two"]


async def test_two_tabs_show_the_same_chat(
    house: House, context: BrowserContext, website: Website, shopper: Shopper
) -> None:
    await shopper.says("from the first tab")
    other = await (await shopper_in(context, website)).opens_chat()
    await other.hears("from the first tab")
    await other.says("from the second tab")
    await shopper.hears("from the second tab")
    await house.answer("to both")
    for tab in (shopper, other):
        await tab.hears("to both")
        assert await tab.chat() == ["from the first tab", "from the second tab", "to both"]
    assert len(await house.rows(conversations)) == 1


async def test_two_tabs_without_a_network_send_everything_once(
    house: House, context: BrowserContext, website: Website, shopper: Shopper
) -> None:
    await shopper.says("one")
    other = await (await shopper_in(context, website)).opens_chat()
    await other.hears("one")
    await context.set_offline(True)
    for tab in (shopper, other):
        await expect(tab.dialog).to_contain_text("No connection.")
    await shopper.writes("two")
    await other.writes("three")
    await shopper.writes("four")
    await context.set_offline(False)
    for tab in (shopper, other):
        await expect(tab.line("four").locator("time")).to_be_visible()
        assert await tab.chat() == ["one", "two", "three", "four"]
    assert await house.texts() == ["one", "two", "three", "four"]


async def test_an_answer_to_a_closed_chat_is_counted_and_announced(
    house: House, shopper: Shopper
) -> None:
    await shopper.says("hello")
    await shopper.page.keyboard.press("Escape")
    answer = await house.answer("Anna here", name="Anna")
    await expect(shopper.launcher).to_have_accessible_name("Open chat, 1 new message")
    await expect(shopper.widget.locator(".badge")).to_have_text("1")
    await expect(shopper.widget.get_by_text("New message from Anna")).to_be_attached()
    assert await house.state_of(answer) != "delivered"

    await shopper.opens_chat()
    await expect(shopper.widget.locator(".badge")).to_be_hidden()

    async def is_delivered() -> bool:
        return await house.state_of(answer) == "delivered"

    await eventually(is_delivered)


async def test_the_chat_goes_on_by_mail_when_the_visitor_wants_that(
    house: House, shopper: Shopper
) -> None:
    by_mail = shopper.dialog.get_by_role("button", name="Continue by e-mail")
    await expect(by_mail).to_be_hidden()
    await shopper.says("hello")
    await by_mail.click()
    address = shopper.dialog.get_by_label("Your e-mail address")
    await expect(address).to_be_focused()
    await address.fill("ada@nowhere")
    await address.press("Enter")
    await expect(shopper.dialog.get_by_role("alert")).to_have_text("This is not an e-mail address.")
    await address.fill("ada@example.org")
    await address.press("Enter")

    await expect(shopper.dialog).to_contain_text("Answers that you miss here go to ada@example.org")
    await expect(shopper.text).to_be_focused()
    assert [row.handover_address for row in await house.rows(conversations)] == ["ada@example.org"]


async def test_who_leaves_without_an_answer_is_offered_mail_once(
    house: House, shopper: Shopper
) -> None:
    await shopper.says("hello")
    await shopper.page.keyboard.press("Escape")
    offer = shopper.widget.get_by_text("Leaving? We can answer by e-mail.")
    await expect(offer).to_be_visible()
    await expect(shopper.launcher).to_be_focused()
    await shopper.widget.get_by_role("button", name="No, thanks").click()
    await expect(offer).to_be_hidden()

    await shopper.opens_chat()
    await shopper.page.keyboard.press("Escape")
    await expect(offer).to_be_hidden()


async def test_who_waits_is_offered_mail(
    house: House, context: BrowserContext, website: Website
) -> None:
    page = await context.new_page()
    await page.clock.install()
    shopper = await (await Shopper(page).visit(website)).opens_chat()
    await shopper.says("hello")
    await page.clock.fast_forward(61_000)
    offer = shopper.dialog.get_by_text("It may take a while before someone answers.")
    await expect(offer).to_be_visible()
    await shopper.dialog.get_by_role("button", name="Continue by e-mail").last.click()
    await expect(shopper.dialog.get_by_label("Your e-mail address")).to_be_focused()
    await expect(offer).to_be_hidden()


async def test_a_tab_that_nobody_looks_at_hangs_up_and_comes_back(
    house: House, context: BrowserContext, website: Website
) -> None:
    page = await context.new_page()
    await page.clock.install()
    shopper = await (await Shopper(page).visit(website)).opens_chat()
    await shopper.says("hello")
    await _look(shopper, "hidden")
    await page.clock.fast_forward(61_000)

    async def nobody_is_here() -> bool:
        return not house.connector._live.all()

    await eventually(nobody_is_here)
    await house.answer("are you there?")
    await _look(shopper, "visible")
    await shopper.hears("are you there?")


async def _look(shopper: Shopper, state: str) -> None:
    """Chromium without a screen never hides a tab by itself."""
    await shopper.page.evaluate(
        """(value) => {
            Object.defineProperty(document, "visibilityState", { value, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


async def test_signing_out_leaves_nothing_behind(
    house: House, context: BrowserContext, website: Website, shopper: Shopper
) -> None:
    await shopper.says("my secret")
    other = await (await shopper_in(context, website)).opens_chat()
    await other.hears("my secret")
    await shopper.page.evaluate("document.querySelector('loket-chat').forget()")

    for tab in (shopper, other):
        await expect(tab.line("my secret")).not_to_be_attached()
    assert await shopper.page.evaluate("localStorage.length") == 0
    await shopper.opens_chat()
    await shopper.says("somebody else")
    assert await shopper.chat() == ["somebody else"]
    assert len(await house.rows(conversations)) == 2


async def test_a_page_that_may_not_show_the_chat_says_so(
    house: House, context: BrowserContext, website: Website
) -> None:
    website.data = {"site": "nobody"}
    page = await context.new_page()
    shopper = await (await Shopper(page).visit(website)).opens_chat()
    await shopper.writes("hello?")
    await expect(shopper.dialog).to_contain_text("No connection.")
    assert await house.texts() == []


async def test_a_page_may_state_topic_name_and_title(
    house: House, context: BrowserContext, website: Website
) -> None:
    website.data |= {"topic": "delivery/late", "name": "Ada", "title": "Help desk", "lang": "nl"}
    page = await context.new_page()
    shopper = await (await Shopper(page).visit(website)).opens_chat()
    await expect(shopper.dialog).to_have_accessible_name("Help desk")
    await expect(shopper.widget.get_by_label("Uw naam")).to_be_hidden()
    await shopper.says("hallo")
    [row] = await house.rows(interactions)
    assert (row.topic, row.language, row.sender["name"]) == ("delivery/late", "nl", "Ada")
    assert row.details["page"] == f"{website.origin}/"


async def test_a_file_that_could_not_be_sent_outlives_the_page(
    house: House, context: BrowserContext, website: Website, shopper: Shopper
) -> None:
    """It is sent by the page that is loaded next, once; then nothing of it is left."""
    await shopper.says("one")
    databases = "indexedDB.databases().then((all) => all.length)"
    assert await shopper.page.evaluate(databases) == 0, "who adds no file keeps none"
    await shopper.page.route("**/chat/files*", lambda route: route.abort())
    picker = shopper.widget.locator("input[type=file]")
    for name in ("first.txt", "second.txt"):
        file = FilePayload(name=name, mimeType="text/plain", buffer=name.encode())
        await picker.set_input_files(file)
    await expect(shopper.line("second.txt")).to_contain_text("Sending")
    await expect(shopper.line("first.txt")).to_contain_text("Sending")
    kept = "(name) => localStorage['loket-chat:shop:files'] ?? ''"
    await shopper.page.wait_for_function(f"({kept})() === 'true'")
    await shopper.page.wait_for_function(_KEPT_FILES, arg=2)
    await shopper.page.unroute("**/chat/files*")

    await shopper.visit(website)
    await shopper.opens_chat()
    for name in ("first.txt", "second.txt"):
        await expect(shopper.line(name).locator("time")).to_be_visible()
    assert await shopper.chat() == ["one", "first.txt 9 B", "second.txt 10 B"]
    assert [row.filename for row in await house.rows(attachments)] == ["first.txt", "second.txt"]
    await shopper.page.wait_for_function(_KEPT_FILES, arg=0)
    await shopper.page.wait_for_function(f"({kept})() === ''")


async def test_signing_out_takes_files_that_wait_along(house: House, shopper: Shopper) -> None:
    await shopper.says("one")
    await shopper.page.route("**/chat/files*", lambda route: route.abort())
    file = FilePayload(name="mine.txt", mimeType="text/plain", buffer=b"mine")
    await shopper.widget.locator("input[type=file]").set_input_files(file)
    await shopper.page.wait_for_function(_KEPT_FILES, arg=1)
    await shopper.page.evaluate("LoketChat('shutdown')")
    await shopper.page.wait_for_function(_KEPT_FILES, arg=0)


_KEPT_FILES = """(count) => new Promise((resolve) => {
  const opening = indexedDB.open("loket-chat", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("files").objectStore("files").count();
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result === count); };
  };
})"""
