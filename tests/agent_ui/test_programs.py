"""Administrators give programs tokens and say who is told of events; nobody else does."""

from agent_ui.api.api import ABOUT
from console_house import House, Person
from hub.store import partner_keys, webhooks
from hub.store.tables import audit_log, webhook_deliveries
from hub.store.tables import webhooks as hooks_table
from programs import program

PATH = "/console/programs"


async def test_a_token_is_shown_once_and_ends_when_it_is_revoked(
    house: House, ina: Person, anna: Person
) -> None:
    assert (await anna.get(PATH)).status == 403
    fields = {"name": "CRM", "agent": "anna", "days": "90"}
    refused = await ina.post(PATH + "/tokens", **fields, form="token")
    assert (refused.status, "may do" in refused.text("[role=alert]")) == (422, True)
    assert refused.value("details[open] [name=name]") == "CRM"
    assert refused.value("details[open] [name=agent] [selected]") == "anna"
    assert refused.value("details[open] [name=days] [selected]") == "90"
    assert (await anna.post(PATH + "/tokens", **fields, scope="work:read")).status == 403
    made = await ina.post(PATH + "/tokens", **fields, scope=["work:read", "customers:read"])
    secret = made.value("[data-secret]")
    page = await ina.get(PATH)
    assert secret not in page.body
    assert page.texts("section:has(#tokens) tbody th") == ["CRM"]
    async with program(house.origin + ABOUT.base, secret) as crm:
        assert (await crm.get("/work")).status == 200
        assert (await crm.get("/orders")).refused == (403, "scope")
        action = (await ina.get(PATH)).value("form[action$=revoke]", "action")
        assert (await anna.post(action)).status == 403
        assert (await ina.post(action)).status == 200
        assert (await crm.get("/work")).refused == (401, "unknown_token")
    assert "no such token" in (await ina.post(action)).text("[role=alert]")


async def test_an_address_is_told_paused_and_ended(house: House, ina: Person, anna: Person) -> None:
    topics = ["order.changed", "delivery.changed"]
    typed = {"form": "webhook", "url": "https://10.0.0.1/", "description": "Ours"}
    inside = await ina.post(PATH + "/webhooks", topic=topics, **typed)
    assert (inside.status, "on the internet" in inside.text("[role=alert]")) == (422, True)
    assert inside.value("details[open] [name=url]") == "https://10.0.0.1/"
    assert inside.value("details[open] [name=description]") == "Ours"
    assert inside.values("details[open] [name=topic][checked]") == topics
    made = await ina.post(PATH + "/webhooks", url="https://example.org/hook", topic=topics)
    assert made.value("[data-secret]").startswith("whsec_")
    [row] = await house.rows(hooks_table)
    one = f"{PATH}/webhooks/{row.id}"
    await house.write(lambda c: webhooks.happened(c, [("e1", "order.changed", "{}")]))
    assert "order.changed" in (await ina.get(one)).text("tbody th")
    [sent] = await house.rows(webhook_deliveries)
    for path, fields in ((one, {"do": "remove"}), (f"{one}/deliveries/{sent.id}", {})):
        assert (await anna.post(path, **fields)).status == 403
    assert (await anna.get(one)).status == 403
    again = await ina.post(f"{one}/deliveries/{sent.id}")
    assert again.path == one
    assert "paused" in (await ina.post(one, do="pause")).text("section:has(#webhooks) tbody .chip")
    assert "is told" in (await ina.post(one, do="resume")).text(
        "section:has(#webhooks) tbody .chip"
    )
    other = await ina.post(one, do="rotate")
    assert other.value("[data-secret]") != made.value("[data-secret]")
    await ina.post(one, do="remove")
    assert await house.rows(hooks_table) == []
    assert (await ina.get(one)).status == 404


async def test_a_partner_gets_a_key_that_is_replaced_and_revoked(
    house: House, ina: Person, anna: Person
) -> None:
    fields = {"partner": "snelpost", "kind": "secret"}
    assert (await anna.post(PATH + "/keys", **fields)).status == 403
    assert (await ina.post(PATH + "/keys", partner="nobody", kind="secret")).status == 422
    made = await ina.post(PATH + "/keys", **fields)
    first = made.value("[data-secret]")
    assert first.startswith("whsec_")
    action = made.value("form[action*='/keys/']", "action")
    assert (await anna.post(action, do="revoke")).status == 403
    second = (await ina.post(action, do="rotate")).value("[data-secret]")
    page = await ina.get(PATH)
    assert first not in page.body
    shown = " ".join(page.texts("section:has(#partners) td code"))
    assert (first[-4:] in shown, second[-4:] in shown) == (True, True)
    actions = [row.action for row in await house.rows(audit_log)]
    assert actions.count("partner_key.made") == 2
    for _ in range(2):
        done = await ina.post(action, do="revoke")
    assert "no such key" in done.text("[role=alert]")
    assert len(await house.database.read(lambda c: partner_keys.listed(c)["snelpost"])) == 1
