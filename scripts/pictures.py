"""Makes the pictures of README and docs from the demo. By hand: `make pictures`, or some by name:
`.venv/bin/python scripts/pictures.py console why`. Look at them before you commit them.

It starts a demo of its own in a folder that is thrown away, works in it as people do, and puts what
the browser shows into `docs/images`, with few colours so that the files stay small. Pictures that
need more than a demo has (an offer in opening hours, a month of work to replay) are made by hand.
"""

import asyncio
import contextlib
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession
from PIL import Image
from playwright.async_api import Browser, Page

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT / "tests" / "support"))

from servers.browser import open_browser  # noqa: E402 (where it is, is said above)
from servers.process import free_port  # noqa: E402

COLOURS = 96
DESK: dict[str, Any] = {"viewport": {"width": 1360, "height": 850}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
TRAFFIC_SECONDS = 15
STARTED_WITHIN = 120
CODE = re.compile(r"\b\d{8}\b")
MOVED = "role: customer-service\n    backup_role: sales", "role: sales\n    priority_minutes: 10"
"""What is changed in the model, for a draft: orders go to another role."""
JAMES = "james.whitfield@mailbox.example"


@dataclass
class Studio:
    """A demo, and a browser. `opened`: who has signed in, by login."""

    origin: str
    browser: Browser
    passwords: dict[str, str]
    opened: dict[str, Any] = field(default_factory=dict)
    conversation: str = ""
    draft: str = ""

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

    async def mail(self) -> str:
        """The conversation of a parcel that is late, in the hands of sam."""
        if self.conversation:
            return self.conversation
        async with self.page() as page:
            await page.goto("/demo/mail")
            await page.select_option("[name=sender]", JAMES)
            await page.click("form .button:has-text('Send')")
            await page.wait_for_load_state()
        async with self.page("sam") as page:
            await page.goto("/console")
            rows = page.locator("loket-work li").filter(has_text="James Whitfield")
            await rows.filter(has_text="Parcel still not here").locator("a").first.click()
            await page.get_by_role("button", name="Take", exact=True).last.click()
            await page.wait_for_selector(".chip-mine")
            self.conversation = page.url.removeprefix(self.origin)
        return self.conversation

    async def changed_draft(self) -> str:
        """A draft of the model that gives parcels to another role."""
        if self.draft:
            return self.draft
        async with self.page("ina") as page:
            await page.goto("/console/model")
            await page.get_by_role("button", name="Make a draft").first.click()
            await page.wait_for_selector("textarea[name=text]")
            text = await page.input_value("textarea[name=text]")
            await page.fill("textarea[name=text]", text.replace(*MOVED))
            await page.get_by_role("button", name="Save", exact=True).click()
            await page.wait_for_selector("a[href$='/compare']")
            self.draft = "/".join(page.url.removeprefix(self.origin).split("/")[:4])
        return self.draft


# What is on each picture


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
            await check.click()
            await ina.wait_for_load_state()
    await page.goto(f"{draft}/signatures")


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
        await phone.goto("/demo/phone")
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
}


async def take(studio: Studio, name: str, folder: Path) -> None:
    shot = SHOTS[name]
    async with studio.page(shot.login, **shot.options) as page:
        await shot.prepare(studio, page)
        await page.evaluate("document.fonts.ready")
        png = await page.screenshot(animations="disabled", caret="hide")
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)


@contextlib.asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[str]:
    """A demo of our own; gives its address."""
    ports = [str(free_port()) for _ in range(3)]
    options = zip(("--port", "--smtp-port", "--sink-port"), ports, strict=True)
    flags = [each for pair in options for each in pair]
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
    origin = f"http://127.0.0.1:{ports[0]}"
    try:
        async with asyncio.timeout(STARTED_WITHIN), ClientSession() as http:
            while not await is_ready(http, origin):  # noqa: ASYNC110 (of another process)
                await asyncio.sleep(0.5)
        yield origin
    finally:
        process.terminate()
        await process.wait()


async def is_ready(http: ClientSession, origin: str) -> bool:
    try:
        async with http.get(f"{origin}/readyz") as response:
            return response.ok
    except ClientError:
        return False


async def main(names: list[str], folder: Path) -> None:
    failed = []
    with tempfile.TemporaryDirectory() as made:
        async with demo(Path(made)) as origin, open_browser() as browser:
            passwords = json.loads((Path(made) / "demo-passwords.json").read_text())
            studio = Studio(origin, browser, passwords)
            await studio.some_traffic()
            for name in names or SHOTS:
                try:
                    await take(studio, name, folder)
                except Exception as error:
                    failed.append(name)
                    sys.stderr.write(f"{name}: {str(error).splitlines()[0]}\n")
                else:
                    size = (folder / f"{name}.png").stat().st_size
                    sys.stdout.write(f"{name}.png, {size // 1024} KB\n")
    if failed:
        sys.exit(f"Not made: {', '.join(failed)}.")


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in SHOTS]
    if unknown:
        sys.exit(f"There is no picture {', '.join(unknown)}. There are: {', '.join(SHOTS)}.")
    asyncio.run(main(sys.argv[1:], IMAGES))
