"""Programs keep customers: search, enter, change; two who change at once do not overwrite."""

import asyncio
from typing import Any

from console_house import House
from hub.store.tables import audit_log, contact_points, customers
from programs import Program

JAN: dict[str, Any] = {
    "name": "Jan Jansen",
    "number": "k-1",
    "language": "nl",
    "attributes": {"city": "Delft"},
    "contact_points": [
        {"kind": "email", "value": "Jan@Example.org"},
        {"kind": "phone", "value": "06 12345678"},
    ],
}


async def test_a_customer_is_entered_and_found_by_what_people_know_of_them(crm: Program) -> None:
    made = await crm.post("/customers", JAN)
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/customers/{made['id']}"
    assert (made["number"], made["kind"], made["attributes"]) == (
        "K-1",
        "person",
        {"city": "Delft"},
    )
    points = [(one["kind"], one["value"], one["verified"]) for one in made["contact_points"]]
    assert points == [("email", "jan@example.org", False), ("phone", "+31612345678", False)]
    for text in ("jansen", "K-1", "k-1", "jan@example.org", "%2B31612345678"):
        found = await crm.get(f"/customers?q={text}")
        assert [one["id"] for one in found["items"]] == [made["id"]], text
    for text in ("%25", "_", "piet", "jan@example"):
        assert (await crm.get(f"/customers?q={text}"))["items"] == [], text


async def test_a_list_goes_on_where_it_was(crm: Program) -> None:
    names = [f"Customer {number}" for number in range(5)]
    for name in names:
        await crm.post("/customers", {"name": name})
    assert [one["name"] for one in await crm.all("/customers", limit=2)] == names
    for cursor in ("x", "W10", "bnVsbA", "WyJhIiwgImIiXQ"):
        assert (await crm.get(f"/customers?cursor={cursor}")).refused == (422, "cursor")
    assert (await crm.get("/customers?limit=1000"))["errors"][0]["parameter"] == "limit"


async def test_of_two_who_change_at_once_one_must_read_again(house: House, crm: Program) -> None:
    made = await crm.post("/customers", JAN)
    one = f"/customers/{made['id']}"
    assert (await crm.patch(one, {"name": "Nobody"})).refused == (428, "no_match")
    seen = await crm.get(one)
    assert seen.etag == made.etag
    both = await asyncio.gather(
        *(crm.patch(one, {"language": code}, match=seen.etag) for code in ("en", "de"))
    )
    assert sorted(said.status for said in both) == [200, 412]
    [won] = [said for said in both if said.status == 200]
    now = await crm.get(one)
    assert (now.etag, now["language"]) == (won.etag, won["language"])
    assert (await crm.get(one, **{"If-None-Match": now.etag})).status == 304
    changed = await crm.patch(one, {"attributes": {"city": "", "country": "NL"}}, match="*")
    assert changed["attributes"] == {"country": "NL"}
    assert changed["name"] == "Jan Jansen"
    actions = [row.action for row in await house.rows(audit_log)]
    assert actions.count("customer.changed") == 2


async def test_nobody_gets_what_is_somebody_elses(crm: Program) -> None:
    jan = await crm.post("/customers", JAN)
    again = await crm.post("/customers", {"name": "Piet", "number": "K-1"})
    assert again.refused == (409, "number_taken")
    points = {"name": "Piet", "contact_points": [{"kind": "email", "value": "jan@example.org"}]}
    assert (await crm.post("/customers", points)).refused == (409, "point_taken")
    assert len(await crm.all("/customers")) == 1, "and nothing of it was kept"
    point = jan["contact_points"][0]["id"]
    removed = await crm.ask("DELETE", f"/customers/{jan['id']}/contact-points/{point}")
    assert [one["kind"] for one in removed["contact_points"]] == ["phone"]
    assert (await crm.post("/customers", points)).status == 201


async def test_people_work_for_organisations(crm: Program) -> None:
    points = [{"kind": "domain", "value": "acme.example"}]
    acme = await crm.post("/organisations", {"name": "Acme", "contact_points": points})
    assert acme["kind"] == "organisation"
    jan = await crm.post("/customers", JAN | {"organisation_id": acme["id"]})
    people = await crm.get(f"/organisations/{acme['id']}/people")
    assert [one["id"] for one in people["items"]] == [jan["id"]]
    assert [one["id"] for one in await crm.all("/organisations")] == [acme["id"]]
    assert (await crm.get(f"/organisations/{jan['id']}")).refused == (404, "no_customer")
    wrong = await crm.post("/customers", {"name": "Piet", "organisation_id": jan["id"]})
    assert wrong.refused == (422, "organisation")
    gone = await crm.patch(f"/customers/{jan['id']}", {"organisation_id": None}, match="*")
    assert gone["organisation_id"] is None


WRONG: list[tuple[Any, str]] = [
    ({}, "/name"),
    ({"name": "  "}, "/name"),
    ({"name": "Jan", "colour": "red"}, "/colour"),
    ({"name": ["Jan"]}, "/name"),
    ({"name": "Jan", "contact_points": [{"kind": "email", "value": "x"}]}, "/contact_points/0"),
    ({"name": "Jan", "language": "Dutch"}, "/language"),
    ([], ""),
    ("Jan", ""),
]


async def test_what_is_wrong_is_named(crm: Program) -> None:
    for body, where in WRONG:
        said = await crm.post("/customers", body)
        assert said.refused == (422, "invalid"), body
        assert [one.get("pointer", "") for one in said["errors"]] == [where]


async def test_what_no_database_takes_does_no_harm(house: House, crm: Program) -> None:
    made = await crm.post("/customers", {"name": "J\0an", "attributes": {"a": "\0b"}})
    assert (made.status, made["attributes"]) == (201, {"a": "b"})
    assert (await crm.get("/customers/" + "x" * 101)).refused == (404, "not_found")
    assert (await crm.ask("POST", "/customers", b"{")).refused == (415, "media_type")
    half = await crm.ask("POST", "/customers", b"{", **{"Content-Type": "application/json"})
    assert half.refused == (400, "malformed_json")
    deep = b"[" * 100_000
    nested = await crm.ask("POST", "/customers", deep, **{"Content-Type": "application/json"})
    assert nested.refused == (400, "malformed_json")
    assert len(await house.rows(customers)) == 1
    assert await house.rows(contact_points) == []


async def test_a_contact_is_given_rights_in_the_portal(house: House, crm: Program) -> None:
    firm = await crm.post("/organisations", {"name": "De Zwaan"})
    made = await crm.post("/customers", JAN | {"organisation_id": firm["id"]})
    one = f"/customers/{made['id']}/portal-rights"
    seen = await crm.get(one)
    assert seen.body == {"organisation_id": firm["id"], "rights": ["order"]}
    given = await crm.patch(one, {"rights": ["manage", "invoices"]}, match=seen.etag)
    assert given["rights"] == ["invoices", "manage"]
    assert (await crm.get(one)).body == given.body
    assert (await crm.patch(one, {"rights": []}, match=seen.etag)).refused == (412, "changed")
    assert (await crm.patch(one, {"rights": ["all"]}, match=given.etag)).status == 422
    alone = await crm.post("/customers", {"name": "Eve"})
    said = await crm.get(f"/customers/{alone['id']}/portal-rights")
    assert said.refused == (404, "no_organisation")
