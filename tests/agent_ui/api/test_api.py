"""Who may come in, how often, and what happens to a request that is sent twice."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from agent_ui.api.api import ABOUT, described
from agent_ui.settings import ConsoleSettings
from config import documents
from console_house import House, open_house
from hub import clock
from hub.store import api_tokens
from hub.store.tables import api_tokens as tokens_table
from hub.store.tables import audit_log, customers
from programs import Program, program, token_for

JAN = {"name": "Jan"}


def test_the_published_document_is_that_of_the_code() -> None:
    """Run `loket openapi > docs/openapi.yaml` after changing an operation."""
    published = Path(__file__).parents[3] / "docs" / "openapi.yaml"
    assert published.read_text() == documents.api()
    assert yaml.safe_load(published.read_text()) == described()


async def test_the_document_and_its_page_are_open_to_everybody(house: House) -> None:
    async with program(house.origin + ABOUT.base) as one:
        said = await one.get("/openapi.json")
        assert said.body == described()
        async with one.http.get(one.base) as page:
            text, policy = await page.text(), page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "<script" not in text
        for operation in ("takeNext", "readEffective"):
            assert f'id="{operation}"' in text


async def test_only_a_token_comes_in_and_only_for_its_scopes(house: House, anna: str) -> None:
    token = await token_for(house.database, ["customers:read"], agent_id=anna)
    async with program(house.origin + ABOUT.base) as one:
        said = await one.get("/customers")
        assert said.refused == (401, "no_token")
        assert said.headers["WWW-Authenticate"] == "Bearer"
        one.token = "loket_" + "x" * 43
        assert (await one.get("/customers")).refused == (401, "unknown_token")
        one.token = token
        assert (await one.get("/customers")).status == 200
        assert (await one.post("/customers", JAN)).refused == (403, "scope")
    assert await house.rows(customers) == []


async def test_a_token_ends_with_its_time_its_agent_and_when_it_is_revoked(
    house: House, crm: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await crm.get("/customers")).status == 200
    [row] = await house.rows(tokens_table)
    assert row.used_at is not None
    assert crm.token not in str(row), "what is kept lets nobody in"
    await house.write(lambda c: api_tokens.revoke(c, row.id, by="operator"))
    assert (await crm.get("/customers")).refused == (401, "unknown_token")
    bob = await house.hire("bob", "Bob")
    made = await house.write(
        lambda c: api_tokens.make(
            c, name="x", scopes=["customers:read"], by="x", agent_id=bob,
            lifetime=timedelta(days=1),
        )
    )  # fmt: skip
    crm.token = made[1]
    assert (await crm.get("/customers")).status == 200
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (await crm.get("/customers")).refused == (401, "unknown_token")
    actions = [line.action for line in await house.rows(audit_log)]
    assert actions.count("token.made") == 2
    assert actions.count("token.revoked") == 1


async def test_a_token_of_a_customer_is_none_here(house: House, crm: Program) -> None:
    jan = await crm.post("/customers", JAN)
    crm.token = await token_for(house.database, ["customers:read"], customer_id=jan["id"])
    assert (await crm.get("/customers")).refused == (401, "unknown_token")


async def test_a_request_that_is_sent_again_is_done_once(house: House, crm: Program) -> None:
    both = await asyncio.gather(*(crm.post("/customers", JAN, key="one") for _ in range(5)))
    assert {said.status for said in both} == {201}
    assert len({(said["id"], said.etag, said.headers["Location"]) for said in both}) == 1
    assert len(await house.rows(customers)) == 1
    other = await crm.post("/customers", {"name": "Piet"}, key="one")
    assert other.refused == (422, "key_used")
    wrong = await crm.post("/customers", {"name": ""}, key="two")
    assert wrong.status == 422
    assert (await crm.post("/customers", JAN, key="two")).status == 201, "a refusal uses up no key"


async def test_who_asks_too_often_is_told_when_to_come_back(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = ConsoleSettings(api_requests_per_minute=2)
    async with open_house(sqlite_url, tmp_path, settings=settings) as house:
        anna = await house.hire("anna", "Anna")
        token = await token_for(house.database, ["customers:read"], agent_id=anna)
        async with program(house.origin + ABOUT.base, token) as one:
            said = [await one.get("/customers") for _ in range(3)]
    assert [each.status for each in said] == [200, 200, 429]
    assert said[2].code == "too_often"
    assert int(said[2].headers["Retry-After"]) >= 1
