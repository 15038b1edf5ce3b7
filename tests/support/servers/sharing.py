"""One server for all processes of a test run: who needs it first starts it, and ends it last."""

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

Address = dict[str, Any]


@contextlib.contextmanager
def shared(
    folder: Path, name: str, serve: Callable[[], AbstractContextManager[Address]]
) -> Iterator[Address]:
    """The address of the server that `serve` starts. `folder` is the same for all processes."""
    written = folder / f"{name}.json"
    with contextlib.ExitStack() as until_the_end:
        users = until_the_end.enter_context((folder / f"{name}.users").open("w"))
        with _alone(folder / f"{name}.lock"):
            if written.exists():
                fcntl.flock(users, fcntl.LOCK_SH)
            else:
                written.write_text(json.dumps(until_the_end.enter_context(serve())))
                until_the_end.callback(_no_more, written, users)
            address: Address = json.loads(written.read_text())
        yield address


def _no_more(written: Path, users: Any) -> None:
    """Tell nobody of it from now on, and wait until nobody uses it."""
    with _alone(written.with_suffix(".lock")):
        written.unlink()
    fcntl.flock(users, fcntl.LOCK_EX)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
