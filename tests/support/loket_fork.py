"""Processes of Loket that need not load it first: they split off one that has.

Each is a process as any other, with its own settings, to be watched, signalled and killed. Loading
is two seconds of a processor, and a test of `loket` at a shell pays them (tests/flows).
"""

import os
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from forks import FORKS

ROOT = Path(__file__).parents[2]


def fork(
    arguments: list[str], environment: Mapping[str, str], *, out: Path, err: Path
) -> BaseProcess:
    """Start `loket` with these arguments; what it prints is added to the files."""
    process = FORKS.Process(target=_loket, args=(arguments, dict(environment), out, err))
    process.start()
    return process


def _loket(arguments: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    from config.cli import app

    for descriptor, path in ((1, out), (2, err)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv[1:] = arguments
    app()
