"""Following mailboxes on a real server (Dovecot), through all that happens to mailboxes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from sqlalchemy import update

import stores
from hub.isolation import Workers
from hub.store import migrate
from hub.store.tables import mailbox_messages
from mail_house import SALES, SUPPORT, MailHouse, mail, mail_house
from servers.imap import ImapAccount, ImapServer
from servers.postgres import PostgresServer
from servers.tls import Certificate
from stores import rows
from waiting import eventually

# One loop for all, so that they share a worker: starting one takes longer than most of the tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


def mailbox(account: ImapAccount, **imap: Any) -> dict[str, Any]:
    """An account whose mailbox is this one."""
    server = {"host": account.host, "port": account.port, "tls": "none", "user": account.user}
    return {"address": SUPPORT, "imap": server | {"password": account.password} | imap}


def settings(account: ImapAccount, **imap: Any) -> dict[str, Any]:
    return {"accounts": {"support": mailbox(account, **imap)}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as pool:
        yield pool


@asynccontextmanager
async def following(
    store_url: str, path: Path, workers: Workers, account: ImapAccount, **imap: Any
) -> AsyncIterator[MailHouse]:
    chosen = settings(account, **imap)
    async with mail_house(store_url, path, settings=chosen, workers=workers) as house:
        yield house


async def append(account: ImapAccount, *mails: bytes) -> None:
    def work() -> None:
        with account.connected() as connection:
            for content in mails:
                assert connection.append("INBOX", "", "", content)[0] == "OK"

    await asyncio.to_thread(work)


async def marked(house: MailHouse, count: int) -> None:
    """A mail is marked as taken in after it was kept: who stops in between takes it in once more,
    as a duplicate."""

    async def all_marked() -> bool:
        return await stores.count(house.database, mailbox_messages) == count

    await eventually(all_marked)


async def test_what_is_there_and_what_comes_later(
    store_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail(subject="Before"))
    async with following(store_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(1)
        await append(imap_account, mail(subject="After"))
        before, after = await house.wait_for(2)
        raw = await house.original(before)
    assert (before.subject, after.subject) == ("Before", "After")
    assert before.account == SUPPORT
    assert raw == imap_account.messages()[1]
    assert not any("\\Seen" in flags for flags in imap_account.flags().values())


async def test_a_restart_goes_on_where_it_was(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail(subject="one"), mail(subject="two"))
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await marked(house, 2)
    await append(imap_account, mail(subject="three"))
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await marked(house, 3)
        assert await house.subjects() == ["one", "two", "three"]
        assert {row.outcome for row in await rows(house.database, mailbox_messages)} == {"accepted"}


async def test_a_thousand_mails_that_wait(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    subjects = [f"mail {number}" for number in range(1000)]
    await append(imap_account, *(mail(subject=subject) for subject in subjects))
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(1000)
        assert await house.subjects() == subjects


async def test_other_readers_of_the_mailbox_do_not_matter(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    """A colleague has read one mail and deleted another before Loket looks."""
    await append(imap_account, *(mail(subject=subject) for subject in ("read", "gone", "left")))

    def meddle() -> None:
        with imap_account.connected() as connection:
            connection.select("INBOX")
            connection.store("1", "+FLAGS", "\\Seen")
            connection.store("2", "+FLAGS", "\\Deleted")
            connection.expunge()

    await asyncio.to_thread(meddle)
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(2)
        await asyncio.to_thread(imap_account.delete, 3)
        await append(imap_account, mail(subject="later"))
        await house.wait_for(3)
        assert await house.subjects() == ["read", "left", "later"]


async def test_new_uids_make_no_new_contacts(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    """The mailbox was restored from a backup: the same mails, another UIDVALIDITY."""
    old = [mail(subject=subject) for subject in ("one", "two")]
    await append(imap_account, *old)
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(2)
    before = imap_account.uidvalidity()
    imap_account.renumber()
    await append(imap_account, mail(subject="new"), *old)
    assert imap_account.uidvalidity() != before
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(3)

        async def outcomes() -> list[str]:
            found = await rows(house.database, mailbox_messages)
            return [row.outcome for row in sorted(found, key=lambda row: row.uid)]

        async def all_seen() -> bool:
            return await outcomes() == ["accepted", "duplicate", "duplicate"]

        assert await eventually(all_seen)
        assert sorted(await house.subjects()) == ["new", "one", "two"]


async def test_the_server_is_restarted_and_mail_comes_meanwhile(
    sqlite_url: str,
    tmp_path: Path,
    workers: Workers,
    imap_account: ImapAccount,
    imap_server: ImapServer,
) -> None:
    await append(imap_account, mail(subject="before"))
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(1)
        await asyncio.to_thread(imap_server.kill)

        async def lost() -> str:
            return house.connector.problem

        assert (await eventually(lost)).startswith(f"{SUPPORT}: 127.0.0.1: ")
        await asyncio.to_thread(imap_server.start)
        await append(imap_account, mail(subject="meanwhile"))
        await house.wait_for(2)
        assert await house.subjects() == ["before", "meanwhile"]

        async def well() -> bool:
            return house.connector.problem == ""

        assert await eventually(well)


async def test_two_accounts_follow_their_own_mailbox(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_server: ImapServer
) -> None:
    first, second = imap_server.account(), imap_server.account()
    accounts = {"support": mailbox(first), "sales": mailbox(second) | {"address": SALES}}
    same = mail(subject="to both")
    await append(first, same, mail(subject="to support"))
    await append(second, same)
    chosen = {"accounts": accounts}
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        kept = await house.wait_for(3)
    assert sorted((one.account, one.subject) for one in kept) == [
        (SALES, "to both"),
        (SUPPORT, "to both"),
        (SUPPORT, "to support"),
    ]


# Large and broken mail


async def test_a_large_mail_comes_in_whole(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    file = bytes(range(256)) * 12_000
    await append(imap_account, mail(files=[file]), mail(subject="next"))
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        large, _ = await house.wait_for(2)
        raw = await house.original(large)
    assert raw == imap_account.messages()[1]
    assert house.blobs.path(large.attachments[0].sha256).read_bytes() == file


async def test_a_mail_that_is_too_large_is_filed_with_the_reason(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail(subject="huge", files=[b"x" * 100_000]), mail(subject="next"))
    chosen = settings(imap_account) | {"size_limit": 65_536}
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as house:
        huge, after = await house.wait_for(2)
    assert (huge.subject, after.subject) == ("huge", "next")
    assert "too large (0.1 MB)" in huge.problem
    assert (huge.text, huge.attachments, after.problem) == ("", (), "")


async def test_a_mail_that_kills_its_reader_does_not_stop_the_mailbox(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await append(imap_account, mail(subject="before"))
        await house.wait_for(1)
        for child in psutil.Process().children():
            if "hub.isolation_worker" in child.cmdline():
                child.kill()
        await append(imap_account, mail("Poison", subject="poison"))
        await house.wait_for(2)
        await append(imap_account, mail(subject="after"))
        _, poison, after = await house.wait_for(3)
    assert "reading it crashed" in poison.problem
    assert (after.subject, after.problem) == ("after", "")


async def test_the_store_goes_away_and_comes_back(
    private_postgres_url: str,
    private_postgres: PostgresServer,
    tmp_path: Path,
    workers: Workers,
    imap_account: ImapAccount,
) -> None:
    async with following(private_postgres_url, tmp_path, workers, imap_account) as house:
        await migrate.upgrade(house.database)
        await append(imap_account, mail(subject="before"))
        await house.wait_for(1)
        await asyncio.to_thread(private_postgres.kill)
        await append(imap_account, mail(subject="meanwhile"))

        async def problem() -> str:
            return house.connector.problem

        assert "database" in await eventually(problem)
        await asyncio.to_thread(private_postgres.start)
        await house.wait_for(2)
        assert await house.subjects() == ["before", "meanwhile"]


# Ways of signing in, and what the settings choose


async def test_encrypted_from_the_start(
    sqlite_url: str,
    tmp_path: Path,
    workers: Workers,
    imap_account: ImapAccount,
    certificate: Certificate,
) -> None:
    server = {"tls": "implicit", "port": imap_account.tls_port, "ca_file": certificate.file}
    await append(imap_account, mail(subject="In private"))
    async with following(sqlite_url, tmp_path, workers, imap_account, **server) as house:
        await house.wait_for(1)


async def test_encrypted_by_starttls(
    sqlite_url: str,
    tmp_path: Path,
    workers: Workers,
    imap_account: ImapAccount,
    certificate: Certificate,
) -> None:
    server = {"tls": "starttls", "ca_file": certificate.file}
    await append(imap_account, mail(subject="In private"))
    async with following(sqlite_url, tmp_path, workers, imap_account, **server) as house:
        await house.wait_for(1)


async def test_a_certificate_nobody_vouches_for_is_refused(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    server = {"tls": "implicit", "port": imap_account.tls_port}
    async with following(sqlite_url, tmp_path, workers, imap_account, **server) as house:

        async def problem() -> str:
            return house.connector.problem

        assert "certificate verify failed" in await eventually(problem)


async def test_a_token_in_a_file(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    file = tmp_path / "token"
    file.write_text(imap_account.access_token() + "\n")
    way = {"password": "", "oauth": {"token_file": file}}
    await append(imap_account, mail(subject="By token"))
    async with following(sqlite_url, tmp_path, workers, imap_account, **way) as house:
        await house.wait_for(1)


async def test_a_token_that_is_refused(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    file = tmp_path / "token"
    file.write_text("an old token")
    way = {"password": "", "oauth": {"token_file": file}}
    async with following(sqlite_url, tmp_path, workers, imap_account, **way) as house:

        async def problem() -> str:
            return house.connector.problem

        assert "check how Loket signs in" in await eventually(problem)


async def test_a_password_in_a_file(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    file = tmp_path / "password"
    file.write_text(imap_account.password + "\n")
    await append(imap_account, mail(subject="By password"))
    way = {"password": "", "password_file": file}
    async with following(sqlite_url, tmp_path, workers, imap_account, **way) as house:
        await house.wait_for(1)


async def test_a_wrong_password_is_said(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    async with following(
        sqlite_url, tmp_path, workers, imap_account, password="a secret guess"
    ) as house:

        async def problem() -> str:
            return house.connector.problem

        said = await eventually(problem)
    assert f"127.0.0.1 does not let {imap_account.user} in: check how Loket signs in" in said
    assert "a secret guess" not in said


async def test_marking_as_read_is_a_choice(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail(subject="one"))
    async with following(sqlite_url, tmp_path, workers, imap_account, mark_seen=True) as house:
        await house.wait_for(1)

        async def seen() -> bool:
            return "\\Seen" in (await asyncio.to_thread(imap_account.flags))[1]

        assert await eventually(seen)


async def test_old_mail_can_be_left_alone(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    today = datetime.now(UTC)

    def work() -> None:
        with imap_account.connected() as connection:
            for days, subject in ((40, "old"), (0, "new")):
                connection.append("INBOX", "", today - timedelta(days), mail(subject=subject))

    await asyncio.to_thread(work)
    since = (today - timedelta(days=7)).date()
    async with following(sqlite_url, tmp_path, workers, imap_account, since=since) as house:
        await house.wait_for(1)
        await append(imap_account, mail(subject="newer"))
        await house.wait_for(2)
        assert await house.subjects() == ["new", "newer"]


async def test_marks_of_mail_that_is_gone_are_forgotten_in_time(
    store_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    """Of three old marks one is of a mail that is there; the young one may be of any."""
    await append(imap_account, *(mail(subject=str(number)) for number in range(4)))
    uid = mailbox_messages.c.uid
    long_ago = datetime.now(UTC) - timedelta(days=31)
    old = update(mailbox_messages).where(uid <= 3).values(taken_at=long_ago)
    async with following(store_url, tmp_path, workers, imap_account) as house:
        await marked(house, 4)
        await house.database.write(lambda c: c.execute(old))
    for gone in (2, 3, 4):
        await asyncio.to_thread(imap_account.delete, gone)
    async with following(store_url, tmp_path, workers, imap_account) as house:

        async def forgotten() -> bool:
            return {row.uid for row in await rows(house.database, mailbox_messages)} == {1, 4}

        assert await eventually(forgotten)
        assert len(await house.kept()) == 4


async def test_a_folder_with_a_difficult_name(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    # "Klanten & Één" in modified UTF-7.
    imap_account.create_mailbox('"Klanten &- &AMkA6Q-n"')
    imap_account.append(mail(subject="Found"), mailbox='"Klanten &- &AMkA6Q-n"')
    async with following(
        sqlite_url, tmp_path, workers, imap_account, folder="Klanten & Één"
    ) as house:
        await house.wait_for(1)


# What an operator sees


async def test_the_counts_say_whether_anything_was_missed(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail(), mail())
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(2)

        async def counts() -> list[float | None]:
            value = house.metrics.registry.get_sample_value
            return [
                value("loket_mailbox_messages", {"account": SUPPORT, "what": what})
                for what in ("in_mailbox", "taken_in")
            ]

        async def equal() -> bool:
            return await counts() == [2.0, 2.0]

        assert await eventually(equal)
        findings = {finding.part: finding for finding in await house.connector.check()}
    found = findings[f"e-mail {SUPPORT}: mailbox"]
    assert found.ok
    assert found.what == "2 in INBOX, 2 taken in; new mail is seen at once (IDLE)"


async def test_stopping_does_not_wait_for_the_server(
    sqlite_url: str, tmp_path: Path, workers: Workers, imap_account: ImapAccount
) -> None:
    await append(imap_account, mail())
    async with following(sqlite_url, tmp_path, workers, imap_account) as house:
        await house.wait_for(1)
        async with asyncio.timeout(15):
            await house.connector.stop()
