"""`loket model replay` on the past of the demo organisation: what a draft would have changed."""

import asyncio
import csv
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from config.demo import example, organisation
from config.demo.sign_ins import Passwords
from config.replay_running import Task, replayed
from config.settings import DEFAULT_MODEL
from hub import clock
from hub.store.tables import interactions, work_items
from hub.tables_out import guarded
from loket_process import Deployment, deploy, run
from routing.analysis import Staff
from routing.model_file import load_definition, load_model
from stores import opened, rows

SINCE = ("--since", "366d")
MODEL = DEFAULT_MODEL.read_text()
BILLING = "  - topic: billing\n    role: billing\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the demo organisation, with its past."""
    file = tmp_path_factory.mktemp("demo") / "loket.db"
    passwords = Passwords({entry.login: "secret" for entry in example.agents()}, made=False)

    async def install() -> None:
        async with opened(f"sqlite:///{file}") as database:
            await organisation.load(database, load_model(DEFAULT_MODEL), passwords)

    asyncio.run(install())
    return file


@pytest.fixture
def deployment(installed: Path, tmp_path: Path) -> Deployment:
    copy = shutil.copy(installed, tmp_path / "loket.db")
    return deploy(tmp_path, store_url=f"sqlite:///{copy}", bus_url="local:")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Sales would do the billing."""
    assert BILLING in MODEL
    file = tmp_path / "draft.yaml"
    sales = BILLING.replace("role: billing", "role: sales")
    file.write_text(MODEL.replace(BILLING, sales).replace('version: "1"', "version: with-sales"))
    return file


def replay(deployment: Deployment, draft: Path, *more: str) -> str:
    return run(deployment, "model", "replay", str(draft), *more)


def lines_of(file: Path) -> Sequence[dict[str, str]]:
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


async def billed(deployment: Deployment) -> set[str]:
    """The first contacts of the conversations that billing had."""
    async with opened(deployment.store_url) as database:
        had = {
            one.conversation_id for one in await rows(database, work_items) if one.role == "billing"
        }
        found = await rows(database, interactions)
    return {one.id for one in found if one.conversation_id in had and one.sequence == 1}


async def test_what_would_have_moved_is_counted_and_exported(
    deployment: Deployment, draft: Path, tmp_path: Path
) -> None:
    file = tmp_path / "moved.csv"
    said = replay(deployment, draft, *SINCE, "--csv", str(file))
    wanted = await billed(deployment)
    total = len(example.past_conversations())
    assert f"{total} contacts since " in said
    assert "by “1” and by “with-sales”" in said
    assert f"{len(wanted)} would go to another role" in said
    moved = lines_of(file)
    assert {line["interaction_id"] for line in moved} == wanted
    roles = {(line["role_before"], line["role_after"]) for line in moved}
    assert roles == {("billing", "sales")}
    assert moved[0]["interaction_id"] in said, "the pair has an example to open"


async def test_several_processes_come_to_what_one_does(deployment: Deployment, draft: Path) -> None:
    now = clock.now()
    models = (load_definition(DEFAULT_MODEL), load_definition(draft))
    task = Task(*models, Staff(at=now), now - timedelta(days=366), now)
    told: list[tuple[int, int]] = []
    async with opened(deployment.store_url) as database:
        alone = await replayed(database, task, lambda *_: None, processes=1)
        together = await replayed(database, task, lambda *done: told.append(done), processes=2)
    assert together == alone
    assert together.moved > 0
    assert told == [(0, together.total), (together.total, together.total)]


async def test_one_contact_is_opened_with_both_decisions_and_their_reasons(
    deployment: Deployment, draft: Path
) -> None:
    one = min(await billed(deployment))
    said = replay(deployment, draft, "--show", one)
    assert "now: 1" in said
    assert "draft: with-sales" in said
    assert "“Billing” is responsible" in said
    assert "“Sales” is responsible" in said
    dutch = replay(deployment, draft, "--show", one, "--language", "nl")
    assert "“Facturatie” is verantwoordelijk" in dutch
    assert "“Verkoop” is verantwoordelijk" in dutch


def test_the_same_model_changes_nothing(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "changed.csv"
    said = replay(
        deployment,
        DEFAULT_MODEL,
        *SINCE,
        "--csv",
        str(file),
        "--what",
        "changed",
        "--language",
        "nl",
    )
    assert "Geen enkel zou naar een andere rol gaan." in said
    assert lines_of(file) == []


def test_against_turns_the_question_round(deployment: Deployment, draft: Path) -> None:
    said = replay(deployment, DEFAULT_MODEL, *SINCE, "--against", str(draft))
    assert "by “with-sales” and by “1”" in said


def test_nothing_recorded_is_said(deployment: Deployment, draft: Path) -> None:
    assert "Nothing was recorded since " in replay(deployment, draft, "--since", "1s")


def test_a_broken_draft_is_named_with_its_line_and_not_replayed(
    deployment: Deployment, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(MODEL.replace("role: logistics", "role: logistic", 1))
    with pytest.raises(AssertionError) as failed:
        replay(deployment, broken)
    line = MODEL[: MODEL.index("role: logistics")].count("\n") + 1
    assert f"broken.yaml:{line}: The row for “" in str(failed.value)
    assert "role: There is no role 'logistic'." in str(failed.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "next week"), "write it like 30d"),
        (("--since", "2999-01-01"), "not later than now"),
        (("--show", "nothing"), "No work was recorded that begins with the contact nothing"),
    ],
)
def test_what_cannot_be_is_said(
    deployment: Deployment, draft: Path, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        replay(deployment, draft, *arguments)
    assert said in str(failed.value)
    assert "Traceback" not in str(failed.value)


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-2", "@sum", "\tx", "\rx"])
def test_a_spreadsheet_does_not_take_a_subject_for_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded(f"a{cell}") == f"a{cell}"
