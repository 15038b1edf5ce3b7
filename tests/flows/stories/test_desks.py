"""Stories of agents, supervisors and administrators at their desks."""

import re

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from town import Console, Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CLAIRE = "claire@brasserie-lumiere.example"
SCAN = b"%PDF-1.4 two payments"


async def test_a_contract_question_that_needs_authority(town: Town) -> None:
    """Claire asks for more than Sam may give; Esra approves in one click, and Sam answers."""
    mailbox = await town.mail(
        CLAIRE, "Extend our contract", "Can we renew our contract for a year, on the same terms?"
    )
    esra = await town.console("esra")
    sam = await town.console("sam")
    await sam.open_and_take("Extend our contract")
    await expect(sam.side).to_contain_text("Service contract Espresso Pro 3")
    authority = sam.side.locator("li", has_text="Extend a contract by up to 3 months")
    await expect(authority).to_contain_text("Above that Account management decides")
    await authority.get_by_label("What is to be approved").fill("A year for Brasserie Lumière")
    await authority.get_by_role("button", name="Ask Account management").click()

    asked = esra.page.locator("[data-asked]", has_text="A year for Brasserie Lumière")
    await expect(asked).to_contain_text("Sam Okafor")
    await asked.get_by_role("button", name="Goedkeuren", exact=True).click()
    await expect(asked).to_have_count(0)

    told = sam.page.locator("[data-asked]", has_text="A year for Brasserie Lumière")
    await expect(told).to_contain_text("approved this")
    await expect(told).to_contain_text("Esra Yilmaz")
    await told.get_by_role("button", name="Seen").click()
    await expect(told).to_have_count(0)
    await sam.answer("Yes: a year longer, on the same terms.")
    await expect(mailbox.locator(".mail.ours").last).to_contain_text("Yes: a year longer")
    await expect(mailbox.get_by_text("A year for Brasserie Lumière")).to_have_count(0)
    await sam.resolve(outcome="solved")
    await expect(sam.row("Extend our contract")).to_have_count(0)


async def test_a_supervisor_on_a_busy_monday(town: Town) -> None:
    """A chatter waits for nobody: Sam is told, gives it to Anna, and lets her rest after it."""
    anna = await town.console("anna")
    await town.mail("noor@elders.example", "A question on Monday", "Which beans do you advise?")
    wall = (await town.console("sam")).page
    await wall.goto(f"{town.url}/console/wall")
    await expect(wall.locator("#live")).to_have_attribute("data-state", "live")
    alerts = wall.locator(".alerts")
    await expect(alerts).to_have_count(0)
    chat = await town.chat("Milan", "milan@elders.example", "A question: are you open today?")
    alert = alerts.get_by_role("link", name="Nobody takes work for Customer service now")
    await expect(alert).to_be_visible()
    row = wall.locator("#wall tr", has_text="Customer service").filter(has_text="Chat")
    await expect(row.locator("td[data-head=Waiting]")).to_have_text("1")

    await alert.click()
    heading = wall.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Waiting on the line or in a chat · Customer service · Chat")
    await expect(wall.locator("tbody tr")).to_have_count(1)
    await wall.get_by_label("Choose A question: are you").check()
    await wall.get_by_label("Give what is chosen to").select_option(label="Anna Visser")
    await wall.get_by_role("button", name="Give", exact=True).click()
    await expect(wall.locator("tbody tr", has_text="Milan")).to_have_count(0)
    mine = anna.page.locator("[data-part-of-list=mine]")
    await expect(mine).to_contain_text("Milan")
    await wall.goto(f"{town.url}/console/wall")
    await expect(alerts).to_have_count(0)

    await anna.open("Milan")
    await anna.answer("Yes, until five.", way="Chat")
    await expect(chat.get_by_text("Yes, until five.")).to_be_visible()
    seat = wall.locator(".seat", has_text="Anna Visser")
    await expect(seat).to_contain_text("1 in hand")
    await seat.get_by_text("Change state").click()
    await seat.get_by_label("Reason to be away").select_option("Break")
    await seat.get_by_role("button", name="Away").click()
    await expect(seat).to_contain_text("Away · Break")
    await expect(anna.page.locator("#presence .presence-name")).to_have_text("Away")
    await anna.resolve()
    await anna.open_and_take("A question on Monday")
    await anna.resolve()
    await expect(anna.row("A question on Monday")).to_have_count(0)


async def test_an_administrators_first_day(town: Town) -> None:
    """Ina invites Noor, gives her questions of consumers, sees it work, and rolls it back."""
    ina = (await town.console("ina")).page
    noor = await _invite_noor(town, ina)
    await _give_questions_to_triage(town, ina)
    await _a_question_comes_to(town, noor)
    await _roll_back(town, ina)
    await town.mail("tom.hendriks@postvak.example", "Nog een vraagje", "Welke bonen zijn sterk?")
    anna = await town.console("anna")
    await anna.open_and_take("Nog een vraagje")
    await expect(anna.page.locator(".talk-head .role")).to_have_text("Customer service")
    await expect(noor.row("Nog een vraagje")).to_have_count(0)
    await anna.resolve()
    await expect(anna.row("Nog een vraagje")).to_have_count(0)


async def _invite_noor(town: Town, ina: Page) -> Console:
    await ina.goto(f"{town.url}/console/admin/people")
    await ina.get_by_text("Invite somebody").click()
    await ina.get_by_label("Name, as colleagues").fill("Noor Prins")
    await ina.get_by_label("Mail address", exact=True).fill("noor@vandalenkoffie.example")
    await ina.get_by_label("Login; empty").fill("noor")
    await ina.get_by_label("Triage").check()
    await ina.get_by_role("button", name="Invite", exact=True).click()
    await expect(ina.get_by_text("A link was mailed to noor@")).to_be_visible()

    mailbox = await town.mailbox("noor@vandalenkoffie.example")
    found = re.search(
        r"http\S+/console/welcome/\S+", await mailbox.locator("#messages").inner_text()
    )
    assert found is not None
    desk = await town.page()
    await desk.goto(found[0])
    await desk.get_by_label("Password").fill("a quiet desk by the window")
    await desk.get_by_label("The same once more").fill("a quiet desk by the window")
    await desk.get_by_role("button", name="Keep and sign in").click()
    noor = Console(town, desk)
    await noor.live()
    return noor


async def _give_questions_to_triage(town: Town, ina: Page) -> None:
    """A draft by the matrix, its proof, and live it is."""
    await ina.goto(f"{town.url}/console/model")
    await ina.get_by_role("button", name="Make a draft").click()
    await ina.get_by_role("link", name="Matrix", exact=True).click()
    cell = ina.locator("[data-cell][data-group=b2c][data-topic=question]")
    await cell.click()
    picker = ina.get_by_role("dialog")
    await picker.get_by_label("Responsible").select_option("triage")
    await picker.get_by_role("button", name="Choose").click()
    await ina.get_by_role("button", name="Save", exact=True).click()
    await expect(cell).to_contain_text("Triage")
    await ina.get_by_role("link", name="Proof", exact=True).click()
    await expect(ina.locator(".finding").first).to_be_visible()
    await expect(ina.locator(".chip-severity-error")).to_have_count(0)
    await ina.get_by_role("button", name="Check and open for signatures").click()
    await ina.locator("summary", has_text="Let it go live").click()
    await ina.get_by_label("Not everything is signed").fill("It is my first day.")
    await ina.get_by_role("button", name="Let it go live").click()
    await expect(ina.locator("h1")).to_contain_text("Live now")


async def _a_question_comes_to(town: Town, noor: Console) -> None:
    """By the new row, as she sees when she asks why."""
    desk = noor.page
    await town.mail("tom.hendriks@postvak.example", "Vraagje over bonen", "Welke bonen zijn mild?")
    await noor.open("Vraagje over bonen")
    await expect(desk.locator(".talk-head .role")).to_have_text("Triage")
    await desk.get_by_role("link", name="Why here?").click()
    why = desk.locator("details.why")
    await expect(why).to_contain_text("Interaction model, version 2")
    await why.get_by_text("Which rows say so").click()
    await expect(why.locator(".candidates").first).to_contain_text(
        "Consumers, any channel, Question"
    )
    await noor.take()
    await noor.answer("Probeer de Ethiopië.")
    await noor.resolve()
    await expect(noor.row("Vraagje over bonen")).to_have_count(0)


async def _roll_back(town: Town, ina: Page) -> None:
    await ina.goto(f"{town.url}/console/model/1")
    await ina.locator("summary", has_text="Roll back to this").click()
    await ina.get_by_label("Reason").fill("Customer service wants them back.")
    await ina.get_by_role("button", name="Roll back now").click()
    await expect(ina.locator("h1")).to_contain_text("Live now")


async def test_a_letter_with_a_scan(town: Town) -> None:
    """Anna writes down Yusuf's letter, Carla gets it with a note, and answers by mail."""
    anna = await town.console("anna")
    await anna.page.keyboard.press("l")
    form = anna.page.locator("loket-by-hand")
    await form.get_by_label("Letter").check()
    await form.get_by_label("From: customer number").fill("20850")
    await form.get_by_label("About").select_option("question")
    await form.get_by_label("Subject").fill("A letter about a payment")
    await form.get_by_label("What was said or written").fill("I paid VK-11201 twice.")
    await form.get_by_label("Scan").set_input_files(
        FilePayload(name="letter.pdf", mimeType="application/pdf", buffer=SCAN)
    )
    await form.get_by_role("button", name="Keep it").click()
    await anna.page.locator("[data-done] a").click()
    await anna.live()
    await expect(anna.page.locator(".entry .file-name")).to_have_text("letter.pdf")
    await anna.take()
    await anna.page.locator("details[data-give] > summary").click()
    give = anna.page.locator("details[data-give] form")
    await give.locator("select[name=to]").select_option(label="Billing: whoever can")
    await give.get_by_label("Note for who gets it").fill("The scan shows both payments.")
    await give.get_by_role("button", name="Hand over", exact=True).click()
    await expect(anna.row("A letter about a payment")).to_have_count(0)

    carla = await town.console("carla")
    await carla.open_and_take("A letter about a payment")
    await expect(carla.page.locator(".entry-note")).to_contain_text("The scan shows both payments.")
    async with carla.page.expect_download() as download:
        await carla.page.locator(".entry .file").click()
    assert (await (await download.value).path()).read_bytes() == SCAN
    await expect(carla.side.locator(".thing-meant", has_text="VK-11201")).to_be_visible()
    await carla.answer("You have the second payment back tomorrow.", way="E-mail")
    mailbox = await town.mailbox("yusuf.demir@postvak.example")
    await expect(mailbox.locator(".mail.ours")).to_contain_text("the second payment back tomorrow")
    await expect(mailbox.get_by_text("The scan shows both payments.")).to_have_count(0)
    await carla.resolve()
    await expect(carla.row("A letter about a payment")).to_have_count(0)


async def test_without_a_mouse_and_without_a_network(town: Town) -> None:
    """Anna works by keys alone, loses the network while she writes, and loses nothing else."""
    await town.mail("kim@elders.example", "Question about advice", "Which beans are mild?")
    page = await town.page("/console")
    anna, keys = Console(town, page), page.keyboard
    await expect(page.get_by_label("Login")).to_be_focused()
    await keys.type("anna")
    await keys.press("Tab")
    await keys.type(town.passwords["anna"])
    await keys.press("Enter")
    await anna.live()
    sam = await town.console("sam")
    await sam.open("Question about advice")

    await keys.press("/")
    await keys.type("question about advice")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Question about advice", level=2)).to_be_visible()
    await expect(page.locator("#talk")).to_be_focused()  # until then keys are the search's

    # Sam asks for it a moment later, before his screen can know.
    async def late(route: Route) -> None:
        await keys.press("i")
        await expect(page.get_by_text("You have it", exact=True)).to_be_visible()
        await route.continue_()

    await sam.page.route("**/claim", late)
    await sam.page.keyboard.press("i")
    await expect(sam.page.locator(".talk-head .chip-held")).to_have_text("Anna Visser has it")
    await expect(sam.page.locator("[data-notice]")).to_contain_text("Anna Visser has it.")
    await anna.done()

    await keys.press("r")
    await keys.type("Dear Kim, ")
    await page.context.set_offline(True)
    await keys.type("try the Ethiopia.")
    await keys.press("Control+Enter")
    await expect(page.locator("#toasts")).to_contain_text(
        "Loket cannot be reached. What you typed is kept."
    )
    await expect(page.get_by_role("textbox", name="Text")).to_have_value(
        "Dear Kim, try the Ethiopia."
    )
    await page.context.set_offline(False)
    await anna.live()
    assert await page.locator(".toast").count() == 0, "what is live is not out of reach"
    await page.reload()
    await anna.live()
    await expect(page.get_by_role("textbox", name="Text")).to_have_value(
        "Dear Kim, try the Ethiopia."
    )
    await keys.press("r")
    await keys.press("Control+Shift+Enter")
    await expect(page.locator("details[data-resolve][open]")).to_be_visible()
    await anna.done()
    await expect(page.locator(".entry-outbound")).to_contain_text("Dear Kim, try the Ethiopia.")
    await page.locator("details[data-resolve] button").press("Enter")
    await expect(anna.row("Question about advice")).to_have_count(0)
