"""Programs split, merge and link conversations, and undo it."""

from builders import TOKENS, mail_arrival
from console_house import House
from hub.interaction import Thread
from hub.store.threads import TOKEN_PURPOSE
from programs import Program


async def test_a_conversation_is_split_and_one_again(house: House, crm: Program) -> None:
    first = await house.receive(mail_arrival(text="1"))
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, first.conversation_id))
    second = await house.receive(mail_arrival(text="2", thread=thread))
    assert second.conversation_id == first.conversation_id
    split = f"/interactions/{second.interaction_id}/split"
    done = await crm.post(split)
    assert done["kept_id"] == first.conversation_id

    async def said(conversation_id: str) -> list[str]:
        items = (await crm.get(f"/conversations/{conversation_id}/interactions"))["items"]
        return [one["text"] for one in items if one["kind"] == "message"]

    assert await said(done["kept_id"]) == ["1"]
    undo = f"/regroupings/{done['id']}/undo"
    assert (await crm.post(undo)).status == 200
    assert await said(done["kept_id"]) == ["1", "2"]
    assert (await crm.post(undo)).refused == (409, "undone")
    assert (await crm.post("/regroupings/none/undo")).refused == (404, "no_merge")
    assert (await crm.post("/interactions/none/split")).refused == (404, "no_message")


async def test_two_are_merged_and_linked_and_two_again(house: House, crm: Program) -> None:
    one = (await house.receive(mail_arrival(text="1"))).conversation_id
    two = (await house.receive(mail_arrival(text="2"))).conversation_id
    other = (await house.receive(mail_arrival("kees@example.org"))).conversation_id
    merge = f"/conversations/{two}/merge"
    assert (await crm.post(merge, {"into_id": other})).refused == (409, "other_customer")
    done = await crm.post(merge, {"into_id": one})
    assert (done["kept_id"], done["other_id"]) == (one, two)
    assert (await crm.get("/conversations?limit=9"))["items"][-1]["id"] == one
    assert (await crm.post(f"/regroupings/{done['id']}/undo")).status == 200
    assert (await crm.get(f"/conversations/{two}/interactions"))["items"][0]["text"] == "2"
    links = f"/conversations/{one}/links"
    [linked] = (await crm.post(links, {"other_id": other}))["items"]
    assert linked["id"] == other
    assert [line["id"] for line in (await crm.get(f"/conversations/{other}/links"))["items"]] == [
        one
    ]
    assert (await crm.post(links, {"other_id": "none"})).refused == (404, "no_conversation")
    assert (await crm.ask("DELETE", f"{links}/{other}"))["items"] == []
