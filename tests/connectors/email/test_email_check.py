"""`loket check`: what was tried, what is wrong, and what to do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.email.check import check
from connectors.email.settings import EmailSettings
from fake_imap import PASSWORD, USER, FakeImap, running
from hub.connector import Finding
from hub.store import Database
from hub.store.database import open_database
from servers.process import free_port
from servers.smtp import SmtpSink


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


async def found(database: Database, **settings: Any) -> dict[str, Finding]:
    findings = await check(EmailSettings.model_validate(settings), database)
    return {finding.part.removeprefix("e-mail "): finding for finding in findings}


def account(port: int, **imap: Any) -> dict[str, Any]:
    way = {"host": "127.0.0.1", "port": port, "tls": "none", "password": PASSWORD} | imap
    return {"support": {"address": USER, "imap": way}}


async def test_all_is_well(database: Database, smtp_sink: SmtpSink) -> None:
    smtp = {"host": "127.0.0.1", "port": smtp_sink.port, "tls": "none"}
    async with running(FakeImap({1: b"Subject: one\r\n"})) as server:
        findings = await found(database, accounts=account(server.port), smtp=smtp, listen={})
    assert all(finding.ok for finding in findings.values())
    assert findings[f"{USER}: mailbox"].what.startswith("1 in INBOX, 0 taken in")
    assert findings[f"{USER}: sending"].what == "127.0.0.1 answers"
    assert findings["smtp on 127.0.0.1:2525"].what == "without encryption, for 1 accounts"
    assert smtp_sink.mails == []


async def test_a_wrong_password(database: Database) -> None:
    async with running(FakeImap()) as server:
        accounts = account(server.port, password="not this one")
        findings = await found(database, accounts=accounts)
    wrong = findings[f"{USER}: mailbox"]
    assert not wrong.ok
    assert wrong.what == f"127.0.0.1 does not let {USER} in"
    assert "not this one" not in str(wrong)


async def test_nobody_there(database: Database) -> None:
    smtp = {"host": "127.0.0.1", "port": free_port(), "tls": "none"}
    findings = await found(database, accounts=account(free_port()), smtp=smtp)
    assert [finding.ok for finding in findings.values()] == [False, False]
    assert all("127.0.0.1" in f.what and "see host" in f.hint for f in findings.values())


async def test_a_server_that_is_something_else(database: Database, smtp_sink: SmtpSink) -> None:
    findings = await found(database, accounts=account(smtp_sink.port))
    assert "not an IMAP server" in findings[f"{USER}: mailbox"].what


async def test_what_was_forgotten(database: Database, tmp_path: Path) -> None:
    gone = tmp_path / "gone.pem"
    listen = {"tls_certificate": gone, "tls_key": gone}
    findings = await found(database, accounts={"support": {"address": USER}}, listen=listen)
    assert findings[f"{USER}: sending"].hint == "add a section smtp"
    door = findings["smtp on 127.0.0.1:2525"]
    assert str(gone) in door.what
    assert "cannot be used" in door.hint
