"""Nothing that anybody writes ever runs or becomes markup in the widget."""

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from chat_house import House
from chat_website import Shopper, Website, shopper_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = [
    "<script>pwned = 1</script>",
    "<img src=x onerror='pwned = 1'>",
    "<svg/onload=pwned=1><animate onbegin=pwned=1>",
    "\"><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "</textarea><details open ontoggle=pwned=1>",
    "{{constructor.constructor('pwned=1')()}} ${pwned=1}",
    "javascript:pwned=1 and data:text/html,<script>pwned=1</script>",
    'https://x.example/"onmouseover="pwned=1',
    "https://x.example/<img/src=x/onerror=pwned=1>",
    "\u202egnp.exe \u2066 &lt;b&gt;",
]


@pytest_asyncio.fixture(loop_scope="session")
async def trap(context: BrowserContext) -> None:
    await context.add_init_script("window.pwned = 0; window.alert = () => { window.pwned = 1; };")


async def test_hostile_text_and_names_stay_text(
    house: House, context: BrowserContext, website: Website, trap: None
) -> None:
    shopper = await (await shopper_in(context, website)).opens_chat()
    await shopper.widget.get_by_label("Your name").fill(HOSTILE[1][:100])
    for text in HOSTILE:
        await shopper.says(text)
        await house.answer(text, name=text)
    await expect(shopper.log.locator(".line.us")).to_have_count(len(HOSTILE))

    assert sorted(await shopper.chat()) == sorted(HOSTILE * 2)
    names = await shopper.log.locator(".line.us .about:first-child").all_inner_texts()
    assert names == HOSTILE
    markup = "script, img, svg, iframe, details, [onerror], [onload], [onmouseover]"
    await expect(shopper.log.locator(markup)).to_have_count(0)
    assert await shopper.page.evaluate("window.pwned") == 0
    assert shopper.complaints == []


async def test_hostile_text_stays_text_when_it_comes_as_history(
    house: House, context: BrowserContext, website: Website, trap: None
) -> None:
    shopper = await (await shopper_in(context, website)).opens_chat()
    await shopper.says("hello")
    for text in HOSTILE:
        await house.answer(text, name=text)
    await expect(shopper.log.locator(".line.us")).to_have_count(len(HOSTILE))
    await shopper.page.reload()
    await shopper.opens_chat()
    await expect(shopper.log.locator(".line.us")).to_have_count(len(HOSTILE))
    assert await shopper.chat() == ["hello", *HOSTILE]
    assert await shopper.page.evaluate("window.pwned") == 0


async def test_web_addresses_of_agents_become_safe_links(house: House, shopper: Shopper) -> None:
    await shopper.says("see https://mine.example/")
    await house.answer(
        "Look at https://track.example/a?b=1&c=(2), or (http://other.example). "
        "Not at javascript:alert(1), www.example.org, https:// or https://..."
    )
    await shopper.hears("Look at")
    links = shopper.log.locator("a")

    assert await links.evaluate_all("links => links.map(a => a.getAttribute('href'))") == [
        "https://track.example/a?b=1&c=(2",
        "http://other.example",
    ]
    for link in await links.all():
        assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert await link.get_attribute("target") == "_blank"


async def test_a_hostile_site_key_or_title_does_nothing(
    house: House, context: BrowserContext, website: Website, trap: None
) -> None:
    website.data |= {"title": HOSTILE[1], "name": HOSTILE[0], "lang": HOSTILE[3]}
    shopper = await (await shopper_in(context, website)).opens_chat()
    await expect(shopper.dialog).to_have_accessible_name(HOSTILE[1])
    await shopper.says("hello")
    assert await shopper.page.evaluate("window.pwned") == 0


async def test_styles_of_the_page_do_not_reach_the_widget(
    context: BrowserContext, website: Website
) -> None:
    shopper = await (await shopper_in(context, website)).opens_chat()
    await shopper.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("* { font-size: 40px } button { display: none }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    await expect(shopper.text).to_have_css("font-size", "16px")
    await expect(shopper.launcher).to_be_visible()
