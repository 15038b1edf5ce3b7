"""A demo of our own with a browser in front of it, and what several pictures need to be there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession
from playwright.async_api import Browser, Locator, Page

from config import basics
from config.demo.running import demo_settings
from config.settings import DEFAULT_MODEL, Settings
from routing.model_file import load_model
from servers.process import free_port

ROOT = Path(__file__).parents[1]
DESK: dict[str, Any] = {"viewport": {"width": 1360, "height": 850}}
TRAFFIC_SECONDS = 15
STARTED_WITHIN = 120
REPLAYED_WITHIN = 120_000
MOVED = "role: customer-service\n    backup_role: sales", "role: sales\n    priority_minutes: 10"
"""What is changed in the model, for a draft: orders go to another role."""
JAMES = "james.whitfield@mailbox.example"


@dataclass
class Studio:
    """A demo, and a browser. `opened`: who has signed in, by login."""

    origin: str
    settings: Settings
    browser: Browser
    passwords: dict[str, str]
    opened: dict[str, Any] = field(default_factory=dict)
    conversation: str = ""
    draft: str = ""
    has_learned: bool = False
    replayed: bool = False

    @contextlib.asynccontextmanager
    async def page(self, login: str = "", **options: Any) -> AsyncIterator[Page]:
        """Somebody's browser, signed in to the console if `login` is given."""
        state = await self.sign_in(login) if login else None
        context = await self.browser.new_context(
            **{"locale": "en-GB", "base_url": self.origin, **DESK, **options}, storage_state=state
        )
        try:
            yield await context.new_page()
        finally:
            await context.close()

    async def sign_in(self, login: str) -> Any:
        if login not in self.opened:
            context = await self.browser.new_context(locale="en-GB", base_url=self.origin)
            page = await context.new_page()
            await page.goto("/console")
            await page.fill("[name=login]", login)
            await page.fill("[name=password]", self.passwords[login])
            await page.keyboard.press("Enter")
            await page.wait_for_selector("loket-work")
            self.opened[login] = await context.storage_state()
            await context.close()
        return self.opened[login]

    async def some_traffic(self) -> None:
        async with self.page() as page:
            await page.goto("/")
            await page.click("button[name=per_minute][value='60']")
            await asyncio.sleep(TRAFFIC_SECONDS)
            await page.click("button[name=per_minute][value='0']")
            await page.wait_for_selector("[name=per_minute][value='0'][aria-pressed=true]")

    async def mail(self) -> str:
        """The conversation of a parcel that is late, in the hands of sam."""
        if self.conversation:
            return self.conversation
        async with self.page() as page:
            await page.goto("/demo/mail")
            await page.select_option("[name=sender]", JAMES)
            await press(page.locator("form .button", has_text="Send"))
        async with self.page("sam") as page:
            await page.goto("/console")
            rows = page.locator("loket-work li").filter(has_text="James Whitfield")
            await rows.filter(has_text="Parcel still not here").locator("a").first.click()
            await page.get_by_role("button", name="Take", exact=True).last.click()
            await page.wait_for_selector(".chip-mine")
            self.conversation = page.url.removeprefix(self.origin)
        return self.conversation

    async def write(self, sender: str, subject: str, text: str) -> None:
        """Mail as a customer."""
        async with self.page() as page:
            await page.goto("/demo/mail")
            await page.select_option("[name=sender]", sender)
            await page.fill("[name=subject]", subject)
            await page.fill("[name=text]", text)
            await press(page.locator("form .button", has_text="Send"))

    async def learn(self) -> None:
        """From the past month."""
        if not self.has_learned:
            model = load_model(DEFAULT_MODEL)
            database = basics.open_store(self.settings)
            try:
                await basics.make_teaching(self.settings, database, lambda: model).teach(by="demo")
            finally:
                await database.close()
            self.has_learned = True

    async def replayed_draft(self) -> str:
        """The changed draft, run over the past month."""
        draft = await self.changed_draft()
        if not self.replayed:
            async with self.page("ina") as page:
                await page.goto(f"{draft}/replay")
                await page.get_by_role("button", name="Replay", exact=True).click()
                await page.locator(".replay-sum").wait_for(timeout=REPLAYED_WITHIN)
            self.replayed = True
        return draft

    async def changed_draft(self) -> str:
        """A draft of the model that gives orders to another role."""
        if self.draft:
            return self.draft
        async with self.page("ina") as page:
            await page.goto("/console/model")
            await press(page.get_by_role("button", name="Make a draft").first)
            text = await page.input_value("textarea[name=text]")
            await page.fill("textarea[name=text]", text.replace(*MOVED))
            await press(page.get_by_role("button", name="Save", exact=True))
            self.draft = "/".join(page.url.removeprefix(self.origin).split("/")[:4])
        return self.draft


async def press(button: Locator) -> None:
    """Until the page that comes of it is there: a browser that goes before asks for nothing."""
    async with button.page.expect_navigation():
        await button.click()


@contextlib.asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Settings]:
    """A demo of our own; gives its settings, in which its address is."""
    port, smtp_port, sink_port = (free_port() for _ in range(3))
    ports = {"--port": port, "--smtp-port": smtp_port, "--sink-port": sink_port}
    settings = demo_settings(port, smtp_port, sink_port, folder)
    flags = [str(each) for pair in ports.items() for each in pair]
    program = ROOT / ".venv" / "bin" / "loket"
    process = await asyncio.create_subprocess_exec(
        str(program),
        "demo",
        "--folder",
        str(folder),
        *flags,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,  # `make run` shows what is wrong
    )
    origin = settings.hub.http.public_url
    try:
        async with asyncio.timeout(STARTED_WITHIN), ClientSession() as http:
            while not await is_ready(http, origin):  # noqa: ASYNC110 (of another process)
                await asyncio.sleep(0.5)
        yield settings
    finally:
        process.terminate()
        await process.wait()


async def is_ready(http: ClientSession, origin: str) -> bool:
    try:
        async with http.get(f"{origin}/readyz") as response:
            return response.ok
    except ClientError:
        return False
