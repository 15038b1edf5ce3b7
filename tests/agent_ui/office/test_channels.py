"""Channels as they are set up, tried in the console; a mailbox is tried before it is set up."""

from collections.abc import Sequence

import pytest

from console_house import House, Person
from fake_imap import PASSWORD, USER, FakeImap, running
from hub import chat_look
from hub.connector import Finding
from hub.errors import Unavailable
from hub.store.tables import added_mailboxes, audit_log
from hub.texts import Said
from servers.process import free_port
from servers.smtp import SmtpSink

PAGE = "/console/admin/channels"


class Chat:
    """A connector that says this when it is tried."""

    def __init__(self, *found: Finding, error: Exception | None = None) -> None:
        self.found, self.error = found, error

    async def check(self) -> Sequence[Finding]:
        if self.error is not None:
            raise self.error
        return self.found


async def test_what_is_set_up_is_shown_with_what_a_website_needs(house: House, ina: Person) -> None:
    page = await ina.get(PAGE)
    assert "on" in page.text("#kind-chat h2")
    assert 'data-site="website" async></script>' in page.text("#kind-chat pre")
    assert "not set up" in page.text("#kind-phone h2")
    has_mail = "not set up" not in page.text("#kind-email h2")
    assert page.has("#mailbox button[name=add]") is has_mail
    assert page.has("#mailbox .notice-near") is not has_mail
    assert page.has("#kind-email + #mailbox"), "beside what it adds to"


async def test_the_chat_of_a_website_gets_a_look(house: House, ina: Person, anna: Person) -> None:
    look = f"{PAGE}/look"
    typed = {"site": "website", "accent": "#0A6B4F", "title.nl": "Vraag het ons"}
    assert (await anna.post(look, **typed)).status == 403
    page = await ina.post(look, **typed)
    assert page.value("#kind-chat [name=accent]") == "#0a6b4f"
    assert page.value("#kind-chat [name='title.nl']") == "Vraag het ons"
    assert page.value("#kind-chat [name='title.en']") == ""
    for wrong in ("#ffff99", "green", "#12345"):
        refused = await ina.post(look, **(typed | {"accent": wrong, "title.nl": "Meer"}))
        assert (refused.status, refused.has("main [role=alert]")) == (422, True)
        assert refused.value("details[open] [name='title.nl']") == "Meer"
    assert (await ina.post(look, **(typed | {"site": "elsewhere"}))).status == 404
    found = await house.database.read(chat_look.looks)
    assert found["website"].for_page() == {
        "accent": "#0a6b4f", "onAccent": "#ffffff", "dark": False,
        "titles": {"nl": "Vraag het ons"}, "greetings": {},
    }  # fmt: skip


async def test_a_channel_is_tried_and_says_what_is_wrong(house: House, ina: Person) -> None:
    house.connectors["chat"] = Chat(
        Finding("chat", ok=True, what="the page answers"),
        Finding("chat: <b>website</b>", ok=False, what="no origin", hint="Set origins."),
    )
    page = await ina.post(f"{PAGE}/check", kind="chat")
    assert page.texts("#kind-chat .notice-bad") == ["chat: <b>website</b>: no origin Set origins."]
    assert page.texts("#kind-chat .findings .notice-good") == ["chat: the page answers"]
    house.connectors["chat"] = Chat(error=Unavailable("chat", "Pay the bill."))
    page = await ina.post(f"{PAGE}/check", kind="chat")
    assert page.texts("#kind-chat .notice-bad") == ["chat: chat: Pay the bill."]
    del house.connectors["chat"]
    page = await ina.post(f"{PAGE}/check", kind="chat")
    assert "does not run in this process" in page.text("#kind-chat .notice-bad")
    assert (await ina.post(f"{PAGE}/check", kind="phone")).status == 404


async def test_what_is_found_is_said_in_the_language_of_who_reads_it(
    house: House, ina: Person
) -> None:
    await ina.post("/console/language", language="nl")
    nowhere = Said("its messages go to {address}", address=Said("nowhere"))
    part = Said("messaging: {number}", number="+31300001234")
    house.connectors["chat"] = Chat(
        Finding(part, ok=False, what=nowhere, hint=Said("see numbers")),
        Finding("their own", ok=False, what="as they say it"),
    )
    page = await ina.post(f"{PAGE}/check", kind="chat")
    assert page.texts("#kind-chat .notice-bad") == [
        "sms en WhatsApp: +31300001234: de berichten gaan naar nergens zie numbers",
        "their own: as they say it",
    ]
    assert page.texts("#kind-chat .notice-bad [lang=en]") == ["as they say it"]
    typed = {"address": "nobody", "imap_host": "x", "imap_port": "high", "imap_tls": "implicit"}
    page = await ina.post(f"{PAGE}/mailbox", **typed)
    assert page.texts("#mailbox .notice-bad") == [
        "address: Schrijf een mailadres, zoals support@example.org.",
        "imap port: Schrijf de poort als een getal van 1 tot en met 65535.",
    ]


async def test_a_mailbox_that_does_not_answer_is_explained_and_kept_nowhere(
    house: House, ina: Person
) -> None:
    typed = {
        "address": "info@vandalen.example",
        "password": "a secret",
        "imap_host": "127.0.0.1",
        "imap_port": str(free_port()),
        "imap_tls": "none",
    }
    page = await ina.post(f"{PAGE}/mailbox", **typed)
    assert page.text("#mailbox .notice-bad").startswith("e-mail info@vandalen.example: ")
    said = f"127.0.0.1: nothing answers on port {typed['imap_port']}. IMAP: 993"
    assert said in page.text("#mailbox")
    await ina.post("/console/language", language="nl")
    page = await ina.post(f"{PAGE}/mailbox", **typed)
    assert f"op poort {typed['imap_port']} antwoordt niets. IMAP: 993" in page.text("#mailbox")
    assert "[connectors.email.accounts.info.imap]" in page.body
    assert "a secret" not in page.body
    for wrong in (
        {"imap_port": "high"},
        {"imap_host": "mail.vandalen.example"},
        {"address": "nobody"},
        {"imap_tls": "magic"},
    ):
        page = await ina.post(f"{PAGE}/mailbox", **(typed | wrong))
        assert page.has("#mailbox .notice-bad"), wrong
        assert page.status == 200


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_mailbox_that_works_is_added_with_its_secret_sealed_and_removed(
    house: House, ina: Person
) -> None:
    sink = SmtpSink(login=(USER, PASSWORD))
    await sink.start()
    async with running(FakeImap()) as server:
        typed = {
            "address": USER,
            "password": PASSWORD,
            "imap_host": "127.0.0.1",
            "imap_port": str(server.port),
            "imap_tls": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(sink.port),
            "smtp_tls": "none",
            "add": "1",
        }
        assert (await ina.get(PAGE)).text("#kind-email .faint") == "No mailbox is connected yet."
        wrong = await ina.post(f"{PAGE}/mailbox", **(typed | {"password": "wrong"}))
        assert "Type it once more" in wrong.text("#secrets")
        assert f"127.0.0.1 does not let {USER} in (" in wrong.text("#mailbox .notice-bad")
        assert await house.rows(added_mailboxes) == []
        page = await ina.post(f"{PAGE}/mailbox", **typed)
        assert f"{USER} added here" in page.text("#kind-email")
        assert (wrong.has("#mailbox[open]"), page.has("#mailbox[open]")) == (True, False)
        [kept] = await house.rows(added_mailboxes)
        lines = [str(row.details) for row in await house.rows(audit_log)]
        assert PASSWORD not in str(kept) + page.body + str(lines)
        twice = await ina.post(f"{PAGE}/mailbox", **typed)
        assert (twice.status, twice.text("[role=alert]")) == (409, "This mailbox is there already.")
    await sink.stop()
    assert USER in (await ina.get("/console/admin/health")).text("main")
    await ina.post(f"{PAGE}/remove", address=USER)
    assert await house.rows(added_mailboxes) == []
