"""Following a mailbox on servers that break off, fall silent, stammer or lie."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors.email.imap import mailbox
from connectors.email.imap.client import ImapClient
from fake_imap import PASSWORD, USER, FakeImap, running
from hub.isolation import Workers
from mail_house import MailHouse, mail, mail_house
from servers.tls import Certificate
from waiting import eventually

# One loop for all, so that they share a worker: starting one takes longer than most of the tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as pool:
        yield pool


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(mailbox, "LONGEST_PAUSE", 0.05)


@asynccontextmanager
async def following(
    store_url: str, path: Path, workers: Workers, server: FakeImap, **changes: Any
) -> AsyncIterator[MailHouse]:
    async with running(server):
        way = {"host": "127.0.0.1", "port": server.port, "tls": "none", "password": PASSWORD}
        account = {"address": USER, "imap": way | {"timeout": 5} | changes}
        chosen = {"accounts": {"support": account}}
        async with mail_house(store_url, path, settings=chosen, workers=workers) as house:
            yield house


def mails(count: int) -> dict[int, bytes]:
    return {uid: mail(subject=f"mail {uid}") for uid in range(1, count + 1)}


def subjects(count: int) -> list[str]:
    return [f"mail {uid}" for uid in range(1, count + 1)]


async def test_news_by_idle(sqlite_url: str, tmp_path: Path, workers: Workers) -> None:
    server = FakeImap(mails(1))
    async with following(sqlite_url, tmp_path, workers, server) as house:
        await house.wait_for(1)
        server.add(2, mail(subject="mail 2"))
        await house.wait_for(2)
        assert await house.subjects() == subjects(2)
    assert "IDLE" in server.commands


async def test_news_without_idle(sqlite_url: str, tmp_path: Path, workers: Workers) -> None:
    class NoIdle(FakeImap):
        capabilities = "IMAP4rev1"

    server = NoIdle(mails(1))
    async with following(sqlite_url, tmp_path, workers, server, poll=0.05) as house:
        await house.wait_for(1)
        server.add(2, mail(subject="mail 2"))
        await house.wait_for(2)
    assert "IDLE" not in server.commands


async def test_idle_that_never_tells(sqlite_url: str, tmp_path: Path, workers: Workers) -> None:
    """Some servers offer IDLE and then say nothing; looking again now and then finds the mail."""

    class Mute(FakeImap):
        def add(self, uid: int, mail: bytes) -> None:
            self.mails[uid] = mail

    server = Mute(mails(1))
    async with following(sqlite_url, tmp_path, workers, server, idle=0.1) as house:
        await house.wait_for(1)
        server.add(2, mail(subject="mail 2"))
        await house.wait_for(2)


async def test_news_just_before_idle_begins(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Early(FakeImap):
        async def do_idle(self, tag: str, line: str) -> None:
            if 2 not in self.mails:
                self.mails[2] = mail(subject="mail 2")
                await self.say("* 2 EXISTS\r\n+ idling")
                await self.say(f"{tag} OK" if await self.reader.readline() else "")
            else:
                await super().do_idle(tag, line)

    async with following(sqlite_url, tmp_path, workers, Early(mails(1))) as house:
        await house.wait_for(2)


async def test_news_told_with_another_answer(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    """Mail that comes during a search is announced then and there, and not again by IDLE."""

    class Once(FakeImap):
        async def do_search(self, tag: str, _line: str) -> None:
            await self.say(f"* SEARCH {' '.join(map(str, self.mails))}")
            if 2 not in self.mails:
                self.mails[2] = mail(subject="mail 2")
                await self.say("* 2 EXISTS")
            await self.say(f"{tag} OK")

    async with following(sqlite_url, tmp_path, workers, Once(mails(1))) as house:
        await house.wait_for(2)


async def test_the_comparison_finds_what_the_cursor_passed(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    """A server that gives a later mail a lower UID, which it never should."""
    server = FakeImap({5: mail(subject="mail 5")})
    async with following(sqlite_url, tmp_path, workers, server, rescan=0.2, idle=0.1) as house:
        await house.wait_for(1)
        server.add(3, mail(subject="mail 3"))
        await house.wait_for(2)


class Dropping(FakeImap):
    """Hangs up at one command, as often as told."""

    def __init__(self, content: dict[int, bytes], command: str, times: int) -> None:
        super().__init__(content)
        self.left = times

        async def dropped(tag: str, line: str) -> None:
            if self.left == 0:
                await getattr(FakeImap, f"do_{command}")(self, tag, line)
                return
            self.left -= 1
            await self.say("* BYE going down")
            await self.hang_up()

        setattr(self, f"do_{command}", dropped)


@pytest.mark.parametrize("command", ["capability", "login", "examine", "search", "fetch", "idle"])
async def test_the_connection_is_lost_anywhere(
    sqlite_url: str, tmp_path: Path, workers: Workers, command: str
) -> None:
    server = Dropping(mails(3), command, times=2)
    async with following(sqlite_url, tmp_path, workers, server) as house:
        await house.wait_for(3)
        assert await house.subjects() == subjects(3)

        async def well_again() -> bool:
            return server.left == 0 and house.connector.problem == ""

        assert await eventually(well_again)
    assert server.connections >= 3


@pytest.mark.parametrize("said", ["* BYE busy", "hello", "220 smtp.example.org ESMTP", ""])
async def test_what_is_no_welcome(
    sqlite_url: str, tmp_path: Path, workers: Workers, said: str
) -> None:
    class Odd(FakeImap):
        greeting = said

        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.greeting = said if self.connections == 0 else "* OK ready"
            await super().serve(reader, writer)

    async with following(sqlite_url, tmp_path, workers, Odd(mails(1))) as house:
        await house.wait_for(1)


async def test_a_server_that_falls_silent(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Silent(FakeImap):
        async def do_search(self, tag: str, line: str) -> None:
            if self.connections == 1:
                await asyncio.Event().wait()
            await super().do_search(tag, line)

    async with following(sqlite_url, tmp_path, workers, Silent(mails(1)), timeout=0.2) as house:
        await house.wait_for(1)


async def test_a_mail_that_the_server_cannot_give_does_not_stop_the_others(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Corrupt(FakeImap):
        async def give(self, uid: int, start: int, piece: bytes) -> None:
            if uid == 2:
                await self.say("* BYE internal error")
                await self.hang_up()
            await super().give(uid, start, piece)

    async with following(sqlite_url, tmp_path, workers, Corrupt(mails(4))) as house:
        await house.wait_for(3)

        async def well() -> bool:
            return house.connector.problem == ""

        assert await eventually(well)
        assert await house.subjects() == ["mail 1", "mail 3", "mail 4"]
        value = house.metrics.registry.get_sample_value
        labels = {"account": USER}
        assert value("loket_mailbox_messages", labels | {"what": "in_mailbox"}) == 4
        assert value("loket_mailbox_messages", labels | {"what": "taken_in"}) == 3


async def test_a_mail_that_the_server_refuses_to_give(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Refusing(FakeImap):
        async def do_fetch(self, tag: str, line: str) -> None:
            if "FETCH 2 " in line or "2," in line:
                await self.say(f"{tag} NO [SERVERBUG] cannot read message 2")
            else:
                await super().do_fetch(tag, line)

    async with following(sqlite_url, tmp_path, workers, Refusing(mails(3))) as house:
        await house.wait_for(2)
        assert await house.subjects() == ["mail 1", "mail 3"]


async def test_a_mail_that_is_gone_by_the_time(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Forgetful(FakeImap):
        async def give(self, uid: int, start: int, piece: bytes) -> None:
            if uid == 1:
                await self.say("* 1 FETCH (UID 1 RFC822.SIZE 0 BODY[]<0> NIL)")
            elif uid != 2:
                await super().give(uid, start, piece)

    async with following(sqlite_url, tmp_path, workers, Forgetful(mails(3))) as house:
        await house.wait_for(1)
        assert await house.subjects() == ["mail 3"]


async def test_other_forms_of_the_same_answer(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    """Quoted strings for literals, any order, flags and news in between."""

    class Baroque(FakeImap):
        async def give(self, uid: int, start: int, piece: bytes) -> None:
            quoted = piece.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\r\n", b" ")
            await self.say(b"* 1 FETCH (FLAGS (\\Seen $Forwarded))")
            await self.say(b"* 3 EXISTS")
            await self.say(
                b'* 1 FETCH (BODY[]<%d> "%s" UID %d FLAGS () RFC822.SIZE %d)'
                % (start, quoted, uid, len(piece))
            )

    server = Baroque({1: b'Subject: He said "UID 9 \\o/"\r\n'})
    async with following(sqlite_url, tmp_path, workers, server) as house:
        await house.wait_for(1)
        assert await house.subjects() == ['He said "UID 9 \\o/"']


async def test_a_server_that_lies_about_sizes(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Lying(FakeImap):
        async def give(self, uid: int, start: int, piece: bytes) -> None:
            head = b"* 1 FETCH (UID %d RFC822.SIZE 7 BODY[]<%d> {%d}\r\n" % (uid, start, len(piece))
            await self.say(head + piece + b")")

    content = mail(files=[b"x" * 2_000_000])
    async with following(sqlite_url, tmp_path, workers, Lying({1: content})) as house:
        [kept] = await house.wait_for(1)
        assert await house.original(kept) == content


@pytest.mark.parametrize(
    "flood",
    [b"* 1 FETCH (UID 1 BODY[]<0> {999999999}\r\n", b"* " + b"x" * 9_000_000],
    ids=["literal", "line"],
)
async def test_a_server_that_would_fill_our_memory_is_left(
    sqlite_url: str, tmp_path: Path, workers: Workers, flood: bytes
) -> None:
    class Flooding(FakeImap):
        async def do_fetch(self, tag: str, line: str) -> None:
            if self.connections == 1:
                await self.say(flood)
            await super().do_fetch(tag, line)

    async with following(sqlite_url, tmp_path, workers, Flooding(mails(2))) as house:
        await house.wait_for(2)


async def test_a_server_without_plain_takes_a_login(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    server = FakeImap(mails(1))
    async with following(sqlite_url, tmp_path, workers, server) as house:
        await house.wait_for(1)
    assert f'LOGIN "{USER}" "{PASSWORD}"' in server.commands


async def test_no_password_is_sent_where_it_is_not_wanted(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Careful(FakeImap):
        capabilities = "IMAP4rev1 LOGINDISABLED"

    server = Careful(mails(1))
    async with following(sqlite_url, tmp_path, workers, server) as house:

        async def problem() -> str:
            return house.connector.problem

        assert "takes no password" in await eventually(problem)
    assert not any(command.startswith("LOGIN") for command in server.commands)


async def test_a_server_that_is_only_busy_is_tried_again(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    class Busy(FakeImap):
        async def do_login(self, tag: str, line: str) -> None:
            if self.connections == 1:
                await self.say(f"{tag} NO [UNAVAILABLE] try again")
            else:
                await super().do_login(tag, line)

    async with following(sqlite_url, tmp_path, workers, Busy(mails(1))) as house:
        await house.wait_for(1)


async def test_what_was_said_before_encryption_does_not_count_after_it(
    certificate: Certificate,
) -> None:
    class Injecting(FakeImap):
        async def do_starttls(self, tag: str, _line: str) -> None:
            await self.say(f"{tag} OK\r\n* CAPABILITY INJECTED")
            await self.writer.start_tls(certificate.server_context())

        async def do_capability(self, tag: str, _line: str) -> None:
            await self.say(f"{tag} OK")

    async with (
        running(Injecting()) as server,
        ImapClient("127.0.0.1", server.port, timeout=10) as client,
    ):
        await client.connect(certificate.client_context(), starttls=True)
        assert "INJECTED" not in client.capabilities
