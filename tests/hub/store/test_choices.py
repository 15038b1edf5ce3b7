"""Two who choose at once wait for each other, also where nobody has chosen anything yet."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Connection

from at_once import meanwhile
from console_house import House, Person, open_house, person
from hub import chat_look, links_out
from hub.arrangements import Arrangement
from hub.chat_look import Look
from hub.links_out import LinkOut
from hub.store import outreaches

ARRANGEMENTS = "/console/admin/arrangements"
LOOK = "/console/admin/channels/look"
LINKS = "/console/admin/links"


@pytest.fixture
async def house(postgres_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(postgres_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ina(house: House) -> AsyncIterator[Person]:
    await house.hire("ina", "Ina Smit", administrator=True)
    async with person(house) as one:
        await one.sign_in("ina")
        yield one


def arrange(connection: Connection) -> None:
    outreaches.keep(connection, {"b2b": Arrangement(most=3)}, UTC, by="another")


def arranged(connection: Connection) -> set[str]:
    return set(outreaches.all_of(connection)[0])


def look(connection: Connection) -> None:
    chat_look.keep(connection, "elsewhere", Look(accent="#0a6b4f"), by="another")


def looked(connection: Connection) -> set[str]:
    return set(chat_look.looks(connection))


def link(connection: Connection) -> None:
    links_out.keep(connection, [LinkOut("Stock", "https://stock.example/")], by="another")


def linked(connection: Connection) -> set[str]:
    return {one.title for one in links_out.templates(connection)}


@dataclass(frozen=True)
class Choosing:
    """One administrator has chosen already, another one does so on the page."""

    chosen: Callable[[Connection], None]
    kept: Callable[[Connection], set[str]]
    path: str
    typed: dict[str, str]
    both: set[str]


CASES = (
    Choosing(arrange, arranged, ARRANGEMENTS, {"group": "b2c", "most": "1"}, {"b2b", "b2c"}),
    Choosing(
        look, looked, LOOK, {"site": "website", "accent": "#b8401b"}, {"elsewhere", "website"}
    ),
    Choosing(
        link, linked, LINKS, {"title": "Shop", "url": "https://shop.example/"}, {"Stock", "Shop"}
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
async def test_two_who_choose_first_and_at_once_both_have_what_they_chose(
    house: House, ina: Person, case: Choosing
) -> None:
    page = await meanwhile(house, case.chosen, ina.post(case.path, **case.typed))
    assert page.status == 200
    assert await house.database.read(case.kept) == case.both
