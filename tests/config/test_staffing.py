"""`loket staffing` tells how many people to plan, from what arrived."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from config.settings import DEFAULT_MODEL
from hub import clock
from hub.store.tables import (
    assignment_steps,
    conversations,
    customers,
    interactions,
    work_items,
)
from loket_process import Deployment, deploy, run
from routing.model_file import load_model
from stores import opened


@pytest.fixture
def deployment(sqlite_url: str, tmp_path: Path) -> Deployment:
    return deploy(tmp_path, store_url=sqlite_url, bus_url="local:")


def when_billing_opened() -> datetime:
    """Days ago; who calls while nobody is there is answered later."""
    now = clock.now()
    openings = load_model(DEFAULT_MODEL).calendar("billing").spans(now - timedelta(days=6), now)
    return openings[-2].start


def calls(connection: Connection, at: datetime, count: int, held: int = 0) -> None:
    """Calls about invoices that came at one moment; each was taken and in hand for so long."""
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": at}
    connection.execute(insert(customers), [known])
    for number in range(count):
        talk = {
            "id": f"c{number}", "number": number, "customer_id": "k", "subject": "",
            "channel": "phone", "state": "open", "interaction_count": 0, "created_at": at,
            "last_at": at,
        }  # fmt: skip
        empty = ("account", "quoted", "html", "language", "problem", "raw_sha256", "text",
                 "correlation_id", "subject", "automatic")  # fmt: skip
        call = dict.fromkeys(empty, "") | {
            "id": f"i{number}", "conversation_id": f"c{number}", "customer_id": "k", "sequence": 1,
            "kind": "message", "channel": "phone", "direction": "inbound", "details": {},
            "external_id": f"{number}", "dedupe_key": f"{number}", "topic": "billing/invoice",
            "sender": {"kind": "phone", "value": "+31", "name": ""}, "recipients": [],
            "occurred_at": at, "received_at": at, "verification": "verified",
        }  # fmt: skip
        item = {
            "id": clock.new_id(), "conversation_id": f"c{number}", "customer_id": "k",
            "role": "billing", "epoch": 1, "state": "done", "channel": "phone",
            "topic": "billing/invoice", "priority_minutes": 0, "waiting_since": at,
            "overdue": False, "decision": {}, "created_at": at,
            "resolved_at": at + timedelta(seconds=held),
        }  # fmt: skip
        connection.execute(insert(conversations), [talk])
        connection.execute(insert(interactions), [call])
        connection.execute(insert(work_items), [item])
        step = {"id": clock.new_id(), "work_item_id": item["id"], "at": at, "kind": "taken"}
        connection.execute(insert(assignment_steps), [step | {"details": {}}])


async def test_the_published_value_from_end_to_end(deployment: Deployment, sqlite_url: str) -> None:
    assert "Nothing arrived" in run(deployment, "staffing")
    async with opened(sqlite_url) as database:
        await database.write(lambda c: calls(c, when_billing_opened(), 100, held=180))
    week = ("staffing", "--days", "7")
    [line] = csv.DictReader(io.StringIO(run(deployment, *week, "--csv")))
    assert (line["role"], line["people"], line["planned"]) == ("billing", "14.00", "20")
    assert line["by_channel"] == "phone=14.00"
    shown = run(deployment, *week)
    assert "billing: people to plan" in shown
    assert " 20 " in shown
    assert "3.0 (median of 100)" in shown
    longer = run(deployment, *week, "--handling", "phone=360")
    assert "6.0 (as given)" in longer
    assert " 20 " not in longer


async def test_a_draft_beside_what_is_live(
    deployment: Deployment, sqlite_url: str, tmp_path: Path
) -> None:
    """Sales gets what billing has now."""
    async with opened(sqlite_url) as database:
        await database.write(lambda c: calls(c, when_billing_opened(), 100, held=180))
    draft = tmp_path / "draft.yaml"
    draft.write_text(DEFAULT_MODEL.read_text().replace("    role: billing\n", "    role: sales\n"))
    week = ("staffing", "--days", "7", "--model", str(draft))
    lines = {
        one["role"]: one for one in csv.DictReader(io.StringIO(run(deployment, *week, "--csv")))
    }
    assert (lines["billing"]["planned"], lines["billing"]["planned_after"]) == ("20", "0")
    assert (lines["sales"]["planned"], lines["sales"]["people_after"]) == ("0", "14.00")
    assert "20 → 0" in run(deployment, *week)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--days", "3"), "7 days or more"),
        (("--handling", "pigeon=3"), "Write it like email=420"),
        (("--shrinkage", "1"), "use 0.3"),
        (("--zone", "Amsterdam"), "use Europe/Amsterdam"),
    ],
)
def test_what_cannot_be_is_said(
    deployment: Deployment, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        run(deployment, "staffing", *arguments)
    assert said in str(failed.value)
    assert "Traceback" not in str(failed.value)
