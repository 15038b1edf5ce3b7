"""Sending: the mail as it arrives, and what each way of failing is called."""

import email
import email.policy
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from builders import mail_arrival
from hub import clock
from hub.errors import LoketError, Rejected, Retry, Unavailable, Uncertain
from hub.interaction import Channel, DeliveryState, Party, PointKind
from hub.isolation import Workers
from hub.outgoing import OutgoingFile, OutgoingMessage
from hub.replies import Reply, add_reply
from hub.store.sending import Outcome, claim, outgoing, record
from mail_house import JAN, SUPPORT, TOKEN, TOKENS, MailHouse, mail, mail_house, reply_message
from servers.process import free_port
from servers.smtp import AfterData, SmtpSink
from servers.tls import Certificate


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as pool:
        yield pool


def way(port: int, **changes: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 5} | changes


def settings(server: dict[str, Any] | None) -> dict[str, Any]:
    account = {"address": SUPPORT, "from_name": "Acme, Support"}
    return {"accounts": {"support": account}} | ({"smtp": server} if server else {})


@pytest.fixture
async def house(
    sqlite_url: str, tmp_path: Path, workers: Workers, smtp_sink: SmtpSink
) -> AsyncIterator[MailHouse]:
    chosen = settings(way(smtp_sink.port))
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        yield house


class Committing:
    """Remembers whether the point of no return was reached."""

    def __init__(self) -> None:
        self.reached = False

    async def __call__(self) -> None:
        self.reached = True


def parsed(content: bytes) -> EmailMessage:
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


async def failure(house: MailHouse, sent: OutgoingMessage | None = None) -> tuple[LoketError, bool]:
    """(how sending failed, whether the point of no return had been reached)."""
    committing = Committing()
    with pytest.raises(LoketError) as failed:
        await house.connector.send(sent or reply_message(), committing)
    return failed.value, committing.reached


async def test_the_mail_as_it_arrives(house: MailHouse, smtp_sink: SmtpSink) -> None:
    committing = Committing()
    result = await house.connector.send(reply_message(), committing)
    sent = await smtp_sink.next_mail()
    read = parsed(sent.content)
    assert (result.state, committing.reached) == ("sent", True)
    assert (sent.sender, sent.recipients) == (SUPPORT, [JAN])
    assert read["From"] == '"Acme, Support" <support@acme.example>'
    assert read["To"] == JAN
    assert read["Subject"] == "Re: Où est ma commande? [#10007]"
    assert read["Message-ID"] == "<reply-1@acme.example>"
    assert read["In-Reply-To"] == "<second@customer.example>"
    assert read["References"].split() == ["<first@customer.example>", "<second@customer.example>"]
    assert read["Date"] == "Mon, 02 Nov 2026 09:30:00 +0000"
    assert "Auto-Submitted" not in read
    body = read.get_body(("plain",))
    assert body is not None
    lines = body.get_content().split()
    assert lines == ["On", "its", "way.", "Greetings", f"[loket:{TOKEN}]"]


async def test_the_answer_comes_back_into_its_conversation(
    sqlite_url: str, tmp_path: Path, workers: Workers, smtp_sink: SmtpSink
) -> None:
    """A mail program that keeps nothing of our mail but where to answer to."""
    chosen = settings(way(smtp_sink.port)) | {"listen": {"port": 0}}
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        await post(house.port, mail(subject="First"), SUPPORT)
        [first] = await house.kept()
        reply = Reply(
            conversation_id=first.conversation_id,
            channel=Channel.EMAIL,
            account=SUPPORT,
            to=(first.sender,),
            text="What is the number?",
        )
        reply_id = await house.database.write(lambda c: add_reply(c, reply))
        claimed = await house.database.write(lambda c: claim(c, reply_id, until=clock.now()))
        assert claimed is not None
        await house.connector.send(outgoing(claimed, TOKENS, house.blobs), Committing())
        address = parsed((await smtp_sink.next_mail()).content)["Reply-To"]
        await post(house.port, mail("12", subject="", to=address), address)
        assert [k.conversation_id for k in await house.kept()] == [first.conversation_id] * 3


async def post(port: int, content: bytes, *to: str) -> None:
    await aiosmtplib.send(
        content, sender=JAN, recipients=list(to), hostname="127.0.0.1", port=port, start_tls=False
    )


async def test_files_go_along(house: MailHouse, smtp_sink: SmtpSink, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\x00\r\n.\r\n" * 1000)
    await house.connector.send(
        reply_message(files=(OutgoingFile("é.bin", "application/octet-stream", path),)),
        Committing(),
    )
    [file] = parsed((await smtp_sink.next_mail()).content).iter_attachments()
    assert file.get_filename() == "é.bin"
    assert file.get_content() == path.read_bytes()


# What goes wrong before anything was sent


@pytest.mark.parametrize(
    ("command", "said", "kind", "committed"),
    [
        ("MAIL", "451 4.3.0 busy", Retry, False),
        ("MAIL", "553 5.7.1 not you", Rejected, False),
        ("MAIL", "530 5.7.0 sign in first", Unavailable, False),
        ("RCPT", "450 4.2.0 greylisted, try again in 300 seconds", Retry, False),
        ("RCPT", "550 5.1.1 no such user", Rejected, False),
        ("RCPT", "421 4.3.2 closing", Retry, False),
        ("DATA", "452 4.3.1 disk full", Retry, True),
        ("DATA", "554 5.7.1 spam", Rejected, True),
    ],
)
async def test_what_the_server_refuses(
    house: MailHouse,
    smtp_sink: SmtpSink,
    command: str,
    said: str,
    kind: type[LoketError],
    *,
    committed: bool,
) -> None:
    smtp_sink.answer(command, said)
    error, reached = await failure(house)
    assert type(error) is kind
    assert said in str(error)
    assert reached is committed
    assert smtp_sink.mails == []


async def test_the_server_says_when_to_come_back(house: MailHouse, smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("RCPT", "450 4.2.0 Greylisted, try again in 5 minutes")
    error, _ = await failure(house)
    assert isinstance(error, Retry)
    assert error.after == 300


async def test_one_of_several_is_refused(house: MailHouse, smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("RCPT", "550 5.1.1 no such user")
    error, reached = await failure(house, reply_message("gone@customer.example", JAN))
    assert isinstance(error, Rejected)
    assert error.detail == (
        "gone@customer.example was refused; nobody was sent anything: 550 5.1.1 no such user"
    )
    assert not reached
    assert smtp_sink.mails == []


async def test_no_server_answers(sqlite_url: str, tmp_path: Path, workers: Workers) -> None:
    chosen = settings(way(free_port()))
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        error, reached = await failure(house)
    assert isinstance(error, Retry)
    assert not reached


async def test_an_account_that_nobody_sends_for(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    async with mail_house(sqlite_url, tmp_path, settings=settings(None), workers=workers) as house:
        error, _ = await failure(house)
        assert "add smtp" in str(error)
        error, _ = await failure(house, reply_message(account="old@acme.example"))
        assert "not in the settings" in str(error)


async def test_an_address_that_cannot_be_mailed(house: MailHouse, smtp_sink: SmtpSink) -> None:
    error, reached = await failure(house, reply_message("not an address"))
    assert isinstance(error, Rejected)
    assert not reached
    assert smtp_sink.mails == []


# What goes wrong after it was sent


@pytest.mark.parametrize("what", [AfterData.STALL, AfterData.DROP])
async def test_no_answer_after_the_mail_leaves_us_in_doubt(
    sqlite_url: str, tmp_path: Path, workers: Workers, smtp_sink: SmtpSink, what: AfterData
) -> None:
    smtp_sink.after_data = what
    chosen = settings(way(smtp_sink.port, data_timeout=0.5))
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        error, reached = await failure(house)
    assert isinstance(error, Uncertain)
    assert reached
    assert len(smtp_sink.mails) == 1


# Encryption and signing in


@pytest.fixture
async def guarded_sink(certificate: Certificate) -> AsyncIterator[SmtpSink]:
    sink = SmtpSink(certificate=certificate, login=("loket", "a secret"))
    await sink.start()
    yield sink
    await sink.stop()


async def test_encrypted_and_signed_in(
    sqlite_url: str,
    tmp_path: Path,
    workers: Workers,
    guarded_sink: SmtpSink,
    certificate: Certificate,
) -> None:
    server = way(
        guarded_sink.port,
        tls="starttls",
        ca_file=certificate.file,
        user="loket",
        password="a secret",
    )
    chosen = settings(server)
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        await house.connector.send(reply_message(), Committing())
        [finding] = await house.connector.check()
    assert (await guarded_sink.next_mail()).user == "loket"
    assert finding.ok
    assert finding.what == "127.0.0.1 answers and lets loket in"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong secret"}, "127.0.0.1 does not let loket in"),
        ({"ca_file": None}, "its certificate is not trusted"),
        ({"password_file": Path("/nonexistent")}, "cannot be read"),
        ({"oauth": {"token_file": Path("/nonexistent")}}, "the access token"),
    ],
)
async def test_a_person_must_act(
    sqlite_url: str,
    tmp_path: Path,
    workers: Workers,
    guarded_sink: SmtpSink,
    certificate: Certificate,
    *,
    changes: dict[str, Any],
    said: str,
) -> None:
    known = {"ca_file": certificate.file, "user": "loket", "password": "a secret"}
    server = way(guarded_sink.port, tls="starttls", **(known | changes))
    chosen = settings(server)
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        error, _ = await failure(house)
        [finding] = await house.connector.check()
    assert isinstance(error, Unavailable)
    assert said in str(error)
    assert not finding.ok
    assert "secret" not in f"{error}{finding}"


async def test_a_server_without_starttls_is_not_sent_anything(
    sqlite_url: str, tmp_path: Path, workers: Workers, smtp_sink: SmtpSink
) -> None:
    chosen = settings(way(smtp_sink.port, tls="starttls"))
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        error, _ = await failure(house)
    assert isinstance(error, Unavailable)
    assert "STARTTLS" in str(error)
    assert smtp_sink.mails == []


# Loops


async def test_no_more_than_two_automatic_mails_a_day(
    house: MailHouse, smtp_sink: SmtpSink
) -> None:
    """Whatever starts it, a loop with another program ends after the second mail."""
    accepted = await house.connector._context.intake.accept(mail_arrival(JAN, account=SUPPORT))

    async def send_automatic(to: str) -> None:
        reply = Reply(
            conversation_id=accepted.conversation_id,
            channel=Channel.EMAIL,
            account=SUPPORT,
            to=(Party(kind=PointKind.EMAIL, value=to),),
            text="We have your mail.",
            automatic=True,
        )
        reply_id = await house.database.write(lambda c: add_reply(c, reply))
        claimed = await house.database.write(lambda c: claim(c, reply_id, until=clock.now()))
        assert claimed is not None
        await house.connector.send(outgoing(claimed, TOKENS, house.blobs), Committing())
        await house.database.write(lambda c: record(c, reply_id, Outcome(DeliveryState.SENT)))

    await send_automatic(JAN)
    await send_automatic(JAN)
    with pytest.raises(Rejected, match="may be a loop"):
        await send_automatic(JAN)
    await send_automatic("piet@customer.example")
    read = parsed(smtp_sink.mails[0].content)
    assert read["Auto-Submitted"] == "auto-generated"
    assert len(smtp_sink.mails) == 3
