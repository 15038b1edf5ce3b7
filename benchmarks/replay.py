"""How long it takes to run a draft over 100,000 recorded contacts, read from the store."""

import asyncio
import functools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks import ROOT, machine, mails
from config.replay_running import Task, replayed
from hub import clock
from hub.interaction import Channel, Direction
from hub.store import Database, migrate
from hub.store.database import open_database
from hub.store.tables import conversations, customers, interactions, work_items
from routing.analysis import Staff
from routing.contact import Contact
from routing.decide import decide
from routing.decision import Decision
from routing.model import Model
from routing.model_file import read_model

CONTACTS = 100_000
AT_ONCE = 5_000
DAYS = 30
MODEL = (ROOT / "config" / "interaction_model.yaml").read_text()
OTHER_ROWS = MODEL.replace("role: technical-support", "role: sales")
OTHER_RULES = OTHER_ROWS.replace("words: [delivery,", "words: [netjes, delivery,")


@dataclass(frozen=True)
class Result:
    """Seconds for so many contacts, on the clock and of all processors; `draft` says in what it
    differs from the model in use."""

    draft: str
    contacts: int
    moved: int
    seconds: float
    cpu: float
    load_before: float
    at: str


def run() -> list[Result]:
    """On SQLite, as `loket model replay` does it."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_run(Path(folder)))


async def _run(folder: Path) -> list[Result]:
    database = open_database(f"sqlite:///{folder}/loket.db")
    try:
        await migrate.upgrade(database)
        now, model = clock.now(), read_model(MODEL, "model.yaml")
        for first in range(0, CONTACTS, AT_ONCE):
            await database.write(partial(_fill, model=model, first=first, now=now))
        drafts = (("rows", OTHER_ROWS), ("rows and rules", OTHER_RULES))
        return [
            await _replay(database, model, name, read_model(text, "draft.yaml"), now)
            for name, text in drafts
        ]
    finally:
        await database.close()


async def _replay(
    database: Database, model: Model, name: str, draft: Model, now: datetime
) -> Result:
    since = now - timedelta(days=DAYS)
    task = Task(model.definition, draft.definition, Staff(at=now), since, now)
    load_before, started, cpu = machine.busy(), time.perf_counter(), _cpu_seconds()
    found = await replayed(database, task, lambda _done, _total: None)
    taken, cpu = time.perf_counter() - started, _cpu_seconds() - cpu
    at = clock.now().isoformat(timespec="seconds")
    return Result(name, found.total, found.moved, taken, cpu, load_before, at)


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _fill(connection: Connection, model: Model, first: int, now: datetime) -> None:
    numbers = range(first, first + AT_ONCE)
    if first == 0:
        connection.execute(insert(customers), [_customer(now)])
    talks, contacts, items = zip(*(_rows(n, model, now) for n in numbers), strict=True)
    for table, rows in ((conversations, talks), (interactions, contacts), (work_items, items)):
        connection.execute(insert(table), list(rows))


def _customer(now: datetime) -> dict[str, Any]:
    return {
        "id": "customer",
        "kind": "person",
        "name": "Jan",
        "target_group": "b2c",
        "attributes": {},
        "created_at": now,
    }


def _rows(number: int, model: Model, now: datetime) -> Iterator[dict[str, Any]]:
    at = now - timedelta(days=DAYS) + timedelta(seconds=number * 25)
    talk, contact = f"c{number}", f"i{number}"
    text = f"{number} {mails.text(number)}"
    yield {
        "id": talk, "number": number, "customer_id": "customer", "subject": mails.subject(number),
        "channel": "email", "state": "open", "interaction_count": 1, "created_at": at,
        "last_at": at,
    }  # fmt: skip
    empty = ("quoted", "html", "language", "topic", "automatic", "problem", "raw_sha256")
    yield dict.fromkeys((*empty, "correlation_id"), "") | {
        "id": contact, "conversation_id": talk, "customer_id": "customer", "sequence": 1,
        "kind": "message", "channel": "email", "account": mails.ACCOUNT, "direction": "inbound",
        "external_id": contact, "dedupe_key": contact, "recipients": [], "text": text,
        "sender": {"kind": "email", "value": mails.sender(number), "name": ""},
        "subject": mails.subject(number), "occurred_at": at, "received_at": at,
        "verification": "verified", "details": {},
    }  # fmt: skip
    decision = _decision(number % mails.MATTERS, model)
    yield {
        "id": clock.new_id(), "conversation_id": talk, "customer_id": "customer", "epoch": 1,
        "role": decision.role, "state": "done", "channel": "email", "topic": decision.topic,
        "priority_minutes": 0, "waiting_since": at, "overdue": False, "decision": decision.as_json,
        "created_at": at, "first_response_at": at + timedelta(hours=number % 60),
        "resolved_at": at + timedelta(hours=number % 200),
    }  # fmt: skip


@functools.cache  # to fill the store is not what is measured
def _decision(matter: int, model: Model) -> Decision:
    contact = Contact(
        direction=Direction.INBOUND,
        channel=Channel.EMAIL,
        target_group="b2c",
        subject=mails.subject(matter),
        text=mails.text(matter),
    )
    return decide(contact, model)
