"""How long one thread keeps the interpreter while another one waits for it."""

import sys

SECONDS = 0.0005
"""Python's own 5 ms are as long as a message takes in all, and a unit of work of the store waits
for its turn after each of its statements."""


def take_short_turns() -> None:
    """For this process, from now on."""
    sys.setswitchinterval(SECONDS)
