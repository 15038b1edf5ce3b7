"""Colleagues of an organisation: invited, given rights, and held to them by every door."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from builders import TOKENS, mail_arrival
from connectors.portal.api import ABOUT, SCOPES
from hub.invoices import Invoice
from hub.store import invoices, orders, portal_rights, tracking
from hub.store.arrivals import store_arrivals
from hub.store.portal_rights import ALL, Right
from hub.store.tables import audit_log, contact_points, customers
from hub.store.tables import deliveries as parcels
from hub.store.tracking import Shipment
from portal_house import EVE, JAN, NOW, Browser, House, browser, open_house
from portal_house import order as made_order
from programs import Program, program, token_for
from stores import rows

KIM, NEW = "kim@firm.example", "new@firm.example"
BASE = ABOUT.base
PEOPLE = "/portal/colleagues"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as house:
        await house.database.write(_firm)
        yield house


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    """Manages the firm."""
    await give(house, *Right)
    async with browser(house) as one:
        await one.sign_in()
        yield one


def _firm(connection: Any) -> None:
    """Kim works there too and asked something; there are an invoice and a parcel."""
    person = {
        "id": "kim", "kind": "person", "name": "Kim", "organisation_id": "firm", "attributes": {},
        "target_group": "", "language": "en", "created_at": NOW,
    }  # fmt: skip
    connection.execute(insert(customers), [person])
    point = {
        "id": "kim", "customer_id": "kim", "key": f"email:{KIM}", "kind": "email", "value": KIM,
        "verified": True, "created_at": NOW,
    }  # fmt: skip
    connection.execute(insert(contact_points), [point])
    arrival = mail_arrival(KIM, text="A secret of Kim", subject="Of Kim")
    store_arrivals(connection, [arrival], TOKENS)
    bill = {"id": "bill", "number": "F1", "customer_id": "firm", "currency": "EUR", "amount": 100}
    invoices.add(connection, [Invoice(**bill, issued_on=date(2026, 11, 1))])
    [one] = orders.by_ids(connection, ["VK-1"])
    sent = made_order("VK-9", "firm")
    orders.add(connection, [sent])
    tracking.shipped(connection, [(sent, Shipment("3S1", "bode"))])
    assert one.agreement_id == "price"


async def give(house: House, *rights: Right, who: str = "jan") -> None:
    await house.database.write(
        lambda c: portal_rights.give(c, "firm", who, rights, by="test", manager=False)
    )


async def invite(jan: Browser, address: str, *rights: Right) -> tuple[int, str]:
    ticked = {f"right.{one}": "1" for one in rights}
    await jan.get(PEOPLE)
    return await jan.post(PEOPLE, address=address, name="Nina", **ticked)


async def test_who_is_new_to_us_joins_by_signing_in(house: House, jan: Browser) -> None:
    status, text = await invite(jan, NEW, Right.INVOICES)
    assert (status, f"{NEW} was invited by mail." in text) == (200, True)
    mail = house.mails[-1].interaction
    assert mail.recipients[0].value == NEW
    assert "Jan invites you to see and do what Firm has with Van Dalen." in mail.text
    assert NEW not in [row.value for row in await rows(house.database, contact_points)]
    async with browser(house) as nina:
        await nina.sign_in(NEW)
        assert "Hello Nina" in (await nina.get("/portal"))[1]
        assert "F1" in (await nina.get("/portal/invoices"))[1]
        assert (await nina.get(PEOPLE))[0] == 403
        assert (await nina.get("/portal/orders/new/price"))[0] == 403
    assert "Invited, and not here yet" not in (await jan.get(PEOPLE))[1]


async def test_who_is_known_decides_and_the_inviter_learns_nothing(
    house: House, jan: Browser
) -> None:
    """Eve is a customer of her own: what colleagues would see is hers to give."""
    known, unknown = await invite(jan, EVE, Right.ORDER), await invite(jan, NEW, Right.ORDER)
    assert known[0] == unknown[0] == 200
    assert ">Eve</h2>" not in (await jan.get(PEOPLE))[1]
    async with browser(house) as eve:
        await eve.sign_in(EVE)
        _, page = await eve.get("/portal")
        assert "Firm invites you" in page
        assert "VK-1" not in (await eve.get("/portal/orders"))[1]
        found = re.search(r"/portal/invitations/([\w-]+)", page)
        assert found
        assert (await jan.post(found[0], answer="accept"))[0] == 404, "not hers"
        assert await eve.post(found[0], answer="decline") == (303, "/portal")
        assert (await eve.post(found[0], answer="accept"))[0] == 404, "over"
        await invite(jan, EVE, Right.ORDER)
        _, page = await eve.get("/portal")
        found = re.search(r"/portal/invitations/([\w-]+)", page)
        assert found
        await eve.post(found[0], answer="accept")
        assert "VK-1" in (await eve.get("/portal/orders"))[1]
    done = [one.action for one in await rows(house.database, audit_log)]
    assert "portal.invitation_declined" in done
    assert "portal.joined" in done


async def test_who_acts_for_another_organisation_is_not_pulled_over(
    house: House, jan: Browser
) -> None:
    other = {"id": "other", "kind": "organisation", "name": "Other", "attributes": {}}
    moved = update(customers).where(customers.c.id == "eve").values(organisation_id="other")
    await house.database.write(
        lambda c: c.execute(insert(customers), [other | {"created_at": NOW}])
    )
    await house.database.write(lambda c: c.execute(moved))
    await invite(jan, EVE, *ALL)
    async with browser(house) as eve:
        await eve.sign_in(EVE)
        found = re.search(r"/portal/invitations/([\w-]+)", (await eve.get("/portal"))[1])
        assert found
        status, text = await eve.post(found[0], answer="accept")
        assert (status, "for another organisation" in text) == (409, True)
        assert "VK-1" not in (await eve.get("/portal/orders"))[1]


async def test_rights_are_given_taken_and_somebody_leaves(house: House, jan: Browser) -> None:
    async with browser(house) as kim:
        await kim.sign_in(KIM)
        assert "F1" not in (await kim.get("/portal/invoices"))[1]
        await jan.get(PEOPLE)
        every = {f"right.{one}": "1" for one in Right}
        assert await jan.post(f"{PEOPLE}/kim", **every) == (303, PEOPLE)
        assert "F1" in (await kim.get("/portal/invoices"))[1]
        assert (await kim.get(PEOPLE))[0] == 200
        assert await jan.post(f"{PEOPLE}/kim") == (303, PEOPLE)
        assert "F1" not in (await kim.get("/portal/invoices"))[1]
        status, text = await jan.post(f"{PEOPLE}/jan")
        assert (status, "Let somebody else manage first" in text) == (409, True)
        assert (await jan.post(f"{PEOPLE}/firm/remove"))[0] == 404, "it has no address"
        assert "VK-1" in (await kim.get("/portal/orders"))[1]
        assert await jan.post(f"{PEOPLE}/kim/remove") == (303, PEOPLE)
        assert "VK-1" not in (await kim.get("/portal/orders"))[1]
        assert "Of Kim" in (await kim.get("/portal/requests"))[1], "her own stays"
    again = {"organisation_id": "firm", "merged_into": "jan"}
    ghost = update(customers).where(customers.c.id == "kim").values(again)
    await house.database.write(lambda c: c.execute(ghost))
    assert "kim@firm" not in (await jan.get(PEOPLE))[1], "who is somebody else now"
    for stranger in ("kim", "eve", "nobody"):
        assert (await jan.post(f"{PEOPLE}/{stranger}", **every))[0] == 404
        assert (await jan.post(f"{PEOPLE}/{stranger}/remove"))[0] == 404


async def test_an_invitation_is_withdrawn_refused_and_no_flood(house: House, jan: Browser) -> None:
    for wrong, said in (("no address", "Write a mail address"), (KIM, "a colleague already")):
        status, text = await invite(jan, wrong)
        assert (status in (409, 422), said in text) == (True, True)
    sent = len(house.mails)
    for _ in range(3):
        assert (await invite(jan, NEW))[0] == 200
    assert (await invite(jan, NEW))[0] == 429
    assert len(house.mails) == sent + 3
    found = re.search(rf"{PEOPLE}/([\w-]+)/withdraw", (await jan.get(PEOPLE))[1])
    assert found
    assert await jan.post(found[0]) == (303, PEOPLE)
    async with browser(house) as nina:
        await nina.ask(NEW)
        await house.connector._sign_in.finish()
        assert len(house.mails) == sent + 3, "nobody is there"


# Each door, and the right that it takes to come in; what all may do was thought about as well.
NEEDED = {
    ("GET", PEOPLE): Right.MANAGE,
    ("POST", PEOPLE): Right.MANAGE,
    ("POST", PEOPLE + "/{id}"): Right.MANAGE,
    ("POST", PEOPLE + "/{id}/remove"): Right.MANAGE,
    ("POST", PEOPLE + "/{id}/withdraw"): Right.MANAGE,
    ("GET", "/portal/orders/new/{id}"): Right.ORDER,
    ("POST", "/portal/orders/new/{id}"): Right.ORDER,
    ("POST", "/portal/orders/{id}/cancel"): Right.ORDER,
    ("POST", "/portal/orders/{id}/prefer"): Right.ORDER,
    ("GET", BASE + "/colleagues"): Right.MANAGE,
    ("POST", BASE + "/colleagues"): Right.MANAGE,
    ("PATCH", BASE + "/colleagues/{id}"): Right.MANAGE,
    ("DELETE", BASE + "/colleagues/{id}"): Right.MANAGE,
    ("POST", BASE + "/orders"): Right.ORDER,
    ("PATCH", BASE + "/orders/{id}"): Right.ORDER,
    ("POST", BASE + "/orders/{id}/cancel"): Right.ORDER,
    ("PATCH", BASE + "/deliveries/{id}"): Right.ORDER,
}
# What is shown takes the right too: without it, it is not there.
SHOWN = {
    ("GET", "/portal/requests"): (Right.CONVERSATIONS, "Of Kim"),
    ("GET", "/portal/requests/{id}"): (Right.CONVERSATIONS, "A secret of Kim"),
    ("GET", "/portal/invoices"): (Right.INVOICES, "F1"),
    ("GET", "/portal/my-data.json"): (Right.INVOICES, '"F1"'),
    ("GET", BASE + "/conversations"): (Right.CONVERSATIONS, "Of Kim"),
    ("GET", BASE + "/conversations/{id}"): (Right.CONVERSATIONS, "Of Kim"),
    ("GET", BASE + "/conversations/{id}/messages"): (Right.CONVERSATIONS, "A secret of Kim"),
    ("GET", BASE + "/invoices"): (Right.INVOICES, "F1"),
}
# A colleague's request is read and no more, whatever the rights; a file is tried elsewhere.
NEVER = {
    ("POST", "/portal/requests/{id}"),
    ("GET", "/portal/files/{id}"),
    ("GET", BASE + "/files/{id}"),
    ("POST", BASE + "/conversations/{id}/messages"),
}
OF_ONESELF = {
    *(("GET", "/portal" + end) for end in (
        "", "/requests/new", "/orders", "/orders/{id}", "/details", "/tokens",
    )),
    *(("POST", "/portal" + end) for end in (
        "/requests/new", "/details", "/sessions/{id}/end", "/tokens", "/tokens/{id}/revoke",
        "/erase", "/sign-out", "/invitations/{id}",
    )),
    *(("GET", BASE + end) for end in (
        "/me", "/topics", "/agreements", "/agreements/{id}", "/orders", "/orders/{id}",
        "/deliveries", "/deliveries/{id}",
    )),
    ("POST", BASE + "/conversations"),
    ("POST", BASE + "/files"),
}  # fmt: skip
OPEN = re.compile(rf"/portal/(static|sign-in|code|link)|{BASE}(/openapi.json|/reference.css)?$")
BODIES: dict[tuple[str, str], Any] = {
    ("POST", BASE + "/colleagues"): {"address": NEW, "rights": []},
    ("PATCH", BASE + "/colleagues/{id}"): {"rights": ["order"]},
    ("POST", BASE + "/orders"): {
        "agreement_id": "price",
        "lines": [{"sku": "beans", "quantity": 1}],
    },
    ("PATCH", BASE + "/orders/{id}"): {"note": "x"},
    ("PATCH", BASE + "/deliveries/{id}"): {"preferences": {"leave_with": "shed"}},
    ("POST", BASE + "/conversations/{id}/messages"): {"text": "Mine!"},
}


def test_every_door_was_thought_about(house: House) -> None:
    routes = house.connector.routes()
    found = {(one.method, one.path) for one in routes if not OPEN.match(one.path)}
    assert found == set(NEEDED) | set(SHOWN) | NEVER | OF_ONESELF


@dataclass
class Both:
    """Jan at a browser and by a program."""

    house: House
    browser: Browser
    program: Program
    ids: dict[str, str]

    async def knock(self, method: str, path: str) -> tuple[int, str]:
        thing = next((key for part, key in self.ids.items() if part in path), "kim")
        address = path.replace("{id}", thing)
        if path.startswith(BASE):
            body = BODIES.get((method, path), {} if method == "POST" else None)
            said = await self.program.ask(method, address.removeprefix(BASE), body, match="*")
            return said.status, str(said.body)
        if method == "GET":
            return await self.browser.get(address)
        fields = {"parcel": self.ids["/deliveries/"], "version": "9", "leave_with": "shed"}
        return await self.browser.post(address, **fields)


@pytest.fixture
async def both(house: House, jan: Browser) -> AsyncIterator[Both]:
    said = await house.said()
    [parcel] = await rows(house.database, parcels)
    ids = {
        "/orders/new/": "price",
        "/orders/{id}/prefer": "VK-9",
        "/orders/": "VK-1",
        "/deliveries/": parcel.id,
        "requests/": said[0].conversation_id,
        "conversations/": said[0].conversation_id,
    }
    token = await token_for(house.database, list(SCOPES), customer_id="jan")
    async with program(house.url + BASE, token) as one:
        yield Both(house, jan, one, ids)


@pytest.mark.parametrize("missing", list(Right))
async def test_without_a_right_no_door_gives_what_it_is_for(both: Both, missing: Right) -> None:
    await give(both.house, *(ALL - {missing}))
    for (method, path), right in NEEDED.items():
        status, _ = await both.knock(method, path)
        if right is missing:
            assert status == 403, f"{method} {path}"
    for (method, path), (right, text) in SHOWN.items():
        status, said = await both.knock(method, path)
        if right is missing:
            assert status == 404 or text not in said, f"{method} {path}"
    for method, path in NEVER:
        assert (await both.knock(method, path))[0] in (403, 404), f"{method} {path}"


async def test_with_every_right_each_door_opens(both: Both) -> None:
    await give(both.house, Right.MANAGE, who="kim")
    for method, path in NEEDED:
        if "withdraw" not in path:
            status, said = await both.knock(method, path)
            assert status not in (401, 403, 404), f"{method} {path} {said}"
        await give(both.house, *Right)
        moved = update(customers).where(customers.c.id == "kim").values(organisation_id="firm")
        await both.house.database.write(lambda c, moved=moved: c.execute(moved))
    for (method, path), (_, text) in SHOWN.items():
        status, said = await both.knock(method, path)
        assert (status, text in said) == (200, True), f"{method} {path}"


async def test_own_orders_are_ones_own_without_any_right(house: House, jan: Browser) -> None:
    await house.database.write(
        lambda c: orders.add(
            c, [made_order("VK-7", "jan").model_copy(update={"agreement_id": None})]
        )
    )
    await give(house)
    await jan.get("/portal/orders/VK-7")
    assert (await jan.post("/portal/orders/VK-7/cancel", version="1"))[0] == 303
    assert "Cancel this order" not in (await jan.get("/portal/orders/VK-1"))[1]
    assert (await jan.post("/portal/orders/VK-1/cancel", version="1"))[0] == 403


async def test_rights_stay_behind_when_somebody_moves(house: House, jan: Browser) -> None:
    other = {"id": "other", "kind": "organisation", "name": "Other", "attributes": {}}
    moved = update(customers).where(customers.c.id == "jan").values(organisation_id="other")
    await house.database.write(
        lambda c: c.execute(insert(customers), [other | {"created_at": NOW}])
    )
    await house.database.write(lambda c: c.execute(moved))
    assert (await jan.get(PEOPLE))[0] == 403
    assert "F1" not in (await jan.get("/portal/invoices"))[1]
    assert JAN in (await jan.get("/portal/details"))[1]
