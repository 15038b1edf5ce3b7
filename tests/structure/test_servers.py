"""The servers that the other tests stand on do what they are trusted for."""

import asyncio
import imaplib
import resource
import ssl

import aio_pika
import aiosmtplib
import asyncpg
import pytest
from playwright.async_api import Browser

from hub.store import Database, migrate
from servers.imap import ImapAccount, ImapServer
from servers.postgres import PostgresServer
from servers.rabbitmq import FILES, RabbitMQServer, programs
from servers.smtp import AfterData, SmtpSink
from servers.tls import Certificate
from servers.vhosts import ByCommand

MAIL = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: hello\r\n\r\nhello\r\n"


async def _value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_each_test_gets_an_empty_database(empty_postgres_url: str) -> None:
    tables = "select count(*) from pg_tables where schemaname = 'public'"
    assert await _value(empty_postgres_url, tables) == 0


async def test_each_test_gets_a_store_of_this_release(database: Database) -> None:
    assert await migrate.current(database) == migrate.head()


async def test_committed_rows_outlive_a_killed_postgres(
    private_postgres: PostgresServer, private_postgres_url: str
) -> None:
    await _value(private_postgres_url, "create table kept as select 7 as number")
    private_postgres.kill()
    with pytest.raises(ConnectionRefusedError):
        await _value(private_postgres_url, "select 1")
    private_postgres.start()
    assert await _value(private_postgres_url, "select number from kept") == 7
    private_postgres.stop()


async def test_each_test_gets_an_empty_virtual_host(rabbitmq_url: str) -> None:
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("here", durable=True)
        await channel.default_exchange.publish(aio_pika.Message(b"hello"), "here")
        message = await queue.get(timeout=10)
        assert message.body == b"hello"
        await message.ack()


def test_an_account_keeps_its_mail_over_a_restart(
    imap_server: ImapServer, imap_account: ImapAccount
) -> None:
    imap_account.append(MAIL, flags="\\Seen")
    imap_server.stop()
    imap_server.start()
    assert imap_account.messages() == {1: MAIL}
    assert "\\Seen" in imap_account.flags()[1]
    imap_account.delete(1)
    assert imap_account.messages() == {}


def test_imap_speaks_tls_and_takes_access_tokens(
    imap_account: ImapAccount, certificate: Certificate
) -> None:
    context = certificate.client_context()
    answer = f"user={imap_account.user}\1auth=Bearer {imap_account.access_token()}\1\1"
    with imaplib.IMAP4_SSL(
        imap_account.host, imap_account.tls_port, ssl_context=context
    ) as connection:
        status, _ = connection.authenticate("XOAUTH2", lambda _: answer.encode())
    assert status == "OK"


def test_renumbering_gives_the_mailbox_a_new_uidvalidity(imap_account: ImapAccount) -> None:
    imap_account.append(MAIL)
    before = imap_account.uidvalidity()
    imap_account.renumber()
    imap_account.append(MAIL)
    assert imap_account.uidvalidity() != before


async def _send(sink: SmtpSink, seconds: float = 10) -> None:
    await aiosmtplib.send(
        MAIL,
        sender="a@example.test",
        recipients=["b@example.test"],
        hostname=sink.host,
        port=sink.port,
        timeout=seconds,
        start_tls=False,
    )


async def test_the_sink_keeps_what_it_accepts(smtp_sink: SmtpSink) -> None:
    await _send(smtp_sink)
    mail = await smtp_sink.next_mail()
    assert (mail.sender, mail.recipients, mail.content) == (
        "a@example.test",
        ["b@example.test"],
        MAIL,
    )


async def test_the_sink_refuses_as_told(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("RCPT", "550 5.1.1 no such person")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await _send(smtp_sink)
    smtp_sink.answer("DATA", "451 4.3.0 later")
    with pytest.raises(aiosmtplib.SMTPDataError):
        await _send(smtp_sink)
    assert smtp_sink.mails == []


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (AfterData.STALL, aiosmtplib.SMTPReadTimeoutError),
        (AfterData.DROP, aiosmtplib.SMTPServerDisconnected),
    ],
)
async def test_the_sink_leaves_delivery_uncertain(
    smtp_sink: SmtpSink, behaviour: AfterData, failure: type[Exception]
) -> None:
    smtp_sink.after_data = behaviour
    with pytest.raises(failure):
        await _send(smtp_sink, seconds=3)
    assert len(smtp_sink.mails) == 1


async def test_a_stopped_sink_comes_back_on_its_port(smtp_sink: SmtpSink) -> None:
    await smtp_sink.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await _send(smtp_sink)
    await smtp_sink.start()
    await _send(smtp_sink)


async def test_the_sink_offers_tls_and_asks_for_a_login(certificate: Certificate) -> None:
    sink = SmtpSink(certificate=certificate, login=("loket", "secret"))
    await sink.start()
    client = aiosmtplib.SMTP(
        hostname=sink.host,
        port=sink.port,
        start_tls=True,
        tls_context=certificate.client_context(),
        username="loket",
        password="secret",
    )
    async with client:
        await client.sendmail("a@example.test", ["b@example.test"], MAIL)
    assert (await sink.next_mail()).user == "loket"
    await sink.stop()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_browser_shows_a_page(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>hello</h1>")
    assert await page.inner_text("h1") == "hello"


async def test_nothing_leaves_the_machine() -> None:
    with pytest.warns(match="192.0.2.1"), pytest.raises(RuntimeError):
        await asyncio.open_connection("192.0.2.1", 80)


def test_the_certificate_is_trusted_by_its_own_context_only(certificate: Certificate) -> None:
    assert certificate.client_context().verify_mode is ssl.CERT_REQUIRED


def test_a_broker_of_our_own_has_room_for_the_queues_of_all_tests(
    private_rabbitmq: RabbitMQServer,
) -> None:
    environment = private_rabbitmq.address()["env"]
    administration = ByCommand(programs() / "rabbitmqctl", environment)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert administration.files() >= (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard))
