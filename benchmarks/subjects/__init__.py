"""What is measured: programs that can be prepared, started and asked how far they are."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from benchmarks.running import Running

TOGETHER = 500
"""How many mails of a backlog are put in at a time."""


class Subject(Protocol):
    """A program that takes mails and routes them."""

    name: str
    smtp_port: int
    http_port: int

    def prepare(self, backlog: int) -> None:
        """Make the schema and `backlog` mails, from number 0 on, that are kept and not routed."""

    def start(self) -> None:
        """Returns when mail is taken."""

    def stop(self) -> None: ...

    def unrouted(self, accepted: int) -> int:
        """How many of the `accepted` mails are not routed yet."""

    def routed_at(self) -> dict[int, float]:
        """When each mail was routed, by number."""

    @property
    def processes(self) -> Sequence[Running]: ...


@contextlib.contextmanager
def started(subject: Subject, backlog: int = 0) -> Iterator[Subject]:
    """Prepared and running, and stopped in the end."""
    subject.prepare(backlog)
    try:
        subject.start()
        yield subject
    finally:
        subject.stop()
