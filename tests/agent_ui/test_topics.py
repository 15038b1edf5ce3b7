"""Correcting what a contact is about, without scripts; and the page about recognition."""

from typing import Any

import pytest
from sqlalchemy import update

from console_house import MODEL, House, Person
from hub.store import learning
from hub.store.tables import audit_log, model_versions, topic_corrections, work_items

ORDER: dict[str, Any] = {"subject": "Where is my order?", "text": "x"}


async def test_the_topic_is_shown_with_how_it_was_found(house: House, anna: Person) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    assert page.text(".chip-topic") == "Orders"
    assert page.text(".found-how") == "by words in it"


async def test_the_list_has_every_topic_and_says_where_another_role_is_responsible(
    house: House, anna: Person
) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    assert page.texts("[data-correct] option") == ["Orders"], "the others come when it is opened"
    page = await anna.get(page.value("[data-correct] noscript a", "href"))
    assert page.texts("[data-correct][open] option") == ["Orders", "Invoices → Billing"]
    assert page.value("[data-correct] option[selected]") == "order"
    assert not page.has("input[name=move][checked]")


async def test_topics_are_for_who_may_do_the_work(house: House, anna: Person, bob: Person) -> None:
    await house.receive(**ORDER)
    [item] = await house.rows(work_items)
    door = f"/console/work/{item.id}/topics"
    page = await anna.get(door)
    assert page.texts("option") == ["Orders", "Invoices → Billing"]
    assert (await bob.get(door)).status == 404


async def test_a_correction_is_stored_and_the_work_stays_with_the_agent_who_is_told(
    house: House, anna: Person
) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    assert "Priority" not in page.text(".why"), "it counts for nothing here"
    [item] = await house.rows(work_items)
    page = await anna.post(f"/console/work/{item.id}/topic", topic="invoice")
    assert page.status == 200
    assert "Priority: counts as 30 minutes longer waiting." in page.texts(".why li")
    assert "makes Billing responsible" in page.text("[role=alert]")
    assert page.text(".chip-topic") == "Invoices"
    assert page.text(".found-how") == "corrected"
    assert page.text(".chip-mine") == "You have it"
    assert "Anna de Wit changed the topic from “order” to “Invoices”." in page.texts(".why li")
    told = page.texts(".why .steps")[0]
    assert "These words point to “Orders”: order." in told
    assert told.endswith("Then somebody changed the topic.")
    [item] = await house.rows(work_items)
    assert (item.topic, item.role, item.priority_minutes) == ("invoice", "service", 30)
    [row] = await house.rows(topic_corrections)
    assert (row.former, row.topic, row.how, row.moved) == ("order", "invoice", "words", False)
    await anna.post(f"/console/work/{item.id}/topic", topic="invoice", move="yes")
    [item] = await house.rows(work_items)
    assert (item.role, item.state) == ("billing", "waiting")
    assert len(await house.rows(topic_corrections)) == 1, "handing over corrects nothing"


async def test_the_work_moves_when_the_agent_says_so(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(**ORDER)
    await anna.take_next()
    [item] = await house.rows(work_items)
    page = await anna.post(f"/console/work/{item.id}/topic", topic="invoice", move="yes")
    assert page.path == "/console"
    [item] = await house.rows(work_items)
    assert (item.role, item.state, item.agent_id) == ("billing", "waiting", None)
    page = await bob.take_next()
    assert page.path == f"/console/conversations/{accepted.conversation_id}"
    assert page.texts("[data-correct] option") == ["Invoices"]
    page = await bob.get(f"{page.path}?menu=topic")
    assert page.texts("[data-correct] option") == ["Orders → Customer service", "Invoices"]


async def test_what_cannot_be_corrected_is_said(house: House, anna: Person, bob: Person) -> None:
    await house.receive(**ORDER)
    await anna.take_next()
    [item] = await house.rows(work_items)
    door = f"/console/work/{item.id}/topic"
    page = await anna.post(door, topic="weather")
    assert (page.status, page.text("[role=alert]")) == (
        422,
        "This topic is not in the model. Choose another.",
    )
    page = await anna.post(door, topic="order")
    assert (page.status, page.text("[role=alert]")) == (409, "This is its topic already.")
    assert (await bob.post(door, topic="invoice")).status == 404
    await anna.post(f"/console/work/{item.id}/resolve", seen="9")
    assert await house.rows(topic_corrections) == []


# The page about recognition

REPORT: dict[str, Any] = {
    "examples": 60,
    "accuracy": 0.8,
    "calibration_error": 0.03,
    "topics": [
        {"topic": "order", "examples": 40, "precision": 0.9, "found": 0.7, "taken_for": "invoice"}
    ],
    "left_out": {"invoice": 4},
    "curve": [
        {"threshold": 0.0, "precision": 0.8, "coverage": 1.0},
        {"threshold": 0.5, "precision": 0.92, "coverage": 0.7},
        {"threshold": 0.9, "precision": 1.0, "coverage": 0.2},
    ],
    "proposals": [
        {
            "topic": "invoice",
            "words": "dunning letter",
            "fits": 7,
            "misses": 1,
            "corrected": 5,
            "former": "order",
        }
    ],
    "proposed_threshold": 0.5,
}


async def learn(house: House, report: dict[str, Any]) -> None:
    await house.write(lambda c: learning.keep(c, content=b"", report=report, examples=60, by="x"))


@pytest.mark.parametrize("door", ["", "/threshold", "/proposals"])
async def test_only_who_manages_topics_finds_the_page(bob: Person, door: str) -> None:
    page = await bob.post(f"/console/topics{door}") if door else await bob.get("/console/topics")
    assert page.status == 404
    assert not (await bob.get("/console")).has("a[href='/console/topics']")


async def test_before_anything_is_learned_the_page_says_how_to(ina: Person) -> None:
    assert (await ina.get("/console")).has("a[href='/console/topics']")
    page = await ina.get("/console/topics")
    assert "loket topics train" in page.text("main")
    assert not page.has("svg.curve")


async def test_the_curve_shows_what_a_threshold_costs_and_the_proposed_one_holds(
    house: House, ina: Person
) -> None:
    await learn(house, REPORT)
    page = await ina.get("/console/topics")
    assert len(page.texts("svg.curve circle")) == 3
    assert page.text(".mark-used") == "50 % sure: 92 % right, 70 % suggested"
    assert "This is what Loket proposes." in page.text("main")
    assert page.value("input[name=threshold]") == "50"


async def test_where_no_threshold_is_good_enough_that_is_said(house: House, ina: Person) -> None:
    await learn(house, REPORT | {"proposed_threshold": 1.0})
    page = await ina.get("/console/topics")
    assert "Nothing is suggested" in page.text("main strong")
    assert not page.has(".mark-used")


async def test_a_threshold_is_set_from_the_page(house: House, ina: Person) -> None:
    await learn(house, REPORT)
    page = await ina.post("/console/topics/threshold", threshold="90 %")
    assert page.path == "/console/topics"
    assert page.text(".mark-used").startswith("90 % sure: 100 % right")
    assert await house.database.read(learning.threshold) == 0.9
    for wrong in ("", "101", "-1", "sure", "nan"):
        page = await ina.post("/console/topics/threshold", threshold=wrong)
        assert (page.status, page.text("[role=alert]")) == (422, "Write a number from 0 to 100.")
    assert await house.database.read(learning.threshold) == 0.9


async def test_an_accepted_proposal_is_in_a_draft_with_its_proof_and_in_the_audit_log(
    house: House, ina: Person
) -> None:
    await learn(house, REPORT)
    page = await ina.get("/console/topics")
    assert page.text(".proposals q") == "dunning letter"
    page = await ina.post("/console/topics/proposals", topic="invoice", words="dunning letter")
    assert page.status == 200
    assert "- dunning letter" in page.text("pre.rule")
    assert "- factuur" in page.text("pre.rule")
    logged = [row for row in await house.rows(audit_log) if row.action.startswith("topics.prop")]
    assert [(row.object, row.details) for row in logged] == [
        ("invoice", {"words": "dunning letter", "draft": 2})
    ]
    assert "Nobody holds the role" in page.text("section[role=status] ul")
    assert page.text(".proposals .chip") == "in draft 2"
    draft = await ina.get("/console/model/2/text")
    assert "Topics as agents corrected them" in draft.text("h1")
    assert "words: [invoice, factuur, dunning letter]" in draft.text("main")


async def test_what_is_accepted_next_joins_the_same_draft(house: House, ina: Person) -> None:
    second = REPORT["proposals"][0] | {"topic": "order", "words": "track and trace"}
    await learn(house, REPORT | {"proposals": [*REPORT["proposals"], second]})
    await ina.post("/console/topics/proposals", topic="invoice", words="dunning letter")
    await ina.post("/console/topics/proposals", topic="order", words="track and trace")
    page = await ina.get("/console/topics")
    assert page.texts(".proposals .chip") == ["in draft 2", "in draft 2"]
    text = await house.life.versions.text(2)
    assert text.replace(", dunning letter", "").replace(", track and trace", "") == MODEL
    assert len(await house.rows(model_versions)) == 2


async def test_what_agents_keep_against_the_model_is_a_row_to_change(
    house: House, ina: Person
) -> None:
    for number in range(3):
        await house.receive(subject=f"Order {number}")
        page = await ina.take_next()
        item = await house.work_of(page.path.rpartition("/")[2])
        await ina.post(f"/console/work/{item.id}/topic", topic="invoice")
    page = await ina.get("/console/topics")
    assert page.text(".proposals p").startswith("Invoices → Customer service")
    page = await ina.post("/console/topics/proposals", topic="invoice", role="service")
    assert page.status == 200
    assert "role: service" in page.text("pre.rule")
    assert "Instead of the role in the row on line" in page.text("pre.rule")
    assert page.text(".proposals .chip") == "in draft 2"
    moved = await ina.get("/console/model/2/compare")
    assert "Billing → moves to Customer service" in moved.text("main")


async def test_a_proposal_that_is_gone_is_not_accepted(house: House, ina: Person) -> None:
    await learn(house, REPORT)
    page = await ina.post("/console/topics/proposals", topic="invoice", words="<b>")
    assert page.status == 409
    page = await ina.post("/console/topics/proposals", topic="invoice", role="service")
    assert page.status == 409
    assert not page.has("pre.rule")


async def test_a_report_of_another_release_is_shown_as_far_as_it_can_be_read(
    house: House, ina: Person
) -> None:
    await learn(house, {"curve": "new"})
    assert (await ina.get("/console/topics")).status == 200


async def test_what_is_corrected_most_is_listed(house: House, ina: Person) -> None:
    await house.receive(**ORDER)
    await house.receive(subject="Order 2")
    page = await ina.take_next()
    item = await house.work_of(page.path.rpartition("/")[2])
    await ina.post(f"/console/work/{item.id}/topic", topic="invoice")
    page = await ina.get("/console/topics")
    assert "Orders · E-mail" in page.texts("tbody th")
    assert "1 (50 %)" in page.texts("tbody td")


async def test_a_suggestion_is_shown_with_how_sure_it_is(house: House, ina: Person) -> None:
    accepted = await house.receive(**ORDER)
    item = await house.work_of(accepted.conversation_id)
    found = {"topic": "order", "how": "learned", "confidence": 0.839, "learned": 2}
    decision = await house.decision_of(item) | {"recognition": found}
    await house.write(lambda c: c.execute(update(work_items).values(decision=decision)))
    page = await ina.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.text(".found-how") == "suggested, 83 % sure"
