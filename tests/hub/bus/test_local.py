"""The local bus keeps the contract on both stores."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bus_contract import BusContract
from bus_tools import Place
from hub.bus.local import LocalBus
from stores import opened


@pytest.fixture
async def place(store_url: str) -> AsyncIterator[Place]:
    async with opened(store_url) as database:
        with capture_logs():
            yield Place(database, "local:", LocalBus)


class TestLocalBus(BusContract):
    """All of it."""
