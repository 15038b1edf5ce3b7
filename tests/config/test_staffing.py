"""`loket staffing` tells how many people to plan, from what arrived."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from hub import clock
from hub.store.tables import conversations, customers, work_items
from loket_process import Deployment, deploy, run
from stores import opened


@pytest.fixture
def deployment(sqlite_url: str, tmp_path: Path) -> Deployment:
    return deploy(tmp_path, store_url=sqlite_url, bus_url="local:")


def calls(connection: Connection, at: datetime, count: int) -> None:
    """Calls for billing that came at one moment, and were handled."""
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": at}
    connection.execute(insert(customers), [known])
    talk = {
        "id": "c", "number": 1, "customer_id": "k", "subject": "", "channel": "phone",
        "state": "open", "interaction_count": 0, "created_at": at, "last_at": at,
    }  # fmt: skip
    connection.execute(insert(conversations), [talk])
    item = {
        "conversation_id": "c", "customer_id": "k", "role": "billing", "epoch": 1,
        "state": "done", "channel": "phone", "topic": "any", "priority_minutes": 0,
        "waiting_since": at, "overdue": False, "decision": {"first_response": 60},
        "created_at": at,
    }  # fmt: skip
    connection.execute(insert(work_items), [item | {"id": str(n)} for n in range(count)])


async def test_the_published_value_from_end_to_end(deployment: Deployment, sqlite_url: str) -> None:
    assert "Nothing arrived" in run(deployment, "staffing")
    async with opened(sqlite_url) as database:
        await database.write(lambda c: calls(c, clock.now() - timedelta(days=2), 100))
    week = ("staffing", "--days", "7", "--handling", "phone=180")
    [line] = csv.DictReader(io.StringIO(run(deployment, *week, "--csv")))
    assert (line["role"], line["people"], line["planned"]) == ("billing", "14.00", "20")
    assert line["by_channel"] == "phone=14.00"
    shown = run(deployment, *week)
    assert "billing: people to plan" in shown
    assert " 20 " in shown


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
