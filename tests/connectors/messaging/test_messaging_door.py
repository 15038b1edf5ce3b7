"""What comes in: once, whole, from the right customer, and nothing that Twilio did not sign."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Connection, select
from twilio.request_validator import RequestValidator

from connectors.messaging.receive import MESSAGE_PATH
from connectors.shared.twilio.webhook import BODY_BYTES, SIGNATURE
from hub.store.tables import attachments, audit_log, parked
from messaging_house import THEIRS, House, open_house
from stores import count as count_rows
from stores import rows
from twilio_cloud import ACCOUNT_SID, AUTH_TOKEN, OURS, CloudServer
from waiting import eventually
from webhook_cases import CASES, Call, Door

FLOOD = 12
_numbers = count(1)
FORM = {
    "AccountSid": ACCOUNT_SID,
    "From": THEIRS,
    "To": OURS,
    "Body": "Where is my order?",
    "NumMedia": "0",
}


@pytest.fixture
async def door(sqlite_url: str, tmp_path: Path, cloud: CloudServer) -> AsyncIterator[Door]:
    twilio = cloud.settings(webhooks_per_minute=FLOOD).model_dump()
    async with open_house(sqlite_url, tmp_path, cloud, twilio=twilio) as house:

        def signed(form: dict[str, str], **more: str) -> Call:
            url = house.origin + MESSAGE_PATH
            proof = RequestValidator(AUTH_TOKEN).compute_signature(url, form)
            headers = {SIGNATURE: proof, "Content-Type": "application/x-www-form-urlencoded"}
            return Call(urlencode(form).encode(), headers, **more)

        async def kept() -> int:
            return len(await house.received())

        def resign(body: bytes) -> Call:
            call = signed({})
            return Call(body, call.headers)

        yield Door(
            url=house.origin + MESSAGE_PATH,
            signature=SIGNATURE,
            call=lambda: signed(FORM | {"MessageSid": f"SM{next(_numbers)}"}),
            resign=resign,
            malformed=lambda: signed(
                FORM | {"MessageSid": "SM0", "NumMedia": "many"}, field="NumMedia"
            ),
            kept=kept,
            metrics=house.metrics,
            channel="messaging",
            limit=BODY_BYTES,
            flood=FLOOD,
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_webhook(case: Callable[[Door], Awaitable[None]], door: Door) -> None:
    await case(door)


async def test_a_text_comes_in_and_is_answered_with_nothing_to_say(house: House) -> None:
    answer = await house.text("Waar is mijn bestelling? 😀")
    assert (answer.status, answer.body) == (200, b"<Response/>")
    [kept] = await house.received()
    assert (kept.channel, kept.account, kept.text) == ("sms", OURS, "Waar is mijn bestelling? 😀")
    assert kept.sender == {"kind": "phone", "value": THEIRS, "name": ""}
    assert (kept.verification, kept.automatic) == ("verified", "")


async def test_a_long_text_comes_as_one(house: House) -> None:
    await house.text("lang " * 200)
    [kept] = await house.received()
    assert kept.text == "lang " * 200
    assert kept.details["segments"] == "7"


async def test_the_same_sid_with_another_text_is_no_repetition(house: House) -> None:
    for text in ("one", "one", "two"):
        assert (await house.post(FORM | {"MessageSid": "SM1", "Body": text}))[0] == 200
    [kept] = await house.received()
    assert kept.text == "one"
    [line] = await rows(house.database, audit_log)
    assert (line.action, line.details["text"]) == ("message.conflict", "two")


async def test_texts_of_one_matter_share_a_conversation(house: House) -> None:
    await house.text("One")
    await house.text("Two")
    await house.text("Other", sender="+31687654321")
    one, two, other = await house.received()
    assert one.conversation_id == two.conversation_id != other.conversation_id
    assert one.customer_id == two.customer_id != other.customer_id


async def test_whatsapp_goes_on_in_what_the_number_has_open_by_text(house: House) -> None:
    await house.text("One")
    await house.whatsapp("Two", extra={"ProfileName": "Jan de Wit"})
    one, two = await house.received()
    assert (two.channel, two.conversation_id) == ("whatsapp", one.conversation_id)
    assert two.sender["name"] == "Jan de Wit"


async def test_what_whatsapp_sends_besides_text_is_understood(house: House) -> None:
    button = {"MessageType": "button", "ButtonText": "Change date", "ButtonPayload": "change"}
    await house.whatsapp("Change date", extra=button)
    place = {"Latitude": "52.37", "Longitude": "4.89", "Label": "Home", "MessageType": "location"}
    await house.whatsapp("", extra=place)
    choice = {"ListTitle": "Monday", "ListId": "mon", "MessageType": "interactive"}
    await house.whatsapp("", extra=choice)
    pressed, where, chosen = await house.received()
    assert (pressed.text, pressed.details["button"]) == ("Change date", "change")
    assert where.text.splitlines()[:2] == ["Home", "52.37, 4.89"]
    assert "openstreetmap.org/?mlat=52.37&mlon=4.89" in where.text
    assert (chosen.text, chosen.details["list"]) == ("Monday", "mon")


async def test_what_is_not_understood_is_kept_and_says_so(house: House) -> None:
    await house.whatsapp("", extra={"MessageType": "contacts", "Contacts": "[…]"})
    await house.whatsapp("")
    unknown, empty = await house.received()
    assert "contacts" in unknown.problem
    assert empty.problem == "it has neither text nor files"


@pytest.mark.parametrize("sender", ["KPN", "12345", "0612345678", "+31 6 1234 5678"])
async def test_senders_are_numbers_in_one_form_where_they_are_numbers(
    house: House, sender: str
) -> None:
    await house.post(FORM | {"MessageSid": "SM1", "From": sender})
    [kept] = await house.received()
    assert kept.sender["value"] == (THEIRS if len(sender) > 5 else sender)


async def test_files_are_fetched_after_the_answer_and_come_with_the_message(
    house: House, cloud: CloudServer
) -> None:
    picture = cloud.cloud.files.put(b"\x89PNG....", "image/png")
    sound = cloud.cloud.files.put(b"OggS....", "audio/ogg")
    assert (await house.whatsapp("Look", files=[picture, sound])).status == 200
    [kept] = await eventually(house.received)
    assert (kept.text, kept.problem) == ("Look", "")
    files = await house.database.read(lambda c: _files(c, kept.id))
    assert [(f.filename, f.content_type) for f in files] == [
        ("image-1.png", "image/png"),
        ("audio-2.oga", "audio/ogg"),
    ]
    assert house.blobs.path(files[0].sha256).read_bytes() == b"\x89PNG...."
    await eventually(lambda: _is_empty(house))


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "https://attacker.example/x.png", "x"])
async def test_a_file_from_elsewhere_is_not_fetched_and_the_text_comes_in(
    house: House, url: str
) -> None:
    form = FORM | {"MessageSid": "MM1", "NumMedia": "1", "MediaUrl0": url}
    assert (await house.post(form))[0] == 200
    [kept] = await eventually(house.received)
    assert kept.text == FORM["Body"]
    assert "could not be fetched" in kept.problem


async def test_a_message_with_files_survives_a_restart(house: House, cloud: CloudServer) -> None:
    """It was answered: so it comes in, also when the process died before its files were here."""
    picture = cloud.cloud.files.put(b"\x89PNG....", "image/png")
    await house.connector._inbox.stop()
    await house.text("Look", files=[picture])
    assert await house.received() == []
    await house.stop()
    await house.start()
    [kept] = await eventually(house.received)
    assert kept.text == "Look"


def _files(connection: Connection, interaction_id: str) -> list[Any]:
    wanted = select(attachments).where(attachments.c.interaction_id == interaction_id)
    return list(connection.execute(wanted.order_by(attachments.c.filename.desc())))


async def _is_empty(house: House) -> bool:
    return await count_rows(house.database, parked) == 0
