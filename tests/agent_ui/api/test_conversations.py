"""Programs read what an agent may read, answer customers, and record what came by letter."""

from typing import Any

from builders import mail_arrival
from console_house import House
from hub.interaction import Thread
from hub.store.tables import interactions, outbound, work_items
from programs import Program, program, token_for
from waiting import eventually

LETTER = {
    "form": "letter",
    "name": "Mevrouw De Boer",
    "subject": "Bestelling",
    "text": "Waar blijft mijn bestelling?",
}


async def test_a_program_answers_what_it_read(house: House, crm: Program) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org", message_id="one@example.org"))
    [listed] = await crm.all("/conversations", limit=1)
    one = f"/conversations/{accepted.conversation_id}"
    assert (await crm.get(one)).body == listed
    assert (listed["channel"], listed["work"]["state"]) == ("email", "waiting")
    [mail] = await crm.all(one + "/interactions", limit=1)
    assert (mail["sequence"], mail["direction"]) == (1, "inbound")
    assert (await crm.get(f"/interactions/{mail['id']}")).body == mail
    [way] = [w for w in (await crm.get(one + "/ways"))["items"] if w["channel"] == "email"]
    assert way["to"] == "jan@example.org"
    past = await crm.post(one + "/replies", {"text": "Hello", "seen": 0})
    assert past.refused == (409, "unseen")
    empty = await crm.post(one + "/replies", {"text": " ", "seen": 1})
    assert empty.refused == (400, "empty_reply")
    nowhere = await crm.post(one + "/replies", {"text": "Hello", "seen": 1, "channel": "sms"})
    assert nowhere.refused == (409, "unreachable")
    for _ in range(2):
        sent = await crm.post(one + "/replies", {"text": "Hello", "seen": 1}, key="answer")
        assert (sent.status, sent["direction"], sent["text"]) == (201, "outbound", "Hello")
        assert sent["sending"]["state"] == "queued"
    assert len(await house.rows(outbound)) == 1
    assert (await crm.get(one))["work"]["state"] == "assigned"
    noted = await crm.post(one + "/notes", {"text": "A note"})
    assert (noted.status, noted["kind"], noted["sending"]) == (201, "note", None)
    assert [said["sequence"] for said in await crm.all(one + "/interactions", limit=2)] == [1, 2, 3]


async def test_what_is_of_other_roles_is_not_there(house: House, crm: Program) -> None:
    """By every address under which it could be."""
    accepted = await house.receive(subject="invoice", text="about my invoice")
    item = await house.work_of(accepted.conversation_id)
    assert item.role == "billing"
    assert await crm.all("/conversations") == []
    assert await crm.all("/work") == []
    one, work = f"/conversations/{accepted.conversation_id}", f"/work/{item.id}"
    interaction = f"/interactions/{accepted.interaction_id}"
    for path in (one, one + "/interactions", one + "/ways", interaction, work):
        assert (await crm.get(path)).status == 404, path
    tries = {
        one + "/replies": {"text": "x", "seen": 9},
        one + "/notes": {"text": "x"},
        interaction + "/resend": {},
        work + "/take": {},
        work + "/accept": {},
        work + "/decline": {},
        work + "/release": {},
        work + "/transfer": {"role": "service"},
        work + "/escalate": {},
        work + "/snooze": {},
        work + "/topic": {"topic": "order"},
        work + "/resolve": {"seen": 9},
    }
    for path, body in tries.items():
        assert (await crm.post(path, body)).status == 404, path
    record = LETTER | {"conversation_id": accepted.conversation_id}
    assert (await crm.post("/contacts", record)).status == 404
    bob = await house.hire("bob", "Bob", ["billing"])
    token = await token_for(house.database, ["conversations:read"], agent_id=bob)
    async with program(crm.base, token) as his:
        assert [c["id"] for c in await his.all("/conversations")] == [accepted.conversation_id]


async def test_a_letter_becomes_work_once(house: House, crm: Program) -> None:
    first, again = [await crm.post("/contacts", LETTER, key="scan-1") for _ in range(2)]
    assert (first.status, first.body) == (201, again.body)
    await eventually(lambda: house.work_of(first["conversation_id"]))
    [row] = await house.rows(interactions)
    assert (row.channel, row.details["form"]) == ("manual", "letter")
    assert row.details["written_by"] == "Anna de Wit"
    [work] = await crm.all("/work")
    assert (work["topic"], work["customer_name"]) == ("order", "Mevrouw De Boer")


async def test_what_was_written_down_goes_on_with_its_conversation(
    house: House, crm: Program
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org", thread=Thread()))
    [mail] = await house.rows(interactions)
    call = {"form": "call", "text": "He called.", "conversation_id": accepted.conversation_id}
    said = await crm.post("/contacts", call)
    assert (said["conversation_id"], said["sequence"]) == (accepted.conversation_id, 2)
    known = {"form": "visit", "text": "An invoice.", "topic": "invoice"}
    known |= {"customer_id": mail.customer_id}
    new = await crm.post("/contacts", known)
    assert new["conversation_id"] != accepted.conversation_id
    assert {row.customer_id for row in await house.rows(interactions)} == {mail.customer_id}
    await eventually(lambda: house.work_of(new["conversation_id"]))
    assert len(await house.rows(work_items)) == 2


async def test_a_record_that_is_none_is_refused(house: House, crm: Program) -> None:
    cases: list[tuple[dict[str, Any], int]] = [
        ({"name": ""}, 422),
        ({"text": ""}, 422),
        ({"form": "telegram"}, 422),
        ({"customer_id": "nobody"}, 422),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, 422),
        ({"occurred_at": "2026-01-01T00:00:00"}, 422),
        ({"contact_point": {"kind": "domain", "value": "acme.example"}}, 422),
    ]
    for wrong, status in cases:
        assert (await crm.post("/contacts", LETTER | wrong)).status == status, wrong
    assert await house.rows(interactions) == []
