"""A house in which somebody supervises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console_house import House, Person, open_house, person


@pytest.fixture
async def supervised(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Those of billing supervise here."""
    roles = frozenset({"billing"})
    async with open_house(sqlite_url, tmp_path, supervisor_roles=roles) as opened:
        yield opened


@pytest.fixture
async def lead(supervised: House) -> AsyncIterator[Person]:
    """A supervisor, signed in."""
    await supervised.hire("lea", "Lea Vos", ["billing"])
    async with person(supervised) as one:
        await one.sign_in("lea")
        yield one
