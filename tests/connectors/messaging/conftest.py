from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messaging_house import House, open_house
from twilio_cloud import CloudServer, running_cloud


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[CloudServer]:
    async with running_cloud(tmp_path / "cloud") as server:
        yield server


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path, cloud: CloudServer) -> AsyncIterator[House]:
    """Loket's door for SMS and WhatsApp, and the cloud it belongs to."""
    async with open_house(sqlite_url, tmp_path, cloud) as opened:
        yield opened
