"""A supervisor on a busy Monday, and an administrator's rounds, in a browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Locator, ViewportSize, expect

from accessible import violations
from builders import mail_arrival
from console_browser import desk
from console_house import PASSWORD, House, open_house, person
from hub import clock, links_out
from hub.facts import Facts
from hub.links_out import LinkOut
from hub.store import presence
from hub.store.leader import open_leadership
from hub.store.tables import work_items

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: ViewportSize = {"width": 390, "height": 844}
_OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => (one.open = true))"
HOSTILE = "<img src=x onerror=pwned()> Vos"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    roles = frozenset({"billing"})
    async with open_house(sqlite_url, tmp_path, supervisor_roles=roles) as opened:
        yield opened


async def test_a_supervisor_sees_it_come_and_hands_it_out_by_keyboard(
    house: House, browser: Browser
) -> None:
    await house.hire("lea", "Lea Vos", ["billing"])
    ann = await house.hire("ann", HOSTILE)
    await house.write(lambda c: presence.say(c, ann, presence.AVAILABLE))
    async with desk(browser, house) as at:
        await at.sign_in("lea")
        page = at.page
        await expect(page.locator("#alerts-now")).to_have_text("Wallboard")
        await page.goto(f"{house.origin}/console/wall")
        await at.live()
        waiting = page.locator(".tile-value").first
        await expect(waiting).to_have_text("0")
        await page.locator(".seat summary").press("Enter")
        await house.receive(mail_arrival(subject="<script>pwned()</script> order"))
        await expect(waiting).to_have_text("1")
        assert await page.locator(".seat details").get_attribute("open") is not None, "stays open"
        await at.check_accessible()
        await waiting.press("Enter")
        await page.locator("input[name=item]").press("Space")
        await page.locator("select[name=to]").select_option(value=f"service|{ann}")
        await at.check_accessible()
        await page.get_by_role("button", name="Give", exact=True).press("Enter")
        await expect(page.locator(".empty")).to_be_visible()
        await page.goto(f"{house.origin}/console/wall")
        await expect(page.locator(".seat a")).to_have_text("1 in hand")
        await page.locator(".seat summary").press("Enter")
        await page.locator(".seat select[name=reason]").select_option("Lunch")
        await page.locator(".seat button[value=away]").press("Enter")
        await expect(page.locator(".seat[data-state=away]")).to_contain_text("Away · Lunch")
        await page.locator(".seat a").press("Enter")
        await page.locator("th a").press("Enter")
        await at.live()
        await page.locator("[data-listen]").press("Enter")
        await expect(page.locator("[data-listens]")).to_have_text("Lea Vos listens in")
        await at.done()
        await at.check_accessible()
        await page.goto(f"{house.origin}/console/wall")
        await expect(page.locator(".seat .chip")).to_have_text("Lea Vos listens in")
        await page.set_viewport_size(PHONE)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await at.check_traps()


async def test_the_wallboard_says_that_the_network_is_away_and_that_its_figures_are_old(
    house: House, browser: Browser
) -> None:
    await house.hire("lea", "Lea Vos", ["billing"])
    async with desk(browser, house) as at:
        await at.sign_in("lea")
        for path in ("/console/wall", "/console/wall?screen=1"):
            page = at.page
            await page.goto(f"{house.origin}{path}")
            await at.live()
            said, waiting = page.locator("#live-text"), page.locator(".tile-value").first
            before = int(await waiting.inner_text())
            await page.context.set_offline(True)
            await expect(said).to_have_text("No network")
            await expect(page.locator("#wall[data-stale]")).to_be_visible()
            await house.receive(subject="My order")
            await expect(waiting).to_have_text(str(before))
            await page.context.set_offline(False)
            await at.live()
            await expect(said).to_have_text("Live")
            await expect(page.locator("#wall:not([data-stale])")).to_be_visible()
            await expect(waiting).to_have_text(str(before + 1))
        await at.check_traps()


async def test_an_hour_of_the_week_and_a_bar_are_opened_by_mouse_and_by_key(
    house: House, browser: Browser
) -> None:
    await house.hire("lea", "Lea Vos", ["billing"])
    await house.receive(subject="My order")
    async with desk(browser, house) as at:
        await at.sign_in("lea")
        page, title = at.page, at.page.locator("h1")

        async def the_hour() -> Locator:
            await page.goto(f"{house.origin}/console/reports")
            await page.get_by_text("By hour of the week").click()
            return page.locator(".heat td", has=page.locator("a"))

        # Beside the number, which the whole place is a link of.
        await (await the_hour()).click(position={"x": 3, "y": 3})
        await expect(title).to_contain_text("What came in · ")
        by_mouse = page.url
        hour = (await the_hour()).get_by_role("link", name=re.compile(r"day \d\d:00: 1$"))
        await hour.press("Enter")
        await expect(title).to_contain_text("What came in · ")
        assert page.url == by_mouse
        await expect(page.locator("tbody th")).to_have_text("My order")
        await page.goto(f"{house.origin}/console/reports")
        await page.locator(".chart .bar").click()
        await expect(title).to_contain_text(str(clock.now().year))
        await expect(page.locator("tbody th")).to_have_text("My order")
        await at.check_traps()


async def test_what_is_given_to_somebody_stands_out_until_they_look(
    house: House, browser: Browser
) -> None:
    await house.hire("lea", "Lea Vos", ["billing"])
    ann = await house.hire("ann", "Ann Bos")
    for subject in ("My order", "My address"):
        await house.receive(mail_arrival(f"{subject[3:]}@example.org", subject=subject))
    async with desk(browser, house) as at, person(house) as lea:
        page = at.page
        await at.sign_in("ann")
        await page.keyboard.press("t")
        mine = page.locator("[data-part-of-list=mine] .row")
        await expect(mine).to_have_count(1)
        await at.done()
        await expect(mine.locator(".chip-given")).to_be_hidden()
        await lea.sign_in("lea")
        [item] = [row for row in await house.rows(work_items) if row.state == "waiting"]
        to = f"service|{ann}"
        await lea.post("/console/wall/move", item=item.id, to=to, figure="waiting")
        await expect(mine.locator(".chip-given", has_text="new with you")).to_have_count(2)
        given = mine.filter(has=page.locator(".chip-given:visible"))
        await expect(given).to_have_count(1)
        await expect(page.locator("#says")).to_contain_text("New work")
        await at.check_accessible()
        await given.locator(".row-link").click()
        await expect(given).to_have_count(0)
        await at.check_traps()


async def test_every_page_of_the_office_is_readable_by_everybody(
    house: House, browser: Browser
) -> None:
    await house.hire("ina", HOSTILE, ["billing"], administrator=True)
    mail = await house.receive(mail_arrival(subject="Invoice <b>9</b>"))
    async with desk(browser, house) as at:
        await at.sign_in("ina")
        item = await house.work_of(mail.conversation_id)
        await at.open(mail.conversation_id)
        await at.page.get_by_role("button", name="Take", exact=False).first.click()
        await at.done()
        await Facts(house.database, open_leadership(house.database, "facts")).round(clock.now())
        for path in (
            "/console/reports",
            "/console/reviews",
            f"/console/reviews/{item.conversation_id}",
            "/console/account",
            "/console/admin",
            "/console/admin/people",
            f"/console/admin/people/{(await house.work_of(mail.conversation_id)).agent_id}",
            "/console/admin/organisation",
            "/console/admin/channels",
            "/console/admin/health",
            "/console/admin/ledger",
            "/console/admin/dead-letters",
            "/console/admin/audit",
        ):
            await at.page.goto(f"{house.origin}{path}")
            await at.page.evaluate(_OPEN_ALL)
            assert await violations(at.page) == [], path
            await at.page.set_viewport_size(PHONE)
            fits = await at.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, path
            wide = "(cells) => cells.filter((one) => one.scrollWidth > one.clientWidth).length"
            assert await at.page.locator(".numbers td").evaluate_all(wide) == 0, path
            await at.page.set_viewport_size({"width": 1280, "height": 900})
        await at.check_traps()


async def test_what_is_printed_is_a_report_and_not_a_screen(house: House, browser: Browser) -> None:
    """A page of paper is as narrow as a small tablet, and has no buttons."""
    await house.hire("ina", "Ina Smit", ["billing"], administrator=True)
    mail = await house.receive(mail_arrival(subject="Invoice 9"))
    async with desk(browser, house) as at:
        page = at.page
        await at.sign_in("ina")
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": 718, "height": 1000})
        await page.goto(f"{house.origin}/console/conversations/{mail.conversation_id}")
        await expect(page.locator(".entry")).to_be_visible()
        for screen in (".top", "#work", "#side", "loket-composer", ".talk-actions"):
            await expect(page.locator(screen)).to_be_hidden()
        for path in ("/console/reports", "/console/wall", "/console/admin/people"):
            await page.goto(house.origin + path)
            await expect(page.locator(".table thead").locator("visible=true").first).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            for button in await page.locator("main :is(.button, nav a)").all():
                await expect(button).to_be_hidden()
            paper = "getComputedStyle(document.documentElement).backgroundColor"
            assert await page.evaluate(paper) == "rgb(255, 255, 255)"


async def test_a_form_that_nobody_takes_stays_as_it_was_typed(
    house: House, browser: Browser
) -> None:
    await house.hire("ina", "Ina Smit", administrator=True)
    async with desk(browser, house) as at:
        page = at.page
        await at.sign_in("ina")
        await page.goto(f"{house.origin}/console/admin/people")
        await page.get_by_text("Invite somebody").click()
        await page.get_by_label("Name, as colleagues").fill("Kim Bos")
        await page.get_by_label("Mail address", exact=True).fill("kim@vandalen.example")
        await page.get_by_label("Billing").check()
        invite = page.get_by_role("button", name="Invite")
        await page.context.set_offline(True)
        await invite.click()
        await expect(page.get_by_text("Loket cannot be reached.")).to_be_visible()
        await page.context.set_offline(False)
        other = await page.context.new_page()
        await other.goto(f"{house.origin}/console")
        await other.locator(".top .menu:last-child > summary").click()
        await other.get_by_role("button", name="Sign out").click()
        await expect(other.locator("[name=login]")).to_be_visible()
        await invite.click()
        await expect(page.get_by_text("You are signed out.")).to_be_visible()
        await other.fill("[name=login]", "ina")
        await other.fill("[name=password]", PASSWORD)
        await other.keyboard.press("Enter")
        await other.wait_for_selector("loket-work")
        await page.evaluate("window.dispatchEvent(new Event('focus'))")
        await expect(page.get_by_text("You are signed in again.")).to_be_visible()
        await at.check_accessible()
        await invite.click()
        await expect(page.get_by_role("status")).to_contain_text("A link was mailed to kim@")
        await at.check_traps()


async def test_what_cannot_be_taken_back_is_asked_for_twice(house: House, browser: Browser) -> None:
    await house.hire("ina", "Ina Smit", administrator=True)
    crm = LinkOut("CRM", "https://crm.example/{number}")
    await house.write(lambda c: links_out.keep(c, [crm], by="ina"))
    async with desk(browser, house) as at:
        await at.enter("ina")
        page = at.page
        await page.goto(f"{house.origin}/console/admin/links")
        remove = page.get_by_role("button", name="Remove")
        await remove.press("Enter")
        sure = page.get_by_role("button", name="Yes, remove it")
        await expect(sure).to_be_focused()
        await at.check_accessible()
        await page.keyboard.press("Tab")
        await expect(remove).to_be_visible()
        assert await house.database.read(links_out.templates) == [crm]
        await remove.press("Enter")
        await sure.press("Enter")
        await expect(page.get_by_text("There are none yet.")).to_be_visible()
        assert await house.database.read(links_out.templates) == []


async def test_all_that_is_shown_is_chosen_at_once(house: House, browser: Browser) -> None:
    await house.hire("lea", "Lea Vos", ["billing"])
    for sender in ("jan", "piet", "kim"):
        await house.receive(mail_arrival(f"{sender}@example.org", subject="My order"))
    async with desk(browser, house, viewport=PHONE) as at:
        await at.enter("lea")
        page = at.page
        await page.goto(f"{house.origin}/console/wall/items?figure=waiting")
        every = page.get_by_label("Choose all that are shown")
        chosen = page.locator("tbody input:checked")
        await every.check()
        await expect(chosen).to_have_count(3)
        await chosen.first.uncheck()
        await expect(every).to_have_js_property("indeterminate", True)
        await every.check()
        await page.get_by_label("Give what is chosen to").select_option("billing")
        await page.get_by_role("button", name="Give").click()
        await expect(page.locator("tbody td", has_text="Billing")).to_have_count(3)


async def test_who_leaves_what_they_typed_is_asked_first(house: House, browser: Browser) -> None:
    await house.hire("ina", "Ina Smit", administrator=True)
    async with desk(browser, house) as at:
        await at.enter("ina")
        page = at.page
        asked: list[str] = []

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.dismiss()

        page.on("dialog", stay)
        await page.goto(f"{house.origin}/console/admin/links")
        await page.get_by_label("Name").press_sequentially("CRM")
        await page.get_by_role("link", name="Health").click()
        await expect(page.get_by_label("Name")).to_have_value("CRM")
        assert asked == ["beforeunload"]
        await page.get_by_label("Address").press_sequentially("https://crm.example/{number}")
        await page.get_by_role("button", name="Keep").click()
        await expect(page.get_by_role("button", name="Remove")).to_be_visible()
        await page.get_by_role("link", name="Health").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("How the parts are")
        assert asked == ["beforeunload"], "what is kept is left without a question"
