"""What is on each picture, and who looks at it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from studio import JAMES, Studio, press

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
TALL: dict[str, Any] = {"viewport": {"width": 1360, "height": 1180}}
OFFERED_WITHIN = 60_000
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CODE = re.compile(r"\b\d{8}\b")


async def console(studio: Studio, page: Page) -> None:
    await page.goto(await studio.mail())
    await page.fill("#reply textarea, textarea[name=text]", "Hello James,\n\nI am looking into it.")


async def why(studio: Studio, page: Page) -> None:
    await page.goto(await studio.mail())
    await page.locator(".why > summary").click()
    await page.locator(".why .candidates > summary").first.click()
    await page.locator(".why").evaluate("(one) => one.scrollIntoView()")


async def next_action(studio: Studio, page: Page) -> None:
    await page.goto(await studio.mail())
    await page.locator("[data-take]").wait_for()


async def ruler(studio: Studio, page: Page) -> None:
    await page.goto(await studio.mail())
    await page.locator(".ruler").first.evaluate("(one) => one.scrollIntoView({block: 'center'})")


async def matrix(studio: Studio, page: Page) -> None:
    await page.goto(f"{await studio.changed_draft()}/matrix?channel=email&direction=inbound")
    cell = page.locator("a[data-cell][data-topic='order/new']").first
    await page.goto(await cell.get_attribute("href") or "")
    await page.evaluate("scrollTo(0, 0)")


async def contact_guide(_studio: Studio, page: Page) -> None:
    await page.goto("/contact")


async def model_compare(studio: Studio, page: Page) -> None:
    await page.goto(f"{await studio.changed_draft()}/compare")


async def sign_off(studio: Studio, page: Page) -> None:
    draft = await studio.changed_draft()
    async with studio.page("ina") as ina:
        await ina.goto(draft)
        check = ina.get_by_role("button", name="Check and open for signatures")
        if await check.count():
            await press(check)
    await page.goto(f"{draft}/signatures")


async def replay(studio: Studio, page: Page) -> None:
    await page.goto(f"{await studio.replayed_draft()}/replay")


async def staffing(studio: Studio, page: Page) -> None:
    await page.goto(f"{await studio.replayed_draft()}/staffing")


async def topics(studio: Studio, page: Page) -> None:
    await studio.learn()
    await page.goto("/console/topics")


async def offer(studio: Studio, page: Page) -> None:
    await open_today(studio)
    await studio.write(
        "priya.raman@mailbox.example",
        "Question about beans",
        "Hello,\n\nWhich beans go well with a moka pot? I like them mild.\n\nPriya",
    )
    await page.goto("/console")
    await page.locator("loket-work li", has_text="Question about beans").locator("a").first.click()
    await page.get_by_role("button", name="Take", exact=True).last.click()
    await page.wait_for_selector(".chip-mine")
    await page.locator("#presence > summary").click()
    await page.get_by_role("button", name="I am available").click()
    await studio.write(
        "lars.lindqvist@mailbox.example",
        "Change my order, please",
        "Hi,\n\nCan I still change my order? Two bags instead of one, please.\n\nLars",
    )
    await page.locator("[data-offer]").wait_for(timeout=OFFERED_WITHIN)


async def open_today(studio: Studio) -> None:
    """Customer service works all day today, so that its agents are offered work at any hour."""
    async with studio.page("ina") as page:
        await page.goto("/console/model/hours")
        form = page.locator("#one-day")
        await form.locator("[name=day]").fill(f"{datetime.now(AMSTERDAM):%Y-%m-%d}")
        await form.locator("[name=opened]").fill("00:00-24:00")
        await form.locator("[name=at_once]").check()
        await press(form.get_by_role("button", name="Keep"))


async def session(_studio: Studio, page: Page) -> None:
    await page.goto("/console/sessions")
    await page.fill("[name=title]", "Interaction model of next year")
    await page.get_by_role("button", name="Start a session").click()
    await page.wait_for_selector("#live[data-state=live]")
    await page.locator('a[href*="step=topics"]').first.click()
    await page.wait_for_selector("#content[data-page=topics]")
    for note in ("Late delivery", "Invoice", "Machine is broken", "New order", "Complaint"):
        await page.fill(".adder-main [name=text]", note)
        await page.keyboard.press("Enter")
        card = page.get_by_text(note, exact=True).locator("visible=true")
        await card.first.wait_for()


async def chat(_studio: Studio, page: Page) -> None:
    await page.goto("/demo/shop")
    await page.get_by_role("button", name=re.compile("chat", re.IGNORECASE)).first.click()
    await page.get_by_role("textbox").last.fill("Do you have a milk jug for my machine?")
    await page.keyboard.press("Enter")
    await asyncio.sleep(1)  # it unfolds


async def call(studio: Studio, page: Page) -> None:
    async with studio.page() as phone:
        await phone.goto("/demo/phone?number=0300000011")
        await phone.get_by_role("button", name=re.compile("always open")).click()
        await phone.get_by_role("button", name="1", exact=True).click()
        await page.goto("/console")
        rows = page.locator("loket-work li").filter(has_text="Sanne de Vries")
        calls = rows.filter(has=page.locator("[href$='phone']"))
        await calls.locator("a").first.click()
        await page.wait_for_selector(".call-bar")
        await page.keyboard.press("i")
        await page.wait_for_selector("loket-call[data-state=talking]")


async def portal(studio: Studio, page: Page) -> None:
    await page.goto("/portal")
    await page.fill("[type=email]", JAMES)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/portal/code")
    async with studio.page() as mailbox:
        await mailbox.goto(f"/demo/mail?customer={JAMES}")
        codes = CODE.findall(await mailbox.inner_text("body"))
    await page.fill("[name=code]", codes[0])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/portal")


@dataclass(frozen=True)
class Shot:
    """`login`: who looks; "" for a customer."""

    prepare: Callable[[Studio, Page], Awaitable[None]]
    login: str = ""
    options: dict[str, Any] = field(default_factory=dict)


SHOTS = {
    "console": Shot(console, "sam"),
    "console-dark": Shot(console, "sam", DARK),
    "console-phone": Shot(console, "sam", PHONE),
    "why": Shot(why, "sam"),
    "next-action": Shot(next_action, "sam"),
    "ruler": Shot(ruler, "sam"),
    "call": Shot(call, "sam"),
    "chat": Shot(chat),
    "portal": Shot(portal),
    "portal-phone": Shot(portal, options=PHONE | DARK),
    "contact-guide": Shot(contact_guide),
    "matrix": Shot(matrix, "ina"),
    "model-compare": Shot(model_compare, "ina"),
    "sign-off": Shot(sign_off, "anna"),
    "session": Shot(session, "ina"),
    "replay": Shot(replay, "ina", TALL),
    "staffing": Shot(staffing, "ina"),
    "topics": Shot(topics, "ina"),
    "offer": Shot(offer, "anna"),
}
"""In this order: the month and the hours that the last ones need would show on the others."""
