"""Every action has a key that the list names, once; the palette leads where one may go."""

import re
from pathlib import Path

from agent_ui import key_words
from console_house import Person

SCRIPT = Path(__file__).parents[2] / "agent_ui" / "static" / "js" / "keys.js"


def test_every_key_is_in_the_list_once() -> None:
    actions = SCRIPT.read_text("utf-8").partition("const ACTIONS = {")[2].partition("\n};")[0]
    done = [line.strip('"') for line in re.findall(r'^  ("?[^\s"]"?):', actions, re.MULTILINE)]
    named = [
        name.removeprefix("Shift+")
        for names, _ in key_words.KEYS
        for name in names.split()
        if name.startswith("Shift+") or len(name) == 1
    ]
    assert len(done) > 40
    assert sorted(named) == sorted(done)


async def test_the_palette_leads_to_the_pages_that_one_may_open(anna: Person, ina: Person) -> None:
    places = [set((await one.get("/console")).texts("[data-go] span")) for one in (anna, ina)]
    assert "Search" in places[0]
    assert not {"Wallboard", "Reports", "Audit log"} & places[0]
    assert {"Wallboard", "Reports", "Audit log", "Canned replies"} <= places[1]
