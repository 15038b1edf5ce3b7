"""Stories of customers who come over several channels."""

import re

import pytest
from playwright.async_api import expect

from town import Town

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

SANNE = "sanne.devries@postvak.example"
SVEN, SVEN_PHONE = "sven.bos@noordzee-logistics.example", "+31100000032"
JAMES, JAMES_PHONE = "james.whitfield@mailbox.example", "+31200000013"


async def test_a_late_parcel_over_four_channels(town: Town) -> None:
    """The carrier reports, James answers our mail, texts, and asks in the portal: one timeline."""
    await town.carrier_says("SP00480749", "exception", "The belt stands still in Zwolle.")
    mailbox = await town.mailbox(JAMES)
    news = mailbox.locator(
        ".mail.ours", has_text="Your parcel SP00480749 (order 480749) is delayed."
    )
    await expect(news).to_have_count(1)
    await mailbox.fill("textarea[name=text]", "I need it on Friday. Will it be there?")
    await mailbox.get_by_role("button", name="Send").click()
    sam = await town.console("sam")
    await sam.open_and_take("SP00480749")
    await expect(sam.said("I need it on Friday.")).to_have_count(1)
    await expect(sam.page.locator(".entry-outbound .entry-who")).to_have_text("Van Dalen Koffie")

    phone = await town.phone(JAMES_PHONE)
    await phone.text("A text is fine, I am on the road.")
    await expect(sam.said("A text is fine, I am on the road.")).to_have_count(1)

    portal = await town.portal(JAMES)
    await portal.get_by_role("link", name="SP00480749").click()
    await expect(portal.locator(".talk")).to_contain_text("A text is fine, I am on the road.")
    await portal.get_by_label("Your message").fill("The neighbours at 303 may have it as well.")
    await portal.get_by_role("button", name="Send").click()
    await expect(sam.said("The neighbours at 303 may have it as well.")).to_have_count(1)

    # All of it stands in one timeline, beside the order and the parcel that it is about.
    channels = sam.page.locator(".entry .channel")
    assert await channels.all_inner_texts() == ["Partner", "E-mail", "E-mail", "SMS", "Portal"]
    await expect(sam.side.locator(".thing-meant", has_text="SP00480749")).to_contain_text(
        "Problem reported"
    )
    await sam.tick("Look up where the parcel is")
    await sam.answer("It comes on Wednesday, at your neighbours if you are out.", way="SMS")
    await expect(phone.got("It comes on Wednesday")).to_have_count(1)
    await expect(sam.page.locator(".entry-outbound .delivery").last).to_have_text("Delivered")
    await portal.reload()
    await expect(portal.locator(".talk li.ours").last).to_contain_text("It comes on Wednesday")
    await sam.resolve(cause="carrier")
    await expect(sam.row("SP00480749")).to_have_count(0)
    await portal.reload()
    await expect(portal.locator(".heading .state")).to_have_text("Done")


async def test_an_angry_caller_who_mailed_before(town: Town) -> None:
    """Sven mailed a complaint and calls while Sam writes; calling back is promised, and timed."""
    await town.mail(SVEN, "Cold coffee again", "Unacceptable: it was cold all week.")
    sam = await town.console("sam")
    await sam.open_and_take("Cold coffee again")
    written = sam.page.get_by_role("textbox", name="Text")
    await written.fill("Dear Sven,")
    phone = await town.phone(SVEN_PHONE)
    await phone.call()
    await phone.hears("For Complaint, press 5.")
    await phone.press("5")
    await phone.hears("What the complaint is about.")
    await phone.say("The coffee is cold")
    await phone.hears("What the customer would like us to do.")
    await phone.say("Send a mechanic")
    await phone.hears("We record this call. Press 1 if you do not want that.")
    await phone.press("1")
    await phone.hears("You wait for an agent.")

    # It is one conversation: the mail, under it the call, and what Sam was writing.
    channels = sam.page.locator(".entry .channel")
    await expect(channels).to_have_text(["E-mail", "Phone"])
    await sam.take()
    await phone.hears("You are talking with an agent.")
    await expect(written).to_have_value("Dear Sven,")
    await expect(sam.page.locator("#call")).to_contain_text("Chose: Complaint")
    said = sam.side.get_by_label("What the complaint is about")
    await expect(said).to_have_value("The coffee is cold")
    await sam.note("Third time. He wants to know when the mechanic comes.")
    await sam.promise("Call back within 2 hours")
    promised = sam.page.locator("[data-promises]")
    await expect(promised.locator("strong")).to_have_text("Call back within 2 hours")
    due = re.compile(r"due in (1|2) h")
    await expect(promised.locator(".deadline")).to_have_text(due)
    await phone.page.get_by_role("button", name="Hang up").click()
    await phone.hears("The call is over.")
    # The call is over; what he mailed about is not, and the promise stands with its clock.
    await expect(sam.page.get_by_text("You have it", exact=True)).to_be_visible()
    await expect(promised.locator(".deadline")).to_have_text(due)
    await promised.get_by_role("button", name="It is kept").click()
    await expect(promised).to_be_hidden()
    await sam.done()
    await sam.tick("Read what was said and agreed before")
    await sam.resolve(satisfied="yes-satisfied")
    await expect(sam.row("Cold coffee again")).to_have_count(0)


async def test_a_customer_in_the_portal(town: Town) -> None:
    """Sanne sees where her parcel is, orders, thinks better of it, asks, and reads the answer."""
    portal = await town.portal(SANNE)
    await expect(portal.get_by_role("heading", name="Hello Sanne de Vries")).to_be_visible()
    await portal.get_by_role("link", name="Order 480634").click()
    await expect(portal.locator(".steps li").first).to_contain_text("Problem reported")
    await expect(portal.locator(".steps li").first).to_contain_text("Zwolle")

    await portal.get_by_role("link", name="Orders", exact=True).click()
    await portal.get_by_role("link", name="Order under Abonnementsprijs").click()
    await portal.get_by_label("Huismelange 1 kg").fill("2")
    await portal.get_by_role("button", name="Place the order").click()
    await expect(portal.locator(".heading .state")).to_have_text("Placed")
    await expect(portal.locator("tfoot")).to_contain_text("35.00")
    await portal.get_by_text("Cancel this order").first.click()
    await portal.get_by_role("button", name="Cancel this order").click()
    await expect(portal.locator(".heading .state")).to_have_text("Cancelled")

    await portal.get_by_role("link", name="Ask something about it").click()
    await portal.get_by_role("link", name="Question", exact=True).click()
    await portal.get_by_label("In a few words").fill("Which beans are mild?")
    await portal.get_by_label("Your question").fill("The house blend is a bit strong for me.")
    await portal.get_by_role("button", name="Send").click()
    await expect(portal.locator(".heading .state")).to_have_text("Received")

    anna = await town.console("anna")
    await anna.open_and_take("Which beans are mild?")
    await anna.note("She asked the same last year.")
    await anna.answer("Try the Ethiopia: lighter, with some fruit.", way="Portal")
    await portal.reload()
    await expect(portal.locator(".heading .state")).to_have_text("We answered")
    await expect(portal.locator(".talk .ours .said")).to_have_text(
        "Try the Ethiopia: lighter, with some fruit."
    )
    await expect(portal.get_by_text("She asked the same last year.")).to_have_count(0)
    await anna.resolve()
    await expect(anna.row("Which beans are mild?")).to_have_count(0)


async def test_a_chat_visitor_who_leaves(town: Town) -> None:
    """Lena asks in the shop's chat and goes; the answer finds her by mail, and hers the chat."""
    shop = await town.chat("Lena", "lena@elders.example", "Do you grind for a moka pot?")
    anna = await town.console("anna")
    await anna.open_and_take("Do you grind for a moka pot?")
    await shop.context.close()

    await anna.answer("Yes, choose medium fine.", way="Chat")
    await expect(anna.page.locator(".entry-outbound .delivery").last).to_have_text(
        "Sent", timeout=40_000
    )
    mailbox = await town.mailbox("lena@elders.example")
    await expect(mailbox.locator(".mail.ours")).to_contain_text("Yes, choose medium fine.")
    await mailbox.fill("textarea[name=text]", "Wonderful, I order a kilo.")
    await mailbox.get_by_role("button", name="Send").click()
    await expect(anna.said("Wonderful, I order a kilo.")).to_have_count(1)
    await anna.resolve()
    await expect(anna.row("moka pot")).to_have_count(0)


async def test_a_driver_at_a_closed_door(town: Town) -> None:
    """The driver says on a phone that Hanneke refused it: work for us, and one mail for her."""
    link = await town.driver_link("SP00480761")
    driver = await town.page(viewport={"width": 390, "height": 844}, is_mobile=True)
    await driver.goto(link)
    await driver.get_by_label("The customer refused it").check()
    await driver.get_by_label("The customer wants to be called").check()
    await driver.get_by_label("Anything else").fill("The box is wet.")
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not await driver.evaluate(wide), "it fits on a phone"
    await driver.get_by_role("button", name="Send").click()
    await expect(driver.get_by_role("heading", name="Thank you")).to_be_visible()

    sam = await town.console("sam")
    await sam.open_and_take("SP00480761")
    await expect(sam.said("The box is wet.")).to_contain_text("The customer refused it")
    await expect(sam.side.locator(".who")).to_contain_text("Hanneke Bakker")
    await expect(sam.side.locator(".thing-meant").first).to_contain_text("480761")

    await town.carrier_says("SP00480761", "exception", "Back at the depot.")
    await town.carrier_says("SP00480761", "exception", "Still at the depot.")
    await expect(sam.said("Still at the depot.")).to_have_count(1)
    mailbox = await town.mailbox("hanneke.bakker@postvak.example")
    told = mailbox.locator(
        ".mail.ours", has_text="Uw pakket SP00480761 (bestelling 480761) is vertraagd."
    )
    await expect(told).to_have_count(1)
    await expect(mailbox.locator(".mail.ours")).to_have_count(1)
    await sam.tick("Look up where the parcel is")
    await sam.answer("Wij brengen het woensdag in een droge doos.", way="E-mail")
    await expect(mailbox.locator(".mail.ours").last).to_contain_text("in een droge doos")
    await sam.resolve(cause="carrier")
    await expect(sam.row("SP00480761")).to_have_count(0)
