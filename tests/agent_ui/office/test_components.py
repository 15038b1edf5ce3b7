"""The page of components is there for who makes pages, and for nobody else."""

from pathlib import Path

from agent_ui.settings import ConsoleSettings
from console_house import House, Person, open_house, person


async def test_it_is_not_there_in_use(house: House, anna: Person) -> None:
    assert (await anna.get("/console/_components")).status == 404


async def test_it_shows_each_part_while_pages_are_made(sqlite_url: str, tmp_path: Path) -> None:
    settings = ConsoleSettings(development=True)
    async with open_house(sqlite_url, tmp_path, settings=settings) as house, person(house) as one:
        await house.hire("anna", "Anna")
        assert (await one.get("/console/_components")).path == "/console/sign-in"
        await one.sign_in("anna")
        page = await one.get("/console/_components")
        assert page.status == 200
        assert len(page.texts(".chip")) == 9
        assert len(page.texts(".notice")) == 3
