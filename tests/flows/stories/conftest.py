"""One running demo, in which all the stories happen."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from town import Town, open_town


@pytest.fixture(scope="package")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("town"), "--quiet") as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session")
async def town(_town: Town, browser: Browser) -> AsyncIterator[Town]:
    """The demo; whoever came by is gone after the story."""
    _town.browser = browser
    yield _town
    await _town.close_pages()
