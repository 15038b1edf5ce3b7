"""What goes out: once, by the rules of its channel, with all that becomes of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select, update

from config.demo.twilio.cloud import Fate
from hub import clock
from hub.errors import Rejected
from hub.interaction import Attachment, Channel, Party, PointKind
from hub.store import consents
from hub.store.tables import attachments, interactions, outbound
from messaging_house import THEIRS, House, open_house
from twilio_cloud import OURS, SERVICE_SID, TEMPLATE, TEMPLATE_SID, CloudServer
from waiting import eventually


async def test_an_answer_reaches_the_phone_and_is_reported(house: House) -> None:
    await house.text("Hi")
    sent = await house.answer("Hello! " * 40)
    row = await house.reaches(sent, "delivered")
    message = house.cloud.cloud.messages[row.provider_id]
    assert (message.recipient, message.body) == (THEIRS, "Hello! " * 40)
    assert message.segments == 2


@pytest.mark.parametrize(
    ("fate", "state", "error"),
    [
        (Fate(("sent",)), "sent", ""),
        (Fate(("sent", "undelivered"), 30003), "failed", "off or out of reach"),
        (Fate(("failed",), 30007), "failed", "held the message for spam"),
    ],
)
async def test_what_becomes_of_it_is_said_in_words(
    house: House, fate: Fate, state: str, error: str
) -> None:
    house.cloud.cloud.fate = lambda _message: fate
    await house.text("Hi")
    row = await house.reaches(await house.answer("Hello"), state)
    assert error in row.error


async def test_a_whatsapp_message_is_seen_to_be_read(house: House) -> None:
    await house.whatsapp("Hi")
    sent = await house.answer("Hello")
    await house.reaches(sent, "delivered")
    house.cloud.cloud.read(THEIRS)
    await house.reaches(sent, "read")


async def test_reports_that_overtake_the_answer_of_our_request_count(house: House) -> None:
    house.cloud.troubles.append("late")
    await house.text("Hi")
    row = await house.reaches(await house.answer("Hello"), "delivered")
    assert row.provider_id in house.cloud.cloud.messages


@pytest.mark.parametrize("trouble", ["drop", 500])
async def test_what_twilio_took_without_saying_so_is_found_and_not_sent_twice(
    house: House, trouble: Any
) -> None:
    house.cloud.cloud.fate = lambda _message: Fate(())
    house.cloud.troubles.append(trouble)
    await house.text("Hi")
    row = await house.reaches(await house.answer("Hello"), "sent")
    ours = [m for m in house.cloud.cloud.messages.values() if m.direction != "inbound"]
    assert [m.sid for m in ours] == [row.provider_id]


async def test_what_cannot_be_found_is_in_doubt_until_a_report_comes(house: House) -> None:
    house.cloud.cloud.fate = lambda _message: Fate(())
    house.cloud.troubles.append("drop")
    await house.text("Hi")
    house.cloud.lists_nothing = True
    sent = await house.answer("Hello")
    await house.reaches(sent, "uncertain")
    path = f"/messaging/twilio/status?interaction={sent}"
    form = {
        "AccountSid": house.settings.twilio.account_sid,
        "MessageSid": "SM9",
        "MessageStatus": "delivered",
        "From": OURS,
        "To": THEIRS,
    }
    assert (await house.post(form, path))[0] == 204
    await house.reaches(sent, "delivered")


async def test_twilio_away_is_tried_again_after_five_and_ten_minutes_and_then_failed(
    house: House,
) -> None:
    await house.text("Hi")
    house.cloud.troubles += [503, 503, 503]
    sent = await house.answer("Hello")
    for minutes in (5, 10):
        row = await _waits(house, sent)
        wait = row.next_at - clock.now()
        assert timedelta(minutes=minutes - 1) < wait <= timedelta(minutes=minutes)
        past = update(outbound).values(next_at=clock.now())
        await house.database.write(lambda c, past=past: c.execute(past))
        await house.outbound.send(sent)
    assert (await house.reaches(sent, "failed")).attempts == 3


@pytest.mark.parametrize(
    ("to", "error"),
    [("+15005550009", "cannot receive texts"), ("+31", "not a phone number")],
)
async def test_what_twilio_refuses_fails_at_once_with_the_reason(
    house: House, to: str, error: str
) -> None:
    await house.text("Hi")
    sent = await house.answer("Hello", to=(Party(kind=PointKind.PHONE, value=to),))
    row = await house.reaches(sent, "failed")
    assert error in row.error
    assert row.attempts == 1


async def test_a_text_that_is_too_long_is_not_sent(house: House) -> None:
    await house.text("Hi")
    row = await house.reaches(await house.answer("x" * 1601), "failed")
    assert "1600" in row.error


async def test_outside_whatsapps_day_only_a_template_goes(house: House) -> None:
    await house.whatsapp("Hi")
    day = update(interactions).values(received_at=clock.now() - timedelta(hours=24, seconds=1))
    await house.database.write(lambda c: c.execute(day))
    refused = await house.reaches(await house.answer("Hello"), "failed")
    assert "template" in refused.error
    details = {"template": "shipped", "template_variables": '{"1": "Jan", "2": "10002"}'}
    text = TEMPLATE.replace("{{1}}", "Jan").replace("{{2}}", "10002")
    row = await house.reaches(await house.answer(text, details=details), "delivered")
    assert house.cloud.cloud.messages[row.provider_id].body == text
    assert house.settings.templates["shipped"].content_sid == TEMPLATE_SID


async def test_files_go_out_by_a_link_that_is_signed_and_ends(house: House) -> None:
    sha256, size = house.blobs.put(b"%PDF-1.4 invoice")
    file = Attachment(
        id=clock.new_id(),
        filename="rekening €.pdf",
        content_type="application/pdf",
        size=size,
        sha256=sha256,
    )
    await house.whatsapp("My invoice please")
    row = await house.reaches(await house.answer("Here", attachments=(file,)), "delivered")
    [got] = house.cloud.cloud.messages[row.provider_id].files
    assert house.cloud.cloud.files.content(got.sid) == b"%PDF-1.4 invoice"

    address = house.connector._links.address(file)
    async with ClientSession() as http:
        async with http.get(address) as answer:
            assert answer.status == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert "Set-Cookie" not in answer.headers
        token = address.split("/")[-2]
        for wrong in (token[:-1] + "x", token.replace("_1", "_9"), "x", "a.b"):
            async with http.get(address.replace(token, wrong)) as answer:
                assert answer.status == 404
        house.connector._links._lasts = timedelta(seconds=-1)
        async with http.get(house.connector._links.address(file)) as answer:
            assert answer.status == 404


async def test_a_received_file_is_not_to_be_had_by_such_a_link(
    house: House, cloud: CloudServer
) -> None:
    picture = cloud.cloud.files.put(b"\x89PNG....", "image/png")
    await house.text("Look", files=[picture])
    [kept] = await eventually(house.received)
    row = await house.database.read(lambda c: c.execute(select(attachments)).one())
    assert row.interaction_id == kept.id
    file = Attachment(id=row.id, filename="x", content_type="x", size=1, sha256=row.sha256)
    async with (
        ClientSession() as http,
        http.get(house.connector._links.address(file)) as answer,
    ):
        assert answer.status == 404


async def test_an_answer_goes_before_what_goes_to_many(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    slow = {"main": {"number": OURS, "per_second": 4}}
    async with open_house(sqlite_url, tmp_path, cloud, numbers=slow) as house:
        await house.text("AANMELDEN")
        await house.text("Hi")
        await house.database.write(_agrees)
        bulk = [await house.answer(f"Offer {n}", bulk=True) for n in range(12)]
        await house.reaches(bulk[0], "delivered")
        answer = await house.answer("Your answer")
        await house.reaches(answer, "delivered")
        sent = [m.body for m in cloud.cloud.messages.values() if m.direction == "outbound-api"]
        assert "Offer 11" not in sent[: sent.index("Your answer")]
        await house.reaches(bulk[-1], "delivered")


async def test_nobody_gets_bulk_who_did_not_agree_to_it(house: House) -> None:
    await house.text("Hi")
    with pytest.raises(Rejected) as error:
        await house.answer("Offer", bulk=True)
    assert error.value.code == "no_consent"


def _agrees(connection: Any) -> None:
    line = consents.Said(
        f"phone:{THEIRS}",
        Channel.SMS,
        consents.Purpose.MARKETING,
        granted=True,
        source="form",
        at=clock.now(),
    )
    consents.add(connection, [line])


async def _waits(house: House, sent: str) -> Any:
    async def look() -> Any:
        [row] = [r for r in await house.sent() if r.interaction_id == sent]
        return row if row.state == "queued" and row.next_at > clock.now() else None

    return await eventually(look)


async def test_a_messaging_service_chooses_the_number(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    numbers = {"main": {"number": OURS, "whatsapp": True, "messaging_service": SERVICE_SID}}
    async with open_house(sqlite_url, tmp_path, cloud, numbers=numbers) as house:
        await house.text("Hi")
        row = await house.reaches(await house.answer("Hello"), "delivered")
        assert cloud.cloud.messages[row.provider_id].sender == OURS
        cloud.troubles.append("drop")  # found again though its number was not ours to choose
        await house.reaches(await house.answer("Hello again"), "delivered")
        checked = [f for f in await house.connector.check() if "service" in f.part]
        assert [finding.ok for finding in checked] == [True]
        cloud.cloud.account.services = {SERVICE_SID: []}
        row = await house.reaches(await house.answer("Anybody?"), "failed")
        assert "no number that can send this" in row.error
