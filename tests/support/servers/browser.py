"""Chromium for the tests, as Debian packages it."""

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright, expect

from servers.process import ServerError

# The first has no windows, not even hidden ones, and starts in half the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A browser that calls nobody on its own, also as root and in a container.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# How long a page may take on a machine that has other things to do; in milliseconds.
expect.set_options(timeout=20_000)


@contextlib.asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A Chromium for the running loop."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_program(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


def _program() -> str:
    for name in PROGRAMS:
        if program := shutil.which(name):
            return program
    raise ServerError(
        "The tests need Chromium: run scripts/prepare_tests, or install the package "
        "chromium-headless-shell."
    )
