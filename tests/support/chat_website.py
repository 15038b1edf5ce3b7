"""A customer's website that shows the chat under a strict Content-Security-Policy, and a person
who uses it in Chromium."""

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from playwright.async_api import BrowserContext, Locator, Page, expect

from chat_house import SITE


@dataclass
class Website:
    """`chat` is where the script comes from, `data` are the attributes of its tag."""

    port: int
    chat: str
    data: dict[str, str] = field(default_factory=lambda: {"site": SITE})
    lang: str = "en"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def page(self, _request: web.Request) -> web.Response:
        chat = self.chat
        data = " ".join(f'data-{name}="{html.escape(value)}"' for name, value in self.data.items())
        text = (
            f'<!doctype html><html lang="{self.lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<title>Beans</title><script src="{chat}/chat/loket-chat.js" {data} async></script>'
            '</head><body><main><h1>Beans</h1><a href="#more">More</a></main></body></html>'
        )
        policy = (
            f"default-src 'none'; script-src {chat}; "
            f"connect-src {chat} {chat.replace('http', 'ws')}; require-trusted-types-for 'script'"
        )
        return web.Response(
            text=text, content_type="text/html", headers={"Content-Security-Policy": policy}
        )


@asynccontextmanager
async def open_website(port: int, chat: str) -> AsyncIterator[Website]:
    website = Website(port, chat)
    app = web.Application()
    app.router.add_get("/", website.page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", website.port).start()
    try:
        yield website
    finally:
        await runner.cleanup()


class Shopper:
    """One tab. `complaints` is what the browser's console complained about, `asked` every address
    that was asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.widget = page.locator("loket-chat")
        self.launcher = self.widget.locator(".launcher")
        self.dialog = self.widget.get_by_role("dialog")
        self.log = self.widget.get_by_role("log")
        self.text = self.widget.locator("#text")

    async def visit(self, website: Website) -> "Shopper":
        await self.page.goto(website.origin)
        await self.launcher.wait_for()
        return self

    async def opens_chat(self) -> "Shopper":
        await self.launcher.click()
        await expect(self.dialog).to_be_visible()
        return self

    async def writes(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def says(self, text: str) -> None:
        """Write, and wait until it is on the record."""
        await self.writes(text)
        await expect(self.line(text).locator("time")).to_be_visible()

    async def hears(self, text: str) -> None:
        await expect(self.line(text)).to_be_visible()

    def line(self, text: str) -> Locator:
        return self.log.locator(".line").filter(has_text=text).last

    async def chat(self) -> list[str]:
        """All that was said, as it stands on the screen, without the greeting."""
        return await self.log.locator(".line:not(.greeting) .bubble").all_inner_texts()


async def shopper_in(context: BrowserContext, website: Website) -> Shopper:
    return await Shopper(await context.new_page()).visit(website)
