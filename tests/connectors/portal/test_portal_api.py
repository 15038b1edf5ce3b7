"""Customers' own programs order and ask; what is somebody else's is not there, by any address."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from config import documents
from connectors.portal.api import ABOUT, SCOPES, described
from hub.membership import Membership
from hub.store import orders
from hub.store.tables import deliveries
from portal_house import EVE, JAN, NOW, House, browser, open_house, order
from programs import Program, program, token_for

PARCEL = {
    "partner": "post", "tracking": "3S1", "order_number": "", "state": "in_transit", "flags": [],
    "address": "", "preferences": {}, "version": 1, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Program]:
    token = await token_for(house.database, list(SCOPES), customer_id=JAN_ID)
    async with program(house.url + ABOUT.base, token) as one:
        yield one


@pytest.fixture
async def eve(house: House) -> AsyncIterator[Program]:
    token = await token_for(house.database, list(SCOPES), customer_id="eve")
    async with program(house.url + ABOUT.base, token) as one:
        yield one


JAN_ID = "jan"
PDF = b"%PDF-1.7\na bill"
FIRM = {"organisation": "Firm"}


def test_the_published_document_is_that_of_the_code() -> None:
    """Run `loket openapi --customers > docs/openapi-customers.yaml` after changing an operation."""
    published = Path(__file__).parents[3] / "docs" / "openapi-customers.yaml"
    assert published.read_text() == documents.customer_api()


async def test_files_that_go_with_no_message_do_not_fill_the_disk(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_house(sqlite_url, tmp_path, messages_per_minute=2) as house:
        token = await token_for(house.database, list(SCOPES), customer_id=JAN_ID)
        async with program(house.url + ABOUT.base, token) as jan:
            said = [await jan.ask("POST", "/files?filename=a.pdf", PDF) for _ in range(3)]
    assert [one.status for one in said] == [201, 201, 429]


async def test_a_customer_asks_and_goes_on(house: House, jan: Program) -> None:
    assert (await jan.get("/me"))["name"] == "Jan"
    topics = (await jan.get("/topics?language=nl"))["items"]
    allowed = next(one["topic"] for one in topics if one["allowed"])
    question = {"topic": allowed, "text": "Where is it?", "subject": "My parcel"}
    kept, again = [await jan.post("/conversations", question, key="q-1") for _ in range(2)]
    assert (kept.status, kept.body) == (201, again.body)
    one = f"/conversations/{kept['conversation_id']}"
    assert (await jan.post(one + "/messages", {"text": "And when?"})).status == 201
    [listed] = await jan.all("/conversations", limit=1)
    assert (listed["subject"], listed["state"]) == ("My parcel", "received")
    assert (await jan.get(one)).body == listed
    said = (await jan.get(one + "/messages"))["items"]
    assert [(each["text"], each["ours"]) for each in said] == [
        ("Where is it?", False),
        ("And when?", False),
    ]
    assert house.asked_for[0] == Membership("b2c", {"kind": "person", "language": "en", **FIRM})
    nothing = await jan.post("/conversations", question | {"topic": "gardening"})
    assert nothing.refused == (422, "topic")
    assert len(await house.said()) == 2


async def test_a_customer_orders_within_the_agreement(house: House, jan: Program) -> None:
    [agreed] = [one for one in (await jan.get("/agreements"))["items"] if one["details"]]
    sku = next(iter(agreed["details"]["prices"]))
    wanted = {"agreement_id": agreed["id"], "lines": [{"sku": sku, "quantity": 2}]}
    placed = await jan.post("/orders", wanted, key="po-1")
    assert (placed.status, placed["state"]) == (201, "placed")
    one = f"/orders/{placed['id']}"
    assert placed.headers["Location"] == ABOUT.base + one
    more = {"lines": [{"sku": sku, "quantity": 3}], "reference": "PO-1"}
    assert (await jan.patch(one, more)).refused == (428, "no_match")
    changed = await jan.patch(one, more, match=placed.etag)
    assert (changed["reference"], changed["total"]) == ("PO-1", placed["total"] * 3 // 2)
    gone = await jan.post(one + "/cancel", match=changed.etag)
    assert gone["state"] == "cancelled"
    assert placed["id"] in [each["id"] for each in await jan.all("/orders", limit=1)]


async def test_what_is_somebody_elses_is_not_there(
    house: House, jan: Program, eve: Program
) -> None:
    """Every address of the document, with the ids of another customer's things."""
    topics = (await jan.get("/topics"))["items"]
    allowed = next(one["topic"] for one in topics if one["allowed"])
    asked = await jan.post("/conversations", {"topic": allowed, "text": "Where is it?"})
    parcel = PARCEL | {"id": "parcel-of-jan", "customer_id": JAN_ID}

    def write(connection: Any) -> None:
        orders.add(connection, [order("LK-1", JAN_ID)])
        connection.execute(insert(deliveries), [parcel])

    await house.database.write(write)
    agreed = (await jan.get("/agreements"))["items"][0]
    of_jan = {
        "/conversations": asked["conversation_id"],
        "/orders": "LK-1",
        "/deliveries": "parcel-of-jan",
        "/agreements": agreed["id"],
        "/colleagues": JAN_ID,
        "/files": "",
    }
    handed = await jan.ask("POST", "/files?filename=bill.pdf", PDF)
    assert (handed.status, handed["filename"]) == (201, "bill.pdf")
    with_file = {"topic": allowed, "text": "See this", "files": [handed["id"]]}
    assert (await eve.post("/conversations", with_file)).refused == (422, "no_file"), "not hers"
    sent = await jan.post("/conversations", with_file)
    [said] = (await jan.get(f"/conversations/{sent['conversation_id']}/messages"))["items"]
    of_jan["/files"] = said["files"][0]["id"]
    bodies: dict[str, Any] = {
        "write": {"text": "Mine!"},
        "changeOrder": {"reference": "Mine!"},
        "changeColleague": {"rights": []},
        "changeDelivery": {"preferences": {"leave_with": "me"}},
    }
    tried = set()
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            if "{id}" not in path:
                continue
            [thing] = [value for prefix, value in of_jan.items() if path.startswith(prefix)]
            address, name = path.replace("{id}", thing), operation["operationId"]
            body = None if method == "get" else bodies.get(name, {})
            said = await eve.ask(method.upper(), address, body, match="*")
            assert said.status == 404, name
            if method == "get":
                assert (await jan.ask(method.upper(), address)).status == 200, name
            tried.add(name)
    assert {"write", "cancelOrder", "changeDelivery", "listMessages"} <= tried
    assert (await eve.get("/colleagues")).refused == (404, "no_organisation")
    for path, thing in list(of_jan.items())[:-2]:
        theirs = [one["id"] for one in (await eve.get(path))["items"]]
        assert thing not in theirs, path
    assert (await eve.get("/orders?number=LK-1"))["items"] == []
    assert (await eve.get("/deliveries?tracking=3S1"))["items"] == []
    stolen = {"agreement_id": agreed["id"], "lines": [{"sku": "beans", "quantity": 1}]}
    assert (await eve.post("/orders", stolen)).refused == (422, "not_agreed")
    assert len(await house.said()) == 2


async def test_a_token_is_made_used_and_revoked_in_the_portal(house: House) -> None:
    async with browser(house) as one, browser(house) as other:
        await one.sign_in(JAN)
        await one.get("/portal/tokens")
        status, page = await one.post("/portal/tokens", name="Shop", days="90")
        assert (status, "Choose what the token may do." in page) == (422, True)
        _, page = await one.post("/portal/tokens", name="Shop", days="90", scope="orders:read")
        secret = page.split('readonly value="')[1].split('"')[0]
        async with program(house.url + ABOUT.base, secret) as shop:
            assert (await shop.get("/orders")).status == 200
            assert (await shop.get("/me")).refused == (403, "scope")
            _, page = await one.get("/portal/tokens")
            assert secret not in page
            revoke = page.split('action="/portal/tokens/')[1].split('"')[0]
            await other.sign_in(EVE)
            await other.get("/portal/tokens")
            assert (await other.post(f"/portal/tokens/{revoke}"))[0] == 404
            assert (await shop.get("/orders")).status == 200
            await one.post(f"/portal/tokens/{revoke}")
            assert (await shop.get("/orders")).refused == (401, "unknown_token")
