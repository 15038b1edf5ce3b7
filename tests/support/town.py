"""Words for stories of a whole day at the demo: consoles, mailboxes, phones, a shop, a portal."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from standardwebhooks.webhooks import Webhook

from config.demo.carrier import carrier_secret
from config.demo.trade import CARRIER
from hub import clock
from loket_fork import ROOT, fork
from loket_process import clean_environment, ready
from servers.process import free_port
from waiting import wait_for

OURS = "info@vandalenkoffie.example"


@dataclass
class Town:
    """The running demo, and everybody in it. `signed_in`: the cookies of who was there before."""

    url: str
    folder: Path
    browser: Browser | None = None
    signed_in: dict[str, object] = field(default_factory=dict)
    _contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def passwords(self) -> dict[str, str]:
        passwords: dict[str, str] = json.loads((self.folder / "demo-passwords.json").read_text())
        return passwords

    async def page(self, path: str = "", **options: Any) -> Page:
        """A browser of somebody who was never here."""
        assert self.browser is not None
        settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Amsterdam"} | options
        context = await self.browser.new_context(**settings)
        self._contexts.append(context)
        page = await context.new_page()
        if path:
            await page.goto(self.url + path)
        return page

    async def close_pages(self) -> None:
        while self._contexts:
            await self._contexts.pop().close()

    async def console(self, login: str, **options: Any) -> "Console":
        """Somebody at the console: signed in before, or with the password."""
        kept = self.signed_in.get(login)
        page = await self.page("/console", **options, **({"storage_state": kept} if kept else {}))
        console = Console(self, page)
        if not kept:
            await console.sign_in(login)
        await console.live()
        self.signed_in[login] = await page.context.storage_state()
        return console

    async def mail(self, sender: str, subject: str, text: str, *, to: str = OURS) -> Page:
        """Somebody writes a mail; the page of their mailbox."""
        page = await self.page("/demo/mail")
        await page.fill("input[name=other]", sender)
        await page.select_option("select[name=to]", to)
        await page.fill("input[name=subject]", subject)
        await page.fill("textarea[name=text]", text)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator(".mail.theirs", has_text=subject)).to_have_count(1)
        return page

    async def mailbox(self, person: str) -> Page:
        return await self.page(f"/demo/mail?person={person}")

    async def phone(self, number: str) -> "Phone":
        return Phone(await self.page(f"/demo/phone?number={number.replace('+', '%2B')}"))

    async def carrier_says(self, tracking: str, what: str, words: str = "") -> None:
        page = await self.page("/demo/carrier")
        await page.fill("input[name=tracking]", tracking)
        await page.select_option("select[name=kind]", what)
        await page.fill("input[name=text]", words)
        await page.get_by_role("button", name="Post it").click()
        await expect(page.get_by_role("heading", name="Taken: 202")).to_be_visible()

    async def chat(self, name: str, address: str, text: str) -> Page:
        """A visitor of the shop asks in its chat, and says where an answer may go."""
        shop = await self.page("/demo/shop")
        chat = shop.locator("loket-chat")
        await chat.get_by_role("button").first.click()
        await chat.get_by_label("Your name").fill(name)
        await chat.get_by_label("E-mail for our answer").fill(address)
        await chat.get_by_role("textbox", name="Your message").fill(text)
        await shop.keyboard.press("Enter")
        await expect(chat.get_by_text(text)).to_be_visible()
        return shop

    async def driver_link(self, tracking: str) -> str:
        """The carrier asks for a page that its driver can open at this customer's door."""
        webhook = Webhook(carrier_secret((self.folder / "secret").read_text()))
        body, key, now = json.dumps({"tracking": tracking}), clock.new_id(), clock.now()
        headers = {
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign(key, now, body),
        }
        address = f"{self.url}/api/partners/v1/{CARRIER}/driver-links"
        async with (
            ClientSession() as http,
            http.post(address, data=body.encode(), headers=headers) as answer,
        ):
            assert answer.status == 201, await answer.text()
            url: str = (await answer.json())["url"]
            return url

    async def portal(self, address: str, **options: Any) -> Page:
        """A customer who signs in with the code from their mailbox."""
        page = await self.page("/portal/sign-in?language=en", **options)
        await page.get_by_label("Your mail address").fill(address)
        await page.get_by_role("button", name="Mail me a code").click()
        await expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
        mailbox = await self.mailbox(address)
        mail = mailbox.locator(".mail.ours", has_text=re.compile(r"\b\d{8}\b")).first
        await expect(mail).to_be_visible()
        found = re.search(r"\b\d{8}\b", await mail.locator(".text").inner_text())
        assert found is not None
        await page.get_by_label("Code").fill(found[0])
        await page.get_by_role("button", name="Sign in").click()
        return page


@dataclass
class Console:
    """Somebody's console."""

    town: Town
    page: Page

    async def sign_in(self, login: str) -> None:
        await self.page.fill("[name=login]", login)
        await self.page.fill("[name=password]", self.town.passwords[login])
        await self.page.keyboard.press("Enter")

    async def live(self) -> None:
        await expect(self.page.locator("#live")).to_have_attribute("data-state", "live")

    async def done(self) -> None:
        """What was asked for last has been answered, and stands there."""
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def row(self, words: str) -> Locator:
        return self.page.locator("loket-work .row", has_text=words)

    @property
    def entries(self) -> Locator:
        """What was said in the conversation that is open."""
        return self.page.locator("loket-conversation .entries > li")

    def said(self, words: str) -> Locator:
        return self.entries.filter(has_text=words)

    @property
    def side(self) -> Locator:
        return self.page.locator("#side")

    async def open(self, words: str) -> None:
        """The work in the list that has these words."""
        await self.row(words).first.locator(".row-link").click()
        await expect(self.page.locator("loket-conversation")).to_be_visible()
        await expect(self.page.locator(".row-link[aria-current]")).to_contain_text(words)
        await self.done()

    async def take(self) -> None:
        await self.page.get_by_role("button", name="Take", exact=True).click()
        await expect(self.page.get_by_text("You have it", exact=True)).to_be_visible()
        await self.done()

    async def open_and_take(self, words: str) -> None:
        await self.open(words)
        await self.take()

    async def answer(self, text: str, *, way: str = "") -> None:
        """Written, sent, and gone: a mail does not wait to be taken back."""
        if way:
            await self.choose_way(way)
        await self.page.get_by_role("textbox", name="Text").fill(text)
        await self.page.locator("[data-send]").click()
        sent = self.page.locator(".entry-outbound", has_text=text)
        await expect(sent).to_have_count(1)
        await self.done()
        if not way or way.startswith("E-mail"):
            await sent.get_by_role("button", name="Send now").click()
            await expect(sent.locator(".delivery")).to_have_text("Sent")
            await self.done()

    async def choose_way(self, words: str) -> None:
        option = self.page.locator("select[name=way] option", has_text=words)
        value = await option.first.get_attribute("value")
        await self.page.locator("select[name=way]").select_option(value)

    async def note(self, text: str) -> None:
        await self.page.locator("input[name=mode][value=note]").check(force=True)
        await self.page.get_by_role("textbox", name="Text").fill(text)
        await self.page.get_by_role("button", name="Add note").click()
        await expect(self.page.locator(".entry-note", has_text=text)).to_have_count(1)
        await self.done()

    async def tick(self, step: str) -> None:
        """A step that the model asks for is done."""
        await self.side.get_by_role("button", name=f"Done {step}", exact=True).click()
        done = self.side.locator("li", has_text=step).locator(".chip-resolved")
        await expect(done).to_have_text("done")
        await self.done()

    async def promise(self, text: str) -> None:
        await self.page.locator("details[data-promise] > summary").click()
        await self.page.get_by_label("What you promise, and by when").fill(text)
        await self.page.get_by_role("button", name="Promise this").click()

    async def resolve(self, **results: str) -> None:
        await self.page.locator("details[data-resolve] > summary").click()
        for name, value in results.items():
            await self.page.locator(f"[data-resolve] [name='result.{name}']").select_option(value)
        await self.page.get_by_role("button", name="Resolve and go to the next").click()
        await self.done()


@dataclass
class Phone:
    """Somebody's phone."""

    page: Page

    async def text(self, words: str) -> None:
        await self.page.fill("textarea[name=text] >> nth=-1", words)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".bubble.theirs", has_text=words)).to_have_count(1)

    def got(self, words: str) -> Locator:
        return self.page.locator(".bubble.ours", has_text=words)

    async def call(self) -> None:
        await self.page.get_by_role("button", name="always open").click()

    async def press(self, key: str) -> None:
        await self.page.get_by_role("button", name=key, exact=True).click()

    async def say(self, words: str) -> None:
        await self.page.get_by_label("Or say").fill(words)
        await self.page.get_by_role("button", name="Say it").click()

    async def hears(self, words: str) -> None:
        await expect(self.page.locator("#call")).to_contain_text(words)


@contextmanager
def open_town(folder: Path, *more: str, at_a_shell: bool = False) -> Iterator[Town]:
    """The demo in a folder of its own; `more` arguments. `at_a_shell`: as `make run` starts it."""
    port = free_port()
    arguments = ["demo", "--port", str(port), "--folder", str(folder), *more]
    arguments += ["--smtp-port", str(free_port()), "--sink-port", str(free_port())]
    with _typed(arguments, folder) if at_a_shell else _split_off(arguments, folder):
        wait_for(lambda: ready(port))
        yield Town(f"http://127.0.0.1:{port}", folder)
    assert "Traceback" not in (folder / "log").read_text()


@contextmanager
def _typed(arguments: list[str], folder: Path) -> Iterator[None]:
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "config.cli", *arguments],
            cwd=ROOT,
            env=clean_environment(),
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
    assert process.returncode == 0


@contextmanager
def _split_off(arguments: list[str], folder: Path) -> Iterator[None]:
    log = folder / "log"
    process = fork(arguments, clean_environment(), out=log, err=log)
    try:
        yield
    finally:
        process.terminate()
        process.join()
    assert process.exitcode == 0
