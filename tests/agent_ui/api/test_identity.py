"""Programs merge customers and undo it, by the rules of the console."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_ui.api.api import ABOUT
from agent_ui.api.scopes import SCOPES
from console_house import House, open_house
from programs import Program, program, token_for


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, supervisor_roles=frozenset({"billing"})) as opened:
        yield opened


@pytest.fixture
async def lead(house: House) -> AsyncIterator[Program]:
    """A program that acts for a supervisor."""
    agent_id = await house.hire("lena", "Lena", ["service", "billing"])
    token = await token_for(house.database, list(SCOPES), agent_id=agent_id)
    async with program(house.origin + ABOUT.base, token) as one:
        yield one


async def entered(crm: Program, mail: str, **more: Any) -> str:
    points = [{"kind": "email", "value": mail}]
    made = await crm.post("/customers", {"name": "Jan Jansen", "contact_points": points, **more})
    return str(made["id"])


async def test_two_are_merged_and_are_two_again(crm: Program, lead: Program) -> None:
    one = await entered(crm, "jan.jansen@a.example")
    two = await entered(crm, "janjansen@b.example", number="K-2")
    [double] = (await crm.get(f"/customers/{one}/doubles"))["items"]
    assert (double["customer_id"], double["reasons"]) == (two, ["name", "local"])
    merging = {"other_id": two}
    assert (await crm.post(f"/customers/{one}/merge", merging)).refused == (403, "not_supervisor")
    made = await lead.post(f"/customers/{one}/merge", merging, key="once")
    assert (made["kept_id"], made["other_id"]) == (one, two)
    again = await lead.post(f"/customers/{one}/merge", merging, key="once")
    assert again["id"] == made["id"]
    assert (await crm.get(f"/customers/{two}"))["merged_into"] == one
    kept = await crm.get(f"/customers/{one}")
    assert (kept["number"], len(kept["contact_points"]), kept["merged_into"]) == ("K-2", 2, None)
    assert [who["id"] for who in (await crm.get("/customers"))["items"]] == [one]
    change = await crm.post(f"/customers/{two}/contact-points", {"kind": "email", "value": "x@y.z"})
    assert change.refused == (409, "merged")
    [standing] = (await crm.get(f"/customers/{one}/merges"))["items"]
    assert standing["id"] == made["id"]
    undo = f"/merges/{made['id']}/undo"
    assert (await crm.post(undo)).refused == (403, "not_supervisor")
    assert (await lead.post(undo)).status == 200
    assert (await crm.get(f"/customers/{two}"))["number"] == "K-2"
    assert (await crm.get(f"/customers/{one}/merges"))["items"] == []
    assert (await lead.post(undo)).refused == (409, "undone")
    assert (await lead.post("/customers/none/merge", merging)).refused == (404, "no_customer")
    assert (await crm.get("/customers/none/doubles")).refused == (404, "no_customer")
