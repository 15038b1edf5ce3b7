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
from hub.texts import all_texts
from servers.process import free_port
from servers.smtp import SmtpSink

IMAP = "connectors.email.accounts.support.imap"


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
    assert wrong.what.startswith(f"127.0.0.1 does not let {USER} in (")
    assert wrong.hint.startswith(f"Check `user` and the password under [{IMAP}].")
    assert "not this one" not in str(wrong)


async def test_nobody_there(database: Database) -> None:
    ways = {"127.0.0.1": free_port(), "nowhere.invalid": 587}
    for host, port in ways.items():
        tls = "none" if host == "127.0.0.1" else "implicit"
        smtp = {"host": host, "port": port, "tls": tls}
        accounts = account(port, host=host, tls=tls)
        findings = await found(database, accounts=accounts, smtp=smtp)
        what = {
            "127.0.0.1": f"127.0.0.1: nothing answers on port {port}.",
            "nowhere.invalid": "nowhere.invalid: no such host.",
        }[host]
        assert [(f.ok, f.what) for f in findings.values()] == [(False, what)] * 2
        hints = [f.hint.partition("]")[0].rpartition("[")[2] for f in findings.values()]
        assert hints == ["connectors.email.smtp", IMAP]


async def test_the_way_out_of_one_account_is_named(database: Database) -> None:
    accounts = account(free_port())
    accounts["support"]["smtp"] = {"host": "nowhere.invalid"}
    findings = await found(database, accounts=accounts)
    hint = "Check `host` under [connectors.email.accounts.support.smtp]."
    assert findings[f"{USER}: sending"].hint == hint


async def test_what_is_said_is_said_in_dutch_too(database: Database) -> None:
    findings = await found(database, accounts=account(993, host="nowhere.invalid", tls="implicit"))
    dutch = all_texts(Path("agent_ui/locale"))["nl"]
    wrong = findings[f"{USER}: mailbox"]
    assert dutch.said(wrong.what) == "nowhere.invalid: zo'n host bestaat niet."
    assert dutch.said(wrong.hint) == f"Kijk naar `host` onder [{IMAP}]."


async def test_tls_where_there_is_none(database: Database) -> None:
    async with running(FakeImap()) as server:
        findings = await found(database, accounts=account(server.port, tls="implicit"))
        assert findings[f"{USER}: mailbox"].what.startswith(
            f"127.0.0.1: no TLS on port {server.port} ("
        )
        assert findings[f"{USER}: mailbox"].hint == f"Check `port` and `tls` under [{IMAP}]."


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
