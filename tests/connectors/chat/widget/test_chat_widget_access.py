"""The widget for everybody: keyboard, screen reader, phone, dark, little motion, two languages."""

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize, expect

from accessible import violations
from chat_house import House
from chat_website import Shopper, Website, shopper_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=390, height=780)
LOOKS = {
    "desk": {},
    "phone": {"viewport": PHONE, "has_touch": True},
    "forced colours": {"forced_colors": "active"},
}


@pytest.mark.parametrize("options", LOOKS.values(), ids=LOOKS.keys())
async def test_axe_finds_nothing(
    house: House, browser: Browser, website: Website, options: dict[str, Any]
) -> None:
    context = await browser.new_context(reduced_motion="reduce", **options)
    shopper = await shopper_in(context, website)
    assert await violations(shopper.page) == []
    await shopper.opens_chat()
    assert await violations(shopper.page) == []
    await shopper.says("hello")
    await shopper.page.keyboard.press("Escape")
    await expect(shopper.widget.get_by_text("Leaving?")).to_be_visible()
    assert await violations(shopper.page) == []
    await shopper.opens_chat()
    await house.answer("See https://track.example/10042 please.", name="Anna")
    await shopper.hears("See")
    await shopper.dialog.get_by_role("button", name="Continue by e-mail").click()
    await shopper.page.keyboard.press("Enter")
    await expect(shopper.dialog.get_by_role("alert")).not_to_be_empty()
    await context.set_offline(True)
    await shopper.writes("not sent yet")
    await expect(shopper.dialog).to_contain_text("No connection.")
    assert await violations(shopper.page) == []
    await context.close()


async def test_everything_can_be_done_from_the_keyboard(
    house: House, context: BrowserContext, website: Website
) -> None:
    shopper = await shopper_in(context, website)
    keys = shopper.page.keyboard
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(shopper.launcher).to_be_focused()
    await expect(shopper.launcher).to_have_attribute("aria-expanded", "false")
    await keys.press("Enter")
    await expect(shopper.text).to_be_focused()
    await expect(shopper.launcher).to_have_attribute("aria-expanded", "true")
    await keys.type("first line")
    await keys.press("Shift+Enter")
    await keys.type("second line")
    await keys.press("Enter")
    await shopper.hears("first line\nsecond line")
    await expect(shopper.line("second line").locator("time")).to_be_visible()  # it is kept
    await expect(shopper.text).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(shopper.dialog.get_by_role("button", name="Add a file")).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(shopper.log).to_be_focused()
    await keys.press("Escape")
    await expect(shopper.dialog).to_be_hidden()
    await expect(shopper.launcher).to_be_focused()
    assert await house.texts() == ["first line\nsecond line"]


async def test_parts_have_their_names_and_roles(shopper: Shopper) -> None:
    await shopper.says("hello")
    await expect(shopper.dialog).to_have_accessible_name("Chat")
    await expect(shopper.log).to_have_accessible_name("Messages")
    await expect(shopper.text).to_have_accessible_name("Your message")
    await expect(shopper.line("hello")).to_contain_text("You")


async def test_a_screen_reader_hears_what_comes_and_not_what_was(
    house: House, context: BrowserContext, shopper: Shopper
) -> None:
    await shopper.says("hello")
    await house.answer("old", name="Anna")
    await shopper.hears("old")
    await context.add_init_script(NOTE_WHAT_IS_READ_OUT)
    await shopper.page.reload()
    await shopper.opens_chat()
    await shopper.hears("old")
    await house.answer("new", name="Anna")
    await shopper.hears("new")

    assert await shopper.page.evaluate("window.readOut") == ["Annanew"]


NOTE_WHAT_IS_READ_OUT = """
    window.readOut = [];
    const insert = Element.prototype.insertBefore;
    Element.prototype.insertBefore = function (node, before) {
        if (this.getAttribute("aria-live") === "polite") window.readOut.push(node.textContent);
        return insert.call(this, node, before);
    };
"""


async def test_on_a_phone_the_chat_fills_the_screen_and_holds_the_focus(
    house: House, browser: Browser, website: Website
) -> None:
    context = await browser.new_context(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    shopper = await shopper_in(context, website)
    await shopper.launcher.tap()
    box = await shopper.dialog.bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    await expect(shopper.text).not_to_be_focused()
    await shopper.says("x" * 500)
    assert await shopper.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert await shopper.log.evaluate("log => log.scrollWidth - log.clientWidth") == 0
    for _ in range(8):
        await shopper.page.keyboard.press("Tab")
        assert await shopper.page.evaluate("document.activeElement.localName") in (
            "loket-chat",
            "body",
        )
    for button in await shopper.dialog.get_by_role("button").all():
        size = await button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 40
    await context.close()


async def test_it_speaks_dutch_on_a_dutch_page(
    house: House, context: BrowserContext, website: Website
) -> None:
    website.lang = "nl-BE"
    shopper = await shopper_in(context, website)
    await expect(shopper.launcher).to_have_accessible_name("Chat openen")
    await shopper.opens_chat()
    await expect(shopper.log).to_contain_text("Waarmee kunnen we u helpen?")
    await expect(shopper.widget).to_have_attribute("lang", "nl")


async def test_both_languages_say_the_same_things(shopper: Shopper) -> None:
    """No text is missing in one of them."""
    module = next(address for address in shopper.asked if address.endswith("/words.js"))
    keys = await shopper.page.evaluate(
        """async (module) => {
            const { wordsIn } = await import(module);
            return ["en", "nl"].map((language) => Object.keys(wordsIn(language)));
        }""",
        module,
    )
    assert keys[0] == keys[1]


async def test_a_page_sets_its_colours(context: BrowserContext, website: Website) -> None:
    website.data |= {"theme": "dark"}
    shopper = await (await shopper_in(context, website)).opens_chat()
    await expect(shopper.dialog).to_have_css("background-color", "rgb(23, 27, 33)")
    await shopper.page.evaluate(
        "document.documentElement.style.setProperty('--loket-accent-dark', 'rgb(1, 2, 3)')"
    )
    await expect(shopper.launcher).to_have_css("background-color", "rgb(1, 2, 3)")


async def test_nothing_moves_for_who_wants_no_motion(browser: Browser, website: Website) -> None:
    for motion, animation in (("reduce", "none"), ("no-preference", "rise")):
        context = await browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
        shopper = await (await shopper_in(context, website)).opens_chat()
        await expect(shopper.dialog).to_have_css("animation-name", animation)
        await context.close()
