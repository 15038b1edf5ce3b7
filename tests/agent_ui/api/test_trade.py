"""Programs enter agreements, order under them within the rules, and see where parcels are."""

from typing import Any

from sqlalchemy import insert

from console_house import House
from hub import clock
from hub.store.tables import deliveries, orders
from programs import Program

PRICES = {"prices": {"beans": {"description": "Beans", "unit_price": 1250}}, "cancel_until": 4}


async def customer(crm: Program, **more: Any) -> str:
    made = await crm.post("/customers", {"name": "Jan"} | more)
    return str(made["id"])


async def test_an_order_is_placed_changed_and_cancelled(house: House, crm: Program) -> None:
    acme = (await crm.post("/organisations", {"name": "Acme"}))["id"]
    jan = await customer(crm, organisation_id=acme)
    agreed = {"customer_id": acme, "kind": "price", "title": "Beans", "details": PRICES}
    agreement = await crm.post("/agreements", agreed | {"number": "a-1"})
    assert (agreement.status, agreement["number"]) == (201, "A-1")
    [listed] = await crm.all("/agreements", customer_id=jan, in_force="true")
    assert listed == agreement.body == (await crm.get(f"/agreements/{agreement['id']}")).body
    order: dict[str, Any] = {
        "customer_id": jan,
        "agreement_id": agreement["id"],
        "lines": [{"sku": "beans", "quantity": 2}],
    }
    placed = [await crm.post("/orders", order, key="po-1") for _ in range(2)]
    assert {said["number"] for said in placed} == {placed[0]["number"]}
    assert placed[0]["total"] == 2500
    one = f"/orders/{placed[0]['id']}"
    assert [each["id"] for each in await crm.all("/orders", customer_id=jan)] == [placed[0]["id"]]
    assert len(await crm.all("/orders", number=placed[0]["number"])) == 1
    more = {"lines": [{"sku": "beans", "quantity": 3}]}
    changed = await crm.patch(one, more, match=placed[0].etag)
    assert (changed["total"], changed["version"]) == (3750, 2)
    assert (await crm.patch(one, more, match=placed[0].etag)).refused == (412, "changed")
    assert (await crm.post(one + "/cancel")).refused == (428, "no_match")
    gone = await crm.post(one + "/cancel", {"reason": "Not needed"}, match=changed.etag)
    assert gone["state"] == "cancelled"
    assert (await crm.post(one + "/cancel", match="*")).refused == (409, "cancelled")
    tea = order | {"lines": [{"sku": "tea", "quantity": 1}]}
    assert (await crm.post("/orders", tea)).refused == (422, "not_agreed")
    stranger = await customer(crm)
    assert (await crm.post("/orders", order | {"customer_id": stranger})).status == 422
    assert len(await house.rows(orders)) == 1


async def test_agreements_that_cannot_be_are_refused(crm: Program) -> None:
    jan = await customer(crm)
    good = {"customer_id": jan, "kind": "contract", "title": "Care", "number": "A-1"}
    assert (await crm.post("/agreements", good)).status == 201
    wrong: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({}, (409, "number_taken")),
        ({"customer_id": "nobody", "number": ""}, (422, "no_customer")),
        ({"number": "", "valid_until": "2020-01-01T00:00:00Z"}, (422, "ends_early")),
        ({"number": "", "details": {"prices": "cheap"}}, (409, "unreadable_terms")),
        ({"kind": "wish"}, (422, "invalid")),
    ]
    for change, refusal in wrong:
        assert (await crm.post("/agreements", good | change)).refused == refusal, change
    assert len(await crm.all("/agreements")) == 1


async def test_a_parcel_is_seen_and_its_wishes_are_set(house: House, crm: Program) -> None:
    jan, now = await customer(crm), clock.now()
    row = {
        "id": clock.new_id(), "partner": "post", "tracking": "3S1", "order_number": "",
        "customer_id": jan, "state": "in_transit", "flags": [], "address": "", "preferences": {},
        "version": 1, "created_at": now, "updated_at": now,
    }  # fmt: skip
    await house.write(lambda c: c.execute(insert(deliveries), [row]))
    for query in ({"customer_id": jan}, {"tracking": "3s1"}, {}):
        assert [one["id"] for one in await crm.all("/deliveries", **query)] == [row["id"]]
    one = f"/deliveries/{row['id']}"
    seen = await crm.get(one)
    assert (seen["state"], seen["events"]) == ("in_transit", [])
    wish = {"preferences": {"leave_with": "neighbours"}}
    assert (await crm.patch(one, wish, match='"old"')).refused == (412, "changed")
    set_ = await crm.patch(one, wish, match=seen.etag)
    assert set_["preferences"] == {"leave_with": "neighbours"}


async def test_the_model_says_what_holds_for_a_contact(crm: Program) -> None:
    [version] = (await crm.get("/model/versions"))["items"]
    assert (version["number"], version["state"]) == (1, "live")
    live = await crm.get("/model/versions/live")
    assert live["text"].startswith("version:")
    assert (await crm.get("/model/versions/7")).refused == (404, "no_model")
    assert (await crm.get("/model/versions/x")).refused == (404, "no_model")
    holds = await crm.get("/model/effective?topic=order&channel=chat")
    assert (holds["role"], holds["topic"], holds["version"]) == ("service", "order", 1)
    assert holds["handling"]["first_response"] == 7200
    recognised = await crm.get("/model/effective?text=about+an+invoice&language=nl")
    assert (recognised["role"], recognised["topic"]) == ("billing", "invoice")
    assert recognised["reasons"]
    assert (await crm.get("/model/effective?channel=smoke")).refused == (422, "invalid")
