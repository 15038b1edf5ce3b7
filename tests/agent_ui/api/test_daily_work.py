"""Programs do what agents and supervisors do all day, by the same functions and the same rules."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from agent_ui.api.api import ABOUT, described
from agent_ui.api.scopes import SCOPES
from console_house import MODEL, House, open_house
from hub import clock
from hub.store import searchable, work_items
from hub.store.tables import (
    asked_colleagues,
    attachments,
    audit_log,
    interactions,
    outbound,
)
from programs import Program, Said, program, token_for

LETTER = {"form": "letter", "name": "Mevrouw De Boer", "text": "Waar blijft het?"}
PDF = b"%PDF-1.7\nan invoice"
BLOCKED = MODEL.replace("blocking: no}", "blocking: yes}").replace(
    'nl: "U mag tot EUR 50 terugbetalen."}',
    'nl: "U mag tot EUR 50 terugbetalen.", approver: billing, within: 2h}',
)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    roles = frozenset({"billing"})
    async with open_house(
        sqlite_url, tmp_path, model_text=BLOCKED, supervisor_roles=roles
    ) as opened:
        yield opened


@pytest.fixture
async def lead(house: House) -> AsyncIterator[Program]:
    """Acts for a supervisor."""
    lea = await house.hire("lea", "Lea Vos", ["billing"])
    token = await token_for(house.database, list(SCOPES), agent_id=lea)
    async with program(house.origin + ABOUT.base, token) as one:
        yield one


async def held(house: House, crm: Program, **changes: Any) -> tuple[str, str]:
    """The addresses of work that Anna holds, and of its conversation."""
    accepted = await house.receive(**({"subject": "Order 12"} | changes))
    item = await house.work_of(accepted.conversation_id)
    await crm.post(f"/work/{item.id}/take")
    return f"/work/{item.id}", f"/conversations/{accepted.conversation_id}"


async def hand_in(crm: Program, body: bytes = PDF, name: str = "invoice.pdf") -> Said:
    return await crm.ask("POST", f"/files?filename={name}", body)


async def test_steps_are_ticked_or_left_out_and_then_it_is_answered(
    house: House, crm: Program
) -> None:
    work, conversation = await held(house, crm)
    needed = await crm.get(work + "/needed")
    [step] = needed["steps"]
    assert (step["name"], step["blocking"], step["ticked"]) == ("before.look", True, None)
    assert [one["name"] for one in needed["information"]] == ["number"]
    assert [one["name"] for one in needed["results"][0]["choices"]] == ["found", "resent"]
    reply = {"text": "It comes.", "seen": 9}
    assert (await crm.post(conversation + "/replies", reply)).refused == (409, "steps_first")
    skip = {"name": "before.look", "state": "skipped"}
    assert (await crm.post(work + "/steps", skip)).refused == (422, "no_reason")
    assert (await crm.post(work + "/steps", {"name": "before.no"})).refused == (409, "no_step")
    skipped = await crm.post(work + "/steps", skip | {"reason": "He sent a picture"})
    assert skipped["steps"][0]["ticked"]["reason"] == "He sent a picture"
    undone = await crm.post(work + "/steps", {"name": "before.look", "state": "open"})
    assert undone["steps"][0]["ticked"] is None
    done = await crm.post(work + "/steps", {"name": "before.look"})
    assert done["steps"][0]["ticked"]["by"] == "Anna de Wit"
    known = await crm.post(work + "/information", {"values": {"number": "12"}})
    assert known["information"][0]["value"] == "12"
    unasked = await crm.post(work + "/information", {"values": {"shoe": "43"}})
    assert unasked.refused == (422, "not_asked")
    assert (await crm.post(conversation + "/replies", reply)).status == 201
    end = {"seen": 9, "results": {"outcome": "found"}}
    assert (await crm.post(work + "/resolve", end))["state"] == "done"
    assert (await crm.post(work + "/reopen"))["state"] == "assigned"


async def test_a_file_that_is_sent_again_is_the_same_and_another_is_refused(
    crm: Program,
) -> None:
    path = "/files?filename=invoice.pdf"
    first = await crm.ask("POST", path, PDF, key="k-1")
    assert (await crm.ask("POST", path, PDF, key="k-1")).body == first.body
    other = PDF.replace(b"invoice", b"another")
    assert len(other) == len(PDF)
    assert (await crm.ask("POST", path, other, key="k-1")).refused == (422, "key_used")
    assert (await crm.ask("POST", path + "x", PDF, key="k-1")).refused == (422, "key_used")
    assert (await crm.ask("POST", path, other, key="k-2")).status == 201
    assert (await crm.ask("POST", path, b"", key="k-3")).refused == (422, "empty_file")
    assert (await crm.ask("POST", path, PDF, key="k-3")).status == 201, "what was refused is free"


async def test_a_file_goes_with_an_answer_and_is_downloaded(house: House, crm: Program) -> None:
    work, conversation = await held(house, crm)
    await crm.post(work + "/steps", {"name": "before.look"})
    handed = await hand_in(crm)
    assert (handed.status, handed["filename"], handed["size"]) == (201, "invoice.pdf", len(PDF))
    assert (await hand_in(crm, b"")).refused == (422, "empty_file")
    assert (await hand_in(crm, b"MZ\x90\0 a program", "run.exe")).refused == (415, "bad_type")
    last = "b" if handed["id"].endswith("a") else "a"
    for made_up in ("x", handed["id"][:-1] + last, ""):
        body = {"text": "Here", "seen": 9, "files": [made_up]}
        assert (await crm.post(conversation + "/replies", body)).refused == (422, "no_file")
    body = {"text": "Here", "seen": 9, "files": [handed["id"]], "cc": ["kim@example.org"]}
    sent = await crm.post(conversation + "/replies", body)
    [file] = sent["files"]
    assert (file["filename"], file["size"]) == ("invoice.pdf", len(PDF))
    assert "kim@example.org" in [one["value"] for one in sent["recipients"]] + [
        sent["details"].get("cc", "")
    ]
    async with crm.http.get(
        f"{crm.base}/files/{file['id']}", headers={"Authorization": f"Bearer {crm.token}"}
    ) as answer:
        assert await answer.read() == PDF
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    letter = LETTER | {"files": [handed["id"]]}
    assert (await crm.post("/contacts", letter)).status == 201
    assert [row.sha256 for row in await house.rows(attachments)] == [
        (await house.rows(attachments))[0].sha256
    ] * 2


async def test_a_file_is_of_who_handed_it_in_and_of_who_may_see_it(
    house: House, crm: Program
) -> None:
    work, conversation = await held(house, crm)
    await crm.post(work + "/steps", {"name": "before.look"})
    handed = await hand_in(crm)
    carl = await house.hire("carl", "Carl")
    none = await house.hire("none", "Nobody", [])
    scopes = list(SCOPES)
    async with program(crm.base, await token_for(house.database, scopes, agent_id=carl)) as his:
        body = {"text": "Mine", "seen": 9, "files": [handed["id"]]}
        assert (await his.post(conversation + "/replies", body)).refused == (422, "no_file")
    sent = await crm.post(
        conversation + "/replies", {"text": "Here", "seen": 9, "files": [handed["id"]]}
    )
    async with program(crm.base, await token_for(house.database, scopes, agent_id=none)) as no:
        assert (await no.get(f"/files/{sent['files'][0]['id']}")).refused == (404, "no_file")
    assert (await crm.get("/files/nothing")).refused == (404, "no_file")


async def test_an_answer_waits_is_taken_back_sent_now_and_passed_on(
    house: House, crm: Program
) -> None:
    work, conversation = await held(house, crm)
    await crm.post(work + "/steps", {"name": "before.look"})
    at = (clock.now() + timedelta(hours=2)).isoformat()
    later = {"text": "Later", "seen": 9, "send_at": at}
    past = later | {"send_at": (clock.now() - timedelta(hours=2)).isoformat()}
    assert (await crm.post(conversation + "/replies", past)).refused == (422, "send_at")
    held_back = await crm.post(conversation + "/replies", later)
    assert held_back["sending"]["held_until"] is not None
    one = f"/interactions/{held_back['id']}"
    assert (await crm.post(one + "/take-back")).status == 200
    assert (await crm.post(one + "/send-now")).refused == (409, "left")
    again = await crm.post(conversation + "/replies", later)
    hurried = await crm.post(f"/interactions/{again['id']}/send-now")
    assert hurried["sending"]["held_until"] is None
    passed = await crm.post(
        conversation + "/forwards", {"to": ["carrier@example.org"], "text": "Look", "seen": 9}
    )
    assert (passed.status, passed["recipients"][0]["value"]) == (201, "carrier@example.org")
    first = (await house.rows(interactions))[0]
    assert (await crm.post(f"/interactions/{first.id}/take-back")).status == 404
    assert len(await house.rows(outbound)) == 3


async def test_something_is_promised_and_kept(house: House, crm: Program) -> None:
    _, conversation = await held(house, crm)
    due = (clock.now() + timedelta(days=1)).isoformat()
    made = await crm.post(conversation + "/promises", {"title": "Call back", "due_at": due})
    assert (made.status, made["title"]) == (201, "Call back")
    for path in ("/promises", conversation + "/promises"):
        assert [one["id"] for one in (await crm.get(path))["items"]] == [made["id"]]
    wrong = {"title": "Call back", "due_at": "2020-01-01T00:00:00Z"}
    assert (await crm.post(conversation + "/promises", wrong)).refused == (400, "promise_time")
    assert (await crm.post(f"/promises/{made['id']}/keep"))["kept_at"] is not None
    assert (await crm.post(f"/promises/{made['id']}/keep")).refused == (409, "no_promise")
    assert (await crm.get("/promises"))["items"] == []
    change = await crm.patch(f"/agreements/{made['id']}", {"title": "Do not"}, match="*")
    assert change.refused == (409, "is_promise")


async def test_who_may_not_decide_asks_and_is_answered(
    house: House, crm: Program, lead: Program
) -> None:
    work, _ = await held(house, crm)
    assert (await crm.post(work + "/approval", {"role": "service", "what": "x"})).refused == (
        422, "no_role",
    )  # fmt: skip
    await crm.post(work + "/approval", {"role": "billing", "what": "Refund EUR 80"})
    [asked] = (await lead.get("/asked"))["items"]
    assert (asked["kind"], asked["what"], asked["by_name"]) == (
        "approval",
        "Refund EUR 80",
        "Anna de Wit",
    )
    assert (await lead.post(f"/asked/{asked['id']}", {"answer": "yes"}))["items"] == []
    [answered] = (await crm.get("/asked"))["items"]
    assert answered["answer"] == "yes"
    assert (await crm.post(f"/asked/{asked['id']}", {"answer": "seen"}))["items"] == []


async def test_what_was_not_approved_in_time_is_asked_again_and_taken_back(
    house: House, crm: Program, lead: Program
) -> None:
    work, _ = await held(house, crm)
    await crm.post(work + "/approval", {"role": "billing", "what": "Refund EUR 80"})
    ago = {"asked_at": clock.now() - timedelta(hours=3), "due_at": clock.now()}
    for answer, asked_of_lead in (("again", 1), ("withdraw", 0)):
        await house.database.write(lambda c: c.execute(update(asked_colleagues).values(ago)))
        [missed] = (await crm.get("/asked"))["items"]
        assert (missed["kind"], missed["answer"]) == ("approval", "")
        assert (await crm.post(f"/asked/{missed['id']}", {"answer": "seen"})).refused == (
            400, "no_answer",
        )  # fmt: skip
        assert (await crm.post(f"/asked/{missed['id']}", {"answer": answer}))["items"] == []
        assert len((await lead.get("/asked"))["items"]) == asked_of_lead


async def test_an_agent_says_that_they_are_there_and_finds_things(
    house: House, crm: Program
) -> None:
    assert (await crm.get("/me"))["presence"] == "off"
    here = await crm.post("/me/presence", {"state": "available", "closed_channels": ["phone"]})
    assert (here["presence"], here["closed_channels"]) == ("available", ["phone"])
    away = await crm.post("/me/presence", {"state": "away", "reason": "Lunch"})
    assert (away["reason"], away["closed_channels"]) == ("Lunch", ["phone"])
    assert (await crm.post("/me/presence", {"state": "asleep"})).status == 422
    assert (await crm.get("/canned-replies"))["items"] == []
    assert (await crm.get("/search?q=nothing"))["items"] == []
    assert (await crm.get("/search")).status == 422
    await house.receive(subject="Order 12", text="Where is the zebra?")
    soon = clock.now() + timedelta(hours=1)
    while await house.write(lambda c: searchable.take_in(c, soon)):
        pass
    [hit] = (await crm.get("/search?q=zebra&kind=message"))["items"]
    assert "zebra" in hit["excerpt"]


async def test_agreements_are_changed_and_ended_by_who_read_them(
    house: House, crm: Program
) -> None:
    firm = await crm.post("/organisations", {"name": "De Zwaan"})
    new = {"customer_id": firm["id"], "kind": "sla", "title": "Gold", "number": "a-1"}
    made = await crm.post("/agreements", new)
    one = f"/agreements/{made['id']}"
    assert (await crm.patch(one, {"title": "Silver"})).refused == (428, "no_match")
    seen = await crm.get(one)
    until = (clock.now() + timedelta(days=30)).isoformat()
    changed = await crm.patch(one, {"title": "Silver", "valid_until": until}, match=seen.etag)
    assert (changed["title"], changed["number"]) == ("Silver", "A-1")
    assert changed["valid_until"] is not None
    assert (await crm.patch(one, {"title": "Tin"}, match=seen.etag)).refused == (412, "changed")
    early = {"valid_until": "2020-01-01T00:00:00Z"}
    assert (await crm.patch(one, early, match="*")).refused == (422, "ends_early")
    open_end = await crm.patch(one, {"valid_until": None}, match="*")
    assert open_end["valid_until"] is None
    await crm.post("/agreements", new | {"number": "a-2"})
    assert (await crm.patch(one, {"number": "A-2"}, match="*")).refused == (409, "number_taken")
    [line, *_] = [row for row in await house.rows(audit_log) if row.action == "agreement.changed"]
    assert line.details["title"] == ["Gold", "Silver"]


async def test_a_supervisor_sees_and_steers_and_an_agent_does_not(
    house: House, crm: Program, lead: Program, anna: str
) -> None:
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    for method, path, body in (
        ("GET", "/wall", None),
        ("GET", "/wall/work?figure=waiting", None),
        ("GET", "/reports", None),
        ("POST", f"/work/{item.id}/give", {"role": "billing"}),
        ("POST", f"/agents/{anna}/presence", {"state": "off"}),
    ):
        assert (await crm.ask(method, path, body)).refused == (403, "not_supervisor"), path
    wall = await lead.get("/wall")
    assert [one["figures"]["waiting"] for one in wall["cells"]] == [1]
    [behind] = (await lead.get("/wall/work?figure=waiting&role=service"))["items"]
    assert behind["id"] == item.id
    assert (await lead.get("/wall/work?figure=lost")).refused == (422, "no_figure")
    given = await lead.post(f"/work/{item.id}/give", {"agent_id": anna})
    assert (given["state"], given["agent_name"]) == ("assigned", "Anna de Wit")
    moved = await lead.post(f"/work/{item.id}/give", {"role": "billing"})
    assert (moved["state"], moved["role"]) == ("waiting", "billing")
    assert (await lead.post("/work/nothing/give", {"role": "billing"})).status == 404
    assert (await lead.post(f"/agents/{anna}/presence", {"state": "available"})).status == 204
    assert (await crm.get("/me"))["presence"] == "available"
    assert (await lead.get("/reports?by=agents"))["lines"] == []
    wrong = await lead.get("/reports?first=2026-02-01&last=2026-01-01")
    assert wrong.refused == (422, "bad_period")


async def test_what_is_somebody_elses_work_is_not_there(house: House, crm: Program) -> None:
    """By each new address under which it could be."""
    accepted = await house.receive(subject="invoice", text="about my invoice")
    item = await house.work_of(accepted.conversation_id)
    assert (item.role, item.state) == ("billing", work_items.WAITING)
    work, conversation = f"/work/{item.id}", f"/conversations/{accepted.conversation_id}"
    due = (clock.now() + timedelta(days=1)).isoformat()
    tries: dict[tuple[str, str], Any] = {
        ("GET", work + "/needed"): None,
        ("POST", work + "/steps"): {"name": "before.look"},
        ("POST", work + "/information"): {"values": {"number": "1"}},
        ("POST", work + "/reopen"): {},
        ("POST", work + "/wrap-up"): {"seen": 1},
        ("POST", work + "/approval"): {"role": "billing", "what": "x"},
        ("GET", conversation + "/promises"): None,
        ("POST", conversation + "/promises"): {"title": "x", "due_at": due},
        ("POST", conversation + "/forwards"): {"to": ["x@example.org"], "seen": 1},
        ("POST", f"/interactions/{accepted.interaction_id}/take-back"): {},
        ("POST", f"/interactions/{accepted.interaction_id}/send-now"): {},
        ("POST", conversation + "/follow"): {},
        ("GET", conversation + "/tasks"): None,
        ("GET", conversation + "/proposals"): None,
        ("POST", conversation + "/proposals/x"): {"keep": True},
        ("POST", work + "/tasks"): {"role": "service", "what": "x"},
        ("POST", "/asked/nothing"): {"answer": "seen"},
        ("POST", "/promises/nothing/keep"): {},
    }
    for (method, path), body in tries.items():
        assert (await crm.ask(method, path, body)).status == 404, path


async def test_another_role_is_asked_and_what_was_found_out_is_kept(
    house: House, crm: Program
) -> None:
    work, conversation = await held(house, crm)
    asked = await crm.post(work + "/tasks", {"role": "billing", "what": "Send the bill again"})
    [task] = asked["items"]
    assert (asked.status, task["what"], task["state"]) == (201, "Send the bill again", "open")
    assert (await crm.get(conversation + "/tasks")).body == asked.body
    nobody = await crm.post(work + "/tasks", {"role": "magicians", "what": "Magic"})
    assert nobody.refused == (400, "no_role")
    await crm.post(work + "/steps", {"name": "before.look"})
    end = {"seen": 99, "results": {"outcome": "found"}}
    assert (await crm.post(work + "/resolve", end)).refused == (409, "tasks_first")
    skipped = await crm.post(f"/tasks/{task['id']}/skip", {"reason": "He found it"})
    assert skipped["items"][0]["state"] == "skipped"
    assert (await crm.post("/tasks/nothing/skip", {"reason": "x"})).refused == (404, "no_task")
    for on in ("/follow", "/unfollow"):
        assert (await crm.post(conversation + on)).status == 204
    assert (await crm.get(conversation + "/proposals"))["items"] == []
    gone = await crm.post(conversation + "/proposals/nothing", {"keep": True})
    assert gone.refused == (404, "no_proposal")


def test_each_thing_an_agent_does_has_an_operation() -> None:
    """What the console's doors do with work, by the names of the operations that do the same."""
    described_ones = {
        one["operationId"] for path in described()["paths"].values() for one in path.values()
    }
    same = {
        "takeNext", "takeWork", "acceptWork", "declineWork", "transferWork", "snoozeWork",
        "releaseWork", "resolveWork", "reopenWork", "wrapUpWork", "topicWork", "askApproval",
        "answerColleague", "enterInformation", "tickStep", "changeCustomer", "reply", "forward",
        "addNote", "promise", "keepPromise", "resend", "takeBack", "sendNow", "downloadFile",
        "handInFile", "recordContact", "search", "sayPresence", "listCannedReplies", "readWall",
        "listTasks", "askTask", "skipTask", "followConversation", "unfollowConversation",
        "listProposals", "decideProposal", "splitConversation", "mergeConversation",
        "undoRegrouping", "linkConversation", "unlinkConversation", "listWorkBehind", "giveWork",
        "sayPresenceOf", "readReport", "mergeCustomers", "undoMerge",
    }  # fmt: skip
    assert same <= described_ones
