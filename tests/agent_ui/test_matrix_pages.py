"""The matrix of a model: cells, what holds in them, changes, and two who change at once."""

import json
from collections.abc import AsyncIterator

import pytest

from console_house import MODEL, House, Page, Person, person
from hub.store import models

MATRIX = "/console/model/2/matrix"


@pytest.fixture
async def boss(house: House) -> AsyncIterator[Person]:
    """An administrator with a draft."""
    await house.hire("boss", "Bo Baas", [], administrator=True)
    async with person(house) as one:
        await one.sign_in("boss")
        await one.post("/console/model/drafts", based_on="1")
        yield one


async def text(house: House) -> str:
    return await house.database.read(lambda c: models.text_of(c, 2))


def changes(*cells: tuple[str, str, str]) -> str:
    return json.dumps([{"group": g, "topic": t, "role": r} for g, t, r in cells])


async def save(boss: Person, page: Page, **fields: str) -> Page:
    return await boss.post(MATRIX, revision=page.value("[name=revision]"), **fields)


def row(page: Page, topic: str) -> list[str]:
    return page.texts(f"[data-topic='{topic}']")


async def test_a_cell_shows_who_is_responsible_and_where_that_comes_from(
    house: House, boss: Person, anna: Person, bob: Person
) -> None:
    page = await anna.get(f"{MATRIX}?channel=email&direction=inbound")
    assert page.texts("thead th") == ["Topic", "all customers", "Consumers"]
    assert row(page, "order") == ["Customer service inherited", "Customer service inherited"]
    assert not page.has("[data-matrix-form]")
    wide = await boss.get(MATRIX)
    assert row(wide, "invoice") == ["Billing", "Billing inherited"]
    only = await boss.get(f"{MATRIX}?only=b2c")
    assert only.texts("thead th") == ["Topic", "Consumers"]
    cell = await anna.get(f"{MATRIX}?group=b2c&topic=invoice")
    values = cell.texts(".cell-values div")
    assert "Responsible Billing any any any invoice" in values
    assert "First answer within 4h any any any any" in values
    assert not cell.has(".cell-side form")


async def test_many_cells_are_changed_at_once_in_the_text_that_stays_as_it_was(
    house: House, boss: Person
) -> None:
    page = await boss.get(f"{MATRIX}?channel=chat")
    page = await save(
        boss, page, channel="chat", changes=changes(("b2c", "order", "billing"), ("any", "any", ""))
    )
    assert (page.status, row(page, "order")[1]) == (200, "Billing")
    written = await text(house)
    assert written.startswith(MODEL)
    assert written.endswith("  - {target_group: b2c, channel: chat, topic: order, role: billing}\n")
    page = await save(boss, page, channel="chat", changes=changes(("b2c", "order", "")))
    assert await text(house) == MODEL
    assert row(page, "order")[1] == "Customer service inherited"


async def test_one_cell_is_changed_in_its_form(house: House, boss: Person) -> None:
    at = {"group": "any", "topic": "invoice"}
    page = await boss.get(f"{MATRIX}?group=any&topic=invoice")
    assert page.value("[name=priority_minutes]") == "30"
    plain = {"role": "service", "backup_role": "billing", "allowed": "no", "instead": "chat"}
    await save(boss, page, **at, **plain, **{"sla.resolution": "2d", "sla.clock": "business"})
    page = await boss.get(f"{MATRIX}?group=any&topic=invoice")
    assert page.value("[name='sla.resolution']") == "2d"
    assert "priority" not in await text(house)
    assert row(page, "invoice")[0] == "Customer service not allowed"
    bad = await save(boss, page, **at, role="service", **{"sla.resolution": "soon"})
    assert bad.status == 422
    assert "Nothing was saved" in bad.text("[role=alert]")
    assert "A duration is written like 30m" in bad.text("[role=alert]")
    assert bad.value("[name='sla.resolution']") == "soon"


async def test_what_was_saved_is_said_and_that_a_backup_is_gone(house: House, boss: Person) -> None:
    """The role that becomes responsible stood in until now, and would back up itself."""
    at = {"group": "any", "topic": "invoice"}
    page = await boss.get(f"{MATRIX}?group=any&topic=invoice")
    page = await save(boss, page, **at, role="billing", backup_role="service")
    assert page.texts("[role=status].notice") == ["1 cell is saved."]
    page = await save(boss, page, **at, role="service", backup_role="")
    first, second = page.texts("[role=status].notice")
    assert first == "1 cell is saved."
    assert "Nobody stands in any more in 1 of them" in second
    assert page.has("#cell [name=role] [value=service][selected]"), "it can be mended at once"
    page = await save(boss, page, **at, role="billing", backup_role="service")
    page = await save(boss, await boss.get(MATRIX), changes=changes(("b2c", "invoice", "service")))
    assert len(page.texts("[role=status].notice")) == 2, "the wider row names it as the backup"
    several = changes(("b2c", "order", "billing"), ("b2c", "invoice", "billing"))
    page = await save(boss, await boss.get(MATRIX), changes=several)
    assert page.texts("[role=status].notice") == ["2 cells are saved."]


async def test_the_backup_of_a_cell_becomes_responsible_where_only_its_role_is_picked(
    house: House, boss: Person
) -> None:
    at = {"group": "any", "topic": "invoice"}
    await save(boss, await boss.get(MATRIX), **at, role="billing", backup_role="service")
    page = await save(boss, await boss.get(MATRIX), changes=changes(("any", "invoice", "service")))
    assert row(page, "invoice")[0] == "Customer service"
    assert len(page.texts("[role=status].notice")) == 2, "nobody stands in any more"
    assert "backup_role" not in await text(house)
    refused = await save(boss, page, **at, role="service", backup_role="service")
    assert "is its own backup" in refused.text("[role=alert]"), "where both are said"


async def test_the_comparison_counts_what_changes_with_the_role(house: House, boss: Person) -> None:
    at = {"group": "any", "topic": "order"}
    page = await boss.get(f"{MATRIX}?group=any&topic=order")
    await save(boss, page, **at, role="billing", backup_role="service")
    page = await boss.get("/console/model/2/compare")
    assert "Of those that move, " in page.text("main [role=status]")
    assert page.text("main").index("Orders") < page.text("main").index("Backup")


async def test_two_who_change_at_once_lose_nothing(house: House, boss: Person) -> None:
    mine = await boss.get(MATRIX)
    await save(boss, await boss.get(MATRIX), changes=changes(("b2c", "invoice", "service")))
    page = await save(boss, mine, changes=changes(("b2c", "order", "billing")))
    assert page.status == 409
    assert "Somebody else changed this version" in page.text("[role=alert]")
    assert row(page, "invoice")[1] == "Customer service"
    assert json.loads(page.text("#pending")) == [["b2c", "order", "billing"]]
    again = await save(boss, page, changes=changes(("b2c", "order", "billing")))
    assert row(again, "order")[1] == "Billing"
    assert row(again, "invoice")[1] == "Customer service"


async def test_what_the_proof_finds_is_marked_where_it_is(house: House, boss: Person) -> None:
    page = await boss.get("/console/model/2/text?edit=1")
    gap = MODEL.replace("  - role: service\n    sla", "  - sla")
    revision = page.value("[name=revision]")
    await boss.post(page.path, text=gap, title="", note="", revision=revision)
    page = await boss.get(f"{MATRIX}?channel=email&direction=inbound")
    assert "Nobody is responsible" in page.text("[data-topic=order] .cell-mark[title]")
    page = await boss.get(f"{MATRIX}?channel=chat&direction=inbound")
    assert page.texts("[data-topic=order] .cell-mark") == ["no role", "no role"]
    assert not page.has("[data-topic=invoice] .cell-mark")


async def test_only_administrators_change_it_and_nonsense_is_refused(
    house: House, boss: Person, anna: Person
) -> None:
    page = await boss.get(MATRIX)
    assert (await anna.post(MATRIX, changes="[]", revision="1")).status == 403
    for given in ("", "{}x", '[{"group": "b2c"}]', "[3]"):
        assert (await save(boss, page, changes=given)).status == 400, given
    for at in (("b2b", "order"), ("b2c", "nothing")):
        assert (await save(boss, page, changes=changes((*at, "billing")))).status == 409
    wrong = await save(boss, page, changes=changes(("b2c", "order", "nobody")))
    assert "There is no role 'nobody'" in wrong.text("[role=alert]")
    assert (await save(boss, page, channel="pigeon", changes="[]")).status in (200, 409)
    assert await text(house) == MODEL
