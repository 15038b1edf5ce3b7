"""`loket model session`: what a session says, and a version of it, without a browser."""

from pathlib import Path

import pytest

from hub.store import models, workshops
from hub.workshop import Where, Write, row_id
from loket_process import Deployment, deploy, run
from routing.model_file import read_definition
from routing.workshop.beginning import beginning
from stores import opened


async def test_a_session_is_listed_shown_and_made_a_version(
    sqlite_url: str, tmp_path: Path
) -> None:
    deployment = deploy(tmp_path, store_url=sqlite_url, bus_url="local:")
    soon = Write(row_id(Where()), "next", "soon")
    cards = [*beginning("Van Dalen", "Europe/Amsterdam"), soon]
    async with opened(sqlite_url) as database:
        made = await database.write(
            lambda c: workshops.start(c, "Next year", by="ina", based_on=None, writes=cards)
        )
    assert "There is no session x" in refused(deployment, "show", "x")
    assert made.code in run(deployment, "model", "session", "list")
    shown = run(deployment, "model", "session", "show", f"{made.code[:4]}-{made.code[4:]}")
    assert "first_response: 8h" in shown
    assert "Version 1 is a draft" in run(deployment, "model", "session", "draft", made.code)
    async with opened(sqlite_url) as database:
        written = await database.read(lambda c: models.text_of(c, 1))
    assert read_definition(written, "version 1").organisation == "Van Dalen"


def refused(deployment: Deployment, *arguments: str) -> str:
    with pytest.raises(AssertionError) as failed:
        run(deployment, "model", "session", *arguments)
    return str(failed.value)
