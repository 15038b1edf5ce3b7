"""A running chat, and where a test needs one, a website that shows it in Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext

from chat_house import PAGE_ORIGIN, SITE, House, open_house
from chat_website import Shopper, Website, open_website, shopper_in
from servers.process import free_port


@pytest.fixture
def website_port() -> int:
    return free_port()


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path, website_port: int) -> AsyncIterator[House]:
    origins = [PAGE_ORIGIN, f"http://127.0.0.1:{website_port}"]
    async with open_house(sqlite_url, tmp_path, sites={SITE: {"origins": origins}}) as house:
        yield house


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def website(house: House, website_port: int) -> AsyncIterator[Website]:
    """A site of another origin than the chat's."""
    async with open_website(website_port, house.origin) as website:
        yield website


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A visitor's browser, with its own storage."""
    context = await browser.new_context()
    yield context
    await context.close()


@pytest.fixture
async def shopper(context: BrowserContext, website: Website) -> Shopper:
    """A visitor who has opened the chat."""
    return await (await shopper_in(context, website)).opens_chat()
