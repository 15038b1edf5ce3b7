"""The door for mail servers: what it takes, what it refuses, and what it says."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosmtplib
import psutil
import pytest
import pytest_asyncio

from connectors.email.raw import SMALL
from connectors.email.reply_address import reply_address
from hub.errors import Unavailable
from hub.interaction import Automatic
from hub.isolation import Workers
from hub.store import migrate
from mail_house import (
    ACCOUNTS,
    JAN,
    SALES,
    SUPPORT,
    TOKENS,
    MailHouse,
    mail,
    mail_house,
)
from raw_smtp import RawSmtp, raw_smtp
from servers.tls import Certificate
from waiting import eventually

# One loop for all, so that they share a worker: starting one takes longer than most of the tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 200_000
LISTEN = {"host": "127.0.0.1", "port": 0, "hostname": "mx.acme.example"}


def door(**listen: Any) -> dict[str, Any]:
    return {"accounts": ACCOUNTS, "listen": LISTEN | listen, "size_limit": LIMIT}


@asynccontextmanager
async def opened(
    store_url: str, folder: Path, workers: Workers, **listen: Any
) -> AsyncIterator[MailHouse]:
    async with mail_house(store_url, folder, settings=door(**listen), workers=workers) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module")
async def house(sqlite_url: str, tmp_path: Path, workers: Workers) -> AsyncIterator[MailHouse]:
    async with opened(sqlite_url, tmp_path, workers) as house:
        yield house


def client(house: MailHouse, **options: Any) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname="127.0.0.1", port=house.port, local_hostname="mx.customer.example", **options
    )


async def send(house: MailHouse, content: bytes, *to: str, sender: str = JAN) -> str:
    async with client(house) as smtp:
        _, said = await smtp.sendmail(sender, list(to) or [SUPPORT], content)
        return said


async def begin(raw: RawSmtp, *to: str) -> None:
    """Everything up to the content."""
    await raw.say(f"MAIL FROM:<{JAN}>")
    for recipient in to or (SUPPORT,):
        assert (await raw.say(f"RCPT TO:<{recipient}>")).startswith("250")
    assert (await raw.say("DATA")).startswith("354")


async def test_a_mail_that_was_answered_with_250_is_kept(
    store_url: str, tmp_path: Path, workers: Workers
) -> None:
    async with opened(store_url, tmp_path, workers) as house:
        said = await send(house, mail("Hello there", subject="Hi"))
        [kept] = await house.kept()
        original = await house.original(kept)
    assert said == "2.0.0 Kept"
    assert (kept.subject, kept.text.strip(), kept.account) == ("Hi", "Hello there", SUPPORT)
    assert kept.sender.value == JAN
    assert original.startswith(b"From: jan@")


async def test_the_same_mail_twice_is_one_contact(house: MailHouse) -> None:
    content = mail("Once")
    await asyncio.gather(*(send(house, content) for _ in range(5)))
    assert len(await house.kept()) == 1


async def test_the_standard_library_can_send_too(house: MailHouse) -> None:
    def send_it() -> None:
        with smtplib.SMTP("127.0.0.1", house.port, local_hostname="mx", timeout=20) as smtp:
            smtp.sendmail(JAN, [SUPPORT], mail("From smtplib", files=[b"a file"]))

    await asyncio.to_thread(send_it)
    [kept] = await house.kept()
    assert [file.filename for file in kept.attachments] == ["file.bin"]
    assert house.blobs.path(kept.attachments[0].sha256).read_bytes() == b"a file"


async def test_many_mails_on_one_connection_and_many_connections(house: MailHouse) -> None:
    async def one_connection(name: str) -> None:
        async with client(house) as smtp:
            for number in range(10):
                await smtp.sendmail(JAN, [SUPPORT], mail(subject=f"{name}{number}"))

    await asyncio.gather(*(one_connection(name) for name in "abcd"))
    expected = {f"{name}{number}" for name in "abcd" for number in range(10)}
    assert set(await house.subjects()) == expected


async def test_a_mail_to_two_accounts_is_a_contact_for_each(house: MailHouse) -> None:
    await send(house, mail("For both"), SUPPORT, SALES, SUPPORT.upper())
    assert {kept.account for kept in await house.kept()} == {SUPPORT, SALES}


# Who


@pytest.mark.parametrize(
    ("recipient", "answer"),
    [
        (SUPPORT, "250"),
        ("SUPPORT@Acme.Example", "250"),
        ("support+anything@acme.example", "250"),
        ("info@acme.example", "250"),
        ("anybody@help.acme.example", "250"),
        ("nobody@acme.example", "550 5.1.1"),
        ("support@elsewhere.example", "550 5.1.1"),
        ("support", "550 5.1.1"),
        ('"supp\\"ort"@acme.example', "550 5.1.1"),
    ],
)
async def test_recipients(
    sqlite_url: str, tmp_path: Path, workers: Workers, recipient: str, answer: str
) -> None:
    settings = door()
    aliases = ["info@acme.example", "@help.acme.example"]
    settings["accounts"] = {"support": {"address": SUPPORT, "aliases": aliases}}
    async with (
        mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house,
        raw_smtp(house.port) as raw,
    ):
        await raw.say(f"MAIL FROM:<{JAN}>")
        assert (await raw.say(f"RCPT TO:<{recipient}>")).startswith(answer)


async def test_a_reply_address_brings_its_token_along(house: MailHouse) -> None:
    """The token is what `Threads` gets to check: the hub's own, however mail packed it."""
    await send(house, mail(subject="First"))
    [first] = await house.kept()
    token = TOKENS.sign("conversation", first.conversation_id)
    address = reply_address(SUPPORT, token, "+")
    await send(house, mail("Again", subject="Other subject", to=address.upper()), address.upper())
    kept = await house.kept()
    assert [k.conversation_id for k in kept] == [first.conversation_id] * 2


async def test_a_bounce_comes_from_the_null_sender(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        assert (await raw.say("MAIL FROM:<>")).startswith("250")
        assert (await raw.say(f"RCPT TO:<{SUPPORT}>")).startswith("250")
        await raw.say("DATA")
        await raw.write(mail("Could not deliver", sender="MAILER-DAEMON@mx.example") + b".\r\n")
        assert (await raw.hear()).startswith("250")
    [kept] = await house.kept()
    assert kept.automatic is not Automatic.NO


async def test_our_own_mail_coming_back_is_automatic(house: MailHouse) -> None:
    await send(house, mail("Round we go", sender=SALES))
    await send(house, mail("A colleague", sender="piet@acme.example"))
    assert [kept.automatic for kept in await house.kept()] == [Automatic.GENERATED, Automatic.NO]


# Content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".",
        b"..",
        b".\r\n.\r\nMAIL FROM:<evil@example.org>",
        b"\r\n.\r\n",
        b"one\r\n.two\r\n..three\r\n",
        b"x" * 100_000,
        b"\r\n" * 5_000,
        b".\r\n" * 5_000,
    ],
)
async def test_any_content_comes_out_as_it_went_in(house: MailHouse, body: bytes) -> None:
    content = mail("", subject="Dots") + b"\r\n" + body + b"\r\n"
    await send(house, content)
    [kept] = await house.kept()
    assert await house.original(kept) == content


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"])
async def test_only_the_true_end_ends_a_mail(house: MailHouse, end: bytes) -> None:
    """What is smuggled behind a false end stays text of the first mail."""
    smuggled = b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<" + SUPPORT.encode() + b">\r\nDATA\r\n"
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        await raw.write(mail("First") + end + smuggled + mail("Second") + b"\r\n.\r\n")
        assert (await raw.hear()).startswith("250")
        assert (await raw.say("NOOP")).startswith("250")
    assert len(await house.kept()) == 1


async def test_content_in_single_bytes(house: MailHouse) -> None:
    content = mail("Slowly\r\n.dotted\r\n")
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        for byte in content.replace(b"\r\n.", b"\r\n..") + b".\r\n":
            await raw.write(bytes([byte]))
        assert (await raw.hear()).startswith("250")
    [kept] = await house.kept()
    assert await house.original(kept) == content


async def test_commands_may_follow_the_content_at_once(house: MailHouse) -> None:
    """RFC 2920 lets a client send the next commands without waiting."""
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        follow = f"MAIL FROM:<{JAN}>\r\nRCPT TO:<{SUPPORT}>\r\nDATA\r\n".encode()
        await raw.write(mail(subject="one") + b".\r\n" + follow)
        assert [(await raw.hear())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        await raw.write(mail(subject="two") + b".\r\n")
        assert (await raw.hear()).startswith("250")
    assert await house.subjects() == ["one", "two"]


async def test_an_empty_mail_is_kept_too(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        assert (await raw.say(".")).startswith("250")
    [kept] = await house.kept()
    assert (kept.sender.value, kept.text) == (JAN, "")


# Refusals


async def test_too_large_is_refused_before_it_is_sent(house: MailHouse) -> None:
    async with raw_smtp(house.port, hello="") as raw:
        await raw.hear()
        assert f"250-SIZE {LIMIT}" in await raw.say("EHLO mx.customer.example")
        said = await raw.say(f"MAIL FROM:<{JAN}> SIZE={LIMIT + 1}")
        assert said.startswith("552 5.3.4")
        assert (await raw.say(f"MAIL FROM:<{JAN}> SIZE={LIMIT}")).startswith("250")


async def test_too_large_is_refused_when_the_client_lied(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        await raw.write(mail("x\r\n" * LIMIT) + b".\r\n")
        assert (await raw.hear()).startswith("552 5.3.4")
        await begin(raw)
        await raw.write(mail(subject="Small") + b".\r\n")
        assert (await raw.hear()).startswith("250")
    assert await house.subjects() == ["Small"]
    assert not list(house.blobs.folder.glob(".new-*"))


async def test_a_store_that_is_down_refuses_for_now(
    private_postgres_url: str, private_postgres: Any, tmp_path: Path, workers: Workers
) -> None:
    async with opened(private_postgres_url, tmp_path, workers) as house:
        await migrate.upgrade(house.database)
        content = mail("Important")
        await asyncio.to_thread(private_postgres.kill)
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await send(house, content)
        assert refused.value.code == 451
        assert refused.value.message.startswith("4.3.0")
        await asyncio.to_thread(private_postgres.start)
        await send(house, content)
        assert len(await house.kept()) == 1


@pytest.mark.parametrize("size", [10, 2 * SMALL])
async def test_a_disk_that_takes_nothing_refuses_for_now(
    house: MailHouse, tmp_path: Path, size: int
) -> None:
    house.blobs.folder.rename(tmp_path / "elsewhere")
    house.blobs.folder.write_text("in the way")
    async with raw_smtp(house.port) as raw:
        await raw.say(f"MAIL FROM:<{JAN}>")
        await raw.say(f"RCPT TO:<{SUPPORT}>")
        assert (await raw.say("DATA")).startswith("354")
        assert (await raw.say("Hoi. " * (size // 5) + "\r\n.")).startswith("452 4.3.1")


async def test_one_client_too_many_is_sent_away(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    async with (
        opened(sqlite_url, tmp_path, workers, max_connections=2) as house,
        raw_smtp(house.port),
        raw_smtp(house.port) as second,
    ):
        async with raw_smtp(house.port, hello="") as third:
            assert (await third.hear()).startswith("421 4.3.2")
            assert await third.hear() == ""
        await second.hang_up()

        async def welcome() -> bool:
            async with raw_smtp(house.port, hello="") as again:
                return (await again.hear()).startswith("220")

        assert await eventually(welcome)


async def test_one_client_does_not_take_the_place_of_others(
    sqlite_url: str, tmp_path: Path, workers: Workers, certificate: Certificate
) -> None:
    settings = secured(certificate, max_connections=4, max_connections_per_client=2)
    async with (
        mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house,
        raw_smtp(house.port) as first,
        raw_smtp(house.port) as second,
    ):
        await second.say("STARTTLS")
        await second.encrypt(certificate.client_context())
        for _ in range(3):
            async with raw_smtp(house.port, hello="") as greedy:
                assert (await greedy.hear()).startswith("421 4.7.0")
                assert await greedy.hear() == ""
        async with raw_smtp(house.port, address="127.0.0.2") as other:
            await begin(other)
            assert (await other.say("Subject: Let in\r\n\r\n.")).startswith("250 2.0.0")
        labels = {"channel": "email", "code": "client_busy"}
        counted = house.metrics.registry.get_sample_value
        assert counted("loket_refused_total", labels) == 3
        await second.hang_up()

        async def welcome() -> bool:
            async with raw_smtp(house.port, hello="") as again:
                return (await again.hear()).startswith("220")

        assert await eventually(welcome)
        assert (await first.say("NOOP")).startswith("250")


async def test_a_slow_client_is_sent_away(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    async with (
        opened(sqlite_url, tmp_path, workers, timeout=1) as house,
        raw_smtp(house.port) as raw,
    ):
        await begin(raw)
        await raw.write(b"Subject: I never finish\r\n")
        assert (await raw.hear()).startswith("421 4.4.2")
        assert await raw.hear() == ""
        assert await house.kept() == []


async def test_a_client_that_hangs_up_after_the_end_is_served(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        await raw.write(mail("Kept anyway") + b".\r\n")
        await raw.hang_up()
    assert len(await house.wait_for(1)) == 1


async def test_a_client_that_hangs_up_before_the_end_is_not(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await begin(raw)
        await raw.write(mail("Cut off"))
        await raw.hang_up()
    await send(house, mail(subject="Whole"))
    assert await house.subjects() == ["Whole"]


async def test_too_many_recipients(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await raw.say(f"MAIL FROM:<{JAN}>")
        said = [await raw.say(f"RCPT TO:<support+{n}@acme.example>") for n in range(101)]
    assert {answer[:3] for answer in said[:100]} == {"250"}
    assert said[100].startswith("452 4.5.3")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["DATA"], "503"),
        ([f"RCPT TO:<{SUPPORT}>"], "503"),
        ([f"MAIL FROM:<{JAN}>", "DATA"], "503"),
        ([f"MAIL FROM:<{JAN}>", f"RCPT TO:<{SUPPORT}>", "DATA now"], "501"),
        (["GET / HTTP/1.1"], "500"),
        (["MAIL FROM:<" + "x" * 3000 + ">"], "500"),
        (["EXPN staff"], "502"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    house: MailHouse, lines: list[str], answer: str
) -> None:
    async with raw_smtp(house.port) as raw:
        said = [await raw.say(line) for line in lines]
    assert said[-1].startswith(answer)


# Encryption and signing in


def secured(certificate: Certificate, **listen: Any) -> dict[str, Any]:
    return door(tls_certificate=certificate.file, tls_key=certificate.key, **listen)


async def test_mail_may_come_encrypted(
    sqlite_url: str, tmp_path: Path, workers: Workers, certificate: Certificate
) -> None:
    settings = secured(certificate)
    async with mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house:
        options = {"start_tls": True, "tls_context": certificate.client_context()}
        async with client(house, **options) as smtp:
            await smtp.sendmail(JAN, [SUPPORT], mail("In private"))
            assert not smtp.server_auth_methods
        assert len(await house.kept()) == 1


async def test_clients_sign_in_where_users_are_named(
    sqlite_url: str, tmp_path: Path, workers: Workers, certificate: Certificate
) -> None:
    settings = secured(certificate, users={"mta": "let me in"})
    options = {"start_tls": True, "tls_context": certificate.client_context()}
    async with mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house:
        async with client(house, **options) as smtp:
            with pytest.raises(aiosmtplib.SMTPSenderRefused, match="Authentication required"):
                await smtp.sendmail(JAN, [SUPPORT], mail())
        for user, password in (("mta", "wrong"), ("nobody", "let me in"), ("nobody", "")):
            async with client(house, **options) as smtp:
                with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                    await smtp.login(user, password)
        async with client(house, **options) as smtp:
            await smtp.login("mta", "let me in")
            await smtp.sendmail(JAN, [SUPPORT], mail())
        assert len(await house.kept()) == 1


# LMTP


async def test_lmtp_answers_for_each_recipient(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    settings = door(protocol="lmtp")
    async with (
        mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house,
        raw_smtp(house.port, hello="LHLO mx.acme.example") as raw,
    ):
        await begin(raw, SUPPORT, SALES, "support+more@acme.example")
        await raw.write(mail("By LMTP") + b".\r\n")
        assert [(await raw.hear())[:9] for _ in range(3)] == ["250 2.0.0"] * 3
        assert (await raw.say("EHLO mx")).startswith("500")
        assert {kept.account for kept in await house.kept()} == {SUPPORT, SALES}
        await begin(raw, SUPPORT, SALES)
        await raw.write(mail("x" * LIMIT) + b".\r\n")
        assert [(await raw.hear())[:9] for _ in range(2)] == ["552 5.3.4"] * 2


# The house


async def test_a_mail_whose_reader_is_killed_is_kept_and_shown(house: MailHouse) -> None:
    await send(house, mail(subject="Before"))
    for child in psutil.Process().children():
        if "hub.isolation_worker" in child.cmdline():
            child.kill()
    await send(house, mail("Poison", subject="Poison"))
    before, poison = await house.kept()
    assert before.problem == ""
    assert (poison.subject, poison.text.strip()) == ("Poison", "Poison")
    assert poison.problem == "reading it crashed: shown without its layout"


async def test_a_port_that_is_taken_is_said(
    house: MailHouse, tmp_path: Path, workers: Workers
) -> None:
    second = MailHouse(house.database, tmp_path, workers).build(door(port=house.port))
    with pytest.raises(Unavailable, match="in use"):
        await second.start()


async def test_stopping_says_goodbye(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await house.connector.stop()
        assert (await raw.hear()).startswith("421 4.3.2")
        assert await raw.hear() == ""


async def test_stopping_does_not_wait_for_who_does_not_listen(
    sqlite_url: str, tmp_path: Path, workers: Workers, certificate: Certificate
) -> None:
    """An encrypted connection ends when both sides say so, and this client says nothing."""
    settings = secured(certificate)
    async with (
        mail_house(sqlite_url, tmp_path, settings=settings, workers=workers) as house,
        raw_smtp(house.port) as raw,
    ):
        await raw.say("STARTTLS")
        await raw.encrypt(certificate.client_context())
        assert (await raw.say("EHLO mx.customer.example")).startswith("250")
        raw.stop_listening()
        async with asyncio.timeout(10):
            await house.connector.stop()


async def test_refusals_are_counted(house: MailHouse) -> None:
    async with raw_smtp(house.port) as raw:
        await raw.say(f"MAIL FROM:<{JAN}>")
        await raw.say("RCPT TO:<nobody@acme.example>")
    count = house.metrics.registry.get_sample_value
    labels = {"channel": "email", "code": "unknown_recipient"}
    assert count("loket_refused_total", labels) == 1
