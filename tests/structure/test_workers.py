"""A worker loads what it does its jobs with, and not the server that started it."""

import subprocess
import sys
from pathlib import Path

from config.basics import WORKER_PRELOAD
from routing.learned.teaching import PRELOAD

ROOT = Path(__file__).parents[2]
OF_THE_SERVER = {"aiohttp", "alembic", "jinja2", "rich", "sqlalchemy", "structlog"}


def test_a_worker_does_not_load_the_server() -> None:
    modules = ", ".join((*WORKER_PRELOAD, *PRELOAD))
    code = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert OF_THE_SERVER.isdisjoint(done.stdout.split())
