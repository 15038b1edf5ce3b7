"""The pages of the interaction model: who sees and does what, and that nothing is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from console_house import MODEL, House, Page, Person, person
from hub.store import models
from hub.store.models import State
from hub.store.tables import model_actions, model_signatures, work_items

NEXT = MODEL.replace("- topic: order\n    sla", "- topic: order\n    role: billing\n    sla")
WRONG = "The row for “all customers, any channel, any topic”, role"
BROKEN = MODEL.replace("- role: service\n", "- role: nobody\n")
UNREACHABLE = MODEL.replace("moments:\n", "  gift: {title: {en: Gift, nl: Cadeau}}\nmoments:\n")
TEXT = "textarea[name=text]"


@pytest.fixture
async def ina(house: House) -> AsyncIterator[Person]:
    """Signed in, an administrator without a role."""
    await house.hire("ina", "Ina Bakker", [], administrator=True)
    async with person(house) as one:
        await one.sign_in("ina")
        yield one


async def draft(ina: Person, text: str = NEXT, **fields: str) -> Page:
    """A draft of the live version with this text, saved."""
    page = await ina.post("/console/model/drafts", based_on="1")
    return await save(ina, page, text, **fields)


async def save(ina: Person, page: Page, text: str, **fields: str) -> Page:
    words = {"title": "", "note": "", "revision": page.value("input[name=revision]")}
    return await ina.post(page.path, text=text, **words | fields)


async def checked(ina: Person, text: str = NEXT) -> str:
    """The address of a version that waits for signatures."""
    page = await draft(ina, text)
    version = page.path.removesuffix("/text")
    await ina.post(f"{version}/check")
    return version


async def sign(one: Person, version: str, word: str = "accept", **fields: str) -> Page:
    """Everything that is ticked."""
    page = await one.get(f"{version}/signatures")
    rows = page.values("input[name=row][checked]")
    return await one.post(f"{version}/signatures", row=rows, word=word, **fields)


async def state(house: House, number: int) -> State:
    return (await house.database.read(lambda c: models.find(c, number))).state


async def test_a_model_is_changed_signed_put_live_followed_and_rolled_back(
    house: House, ina: Person, anna: Person, bob: Person
) -> None:
    page = await draft(ina, title="Orders to billing")
    assert (page.status, page.path) == (200, "/console/model/2/text")
    page = await ina.post("/console/model/2/check")
    assert page.text("h1") == "Version 2: Orders to billing Waits for signatures"
    assert page.path == "/console/model/2/signatures"
    proof, signers = page.texts("[role=status].notice")
    assert proof.startswith("It is checked. In the proof there are, of errors: 0")
    assert signers == "Now these people sign: anna, bob."
    page = await ina.get("/console/model/2/compare")
    assert "Customer service" in page.text(".difference h2")
    assert page.texts(".place-topics") == ["Orders"]
    page = await ina.post("/console/model/2/activate", when="now")
    assert page.status == 409
    assert "Not everything is signed" in page.text("details[open] form [role=alert]")
    assert page.has("details[open] [name=override][required]")
    assert len(page.texts("[role=alert]")) == 1
    assert "accepted" in (await sign(anna, "/console/model/2")).body
    await sign(bob, "/console/model/2", remark="Gladly")
    assert await state(house, 2) is State.SIGNED
    page = await ina.post("/console/model/2/activate", when="now")
    assert page.text("h1 .chip") == "Live now"
    await house.live.look()
    accepted = await house.receive(subject="My order")
    item = await house.work_of(accepted.conversation_id)
    decision = await house.decision_of(item)
    assert (item.role, decision["model_version"]) == ("billing", "2")
    page = await bob.get(f"/console/conversations/{accepted.conversation_id}")
    assert "version 2" in page.text(".why")
    page = await ina.post("/console/model/1/roll-back", reason="Too much")
    assert page.path == "/console/model/3"
    assert "Roll back to version 1: Too much" in page.text(".sheet-head")
    assert "until" in (await ina.get("/console/model/2")).text(".sheet-head .faint")
    listed = await ina.get("/console/model")
    assert ["until" in one for one in listed.texts("tbody td:nth-child(5)")] == [False, True, True]
    assert listed.has("a[href='/console/model/2?open=roll-back']")
    page = await ina.get("/console/model/2?open=roll-back")
    assert page.has("details[open] form[action='/console/model/2/roll-back']")
    page = await ina.get("/console/model/3")
    assert page.has("form[action='/console/model/2/roll-back']"), "on the live one, to the last"
    await house.live.look()
    again = await house.receive(subject="My other order", sender="piet@example.org")
    assert (await house.work_of(again.conversation_id)).role == "service"
    assert len(await house.rows(work_items)) == 2


async def test_agents_read_and_change_nothing(house: House, ina: Person, anna: Person) -> None:
    version = await checked(ina)
    for tab in ("", "/try", "/findings", "/compare", "/signatures", "/actions", "/text"):
        page = await anna.get(version + tab)
        assert page.status == 200, tab
        assert not page.has(f"form[action='{version}/activate']"), tab
    assert not (await anna.get(f"{version}/text?edit=1")).has(TEXT)
    for act in ("check", "activate", "cancel", "withdraw", "roll-back", "text", "actions"):
        page = await anna.post(f"{version}/{act}", what="x", text="x", revision="1")
        assert page.status == 403, act
        assert "Only an administrator can do this." in page.text("main"), act
    assert (await anna.post("/console/model/drafts", based_on="1")).status == 403
    assert (await anna.post("/console/model/actions/x")).status == 403
    assert await state(house, 2) is State.CHECKED


async def test_a_guest_is_asked_to_sign_in(guest: Person) -> None:
    assert (await guest.get("/console/model")).path == "/console/sign-in"
    assert (await guest.get("/console/model/1/text")).path == "/console/sign-in"


async def test_a_version_that_is_not_there(ina: Person) -> None:
    for tab in ("", "/try", "/compare", "/signatures", "/actions", "/text"):
        assert (await ina.get(f"/console/model/99{tab}")).status == 404, tab
    assert (await ina.post("/console/model/99/check")).status == 404
    assert (await ina.post("/console/model/drafts", based_on="99")).status == 404


async def test_a_broken_text_is_kept_and_its_lines_are_named(house: House, ina: Person) -> None:
    page = await draft(ina, BROKEN)
    said = f"{WRONG}: There is no role 'nobody'. Known here: service, billing."
    assert page.text(".flaw-list li") == f"Line 16 {said}"
    assert page.has(TEXT)
    assert await house.database.read(lambda c: models.text_of(c, 2)) == BROKEN
    page = await ina.post("/console/model/2/check")
    assert page.status == 422
    assert page.has("#L16.is-wrong")
    for tab in ("", "/try", "/findings", "/signatures", "/compare"):
        assert (await ina.get(f"/console/model/2{tab}")).has(".flaw-list"), tab
    assert await state(house, 2) is State.DRAFT


async def test_two_who_edit_at_once_see_both_texts_and_lose_none(house: House, ina: Person) -> None:
    await draft(ina)
    mine = await ina.get("/console/model/2/text?edit=1")
    await save(ina, await ina.get("/console/model/2/text?edit=1"), MODEL + "# theirs\n")
    page = await save(ina, mine, MODEL + "# mine\n", title="My title")
    assert page.status == 409
    assert page.texts("textarea.code") == [
        " ".join((MODEL + "# mine").split()),
        " ".join((MODEL + "# theirs").split()),
    ]
    assert page.value("input[name=title]") == "My title"
    assert "Ina Bakker saved another text" in page.text("main")
    assert page.texts(".mark-more")[-1] == "+ # mine"
    assert await house.database.read(lambda c: models.text_of(c, 2)) == MODEL + "# theirs\n"
    page = await save(ina, page, MODEL + "# both\n")
    assert page.status == 200
    assert await house.database.read(lambda c: models.text_of(c, 2)) == MODEL + "# both\n"


async def test_why_it_does_not_go_live_is_said_where_there_is_no_menu_for_it(
    ina: Person,
) -> None:
    """Somebody edited the version back to a draft meanwhile."""
    await ina.post("/console/model/drafts", based_on="1")
    page = await ina.post("/console/model/2/activate", when="now")
    assert page.status == 409
    assert page.text("[role=alert]")


async def test_an_owner_declines_with_a_remark_and_sees_what_is_new(
    house: House, ina: Person, bob: Person
) -> None:
    version = await checked(ina)
    page = await bob.get("/console/model")
    assert page.text(".notice a") == "2 rows wait for your signature."
    page = await bob.get(f"{version}/signatures")
    assert page.text("h2") == "For you to sign"
    assert page.texts(".chip-new") == ["new or changed"]
    page = await sign(bob, version, "decline")
    assert "Say in a remark why you decline" in page.text("[role=alert]")
    page = await bob.post(f"{version}/signatures", word="accept")
    assert "Tick the rows that you mean" in page.text("[role=alert]")
    page = await sign(bob, version, "decline", remark="Not ours")
    assert page.text("q") == "Not ours"
    assert {row.accepted for row in await house.rows(model_signatures)} == {False}
    page = await ina.post(f"{version}/activate", when="now")
    assert "An owner declined rows" in page.text("[role=alert]")
    page = await ina.post(f"{version}/activate", when="now", override="The law")
    assert page.text("h1 .chip") == "Live now"
    assert "Without all signatures: The law" in page.text(".sheet-head")


async def test_it_goes_live_at_a_time_on_the_clock_of_a_place(house: House, ina: Person) -> None:
    version = await checked(ina)
    later = {"when": "later", "zone": "Europe/Amsterdam", "override": "A test"}
    page = await ina.post(f"{version}/activate", at="2099-07-01T08:00", **later)
    assert page.text(".sheet-head .notice-near").startswith("Goes live: 2099-07-01 06:00")
    planned = await house.database.read(lambda c: models.find(c, 2))
    assert planned.effective_from == datetime(2099, 7, 1, 6, tzinfo=UTC)
    page = await ina.post(f"{version}/cancel")
    assert not page.has(".sheet-head .notice-near")
    for wrong in ({"at": "soon"}, {"at": "2099-07-01T08:00", "zone": "Atlantis"}):
        page = await ina.post(f"{version}/activate", **later | wrong)
        assert "Fill in a day, a time and a time zone" in page.text("[role=alert]")
        assert page.value("details[open] [name=override]") == "A test", "nothing typed is lost"
    page = await ina.post(f"{version}/withdraw")
    assert page.text("h1 .chip") == "Withdrawn"


async def test_rows_are_filtered_by_what_they_hold_for(ina: Person) -> None:
    assert len((await ina.get("/console/model/1")).texts("tbody tr")) == 3
    page = await ina.get("/console/model/1?topic=invoice&group=b2c&channel=chat")
    assert page.texts("tbody tr td:nth-child(2)") == ["any topic", "Invoices"]
    assert len((await ina.get("/console/model/1?role=billing")).texts("tbody tr")) == 1
    assert "No row holds" in (await ina.get("/console/model/1?role=none")).text("tbody")


async def test_a_made_up_contact_is_decided_with_reasons_and_sources(
    house: House, ina: Person
) -> None:
    page = await ina.get("/console/model/1/try?subject=My+invoice&channel=email")
    assert page.text("section h2") == "Billing gets it"
    assert "These words point to “Invoices”: invoice." in page.texts(".plain-list li")
    held = dict(zip(page.texts("tbody th"), page.texts("tbody td:nth-child(2)"), strict=True))
    assert held["First answer within"] == "4h"
    assert held["Priority in minutes"] == "30"
    assert "all customers, any channel, Invoices" in page.texts("tbody a")
    also = page.text("section > ul:last-child")
    assert also == (
        "all customers, any channel, any topic another row is more specific: Responsible"
    )
    assert await house.rows(work_items) == []
    odd = "/console/model/1/try?channel=smoke&direction=up&topic=x&group=y"
    assert (await ina.get(odd)).status == 200


async def test_what_the_proof_finds_is_shown_and_put_on_the_list(house: House, ina: Person) -> None:
    version = await checked(ina, UNREACHABLE)
    page = await ina.get(f"{version}/findings")
    errors = [row for row in await house.rows(model_actions) if row.source == "finding"]
    assert len(errors) == len(page.texts(".chip-severity-error")) > 0, "nobody is hired"
    assert "It is on the list of open points." in page.text("main")
    what, reference = (
        page.value(f"form[action$='/actions'] input[name={name}]") for name in ("what", "reference")
    )
    assert "“Gift”" in what
    for _ in range(2):
        await ina.post(f"{version}/actions", what=what, reference=reference)
    assert len(await house.rows(model_actions)) == len(errors) + 1, "once"


async def test_open_points_are_added_and_ticked_off(ina: Person) -> None:
    page = await ina.post(
        "/console/model/1/actions", what="Ask sales", owner="Esra", due_on="2027-01-31"
    )
    assert page.texts("tbody td")[:3] == ["Ask sales", "Esra", "2027-01-31"]
    assert "Ask sales" in (await ina.get("/console/model")).text(".points-open")
    tick = page.value("form[action^='/console/model/actions/']", "action")
    page = await ina.post(tick, done="yes")
    assert page.has("tr.is-done")
    assert not (await ina.get("/console/model")).has(".points-open")
    assert not (await ina.post(tick, done="no")).has("tr.is-done")
    page = await ina.post("/console/model/1/actions", what=" ")
    assert "Say what must be done" in page.text("[role=alert]")
    page = await ina.post("/console/model/1/actions", what="x", due_on="soon")
    assert "Fill in a day" in page.text("[role=alert]")


async def test_in_dutch(house: House) -> None:
    await house.hire("ina", "Ina", [], administrator=True, language="nl")
    async with person(house) as ina:
        await ina.sign_in("ina")
        page = await ina.get("/console/model/1/try?subject=factuur")
        assert page.text("section h2") == "Facturatie krijgt het"
        assert "Eerste antwoord binnen" in page.texts("tbody th")


async def test_a_text_is_proved_while_it_is_typed_and_nothing_is_saved(
    house: House, ina: Person, anna: Person
) -> None:
    await draft(ina)
    before = await house.database.read(lambda c: models.find(c, 2))

    async def typed(text: str) -> Page:
        return await ina.post("/console/model/2/proof", text=text)

    page = await typed(BROKEN)
    assert page.texts(".live-list li") == [
        f"Line 16 {WRONG}: There is no role 'nobody'. Known here: service, billing."
    ]
    page = await typed(UNREACHABLE)
    assert any("No rule and no menu leads to" in one for one in page.texts(".live-list li"))
    tie = MODEL + "  - {channel: email, role: service}\n"
    page = await typed(tie)
    assert any(
        "On who is responsible, " in one and "For instance:" in one and "Give one of" in one
        for one in page.texts(".live-list li")
    )
    assert "too long" in (await typed("a" * 1_000_001)).text(".live-proof")
    assert await house.database.read(lambda c: models.find(c, 2)) == before
    assert (await anna.post("/console/model/2/proof", text=MODEL)).status == 403


async def test_what_is_wrong_is_said_in_the_language_of_the_reader(
    house: House, ina: Person
) -> None:
    await draft(ina, BROKEN)
    await ina.post("/console/language", language="nl")
    page = await ina.get("/console/model/2/text")
    assert page.text(".flaw-list li") == (
        "Regel 16 De rij voor “alle klanten, elk kanaal, elk onderwerp”, role: Er is geen rol "
        "'nobody'. Hier bekend: service, billing."
    )


async def test_the_only_version_has_nothing_to_be_compared_with(ina: Person) -> None:
    page = await ina.get("/console/model/1/compare")
    assert "no other version to compare" in page.text("main")
    assert not page.has("select[name=with]")


@pytest.mark.parametrize("page", ["topics", "imports", "guide", "model"])
async def test_every_page_beside_the_work_has_the_same_ways_out(ina: Person, page: str) -> None:
    shown = await ina.get(f"/console/{page}")
    assert shown.texts(".top-ways a") == ["Work", "Interaction model"]
    assert shown.has(".menu a[href='/console/guide']")


async def test_what_loket_says_of_a_version_is_in_the_readers_language(ina: Person) -> None:
    await ina.post("/console/language", language="nl")
    assert "Eerste start" in (await ina.get("/console/model/1")).text(".sheet-head")
    assert "2u" in (await ina.get("/console/model/1/try?topic=order")).text("tbody")
