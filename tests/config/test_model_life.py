"""`loket model`: what an operator types to bring a version to life and back."""

from pathlib import Path

import pytest

from hub.store.tables import audit_log
from loket_process import Deployment, LoketProcess, deploy, execute, run
from model_texts import BROKEN, OWNED, WITH_BILLS
from stores import opened, rows
from waiting import wait_for

PASSWORD = {"LOKET_AGENT_PASSWORD": "correct horse battery"}


@pytest.fixture
def deployment(sqlite_url: str, tmp_path: Path) -> Deployment:
    made = deploy(tmp_path, store_url=sqlite_url, bus_url="local:")
    model = tmp_path / "model.yaml"
    model.write_text(OWNED)
    made.config.write_text(made.config.read_text() + f'\n[routing]\nmodel = "{model}"\n')
    return made


@pytest.fixture
def started(deployment: Deployment) -> Deployment:
    """A deployment that ran once."""
    process = LoketProcess(deployment).start()
    assert process.terminate() == 0
    return deployment


def refused(deployment: Deployment, *arguments: str) -> str:
    """What a command that must fail says."""
    with pytest.raises(AssertionError) as failed:
        run(deployment, *arguments)
    said = str(failed.value)
    assert "Traceback" not in said
    return said


def file(deployment: Deployment, written: str) -> str:
    path = deployment.config.parent / "next.yaml"
    path.write_text(written)
    return str(path)


def hire(deployment: Deployment, login: str, role: str) -> None:
    run(deployment, "agents", "add", login, "--name", login.title(), "--role", role, extra=PASSWORD)


async def test_a_file_becomes_a_version_is_signed_and_goes_live(
    started: Deployment, sqlite_url: str
) -> None:
    hire(started, "anna", "service")
    imported = run(started, "model", "import", file(started, WITH_BILLS), "--title", "Bills")
    assert "Version 2 is checked" in imported
    changed = run(started, "model", "diff", "2")
    assert "of 4 combinations 2 move to another role, 0 change otherwise" in changed
    assert "service → billing" in changed
    assert "Nobody signs in as carla" in refused(started, "model", "sign", "2", "--as", "carla")
    hire(started, "carla", "billing")
    assert "anna accepted 1 rows" in run(started, "model", "sign", "2", "--as", "anna")
    assert "billing" in refused(started, "model", "activate", "2")
    said = run(started, "model", "decline", "2", "--as", "carla", "--remark", "Too many")
    assert "carla declined 1 rows" in said
    assert "Too many" in run(started, "model", "sheet", "2")
    assert "declined" in refused(started, "model", "activate", "2")
    assert "Version 2 is signed now" in run(started, "model", "sign", "2", "--as", "carla")
    assert "Version 2 is live" in run(started, "model", "activate", "2")
    assert run(started, "model", "show") == WITH_BILLS
    assert run(started, "model", "show", "1") == OWNED
    assert "live, equal to version 1" in run(started, "model", "rollback", "1", "--reason", "Oops")
    listed = run(started, "model", "list")
    assert "Roll back to version 1: Oops" in listed
    assert "version 3 is live" in execute(started, "check").stdout
    async with opened(sqlite_url) as database:
        done = [row.action for row in await rows(database, audit_log) if row.object == "model/2"]
    assert done == [
        "model.drafted",
        "model.checked",
        "model.accepted",
        "model.declined",
        "model.accepted",
        "model.activated",
    ]


def test_a_running_process_follows_within_seconds(deployment: Deployment) -> None:
    process = LoketProcess(deployment).start()
    try:
        run(deployment, "model", "import", file(deployment, WITH_BILLS))
        run(deployment, "model", "activate", "2", "--override", "A test")
        wait_for(lambda: '"version":2,"event":"model.live"' in process.log.read_text())
    finally:
        assert process.terminate() == 0


def test_a_version_is_planned_cancelled_and_withdrawn(started: Deployment) -> None:
    run(started, "model", "import", file(started, WITH_BILLS))
    plan = ("model", "activate", "2", "--at", "2099-01-01T08:00+01:00", "--override", "A test")
    assert "Version 2 goes live at 2099-01-01 07:00Z" in run(started, *plan)
    assert "2099-01-01 07:00Z" in run(started, "model", "list")
    assert "Cancel that first" in refused(started, "model", "withdraw", "2")
    assert "no longer planned" in run(started, "model", "activate", "2", "--cancel")
    assert "Version 2 is withdrawn" in run(started, "model", "withdraw", "2")
    assert "withdrawn" in refused(started, "model", "activate", "2")


def test_what_is_wrong_is_said_in_a_line(started: Deployment) -> None:
    assert "next.yaml:12:" in refused(started, "model", "import", file(started, BROKEN))
    assert "There is no version 9" in refused(started, "model", "show", "9")
    assert "There is no version 9" in refused(started, "model", "diff", "9")
    assert "write a time like" in refused(started, "model", "activate", "1", "--at", "soon")
    assert "Only to a version" in refused(started, "model", "rollback", "1")


def test_open_points_are_listed_until_they_are_done(started: Deployment) -> None:
    assert "Nothing is open" in run(started, "model", "actions", "list")
    who = ("--owner", "esra", "--due", "2027-01-31")
    added = run(started, "model", "actions", "add", "1", "Ask sales", *who)
    point = added.split()[0]
    listed = run(started, "model", "actions", "list")
    assert "Ask sales" in listed
    assert "2027-01-31" in listed
    assert "It is done" in run(started, "model", "actions", "done", point)
    assert "There is no such point" in refused(started, "model", "actions", "done", "x")
    assert "write a day like" in refused(
        started, "model", "actions", "add", "1", "x", "--due", "soon"
    )


def test_the_file_is_noticed_when_it_changes_and_decides_where_it_should(
    started: Deployment,
) -> None:
    model = started.config.parent / "model.yaml"
    model.write_text(WITH_BILLS)
    checked = execute(started, "check").stdout
    assert "model.yaml differs from the live version" in checked
    assert "loket model import FILE" in checked
    process = LoketProcess(started).start()
    assert process.terminate() == 0
    assert "model.file_differs" in process.log.read_text()
    assert run(started, "model", "show") == OWNED
    started.config.write_text(started.config.read_text() + 'model_source = "file"\n')
    checked = execute(started, "check").stdout
    assert "goes live at the next start" in checked
    process = LoketProcess(started).start()
    assert process.terminate() == 0
    assert run(started, "model", "show") == WITH_BILLS
    assert "follows its file" in refused(started, "model", "import", str(model))
