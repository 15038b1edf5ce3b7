"""A thread that waits for the interpreter gets it soon."""

import sys

import pytest

from hub.turns import SECONDS, take_short_turns


def test_turns_are_short_from_then_on() -> None:
    before = sys.getswitchinterval()
    try:
        take_short_turns()
        assert sys.getswitchinterval() == pytest.approx(SECONDS)
    finally:
        sys.setswitchinterval(before)
