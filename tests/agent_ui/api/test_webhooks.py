"""Programs subscribe to events, and see what they were told."""

from console_house import House
from hub.store import webhooks
from programs import Program


async def test_a_subscription_is_made_changed_and_ended(house: House, crm: Program) -> None:
    topics = ["order.changed", "delivery.changed"]
    made = await crm.post("/webhooks", {"url": "https://example.org/loket", "topics": topics})
    assert (made.status, made["secret"].startswith("whsec_")) == (201, True)
    one = f"/webhooks/{made['id']}"
    seen = await crm.get(one)
    assert "secret" not in seen.body
    assert (await crm.get("/webhooks"))["items"] == [seen.body]
    assert (await crm.patch(one, {"state": "paused"})).refused == (428, "no_match")
    paused = await crm.patch(one, {"state": "paused", "topics": []}, match=seen.etag)
    assert (paused["state"], paused["topics"]) == ("paused", [])
    other = await crm.post(one + "/secret")
    assert other["secret"] != made["secret"]
    event = ("e1", "order.changed", "{}")
    await house.write(lambda c: webhooks.happened(c, [event, event]))
    [sent] = await crm.all(one + "/deliveries", limit=1)
    assert (sent["event_id"], sent["state"], sent["attempts"]) == ("e1", "waiting", 0)
    again = await crm.post(f"{one}/deliveries/{sent['id']}/redeliver")
    assert again["id"] == sent["id"]
    assert (await crm.post(one + "/deliveries/none/redeliver")).refused == (404, "no_delivery")
    assert (await crm.ask("DELETE", one)).status == 204
    assert (await crm.get(one)).refused == (404, "no_webhook")


async def test_what_cannot_be_told_or_reached_is_refused(house: House, crm: Program) -> None:
    for wrong, code in (
        ({"url": "https://10.0.0.1/"}, "webhook_url"),
        ({"url": "http://example.org/"}, "webhook_url"),
        ({"url": "https://example.org/", "topics": ["chat.activity"]}, "topics"),
        ({}, "invalid"),
    ):
        assert (await crm.post("/webhooks", wrong)).refused == (422, code)
    assert (await crm.get("/webhooks"))["items"] == []
