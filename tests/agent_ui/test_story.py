"""The main job, without scripts: sign in, take, answer, note, resolve."""

from builders import chat_arrival
from console_house import House, Person
from hub.interaction import Channel, DeliveryState, Party, PointKind
from hub.store.tables import audit_log, conversations, follow_ups, outbound, work_items
from waiting import eventually


async def test_a_mail_is_taken_answered_and_resolved(house: House, anna: Person) -> None:
    accepted = await house.receive(sender="jan@example.org")
    page = await anna.get("/console")
    assert page.texts("[data-part-of-list=queue] .row-title") == ["Where is my order?"]

    page = await anna.take_next()
    assert page.path == f"/console/conversations/{accepted.conversation_id}"
    assert page.text(".talk-title") == "Where is my order?"
    assert page.texts("[data-part-of-list=mine] .row-title") == ["Where is my order?"]

    page = await anna.reply(page, "It is on its way.")
    assert page.texts(".entry-outbound .text") == ["It is on its way."]
    assert page.texts(".entry-outbound .entry-subject") == ["Re: Where is my order?"]
    assert page.text(".entry-outbound .delivery") == "Waiting to be sent"
    [item] = await house.rows(work_items)
    assert item.first_response_at is not None

    page = await anna.reply(page, "The carrier lost it.", mode="note")
    assert page.texts(".entry-note .text") == ["The carrier lost it."]

    page = await anna.post(
        f"/console/work/{item.id}/resolve",
        seen=page.value("input[name=seen]"),
        **{"result.outcome": "found", "result.remark": "It lay at the neighbours."},
    )
    assert page.path == "/console"
    [item] = await house.rows(work_items)
    assert (item.state, item.agent_id is not None) == ("done", True)
    [conversation] = await house.rows(conversations)
    assert (conversation.state, conversation.resolved_at is not None) == ("resolved", True)

    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.text(".event").startswith("Anna de Wit resolved this")
    assert "· Outcome: Parcel found ·" in page.text(".event")
    assert page.texts(".event q") == ["It lay at the neighbours."]


async def test_an_id_is_never_shown_as_an_address(house: House, anna: Person) -> None:
    known = Party(kind=PointKind.PORTAL, value="01a22839-ec56", name="Jan Smit")
    await house.receive(chat_arrival(channel=Channel.PORTAL, account="portal", sender=known))
    page = await anna.take_next()
    assert page.text(".entry-who") == "Jan Smit"
    assert page.text("select[name=way] option") == "Portal"
    assert page.texts(".points .point") == ["Portal account"]
    assert "01a22839-ec56" not in page.text("#talk") + page.text("#side")


async def test_what_an_agent_does_is_in_the_audit_log(house: House, anna: Person) -> None:
    await house.receive()
    page = await anna.take_next()
    page = await anna.reply(page, "Yes.")
    await anna.reply(page, "Check tomorrow.", mode="note")
    [item] = await house.rows(work_items)
    await anna.post(f"/console/work/{item.id}/release")
    rows = [row for row in await house.rows(audit_log) if row.actor != "file"]
    assert [row.action for row in rows] == [
        "work_item.claimed",
        "work_item.answered",
        "interaction.replied",
        "interaction.noted",
        "work_item.released",
    ]
    assert {row.actor for row in rows} == {item.agent_id or rows[0].actor}


async def test_the_next_conversation_follows_a_resolved_one(house: House, anna: Person) -> None:
    first = await house.receive(subject="First order")
    second = await house.receive(subject="Second order")
    page = await anna.take_next()
    assert page.path.endswith(first.conversation_id)
    item = await house.work_of(first.conversation_id)
    page = await anna.post(f"/console/work/{item.id}/resolve", seen="1")
    assert page.path.endswith(second.conversation_id)
    assert not page.has("[data-resolve]"), "it is shown, not taken"


async def test_the_screen_tells_what_the_model_says(house: House, anna: Person) -> None:
    await house.receive(subject="My order 12")
    page = await anna.take_next()
    side = page.text("#side")
    assert "You may refund up to EUR 50." in side
    assert "Order number not known: ask the customer" in side
    assert "Look up the order Done" in side
    why = page.text(".why")
    assert "version 1" in why
    assert "all customers, any channel, Orders (line 18) says: First answer within" in why
    assert "any channel, any topic (line 16) another row is more specific: First answer" in why
    assert "“Orders”" in page.text(".why"), "the words that decided"
    assert page.texts("select[name='result.outcome'] option") == [
        "Not recorded",
        "Parcel found",
        "Sent again",
    ]


async def test_what_the_customer_writes_next_says_why_too(house: House, anna: Person) -> None:
    await house.receive(subject="My order 12", message_id="one@example.org")
    await house.receive(subject="The invoice", references=("one@example.org",))
    await eventually(lambda: house.rows(follow_ups))
    page = await anna.take_next()
    assert page.text(".chip-topic") == "Orders"
    why = page.text(".why")
    assert "What the model says of the 1 message since" in why
    assert "interaction model, version 1 These words point to “Invoices”: invoice." in why


async def test_the_same_in_dutch(house: House, anna: Person) -> None:
    await house.receive(subject="Bestelling 12")
    await anna.post("/console/language", language="nl")
    page = await anna.take_next()
    assert page.value("html", "lang") == "nl"
    assert "U mag tot EUR 50 terugbetalen." in page.text("#side")
    assert page.text(".chip-mine") == "U hebt dit"
    assert "Klantenservice" in page.text(".talk-facts")


async def test_what_was_asked_and_what_came_of_it_are_called_as_the_model_calls_them(
    house: House, anna: Person
) -> None:
    """In the language of who reads it, and not by the names that they have for programs."""
    asked = {"answer.number": "VK-7", "answer.shoe-size": "43"}
    accepted = await house.receive(subject="Bestelling 12", details=asked)
    await anna.post("/console/language", language="nl")
    page = await anna.take_next()
    item = await house.work_of(accepted.conversation_id)
    done = {"seen": page.value("input[name=seen]"), "result.outcome": "found"}
    await anna.post(f"/console/work/{item.id}/resolve", **done)
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.texts(".entry dt") == ["Bestelnummer", "Shoe size"]
    assert "Uitkomst: Pakket gevonden" in page.texts(".event")[-1]


async def test_a_failed_message_says_why_and_is_sent_again(house: House, anna: Person) -> None:
    await house.receive()
    page = await anna.reply(await anna.take_next(), "Hello")
    [row] = await house.rows(outbound)
    await house.outbound.report(row.interaction_id, DeliveryState.FAILED, "550 no such mailbox")
    page = await anna.get(page.path)
    assert page.text(".delivery") == "Not sent 550 no such mailbox Send again"
    page = await anna.post(f"/console/interactions/{row.interaction_id}/resend")
    assert page.text(".delivery") == "Waiting to be sent"
    page = await anna.post(f"/console/interactions/{row.interaction_id}/resend")
    assert (page.status, page.text("[role=alert]")) == (
        409,
        "This message is on its way already.",
    )


async def test_an_empty_reply_is_refused_and_a_foreign_address_too(
    house: House, anna: Person
) -> None:
    await house.receive()
    page = await anna.take_next()
    refused = await anna.reply(page, "   ")
    assert (refused.status, refused.text("[role=alert]")) == (400, "Write something first.")
    way = "email|info@vandalenkoffie.example|email:victim@example.net"
    refused = await anna.reply(page, "Buy now", way=way)
    assert refused.status == 409
    assert refused.text("textarea[name=text]") == "Buy now", "what was typed is still there"
    assert await house.rows(outbound) == []
