"""An agent at a browser, with traps: what must never happen on any page of the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from playwright.async_api import Browser, Page, Request, expect

from accessible import violations
from console_house import PASSWORD, House

_TRAPS = """
window.pwned = () => { document.documentElement.dataset.pwned = "yes"; };
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.broken.push(`${event.violatedDirective} ${event.blockedURI}`);
});
window.born = performance.now();
"""


@dataclass
class Desk:
    """One page of an agent. `problems`: script errors and refused loads."""

    page: Page
    house: House
    problems: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    async def enter(self, login: str) -> None:
        await self.page.goto(f"{self.house.origin}/console")
        await self.page.fill("[name=login]", login)
        await self.page.fill("[name=password]", PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_selector("loket-work")

    async def sign_in(self, login: str, conversation_id: str = "") -> None:
        """Come in past the form, at a conversation or the list: each page that is loaded is a
        quarter of a second of a processor."""
        answer = await self.page.context.request.post(
            f"{self.house.origin}/console/sign-in",
            form={"login": login, "password": PASSWORD},
            headers={"Origin": self.house.origin},
            max_redirects=0,
        )
        assert answer.status == HTTPStatus.SEE_OTHER
        if conversation_id:
            await self.open(conversation_id)
        else:
            await self.page.goto(f"{self.house.origin}/console")
            await self.live()

    async def live(self) -> None:
        await self.page.wait_for_selector("#live[data-state=live]")

    async def done(self) -> None:
        """What was asked for last has been answered: the live line may show it before.

        The answer puts the conversation in place anew, and takes along what is typed meanwhile.
        """
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    async def open(self, conversation_id: str) -> None:
        await self.page.goto(f"{self.house.origin}/console/conversations/{conversation_id}")
        await self.live()

    async def texts(self, selector: str) -> list[str]:
        return [
            " ".join(text.split()) for text in await self.page.locator(selector).all_inner_texts()
        ]

    async def focused(self) -> str:
        """The element that has the focus: tag, id, class, name."""
        focused: str = await self.page.evaluate(
            "(({tagName, id, className, name}) => [tagName, id, className, name ?? '']"
            ".join(' ').trim())(document.activeElement)"
        )
        return focused

    async def check_traps(self) -> None:
        """Nothing of a stranger ran, nothing was refused, nobody outside was called."""
        assert await self.page.evaluate("document.documentElement.dataset.pwned") is None
        assert await self.page.evaluate("window.broken") == []
        assert self.problems == []
        assert self.outside == []

    async def check_accessible(self) -> None:
        """Everybody can read it, in the light and in the dark."""
        assert await violations(self.page) == []


@asynccontextmanager
async def desk(browser: Browser, house: House, **options: Any) -> AsyncIterator[Desk]:
    settings = {"locale": "en-GB", "timezone_id": "Europe/Amsterdam"} | options
    context = await browser.new_context(**settings)
    await context.add_init_script(_TRAPS)
    made = Desk(await context.new_page(), house)
    _watch(made)
    try:
        yield made
    finally:
        # What still answers a request of this page would fail in whatever test comes next.
        for page in context.pages:
            await page.unroute_all(behavior="ignoreErrors")
        await context.close()


def _watch(made: Desk) -> None:
    def on_request(request: Request) -> None:
        if not request.url.startswith((made.house.origin, "data:")):
            made.outside.append(request.url)

    made.page.on("pageerror", lambda error: made.problems.append(str(error)))
    made.page.on("request", on_request)
