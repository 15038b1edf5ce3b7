"""Writing an answer: kept while it is typed, taken back, sent later, passed on, signed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent_ui.settings import ConsoleSettings
from builders import TOKENS, chat_arrival, email_party, mail_arrival
from console_house import House, Page, Person, open_house, person
from hub import clock
from hub.interaction import Accepted, Attachment, Thread
from hub.store import held, own_choices, portal_views
from hub.store.tables import agents, attachments, interactions, outbound
from hub.store.tables import drafts as drafts_table
from hub.store.threads import TOKEN_PURPOSE


async def at_work(house: House, anna: Person, accepted: Accepted) -> Page:
    """The page of a conversation that anna has taken."""
    item = await house.work_of(accepted.conversation_id)
    return await anna.post(f"/console/work/{item.id}/claim")


async def test_a_draft_is_there_on_another_machine(house: House, anna: Person) -> None:
    accepted = await house.receive()
    page = await at_work(house, anna, accepted)
    fields = {"mode": "reply", "text": "We are look", "subject": "Re: x", "cc": "a@b.example"}
    assert (await anna.post(f"{page.path}/draft", **fields)).status == 204
    await anna.post(f"{page.path}/draft", **fields | {"text": "We are looking"})
    async with person(house) as elsewhere:
        await elsewhere.sign_in("anna")
        page = await elsewhere.get(page.path)
        assert page.text("textarea[name=text]") == "We are looking"
        assert page.value("input[name=cc]") == "a@b.example"
    await anna.reply(page, "We are looking at it.")
    assert await house.rows(drafts_table) == []


async def test_an_empty_draft_is_none_and_a_stranger_keeps_none(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}/draft"
    await anna.post(path, text="x")
    await anna.post(path, text=" ")
    assert await house.rows(drafts_table) == []
    assert (await bob.post(path, text="x")).status == 404


async def test_a_colleague_goes_on_with_a_draft(house: House, anna: Person, ina: Person) -> None:
    accepted = await house.receive()
    page = await at_work(house, anna, accepted)
    await anna.post(f"{page.path}/draft", mode="reply", text="Half an ans")
    page = await ina.get(page.path)
    assert "Anna de Wit has a draft here" in page.text(".others-draft summary")
    assert page.text("[data-draft-text]") == "Half an ans"
    assert page.text("textarea[name=text]") == ""


@pytest.fixture
async def patient(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which a mail waits before it leaves."""
    settings = ConsoleSettings(undo_send_seconds=60)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def test_an_answer_is_taken_back_before_it_leaves(patient: House) -> None:
    async with person(patient) as anna:
        await anna.sign_in("anna")
        accepted = await patient.receive()
        page = await anna.reply(
            await at_work(patient, anna, accepted), "Too quick", cc="x@y.example"
        )
        assert "Take back" in page.text(".entry-outbound .delivery")
        [message] = await patient.rows(outbound)
        assert (message.state, message.held) == ("queued", True)
        assert (await patient.work_of(accepted.conversation_id)).first_response_at is None
        page = await anna.post(f"/console/interactions/{message.interaction_id}/take-back")
        assert page.text("textarea[name=text]") == "Too quick"
        assert page.value("input[name=cc]") == "x@y.example"
        assert page.has(".entry-withdrawn")
        again = await anna.post(f"/console/interactions/{message.interaction_id}/take-back")
        assert (again.status, again.text("[role=alert]")) == (409, "It has left already.")
        await patient.write(lambda c: held.let_go(c, clock.now() + timedelta(hours=1)))
        assert [row.state for row in await patient.rows(outbound)] == ["withdrawn"]


async def test_what_has_waited_leaves_and_counts_as_answered(patient: House) -> None:
    async with person(patient) as anna:
        await anna.sign_in("anna")
        accepted = await patient.receive()
        await anna.reply(await at_work(patient, anna, accepted), "On its way.")
        seen = await patient.database.read(
            lambda c: portal_views.messages(c, accepted.conversation_id)
        )
        assert [one.text for one in seen if one.ours] == []
        await patient.write(lambda c: held.let_go(c, clock.now() + timedelta(seconds=61)))
        [message] = await patient.rows(outbound)
        assert message.held is False
        assert (await patient.work_of(accepted.conversation_id)).first_response_at is not None
        seen = await patient.database.read(
            lambda c: portal_views.messages(c, accepted.conversation_id)
        )
        assert [one.text for one in seen if one.ours] == ["On its way."]
        late = await anna.post(f"/console/interactions/{message.interaction_id}/take-back")
        assert late.status == 409


async def test_taking_back_what_resolved_opens_it_again(patient: House) -> None:
    async with person(patient) as anna:
        await anna.sign_in("anna")
        accepted = await patient.receive(subject="A question")
        page = await at_work(patient, anna, accepted)
        done = await anna.reply(page, "That is all.", then="resolve")
        assert done.path == "/console"
        assert (await patient.work_of(accepted.conversation_id)).state == "done"
        [message] = await patient.rows(outbound)
        page = await anna.post(f"/console/interactions/{message.interaction_id}/take-back")
        assert page.text("textarea[name=text]") == "That is all."
        assert (await patient.work_of(accepted.conversation_id)).state == "assigned"


async def test_what_nobody_filled_in_goes_only_when_the_agent_was_told_of_it(
    house: House, anna: Person
) -> None:
    page = await at_work(house, anna, await house.receive())
    told = await anna.reply(page, "Dear {naem},")
    assert (told.status, await house.rows(outbound)) == (409, [])
    assert "{naem} still stands in it" in told.text("[role=alert]")
    assert told.text("textarea[name=text]") == "Dear {naem},"
    assert told.value("input[name=as_is]") == "{naem}"
    other = await anna.reply(page, "Dear {name},", as_is="{naem}")
    assert "{name} still stands in it" in other.text("[role=alert]")
    note = await anna.reply(page, "Ask {naem}?", mode="note")
    assert note.status == 200
    await anna.reply(await anna.get(page.path), "Dear {naem},", as_is="{naem}")
    assert len(await house.rows(outbound)) == 1


async def test_sending_and_resolving_asks_for_the_results_of_the_model(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(subject="Order 12")
    page = await anna.reply(await at_work(house, anna, accepted), "Found it.", then="resolve")
    assert page.has("details[data-resolve][open] select[name='result.outcome']")
    assert (await house.work_of(accepted.conversation_id)).state == "assigned"
    assert len(await house.rows(outbound)) == 1


async def test_an_answer_goes_later(house: House, anna: Person) -> None:
    accepted = await house.receive()
    page = await at_work(house, anna, accepted)
    page = await anna.reply(page, "In an hour.", later="1h")
    [message] = await house.rows(outbound)
    assert timedelta(minutes=59) < message.next_at - clock.now() <= timedelta(hours=1)
    assert page.has("[data-take-back]")
    await anna.post(f"/console/interactions/{message.interaction_id}/send-now")
    [message] = await house.rows(outbound)
    assert (message.held, message.next_at <= clock.now()) == (False, True)


@pytest.mark.parametrize("at", ["", "yesterday", "2020-01-01T10:00", "9999-01-01T10:00"])
async def test_later_is_a_time_to_come(house: House, anna: Person, at: str) -> None:
    accepted = await house.receive()
    page = await at_work(house, anna, accepted)
    refused = await anna.reply(page, "Kept", then="later", later_at=at)
    assert refused.text("[role=alert]") == "Choose a time to come, within a year."
    assert refused.text("textarea[name=text]") == "Kept"
    assert await house.rows(outbound) == []


async def test_a_chat_does_not_wait(house: House, anna: Person) -> None:
    accepted = await house.receive(chat_arrival())
    page = await anna.reply(await at_work(house, anna, accepted), "x", later="1h")
    assert (page.status, len(await house.rows(outbound))) == (409, 0)


async def test_a_mail_has_copies_marks_and_a_signature(house: House, anna: Person) -> None:
    accepted = await house.receive()
    [me] = [row for row in await house.rows(agents) if row.login == "anna"]
    await house.write(
        lambda c: own_choices.choose(c, me.id, own_choices.SIGNATURE, "Anna\nVan Dalen")
    )
    page = await at_work(house, anna, accepted)
    fields = {"rich": "1", "signed": "1", "cc": "Jan <Jan@x.example>; kim@x.example"}
    await anna.reply(page, "It is **done**.", **fields)
    [sent] = [row for row in await house.rows(interactions) if row.direction == "outbound"]
    assert sent.text == "It is **done**.\n\nAnna\nVan Dalen"
    assert sent.html == "<p>It is <strong>done</strong>.</p>\n<p>Anna<br>Van Dalen</p>"
    assert sent.details["cc"] == "jan@x.example, kim@x.example"


async def test_what_is_no_address_is_refused_and_nothing_is_lost(
    house: House, anna: Person
) -> None:
    accepted = await house.receive()
    page = await anna.reply(await at_work(house, anna, accepted), "Kept", cc="a@b.example, huh")
    assert "not a mail address" in page.text("[role=alert]")
    assert page.text("textarea[name=text]") == "Kept"
    assert page.value("input[name=cc]") == "a@b.example, huh"


async def test_a_mail_without_a_name_is_from_its_address(house: House, anna: Person) -> None:
    """A machine may have sent it, or anybody who uses the address."""
    jan = {"sender": email_party("jan@example.org", "Jan Pot")}
    accepted = await house.receive(mail_arrival().model_copy(update=jan))
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, accepted.conversation_id))
    await house.receive(mail_arrival(message_id="2@x", thread=thread))
    page = await at_work(house, anna, accepted)
    assert page.texts(".entry-inbound header strong") == ["Jan Pot", "jan@example.org"]


async def test_a_message_is_passed_on_and_the_customer_sees_none_of_it(
    house: House, anna: Person
) -> None:
    sha256, size = house.blobs.put(b"photo")
    file = Attachment(id="f", filename="a.jpg", content_type="image/jpeg", size=size, sha256=sha256)
    mail = mail_arrival(text="It is broken.", attachments=(file,))
    jan = email_party("jan@example.org", "Jan Pot")
    accepted = await house.receive(mail.model_copy(update={"sender": jan}))
    page = await at_work(house, anna, accepted)
    [received] = await house.rows(attachments)
    page = await anna.reply(
        page, "Can you look?", mode="forward", to="repair@x.example", along=received.id
    )
    [sent] = [row for row in await house.rows(interactions) if row.direction == "outbound"]
    assert [party["value"] for party in sent.recipients] == ["repair@x.example"]
    assert sent.subject == f"Fwd: {page.text('.talk-title')}", "it is no answer to them"
    assert sent.text.startswith("Can you look?")
    assert "From: Jan Pot <jan@example.org>" in sent.text
    assert sent.text.endswith("It is broken.")
    assert len(await house.rows(attachments)) == 2
    item = await house.work_of(accepted.conversation_id)
    assert (item.state, item.first_response_at) == ("assigned", None)
    seen = await house.database.read(lambda c: portal_views.messages(c, accepted.conversation_id))
    assert [one.text for one in seen] == ["It is broken."]
    nobody = await anna.reply(page, "x", mode="forward", to="")
    assert nobody.text("[role=alert]") == "Fill in to whom it goes."


async def test_an_answer_goes_under_the_subject_that_the_customer_read_last(
    house: House, anna: Person
) -> None:
    """Not under that of a carrier, of what was passed on, or of none, as of a chat."""
    accepted = await house.receive(subject="Bode · 3S1")
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, accepted.conversation_id))
    await house.receive(mail_arrival(thread=thread, subject="Re: Your parcel [#10001]"))
    page = await at_work(house, anna, accepted)
    await anna.reply(page, "Look", mode="forward", to="repair@x.example", subject="Fwd: My parcel")
    await house.receive(
        mail_arrival("repair@x.example", thread=thread, subject="Re: Fwd: My parcel")
    )
    page = await anna.get(page.path)
    assert page.value("input[name=subject]") == "Re: Your parcel"
    assert page.value("input[name=subject]", "data-forward") == "Fwd: Your parcel"


@pytest.mark.parametrize(
    ("mode", "others"),
    [
        ("reply", [{"mode": "note"}, {"mode": "forward"}, {"way": "email|other@x.example|x:y"}]),
        ("forward", [{"mode": "reply"}, {"to": "other@x.example"}, {"along": "all"}]),
    ],
)
async def test_a_form_that_comes_again_holds_something_else(
    house: House, anna: Person, mode: str, others: list[dict[str, str]]
) -> None:
    sha256, size = house.blobs.put(b"photo")
    file = Attachment(id="f", filename="a.jpg", content_type="image/jpeg", size=size, sha256=sha256)
    accepted = await house.receive(mail_arrival("jan@example.org", attachments=(file,)))
    page = await at_work(house, anna, accepted)
    [me] = [row for row in await house.rows(agents) if row.login == "anna"]
    await house.write(lambda c: own_choices.choose(c, me.id, own_choices.SIGNATURE, "Anna"))
    fields = {"mode": mode, "to": "repair@x.example", "once": "o", "signed": "1"}
    for _ in range(2):
        page = await anna.reply(page, "Can you look?", **fields)
        assert page.text("[data-notice]") == ""
    [received] = [row for row in await house.rows(attachments) if row.filename == "a.jpg"]
    more = [{"cc": "kim@x.example"}, {"text": ""}, {"text": "Can"}]
    for changed in (*others, *more):
        again = fields | {"text": "Can you look?"} | changed
        again |= {"along": received.id} if "along" in changed else {}
        other = await anna.reply(page, again.pop("text"), **again)
        assert "was sent already; this is not" in other.text("[data-notice]"), changed
    assert len(await house.rows(outbound)) == 1
    assert not [row for row in await house.rows(interactions) if row.kind == "note"]


async def test_nothing_written_is_no_form_that_came_before(house: House, anna: Person) -> None:
    accepted = await house.receive(mail_arrival())
    page = await at_work(house, anna, accepted)
    fields = {"mode": "forward", "to": "repair@x.example", "once": "o"}
    for _ in range(2):
        await anna.reply(page, "", **fields)
    assert len(await house.rows(outbound)) == 1
    other = await anna.reply(page, "Can you look?", **fields)
    assert "was sent already; this is not" in other.text("[data-notice]")


async def test_what_others_answer_is_not_the_customers_after_a_split(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(mail_arrival(text="It is broken."))
    page = await at_work(house, anna, accepted)
    await anna.reply(page, "Can you look?", mode="forward", to="repair@x.example")
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, accepted.conversation_id))
    second = await house.receive(mail_arrival(text="And my order?", thread=thread))
    await house.receive(mail_arrival("repair@x.example", text="His own fault.", thread=thread))
    page = await anna.post(page.path + "/split", entry=second.interaction_id)
    [row] = [row for row in await house.rows(interactions) if row.text == "His own fault."]
    assert row.conversation_id != accepted.conversation_id
    seen = await house.database.read(lambda c: portal_views.messages(c, row.conversation_id))
    assert [one.text for one in seen] == ["And my order?"]


async def test_nothing_is_split_off_for_whom_it_was_passed_on_to(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(mail_arrival(text="It is broken."))
    page = await at_work(house, anna, accepted)
    await anna.reply(page, "Can you look?", mode="forward", to="repair@x.example")
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, accepted.conversation_id))
    answer = await house.receive(mail_arrival("repair@x.example", text="Fixed.", thread=thread))
    await house.receive(mail_arrival(text="My account is 1234.", thread=thread))
    refused = await anna.post(page.path + "/split", entry=answer.interaction_id)
    assert refused.status == 409
    assert {row.conversation_id for row in await house.rows(interactions)} == {
        accepted.conversation_id
    }


async def test_an_answer_does_not_give_customers_back_their_own_files(
    house: House, anna: Person
) -> None:
    """Those that would be forwarded are ticked in the form that the answer comes from as well."""
    sha256, size = house.blobs.put(b"photo")
    file = Attachment(id="f", filename="a.jpg", content_type="image/jpeg", size=size, sha256=sha256)
    accepted = await house.receive(mail_arrival("jan@example.org", attachments=(file,)))
    page = await at_work(house, anna, accepted)
    ticked = page.value("input[name=along][checked]")
    await anna.reply(page, "We send you a new one.", along=ticked)
    [received] = await house.rows(attachments)
    assert received.filename == "a.jpg"


async def test_files_of_another_conversation_do_not_go_along(house: House, anna: Person) -> None:
    sha256, size = house.blobs.put(b"secret")
    file = Attachment(id="f", filename="a.txt", content_type="text/plain", size=size, sha256=sha256)
    await house.receive(mail_arrival(subject="Invoice 1", attachments=(file,)))
    accepted = await house.receive()
    [secret] = await house.rows(attachments)
    page = await at_work(house, anna, accepted)
    fields = {"mode": "forward", "to": "repair@x.example", "along": secret.id}
    await anna.reply(page, "x", **fields)
    assert len([row for row in await house.rows(interactions) if row.direction == "outbound"]) == 1
    assert len(await house.rows(attachments)) == 1


async def test_resolved_work_is_opened_again(house: House, anna: Person, bob: Person) -> None:
    accepted = await house.receive()
    await at_work(house, anna, accepted)
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/resolve", seen="1")
    assert (await bob.post(f"/console/work/{item.id}/reopen")).status == 404
    page = await anna.post(f"/console/work/{item.id}/reopen")
    assert page.has(".chip-mine")
    again = await anna.post(f"/console/work/{item.id}/reopen")
    assert (again.status, again.text("[role=alert]")) == (409, "This is open already.")
