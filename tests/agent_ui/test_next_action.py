"""What rules propose in a conversation: the best one, why, done by the doors that are there."""

from pathlib import Path
from typing import Any

import pytest

from builders import email_party, mail_arrival
from console_house import MODEL, House, Page, Person, open_house, person
from hub.rules.rule import read_rule
from hub.store import business_rules
from hub.store.tables import audit_log, canned_replies, drafts, rule_proposals

LIMITED = MODEL.replace(
    'nl: "U mag tot EUR 50 terugbetalen."}',
    'nl: "U mag tot EUR 50 terugbetalen.", limits: {refund_eur: 50}, approver: billing}',
)
BASE: dict[str, Any] = {
    "when": [{"kind": "topic", "topic": "order"}],
    "why": {"en": "It saves a contact.", "nl": "Het scheelt een contact."},
    "active_from": "2020-01-01",
}


async def keep(house: House, title: str, action: dict[str, Any], **changes: Any) -> str:
    rule = read_rule(BASE | {"title": {"en": title, "nl": title}, "action": action} | changes)
    return await house.write(lambda c: business_rules.add(c, rule, by="test"))


async def held(house: House, who: Person) -> tuple[Page, str]:
    """Work about an order that somebody has; gives its page and its id."""
    sender = email_party("jan@example.org", "Jan Pot")
    mail = mail_arrival(subject="Order 12").model_copy(update={"sender": sender})
    accepted = await house.receive(mail)
    item = await house.work_of(accepted.conversation_id)
    page = await who.post(f"/console/work/{item.id}/claim")
    return page, item.id


async def take(who: Person, page: Page, item_id: str) -> Page:
    rule = page.value("[data-next] input[name=rule]")
    return await who.post(f"/console/work/{item_id}/proposal", rule=rule)


async def reply(house: House, ina: Person, text: str = "Dear {first_name}, {amount} back") -> str:
    await ina.post("/console/replies", shortcut="sorry", title="Sorry", **{"text.en": text})
    [row] = await house.rows(canned_replies)
    return str(row.id)


async def test_the_best_is_shown_with_why_to_who_has_the_work(
    house: House, anna: Person, bob: Person
) -> None:
    await keep(house, "Second", {"kind": "advice"}, priority=20)
    first = await keep(
        house,
        "Call them",
        {"kind": "advice", "link": "https://help.example/calls"},
        when=[{"kind": "contacts", "about": "topic", "count": 2, "days": 7}],
    )
    await house.receive(subject="Order 11")
    page, item_id = await held(house, anna)
    assert page.text(".next-what") == "Proposed Call them"
    assert page.text(".next-found") == "second contact about Orders in 7 days"
    assert page.text(".next-more summary") == "1 more is proposed"
    assert page.value(".next a", "href") == "https://help.example/calls"
    [row] = await house.rows(rule_proposals)
    assert (row.rule_id, row.work_item_id, row.taken_at) == (first, item_id, None)
    await anna.get(page.path)
    assert len(await house.rows(rule_proposals)) == 1, "it is told once"
    assert (await bob.get(page.path)).status == 404


async def test_nothing_is_proposed_where_nothing_holds_or_the_work_is_done(
    house: House, anna: Person
) -> None:
    await keep(house, "Old", {"kind": "call"}, active_until="2020-12-31")
    await keep(house, "Invoices", {"kind": "call"}, when=[{"kind": "topic", "topic": "invoice"}])
    page, item_id = await held(house, anna)
    assert not page.has(".next-one")
    await keep(house, "Orders", {"kind": "advice"})
    page = await anna.get(page.path)
    assert page.has("[data-take]")
    await anna.post(f"/console/work/{item_id}/resolve", seen="99")
    assert not (await anna.get(page.path)).has(".next-one")


@pytest.mark.parametrize(("amount", "asks"), [("10.00", False), ("50.01", True)])
async def test_a_gesture_is_written_within_authority_and_asked_for_above_it(
    sqlite_url: str, tmp_path: Path, amount: str, asks: bool
) -> None:
    async with open_house(sqlite_url, tmp_path, model_text=LIMITED) as house, person(house) as ina:
        await house.hire("ina", "Ina Smit", administrator=True)
        await ina.sign_in("ina")
        canned = await reply(house, ina, "{amount} back")
        action = {"kind": "gesture", "amount": amount, "limit": "refund_eur", "canned": canned}
        await keep(house, "Give", action)
        page, item_id = await held(house, ina)
        page = await take(ina, page, item_id)
        asked = page.value(".ask-approval input[data-door]")
        assert asked == (f"EUR {amount}" if asks else "")
        assert page.text("textarea[data-door]") == ("" if asks else f"EUR {amount} back")


async def test_a_canned_reply_goes_into_the_draft_and_is_done_when_it_is_sent(
    house: House, anna: Person, ina: Person
) -> None:
    canned = await reply(house, ina, "Dear {first_name}, it comes.")
    await keep(house, "Write", {"kind": "reply", "canned": canned})
    page, item_id = await held(house, anna)
    path = page.path
    await anna.post(f"{path}/draft", mode="reply", text="Hello,")
    page = await take(anna, page, item_id)
    assert page.text("textarea[name=text]") == "Hello, Dear Jan, it comes."
    assert page.has("textarea[data-door]")
    assert page.text(".next-more .next-what").startswith("Write begun by Anna de Wit")
    await take(anna, page, item_id)
    [draft] = await house.rows(drafts)
    assert draft.fields["text"].count("it comes") == 1
    figures = await ina.get("/console/admin/rules")
    assert figures.texts(".numbers td")[:4] == ["1", "0", "1", "0"]
    await anna.reply(await anna.get(path), "Dear Jan, it comes.")
    figures = await ina.get("/console/admin/rules")
    assert figures.texts(".numbers td")[:4] == ["1", "1", "0", "0"]


async def test_a_note_that_is_being_written_does_not_become_a_reply(
    house: House, anna: Person, ina: Person
) -> None:
    canned = await reply(house, ina, "Dear {first_name}, it comes.")
    await keep(house, "Write", {"kind": "reply", "canned": canned})
    page, item_id = await held(house, anna)
    await anna.post(f"{page.path}/draft", mode="note", text="He shouts.")
    page = await take(anna, page, item_id)
    assert "Finish it first" in page.text("[role=alert]")
    [draft] = await house.rows(drafts)
    assert (draft.fields["mode"], draft.fields["text"]) == ("note", "He shouts.")


@pytest.mark.parametrize(
    ("action", "shows"),
    [
        (
            {"kind": "promise", "text": {"en": "Call tomorrow", "nl": "Morgen bellen"}},
            ("details[data-promise][open] input[name=what]", "Call tomorrow"),
        ),
        (
            {"kind": "task", "role": "billing", "text": {"en": "Check", "nl": "Kijk na"}},
            ("details[data-task][open] option[selected]", "billing"),
        ),
        (
            {"kind": "transfer", "role": "billing", "text": {"en": "Yours", "nl": "Van jullie"}},
            ("details[data-give][open] option[selected]", "billing|"),
        ),
        (
            {"kind": "result", "result": "outcome", "choice": "resent"},
            ("details[data-resolve][open] option[selected]", "resent"),
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
async def test_the_door_opens_filled_in(
    house: House,
    anna: Person,
    bob: Person,
    action: dict[str, Any],
    shows: tuple[str, str],
) -> None:
    await keep(house, "Do it", action)
    page, item_id = await held(house, anna)
    page = await take(anna, page, item_id)
    selector, filled = shows
    assert page.value(selector) == filled
    assert page.has("details[data-door]")


async def test_what_cannot_be_done_here_says_so(house: House, anna: Person) -> None:
    await keep(house, "Call", {"kind": "call"})
    page, _ = await held(house, anna)
    assert page.text(".next-ways").startswith("This cannot be done from here now.")
    assert not page.has("[data-take]")


async def test_it_is_put_aside_with_a_reason_and_the_next_takes_its_place(
    house: House, anna: Person, ina: Person
) -> None:
    first = await keep(house, "First", {"kind": "advice"}, priority=90)
    await keep(house, "Second", {"kind": "advice"})
    page, item_id = await held(house, anna)
    door = f"/console/work/{item_id}/proposal/aside"
    page = await anna.post(door, rule=first, reason="", words=" ")
    assert (page.status, page.text("[role=alert]")) == (400, "Say why not.")
    page = await anna.post(door, rule=first, reason="", words="<b>She is away</b>")
    assert page.texts(".next-what") == ["Proposed Second"]
    page = await anna.post(f"/console/work/{item_id}/proposal", rule=first)
    assert (page.status, page.text("[role=alert]")[:26]) == (409, "This is not proposed any m")
    [line] = [row for row in await house.rows(audit_log) if row.action == "proposal.put_aside"]
    assert line.details == {"work_item": item_id, "reason": "<b>She is away</b>"}
    page = await ina.get("/console/admin/rules")
    assert "<b>She is away</b>" in page.text(".numbers")
    items = await ina.get(f"/console/admin/rules/{first}/items?what=aside")
    assert items.text("tbody tr").count("Put aside: <b>She is away</b>") == 1


async def test_only_who_has_the_work_does_it(house: House, anna: Person, ina: Person) -> None:
    rule = await keep(house, "First", {"kind": "advice"})
    page, item_id = await held(house, anna)
    for door in ("proposal", "proposal/aside"):
        refused = await ina.post(f"/console/work/{item_id}/{door}", rule=rule, reason="x")
        assert refused.status == 409
    assert (await ina.get(page.path)).text(".next-what") == "Proposed First"
    assert not (await ina.get(page.path)).has("[data-take]")
