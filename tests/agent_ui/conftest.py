"""A running console, and people at it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console_house import House, Person, open_house, person


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def anna(house: House) -> AsyncIterator[Person]:
    """Signed in, of customer service."""
    await house.hire("anna", "Anna de Wit")
    async with person(house) as one:
        await one.sign_in("anna")
        yield one


@pytest.fixture
async def bob(house: House) -> AsyncIterator[Person]:
    """Signed in, of billing."""
    await house.hire("bob", "Bob Kramer", ["billing"])
    async with person(house) as one:
        await one.sign_in("bob")
        yield one


@pytest.fixture
async def ina(house: House) -> AsyncIterator[Person]:
    """Signed in, of customer service, and an administrator."""
    await house.hire("ina", "Ina Smit", administrator=True)
    async with person(house) as one:
        await one.sign_in("ina")
        yield one


@pytest.fixture
async def guest(house: House) -> AsyncIterator[Person]:
    """Not signed in."""
    async with person(house) as one:
        yield one
