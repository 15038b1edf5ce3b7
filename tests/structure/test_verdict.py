"""When a run of the tests has passed, and what it admits at the end."""

import os
import subprocess
import sys
from pathlib import Path

import verdict

TESTS = """\
import pytest

def test_one(): pass
def test_of_a_server_that_is_not_there(): pytest.skip("no server")
"""


def test_a_skip_fails_the_run_and_what_passed_the_second_time_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "verdict", "-p", "no:cacheprovider", "."]
    support = str(Path(verdict.__file__).parent)
    environment = {**os.environ, "PYTHONPATH": support, verdict.AGAIN: "1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "1 passed, 1 skipped" in done.stdout.splitlines()[-1]
    _, unstable = done.stdout.split("UNSTABLE")
    assert "test_it.py::test_one" in unstable
