"""Programs say that an address is shared, and who of those who use it wrote."""

from builders import mail_arrival
from console_house import House
from programs import Program


async def test_an_address_is_shared_and_somebody_says_who_it_was(
    house: House, crm: Program
) -> None:
    first = await house.receive(mail_arrival("info@acme.example"))
    one = f"/conversations/{first.conversation_id}"
    assert (await crm.get(f"{one}/people"))["address"] == ""
    assert (await crm.post(f"{one}/person", {"name": "Eva"})).refused == (409, "not_shared")
    customer = f"/customers/{(await crm.get(one))['customer_id']}"
    [point] = (await crm.get(customer))["contact_points"]
    share = f"{customer}/contact-points/{point['id']}/share"
    shared = (await crm.post(share))["shared_id"]
    assert (await crm.post(share)).refused == (404, "no_point")
    assert (await crm.post(f"{customer}/contact-points/none/share")).refused == (404, "no_point")
    second = await house.receive(mail_arrival("info@acme.example"))
    two = f"/conversations/{second.conversation_id}"
    assert (await crm.get(two))["customer_id"] == shared
    assert (await crm.get(f"/customers/{shared}"))["kind"] == "shared"
    said = await crm.post(f"{two}/person", {"name": "Eva Smit"})
    assert ([who["name"] for who in said["people"]], said["chosen"]) == (
        ["Eva Smit", "info@acme.example"],
        True,
    )
    assert (await crm.get(two))["customer_id"] == said["people"][0]["id"]
    body = {"customer_id": said["people"][0]["id"], "name": "Eva"}
    assert (await crm.post(f"{two}/person", body)).status == 422
    assert (await crm.post("/conversations/none/person", {"name": "x"})).status == 404
    assert (await crm.get("/conversations/none/people")).status == 404
