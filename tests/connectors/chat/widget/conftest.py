"""A running chat, and a website that shows it in Chromium; all in the loop of the browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from chat_house import SITE, House, open_house
from chat_website import Shopper, Website, open_website, shopper_in
from servers.process import free_port


@pytest.fixture
def website_port() -> int:
    return free_port()


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path, website_port: int) -> AsyncIterator[House]:
    origins = [f"http://127.0.0.1:{website_port}"]
    async with open_house(sqlite_url, tmp_path, sites={SITE: {"origins": origins}}) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def website(house: House, website_port: int) -> AsyncIterator[Website]:
    """A site of another origin than the chat's."""
    async with open_website(website_port, house.origin) as website:
        yield website


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> BrowserContext:
    """A visitor's browser, with its own storage."""
    return await browser.new_context()


@pytest_asyncio.fixture(loop_scope="session")
async def shopper(context: BrowserContext, website: Website) -> Shopper:
    """A visitor who has opened the chat."""
    return await (await shopper_in(context, website)).opens_chat()
