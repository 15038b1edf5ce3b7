"""Jobs for the worker pool's tests: a worker must be able to import them by name."""

import os
import signal
import socket
import sys
import time
from pathlib import Path


class Awkward(Exception):
    """Cannot be rebuilt from its arguments, as many exceptions cannot."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def add(one: int, *, two: int) -> int:
    return one + two


def process_id() -> int:
    return os.getpid()


def fail() -> None:
    raise KeyError("no such thing")


def fail_awkwardly() -> None:
    raise Awkward("this", "that")


def loop_for_ever(mark: Path | None = None) -> None:
    if mark is not None:
        mark.write_text(str(os.getpid()))
    while True:
        pass


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def eat(size: int) -> int:
    return len(bytearray(size))


def shout(size: int) -> str:
    sys.stdout.write("not an answer\n")
    sys.stdout.flush()
    return "x" * size


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def unpicklable() -> object:
    return lambda: None


def open_sockets() -> int:
    """How many sockets this process has open."""
    return sum(
        link.startswith("socket:")
        for link in (_target(entry) for entry in Path("/proc/self/fd").iterdir())
    )


def environment(name: str) -> str | None:
    return os.environ.get(name)


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except FileNotFoundError:
        return ""


def listening() -> socket.socket:
    """A socket that the program has open and its workers must not."""
    server = socket.create_server(("127.0.0.1", 0))
    server.set_inheritable(True)
    return server


def address_space() -> int:
    """Bytes of address space that this process has taken."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
