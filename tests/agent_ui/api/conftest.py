"""A running console with its API, and a program that acts for an agent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_ui.api.api import ABOUT
from agent_ui.api.scopes import SCOPES
from console_house import House, open_house
from programs import Program, program, token_for


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def anna(house: House) -> str:
    """An agent of customer service."""
    return await house.hire("anna", "Anna de Wit")


@pytest.fixture
async def crm(house: House, anna: str) -> AsyncIterator[Program]:
    """A program that may do everything that Anna may."""
    token = await token_for(house.database, list(SCOPES), agent_id=anna)
    async with program(house.origin + ABOUT.base, token) as one:
        yield one
