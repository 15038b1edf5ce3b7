"""What is kept long enough goes, and nothing else does, on both databases."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text, update

from builders import TOKENS, mail_arrival
from hub import clock
from hub.blobs import SHELVES
from hub.intake import Intake
from hub.interaction import Arrival, Attachment
from hub.metrics import Metrics
from hub.retention import EVERY, Retention, shelf_at
from hub.settings import RetentionSettings
from hub.store import Blobs, Database, audit, audit_index, delivery_attempts, expiry, originals
from hub.store.leader import open_leadership
from hub.store.processed import first_seen
from hub.store.tables import audit_documents, audit_log, interactions, processed_events
from hub.store.tables import delivery_attempts as tries
from hub.store.tables import originals as small_originals
from stores import count, opened, rows

DAY = timedelta(days=1)
OLD = 100 * DAY  # older than originals are kept, younger than the audit log is


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def retention(database: Database, blobs: Blobs, **days: int) -> Retention:
    settings = RetentionSettings.model_validate(days)
    return Retention(database, blobs, settings, open_leadership(database, "retention"))


async def go_by(retention: Retention, *hashes: str) -> None:
    """Rounds in which these have their turn."""
    for sha256 in hashes:
        turns = (int(sha256[:2], 16) - shelf_at(clock.now())) % SHELVES
        await retention.round(clock.now() + turns * EVERY)


def file_of(sha256: str, content: bytes) -> Attachment:
    return Attachment(
        id=clock.new_id(),
        filename="mail.eml",
        content_type="message/rfc822",
        size=len(content),
        sha256=sha256,
    )


class Letters:
    """Mails that came in, each with its original."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._intake = Intake(database, TOKENS, Metrics(), lambda: None)

    async def came(
        self, content: bytes, *, ago: timedelta, raw: bool = True, **changes: Any
    ) -> str:
        """One of these bytes, `ago`; gives their hash."""
        sha256, _ = self._blobs.put(content)
        moment = clock.now() - ago
        os.utime(self._blobs.path(sha256), (moment.timestamp(), moment.timestamp()))
        await self._keep(moment, raw_sha256=sha256 if raw else "", **changes)
        return sha256

    async def _keep(self, moment: datetime, **changes: Any) -> None:
        accepted = await self._intake.accept(Arrival.model_validate(mail_arrival(**changes)))
        old = update(interactions).where(interactions.c.id == accepted.interaction_id)
        await self._database.write(lambda c: c.execute(old.values(received_at=moment)))

    async def small(self, content: bytes, **changes: Any) -> None:
        """One that comes now and whose original the store has."""
        await self._intake.accept(mail_arrival(original=content, **changes))

    async def known(self) -> set[str]:
        return {row.raw_sha256 for row in await rows(self._database, interactions)} - {""}

    def there(self, sha256: str) -> bool:
        return self._blobs.path(sha256).exists()


@pytest.fixture
def letters(database: Database, blobs: Blobs) -> Letters:
    return Letters(database, blobs)


async def test_old_originals_go_and_all_else_of_the_contact_stays(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    old = await letters.came(b"old", ago=OLD, text="What I wrote")
    young = await letters.came(b"young", ago=80 * DAY)
    await go_by(retention(database, blobs), old, young)
    assert (letters.there(old), letters.there(young)) == (False, True)
    assert await letters.known() == {young}
    assert "What I wrote" in {row.text for row in await rows(database, interactions)}


async def test_an_original_that_is_all_there_is_of_a_mail_stays(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    broken = await letters.came(b"broken", ago=OLD, problem="reading it failed")
    await go_by(retention(database, blobs), broken)
    assert letters.there(broken)
    assert await letters.known() == {broken}


async def test_small_originals_go_from_the_store(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    await letters.small(b"whole")
    await letters.small(b"broken", problem="reading it failed")
    for days, left in ((89, {b"whole", b"broken"}), (91, {b"broken"})):
        await retention(database, blobs).round(clock.now() + days * DAY)
        assert {row.content for row in await rows(database, small_originals)} == left


async def test_bytes_that_something_else_needs_stay(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    """An attachment, a younger copy, and a copy that could not be read."""
    forwarded = await letters.came(b"forwarded", ago=OLD)
    attached = (file_of(forwarded, b"forwarded"),)
    await letters.came(b"cover", ago=OLD, attachments=attached)
    twice = await letters.came(b"twice", ago=OLD)
    await letters.came(b"twice", ago=OLD - 11 * DAY, account="other@vandalenkoffie.example")
    await letters.came(b"broken", ago=OLD)
    broken = await letters.came(b"broken", ago=OLD, problem="too slow", account="x@example.org")
    for sha256 in (forwarded, twice, broken):
        past = (clock.now() - OLD).timestamp()
        os.utime(blobs.path(sha256), (past, past))
    await go_by(retention(database, blobs), forwarded, twice, broken)
    assert [letters.there(sha256) for sha256 in (forwarded, twice, broken)] == [True] * 3
    assert {twice, broken} <= await letters.known()


async def test_bytes_that_are_just_coming_in_again_stay(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    """Their contact is not in the store yet, so only the time of the file tells."""
    sha256 = await letters.came(b"the same newsletter", ago=OLD)
    assert blobs.put(b"the same newsletter")[0] == sha256
    await go_by(retention(database, blobs), sha256)
    assert letters.there(sha256)


def test_bytes_that_come_in_at_the_very_moment_of_removing_stay(blobs: Blobs) -> None:
    sha256, _ = blobs.put(b"again")
    before = clock.now() - DAY
    assert not blobs.remove(sha256, before=before)
    assert blobs.path(sha256).read_bytes() == b"again"
    past = (before - DAY).timestamp()
    os.utime(blobs.path(sha256), (past, past))
    assert blobs.remove(sha256, before=before)
    assert not blobs.remove(sha256, before=before), "is gone already"
    assert [file for file in blobs.folder.rglob("*") if file.is_file()] == []


async def test_bytes_that_no_contact_knows_stay(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    """The store may be the wrong one, or a backup that is older than the blobs."""
    sha256, _ = blobs.put(b"of another store")
    past = (clock.now() - OLD).timestamp()
    os.utime(blobs.path(sha256), (past, past))
    await go_by(retention(database, blobs), sha256)
    assert letters.there(sha256)


async def test_what_dead_processes_left_half_done_is_cleared_up(
    database: Database, blobs: Blobs
) -> None:
    sha256, _ = blobs.put(b"put aside")
    blobs.path(sha256).rename(blobs.folder / f".aside-{sha256}")
    half, other = blobs.folder / ".new-half", blobs.folder / ".new-other"
    for file in (half, other):
        file.write_bytes(b"half")
    past = (clock.now() - 2 * DAY).timestamp()
    os.utime(half, (past, past))
    await retention(database, blobs).round(clock.now())
    assert blobs.path(sha256).read_bytes() == b"put aside"
    assert (half.exists(), other.exists()) == (False, True)


async def test_rows_go_when_they_are_old_in_small_batches(
    database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "AT_ONCE", 3)
    now = clock.now()
    young = clock.first_id(now - 29 * DAY)

    def fill(connection: Connection) -> None:
        for number in range(7):
            event_id = clock.first_id(now - (31 + number) * DAY)
            delivery_attempts.count(connection, "router", event_id, 1)
            first_seen(connection, "router", [event_id])
            done(connection, "x", now - (731 + number) * DAY)
        connection.execute(update(processed_events).values(processed_at=now - 31 * DAY))
        done(connection, "customer.joined", now - 9999 * DAY)
        delivery_attempts.count(connection, "router", young, 1)
        first_seen(connection, "router", [young])
        audit.record(connection, actor="a", action="young", about="", details={})

    await database.write(fill)
    await retention(database, blobs).round(now)
    assert [row.event_id for row in await rows(database, tries)] == [young]
    assert [row.event_id for row in await rows(database, processed_events)] == [young]
    kept = {row.action for row in await rows(database, audit_log)}
    assert kept == {"customer.joined", "young"}, "a joining can be taken back as long as it stands"


async def test_a_line_that_is_gone_has_left_no_word(database: Database, blobs: Blobs) -> None:
    now = clock.now()

    def fill(connection: Connection) -> None:
        done(connection, "agent.added", now - 731 * DAY)
        done(connection, "agent.named", now - 729 * DAY)
        while audit_index.take_in(connection, now):
            pass

    await database.write(fill)
    await retention(database, blobs).round(now)
    [left] = await rows(database, audit_documents)
    on_sqlite = "SELECT rowid AS number, words FROM audit_words"
    on_postgres = "SELECT number, CAST(words AS text) AS words FROM audit_documents"
    query = text(on_sqlite if database.dialect == "sqlite" else on_postgres)
    [kept] = await database.read(lambda c: c.execute(query).all())
    assert kept.number == left.number
    assert "named" in kept.words


def done(connection: Connection, action: str, at: datetime) -> None:
    """A line of the audit log of that time."""
    row = {"id": clock.first_id(at), "at": at, "actor": "a", "action": action, "object": "x"}
    connection.execute(insert(audit_log), [row | {"details": {}}])


async def test_no_removal_reads_a_whole_table(sqlite_url: str) -> None:
    """It would hold up the one writer of SQLite."""
    sent: list[tuple[str, Any]] = []
    hashes = ["a" * 64, "b" * 64]

    def work(connection: Connection) -> list[str]:
        now = clock.now()
        event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2:4]))
        for removal in (expiry.forget_audit, expiry.forget_handled, expiry.forget_originals):
            removal(connection, now)
        originals.let_go(connection, hashes, before=now)
        asked = list(sent)
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for statement, parameters in asked
        ]
        return [row.detail for plan in plans for row in plan]

    async with opened(sqlite_url) as database:
        steps = await database.write(work)
    assert any("ix_interactions_raw_sha256" in step for step in steps)
    assert [step for step in steps if step.startswith("SCAN") and "json_each" not in step] == []


async def test_nothing_goes_where_it_is_kept_for_ever(
    database: Database, blobs: Blobs, letters: Letters
) -> None:
    sha256 = await letters.came(b"old", ago=OLD)

    def fill(connection: Connection) -> None:
        audit.record(connection, actor="a", action="x", about="", details={})
        first_seen(connection, "router", [clock.new_id()])
        delivery_attempts.count(connection, "router", clock.new_id(), 1)

    await database.write(fill)
    off = retention(database, blobs, original_days=0, audit_days=0, event_days=0)
    await go_by(off, sha256)
    await off.round(clock.now() + 9999 * DAY)
    assert letters.there(sha256)
    for table in (audit_log, processed_events, tries):
        assert await count(database, table) == 1


async def test_one_process_leads_each_job(database: Database) -> None:
    first, second = (open_leadership(database, "retention") for _ in range(2))
    relay = open_leadership(database)
    await first.acquire()
    await relay.acquire(lambda: None)
    waiting = asyncio.create_task(second.acquire())
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    await first.close()
    await waiting
    for leadership in (second, relay):
        await leadership.close()


def test_each_shelf_has_its_turn_whenever_a_process_starts() -> None:
    begin = clock.now()
    assert {shelf_at(begin + turn * EVERY) for turn in range(SHELVES)} == set(range(SHELVES))
