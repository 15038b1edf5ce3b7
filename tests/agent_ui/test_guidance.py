"""What the model says about this work: how far an agent may decide, who decides above that, and who
does a step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_ui.context import Escalation
from console_house import MODEL, House, Page, Person, open_house
from hub import clock
from hub.store.inserting import insert_all
from hub.store.tables import agreements, audit_log, contact_points

LIMITED = (
    MODEL.replace(
        "blocking: no}\n",
        """blocking: yes}
        - {name: book, title: {en: Book it, nl: Boek het}, who: billing}
        - {name: tell, title: {en: Tell them, nl: Meld het}, who: service}
      during:
        - {name: weigh, title: {en: Weigh it, nl: Weeg het}, blocking: yes}
""",
    )
    .replace(
        "authority: [",
        """authority:
      - {en: Replace it, nl: Vervangen, approver: billing}
      - {en: Extend it, nl: Verlengen, limits: {extension_months: 12}}
      - {en: Add gifts, nl: Cadeaus, limits: {gifts: 3}}
      - {en: Bring up to 10 kg, nl: Tot 10 kg brengen, limits: {courier_kg: 10}}
      - """,
    )
    .replace(
        'terugbetalen."}]',
        'terugbetalen.", limits: {refund_eur: 12.50}, approver: billing, within: 36h}',
    )
)


UP = Escalation(supervisors="supervisors")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=LIMITED, escalation=UP) as opened:
        yield opened


async def test_what_an_agent_may_decide_and_who_decides_above_it(
    house: House, anna: Person
) -> None:
    await house.receive(subject="My order 12")
    page = await anna.take_next()
    side = page.text("#side")
    assert "Replace it Above that Billing decides." in side
    assert "EUR 50. at most EUR 12.50 Above that Billing decides, within 36 hours." in side
    assert "Extend it at most 12 months" in side
    assert "Add gifts Gifts: at most 3" in side
    assert "at most 10 kg" not in side, "it says so itself"
    assert "Book it Billing does this" in side
    assert "Tell them" in side
    assert "Customer service does this" not in side
    await anna.post("/console/language", language="nl")
    side = (await anna.get(page.path)).text("#side")
    assert "hoogstens EUR 12,50 Daarboven beslist Facturatie, binnen 36 uur." in side
    assert "Boek het Facturatie doet dit" in side


async def test_what_work_needs_stands_right_below_who_it_is_for(house: House, anna: Person) -> None:
    await house.receive(subject="My order 12")
    page = await anna.take_next()
    headings = page.texts("#side h2")
    assert headings[1] == "What this needs"
    assert headings.index("Agreements in force") < headings.index("About the customer")


async def test_who_keeps_an_agreement_is_called_as_everywhere(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    item = await house.work_of(accepted.conversation_id)
    row = {
        "id": clock.new_id(), "customer_id": item.customer_id, "kind": "promise", "title": "A cup",
        "terms": "", "valid_from": clock.now(), "due_at": clock.now(), "owner": "billing",
    }  # fmt: skip
    await house.database.write(lambda c: insert_all(c, agreements, [row]))
    page = await anna.take_next()
    assert page.text(".agreement").endswith("Billing")


async def test_many_agreements_push_nothing_away(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    item = await house.work_of(accepted.conversation_id)
    rows = [
        {
            "id": clock.new_id(), "customer_id": item.customer_id, "kind": "contract",
            "title": f"Beans {number}", "terms": "", "valid_from": clock.now(), "owner": "",
        }
        for number in range(30)
    ]  # fmt: skip
    await house.database.write(lambda c: insert_all(c, agreements, rows))
    page = await anna.take_next()
    assert len(page.texts(".agreement")) == 30
    assert len(page.texts("details .agreement")) == 25
    assert "25 more" in page.texts("#side summary")


async def test_visits_of_one_customer_are_one_line(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    item = await house.work_of(accepted.conversation_id)
    rows = [
        {
            "id": clock.new_id(), "customer_id": item.customer_id, "kind": "visitor",
            "key": f"visitor:{name}", "value": name, "verified": name == "a",
            "created_at": clock.now(),
        }
        for name in "ab"
    ]  # fmt: skip
    await house.database.write(lambda c: insert_all(c, contact_points, rows))
    page = await anna.take_next()
    assert page.texts(".points .point")[1:] == ["Chat visitor \u00d7 2"]
    assert page.texts(".points .badge")[-1] == "not verified"


async def test_who_approves_is_asked_and_not_the_supervisors(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    page = await anna.take_next()
    assert page.texts("[data-give] [name=escalate]") == ["Ask Billing to decide"]
    item = await house.work_of(accepted.conversation_id)
    path = f"/console/work/{item.id}/transfer"
    refused = await anna.post(path, escalate="service")
    assert (refused.status, "This role does not exist" in refused.text("main")) == (400, True)
    await anna.post(path, escalate="billing", note="Refund 80 euro?")
    moved = await house.work_of(accepted.conversation_id)
    assert (moved.state, moved.role, moved.backup_role) == ("waiting", "billing", "service")


async def test_where_the_model_names_nobody_a_supervisor_is_asked(
    house: House, anna: Person
) -> None:
    await house.receive(subject="Hello", text="Are you there?")
    page = await anna.take_next()
    assert page.texts("[data-give] [name=escalate]") == ["Ask a supervisor"]


async def test_what_blocks_is_done_before_the_answer_and_before_the_end(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    page = await anna.take_next()
    item = await house.work_of(accepted.conversation_id)
    refused = await anna.reply(page, "It comes tomorrow.")
    assert refused.status == 409
    said = "Do this first, and tick it under “What this needs”: Look up the order."
    assert said in refused.text("[role=alert]")
    assert refused.text("textarea[name=text]") == "It comes tomorrow."
    page = await tick(anna, item.id, "before.look")
    assert "done Anna de Wit, 2026" in page.text("[data-steps] li")
    page = await anna.reply(page, "It comes tomorrow.")
    assert page.status == 200
    refused = await anna.post(f"/console/work/{item.id}/resolve", seen="2")
    assert (refused.status, "Weigh it." in refused.text("[role=alert]")) == (409, True)
    await tick(anna, item.id, "during.weigh")
    await tick(anna, item.id, "before.look", state="open")
    refused = await anna.post(f"/console/work/{item.id}/resolve", seen="2")
    assert (refused.status, "Look up" in refused.text("[role=alert]")) == (409, True)
    await tick(anna, item.id, "before.look")
    await anna.post(f"/console/work/{item.id}/resolve", seen="2")
    assert (await house.work_of(accepted.conversation_id)).state == "done"


async def test_a_step_is_left_out_only_with_a_reason_which_others_see(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    await anna.take_next()
    item = await house.work_of(accepted.conversation_id)
    refused = await tick(anna, item.id, "before.look", state="skipped", reason=" ")
    assert (refused.status, "why this step" in refused.text("[role=alert]")) == (422, True)
    page = await tick(anna, item.id, "before.look", state="skipped", reason="No order yet")
    assert "not needed Anna de Wit" in page.text("[data-steps] li")
    assert page.text("[data-steps] li q") == "No order yet"
    logged = [row for row in await house.rows(audit_log) if ".step" in row.action]
    assert [(row.action, row.details["step"], row.details["reason"]) for row in logged] == [
        ("work_item.step_skipped", "before.look", "No order yet")
    ]
    assert (await house.work_of(accepted.conversation_id)).epoch == item.epoch + 1, (
        "others are told"
    )
    refused = await tick(anna, item.id, "before.nothing")
    assert (refused.status, "not asked for here" in refused.text("[role=alert]")) == (409, True)


async def tick(person: Person, item_id: str, step: str, **fields: str) -> Page:
    return await person.post(
        f"/console/work/{item_id}/steps", **({"step": step, "state": "done"} | fields)
    )
