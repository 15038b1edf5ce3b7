"""How log lines come out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TextIO, cast

import pytest
import structlog

from hub import logs
from hub.settings import LogSettings
from loket_process import logs_as_they_are

log = structlog.get_logger(__name__)


class _Written:
    """Stands for standard error, and knows what came in one piece."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def write(self, text: str) -> None:
        self.pieces.append(text)


@contextmanager
def _written() -> Iterator[_Written]:
    # Not a fixture: pytest puts its own standard error in place after those.
    with logs_as_they_are(), redirect_stderr(cast("TextIO", into := _Written())):
        logs.configure(LogSettings())
        yield into


def _events(piece: str) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in piece.splitlines()]
    return [(line["event"], line["correlation_id"]) for line in lines]


def test_lines_that_belong_together_are_written_at_once() -> None:
    with _written() as written:
        with logs.together():
            for one in ("a", "b"):
                with logs.bound(correlation_id=one):
                    log.info("contact.routed")
            assert written.pieces == []
        log.info("contact.routed", correlation_id="c")
    together, alone = written.pieces
    assert _events(together) == [("contact.routed", "a"), ("contact.routed", "b")]
    assert _events(alone) == [("contact.routed", "c")]


def test_what_was_said_before_something_went_wrong_is_written() -> None:
    def fail() -> None:
        with logs.together():
            log.info("contact.routed", correlation_id="a")
            raise RuntimeError

    with _written() as written, pytest.raises(RuntimeError):
        fail()
    assert _events("".join(written.pieces)) == [("contact.routed", "a")]
