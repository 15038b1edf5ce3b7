"""Programs of an administrator read and write business rules and contact arrangements."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_ui.api.api import ABOUT
from agent_ui.api.scopes import SCOPES
from console_house import House
from hub.store import business_rules
from hub.store.tables import audit_log
from programs import Program, program, token_for

RULE: dict[str, Any] = {
    "when": [{"kind": "topic", "topic": "order"}, {"kind": "waiting", "minutes": 120}],
    "title": {"en": "Call them", "nl": "Bel"},
    "why": {"en": "It helps.", "nl": "Het helpt."},
    "action": {"kind": "call"},
    "active_from": "2026-01-01",
}


@pytest.fixture
async def ina(house: House) -> str:
    return await house.hire("ina", "Ina Smit", administrator=True)


@pytest.fixture
async def planner(house: House, ina: str) -> AsyncIterator[Program]:
    token = await token_for(house.database, list(SCOPES), agent_id=ina)
    async with program(house.origin + ABOUT.base, token) as one:
        yield one


async def test_a_rule_is_added_changed_and_ended_and_the_audit_log_has_it(
    house: House, planner: Program, ina: str
) -> None:
    made = await planner.post("/rules", RULE)
    one = f"/rules/{made['id']}"
    assert (made.status, made["version"]) == (201, 1)
    assert made.headers["Location"] == f"/api/v1{one}"
    assert [each["id"] for each in (await planner.get("/rules"))["items"]] == [made["id"]]
    changed = await planner.ask("PUT", one, RULE | {"priority": 80}, match=made.etag)
    assert (changed["version"], changed["rule"]["priority"]) == (2, 80)
    late = await planner.ask("PUT", one, RULE, match=made.etag)
    assert late.refused == (412, "changed")
    [kept] = await house.database.read(business_rules.all_of)
    assert (kept.version, kept.rule.priority) == (2, 80)
    ended = await planner.ask("DELETE", one, match=changed.etag)
    assert ended.status == 204
    assert (await planner.get(one)).refused == (404, "no_rule")
    told = [row for row in await house.rows(audit_log) if row.object == made["id"]]
    assert [row.action for row in told] == ["rule.kept", "rule.kept", "rule.removed"]
    assert {row.actor for row in told} == {ina}


async def test_a_rule_that_cannot_be_is_refused_and_the_place_is_named(
    house: House, planner: Program
) -> None:
    for wrong, pointer in (
        ({"when": []}, "/when"),
        ({"title": {"en": "Only English"}}, "/title/nl"),
        ({"when": [{"kind": "topic", "topic": "dragons"}]}, "/when/0/topic"),
        ({"action": {"kind": "task", "role": "nobody", "text": RULE["why"]}}, "/action/role"),
    ):
        said = await planner.post("/rules", RULE | wrong)
        assert said.refused == (422, "invalid"), wrong
        assert [one["pointer"] for one in said["errors"]] == [pointer]
    assert await house.database.read(business_rules.all_of) == []


async def test_what_is_arranged_for_a_group_is_said_and_taken_back(
    house: House, planner: Program
) -> None:
    none = await planner.get("/arrangements")
    assert none["items"] == []
    given = {"channels": ["email", "phone"], "most": 2, "days": 7}
    kept = await planner.ask("PUT", "/arrangements?group=b2c", given, match=none.etag)
    [one] = kept["items"]
    assert (one["group"], one["arrangement"]["channels"]) == ("b2c", ["email", "phone"])
    late = await planner.ask("PUT", "/arrangements", given, match=none.etag)
    assert late.refused == (412, "changed")
    for wrong, code in (
        ({"days": 9}, "empty_arrangement"),
        ({"channels": ["partner"]}, "bad_arrangement"),
        ({"quiet_from": 20}, "invalid"),
    ):
        said = await planner.ask("PUT", "/arrangements", wrong, match=kept.etag)
        assert said.refused == (422, code)
    strange = await planner.ask("PUT", "/arrangements?group=dragons", given, match=kept.etag)
    assert strange.refused == (404, "no_group")
    gone = await planner.ask("DELETE", "/arrangements?group=b2c", match=kept.etag)
    assert gone["items"] == []
    assert [row.action for row in await house.rows(audit_log)].count("choice.set") == 2


async def test_who_is_no_administrator_reads_and_changes_none(crm: Program) -> None:
    for method, path, body in (
        ("GET", "/rules", None),
        ("POST", "/rules", RULE),
        ("GET", "/rules/x", None),
        ("PUT", "/rules/x", RULE),
        ("DELETE", "/rules/x", None),
        ("GET", "/arrangements", None),
        ("PUT", "/arrangements", {"most": 1}),
        ("DELETE", "/arrangements", None),
    ):
        said = await crm.ask(method, path, body, match="*")
        assert said.refused == (403, "not_administrator"), (method, path)
