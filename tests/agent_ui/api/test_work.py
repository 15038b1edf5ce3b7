"""Programs do with work what agents do, by the same rules."""

from datetime import timedelta

from console_house import House
from hub import clock
from hub.store.tables import agents as agents_table
from programs import Program, program, token_for


async def test_work_is_taken_put_aside_and_resolved(house: House, crm: Program) -> None:
    accepted = await house.receive(subject="order", text="Where is my order?")
    assert (await crm.post("/work/take"))["work"]["conversation_id"] == accepted.conversation_id
    assert (await crm.post("/work/take"))["work"] is None
    [mine] = await crm.all("/work", mine="true", state="open")
    one = f"/work/{mine['id']}"
    until = (clock.now() + timedelta(hours=1)).isoformat()
    put = await crm.post(one + "/snooze", {"until": until})
    assert (put["state"], put["snoozed_until"] is not None) == ("snoozed", True)
    assert (await crm.post(one + "/take"))["state"] == "assigned"
    assert (await crm.post(one + "/release"))["state"] == "waiting"
    assert (await crm.post(one + "/resolve", {"seen": 1})).refused == (409, "not_held")
    assert (await crm.post(one + "/accept")).status == 409
    await crm.post(one + "/take")
    past = await crm.post(one + "/resolve", {"seen": 0, "results": {"outcome": "found"}})
    assert past.refused == (409, "unseen")
    assert (await crm.get(one))["state"] == "assigned", "nothing of it was done"
    done = await crm.post(one + "/resolve", {"seen": 1, "results": {"outcome": "found"}})
    assert done["state"] == "done"
    said = await crm.all(f"/conversations/{accepted.conversation_id}/interactions")
    assert said[-1]["details"] == {"event": "resolved", "result.outcome": "found"}
    assert await crm.all("/work", state="open") == []
    assert [each["id"] for each in await crm.all("/work", state="done")] == [mine["id"]]


async def test_work_goes_to_another_role_with_a_note(house: House, crm: Program) -> None:
    accepted = await house.receive()
    item = await house.work_of(accepted.conversation_id)
    one = f"/work/{item.id}"
    await crm.post(one + "/take")
    nobody = await crm.post(one + "/transfer", {"role": "magicians", "note": "Lost"})
    assert nobody.refused == (400, "no_role")
    given = await crm.post(one + "/transfer", {"role": "billing", "note": "About an invoice"})
    assert (given["role"], given["state"]) == ("billing", "waiting")
    assert (await crm.get(one)).status == 404, "it is not for this agent any more"
    bob = await house.hire("bob", "Bob", ["billing"])
    scopes = ["work:read", "work:write", "conversations:read"]
    async with program(crm.base, await token_for(house.database, scopes, agent_id=bob)) as his:
        said = await his.all(f"/conversations/{accepted.conversation_id}/interactions")
        assert [each["text"] for each in said if each["kind"] == "note"] == ["About an invoice"]
        held = await his.post(one + "/take")
        assert held["agent_name"] == "Bob"
    taken = await crm.post("/work/take")
    assert taken["work"] is None


async def test_a_topic_is_corrected_and_work_moves_if_asked(house: House, crm: Program) -> None:
    accepted = await house.receive(subject="Hello", text="Hello")
    item = await house.work_of(accepted.conversation_id)
    one = f"/work/{item.id}/topic"
    assert (await crm.post(one, {"topic": "gardening"})).refused == (422, "no_topic")
    stayed = await crm.post(one, {"topic": "invoice"})
    assert (stayed["topic"], stayed["role"]) == ("invoice", "service")
    moved = await crm.post(one, {"topic": "invoice", "move": True})
    assert moved["role"] == "billing"


async def test_an_agent_who_left_lets_no_program_in(house: House, crm: Program) -> None:
    await house.write(lambda c: c.execute(agents_table.update().values(active=False)))
    assert (await crm.get("/work")).refused == (401, "unknown_token")
