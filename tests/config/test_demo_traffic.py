"""The traffic generator through its switch, against a real mail server, and in a whole Loket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

from config import wiring
from config.demo import Demo, DemoContext, running, traffic
from config.demo.carrier import carrier_secret
from config.demo.running import demo_settings
from config.settings import DEFAULT_MODEL, Settings
from demo_house import CUSTOMER, House, open_house, read
from hub.interaction import Party
from hub.replies import Reply, add_reply
from hub.store import Database, migrate
from hub.store.tables import conversations, deliveries, interactions, work_items
from routing.model_file import load_model
from servers.process import free_port
from servers.smtp import Mail, SmtpSink
from stores import rows
from waiting import eventually

FASTEST = str(traffic.MOST_PER_MINUTE)
ROLES = {
    "account-management", "billing", "customer-service", "logistics", "sales", "technical-support",
    "triage",
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path, smtp_sink.port) as house:
        yield house


async def switch(house: House, per_minute: str) -> None:
    form = {"per_minute": per_minute}
    async with house.client.post("/demo/traffic", data=form) as response:
        assert response.status == 200, await response.text()


async def state(house: House) -> dict[str, Any]:
    async with house.client.get("/demo/traffic") as response:
        found: dict[str, Any] = await response.json()
        return found


async def test_it_is_off_until_asked_for(house: House, smtp_sink: SmtpSink) -> None:
    assert (await state(house))["per_minute"] == 0
    assert smtp_sink.mails == []


async def test_customers_mail_at_the_rate_that_was_set_until_it_is_off(
    house: House, smtp_sink: SmtpSink
) -> None:
    await switch(house, FASTEST)
    await eventually(lambda: len(smtp_sink.mails) >= 5)
    assert (await state(house))["per_minute"] == traffic.MOST_PER_MINUTE
    await switch(house, "0")
    sent = len(smtp_sink.mails)
    stopped = await state(house)
    assert stopped["per_minute"] == 0
    assert stopped["mails"] in (sent - 1, sent), "one that was on its way is not counted"
    assert len({mail.sender for mail in smtp_sink.mails}) > 1
    for mail in map(_content, smtp_sink.mails):
        assert mail["Subject"]
        assert "{" not in mail["Subject"] + mail.get_body(("plain",)).get_content()


async def test_it_is_off_at_any_moment(house: House) -> None:
    """Also while a mail is on its way, which then goes out."""
    for moment in range(40):
        await switch(house, FASTEST)
        for _ in range(moment):
            await asyncio.sleep(0)
        await switch(house, "0")
        assert (await state(house))["per_minute"] == 0


async def test_a_slow_rate_can_be_raised_at_once(house: House, smtp_sink: SmtpSink) -> None:
    """The first message may be a mail or a chat; after it, a minute would pass without any."""
    await switch(house, "1")
    await switch(house, FASTEST)
    await eventually(lambda: len(smtp_sink.mails) > 2)


async def test_customers_answer_and_their_machines_too(house: House, smtp_sink: SmtpSink) -> None:
    for number in range(8):
        await house.answer(text=f"Answer {number}.")
    await switch(house, FASTEST)
    answers = await eventually(lambda: _with(smtp_sink, "In-Reply-To", automatic=False))
    assert answers[0].recipients == ["info+c-abc@vandalenkoffie.example"]
    [absence, *_] = await eventually(lambda: _with(smtp_sink, "In-Reply-To", automatic=True))
    assert _content(absence)["Subject"].startswith("Afwezig: Re: ")
    assert absence.sender == CUSTOMER


async def test_a_file_goes_along_now_and_then(house: House, smtp_sink: SmtpSink) -> None:
    await switch(house, FASTEST)
    await eventually(
        lambda: any(list(_content(mail).iter_attachments()) for mail in smtp_sink.mails)
    )


async def test_refusals_are_counted_and_shown(house: House, smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("RCPT", "451 4.3.0 The store is down", times=10_000)
    await switch(house, FASTEST)
    seen = await eventually(lambda: _failed(house, "451"))
    assert "451 4.3.0 The store is down" in seen["problem"]
    assert "451 4.3.0 The store is down" in await house.text("/")


async def test_a_chat_that_is_not_there_is_said(house: House, smtp_sink: SmtpSink) -> None:
    """The generator tries the public address, where nobody listens here."""
    await switch(house, FASTEST)
    seen = await eventually(lambda: _failed(house, "chat"))
    assert "The chat does not answer" in seen["problem"]


async def test_it_stops_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "MOST_MESSAGES", 4)  # by chance all four may be chats
    await switch(house, FASTEST)

    async def off() -> bool:
        return bool((await state(house))["per_minute"] == 0)

    await eventually(off)


@pytest.mark.parametrize("rate", ["", "-1", "many", "½", "1e9"])
async def test_a_rate_is_a_whole_number(house: House, rate: str) -> None:
    async with house.client.post("/demo/traffic", data={"per_minute": rate}) as response:
        assert response.status == 400
    assert (await state(house))["per_minute"] == 0


def _content(mail: Mail) -> Any:
    return read(mail.content)


def _with(sink: SmtpSink, header: str, *, automatic: bool) -> list[Mail]:
    found = [(mail, _content(mail)) for mail in sink.mails]
    return [m for m, c in found if c[header] and bool(c["Auto-Submitted"]) == automatic]


async def _failed(house: House, word: str) -> dict[str, Any] | None:
    found = await state(house)
    return found if found["failed"] and word in found["problem"] else None


# In a whole Loket


def _context(settings: Settings, folder: Path, smtp_port: int, sink_port: int) -> DemoContext:
    return DemoContext(
        organisation="Van Dalen Koffie",
        public_url=settings.hub.http.public_url,
        smtp_port=smtp_port,
        sink_port=sink_port,
        folder=folder,
        carrier_secret=carrier_secret(settings.hub.secret.get_secret_value()),
        auth_token=running._secret(folder, "sandbox-token"),
        identity_secret=running._identity_secret(folder),
        model=load_model(DEFAULT_MODEL),
    )


class Loket(NamedTuple):
    """`base`: its public address."""

    process: wiring.Process
    base: str
    demo: Demo


@pytest.fixture
async def loket(tmp_path: Path) -> AsyncIterator[Loket]:
    """`loket demo` as it runs, before anybody wrote."""
    port, smtp_port, sink_port = free_port(), free_port(), free_port()
    settings = demo_settings(port, smtp_port, sink_port, tmp_path)
    demo = Demo(_context(settings, tmp_path, smtp_port, sink_port))
    process = wiring.build(settings, extra=demo)
    await migrate.upgrade(process.basics.database)
    await demo.load_organisation(process.basics.database)
    await process.start()
    yield Loket(process, settings.hub.http.public_url, demo)
    await process.stop()


async def test_mail_by_the_sandbox_is_routed_answered_and_goes_on(
    loket: Loket,
) -> None:
    process, base, _ = loket
    database = process.basics.database
    letter = {
        "sender": "ruud@cafe-dewaag.example",
        "to": "service@vandalenkoffie.example",
        "subject": "Espressomachine lekt",
        "text": "De machine lekt weer, en we zitten vol vanavond.",
    }
    async with ClientSession() as http:
        async with http.post(f"{base}/demo/mail", data=letter) as response:
            assert response.status == 200, await response.text()
        item = await eventually(lambda: _open_item(database))
        assert (item.role, item.topic) == ("technical-support", "machine/fault")
        await _answer(process, item.conversation_id)
        reply = await eventually(lambda: _reply_form(http, base, letter["sender"]))
        form = {"mail": reply, "text": "Tot straks!"}
        async with http.post(f"{base}/demo/mail/reply", data=form) as response:
            assert response.status == 200, await response.text()

    async def said() -> bool:
        found = await rows(database, interactions)
        return any(
            row.text == "Tot straks!" and row.conversation_id == item.conversation_id
            for row in found
        )

    await eventually(said)


async def test_a_carrier_tells_of_a_delay_and_the_customer_hears_of_it(
    loket: Loket,
) -> None:
    process, base, _ = loket
    database = process.basics.database
    on_its_way = ("in_transit", "out_for_delivery")  # at night the van has not left yet
    parcel = next(row for row in await rows(database, deliveries) if row.state in on_its_way)
    form = {"tracking": parcel.tracking, "kind": "exception", "text": "De bus staat stil"}
    async with ClientSession() as http:
        async with http.get(f"{base}/demo/carrier") as response:
            assert parcel.tracking in await response.text()
        async with http.post(f"{base}/demo/carrier", data=form) as response:
            page = await response.text()
            assert response.status == 200
        assert "&#34;accepted&#34;: 1" in page
        item = await eventually(lambda: _open_item(database))
        assert (item.role, item.topic) == ("logistics", "delivery/late")
        assert item.customer_id == parcel.customer_id

        async def hears() -> bool:
            async with http.get(f"{base}/demo/mail") as response:
                return parcel.tracking in await response.text()

        if 8 <= datetime.now(ZoneInfo("Europe/Amsterdam")).hour < 21:
            await eventually(hears)


async def test_traffic_arrives_by_mail_and_by_chat(loket: Loket) -> None:
    process, base, _ = loket
    database = process.basics.database
    past = len(await rows(database, conversations))

    async def channels() -> bool:
        found = await rows(database, conversations)
        return {row.channel for row in found if row.state == "open"} == {"email", "chat"}

    async with ClientSession() as http:
        async with http.post(f"{base}/demo/traffic", data={"per_minute": FASTEST}) as response:
            assert response.status == 200
        await eventually(channels)
        async with http.get(f"{base}/demo/traffic") as response:
            seen = await response.json()
        assert (seen["failed"], seen["problem"]) == (0, "")
        assert seen["chats"] >= 1
    assert len(await rows(database, conversations)) > past


async def test_what_customers_write_at_the_first_start_waits_for_every_role(loket: Loket) -> None:
    database = loket.process.basics.database
    await loket.demo.write_in()

    async def waiting() -> bool:
        items = [one for one in await rows(database, work_items) if one.state == "waiting"]
        channels = {one.channel for one in items}
        return {one.role for one in items} == ROLES and channels == {
            "email", "sms", "whatsapp", "partner"
        }  # fmt: skip

    await eventually(waiting)


async def test_a_door_that_is_shut_at_the_first_start_is_no_reason_not_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shut = free_port()
    demo = Demo(_context(demo_settings(shut, shut, shut, tmp_path), tmp_path, shut, shut))
    await demo.write_in()
    assert "demo.first_mail_refused" in capsys.readouterr().out
    await demo.stop()


async def _open_item(database: Database) -> Any:
    return next((row for row in await rows(database, work_items) if row.state != "done"), None)


async def _answer(process: wiring.Process, conversation_id: str) -> None:
    found = await rows(process.basics.database, interactions)
    first = next(row for row in found if row.conversation_id == conversation_id)
    reply = Reply(
        conversation_id=conversation_id,
        channel=first.channel,
        account=first.account,
        to=(Party.model_validate(first.sender),),
        text="De monteur komt om vier uur.",
        agent_name="Daan",
    )
    await process.basics.database.write(lambda c: add_reply(c, reply))
    process.basics.relay.wake()


async def _reply_form(http: ClientSession, base: str, person: str) -> str:
    """The id that the form for a reply carries, once the answer has come."""
    async with http.get(f"{base}/demo/mail", params={"person": person}) as response:
        page = await response.text()
    return page.partition('name="mail" value="')[2].partition('"')[0]
