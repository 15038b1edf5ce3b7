"""The other side of `isolation`: takes jobs from standard input, one at a time, and answers each.

It ends when its input does, which happens when the program that started it stops or dies, and
while it is busy an alarm of the system ends it soon after the job's time is up.
"""

import os
import pickle
import resource
import signal
import struct
import sys
from importlib import import_module
from typing import Any, BinaryIO

from hub.collecting import collect_seldom

LENGTH = struct.Struct("!Q")
# The first half of an answer; the second is the value or the exception.
RETURNED = "returned"
RAISED = "raised"
MEMORY = "memory"

# The pool kills at the limit itself; the alarm is for a worker whose pool is no longer there.
_ALARM_GRACE = 2.0


def main() -> None:
    memory, *preload = sys.argv[1:]
    # What a job prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # A stop signal goes to the whole group; the pool lets jobs in hand finish first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for module in preload:
        import_module(module)
    collect_seldom()
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _answer(answers, RETURNED, None)
    while _serve(sys.stdin.buffer, answers):
        pass


def _serve(jobs: BinaryIO, answers: BinaryIO) -> bool:
    """Do one job. False when there is nothing more to do."""
    head = jobs.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return False
    (length,) = LENGTH.unpack(head)
    try:
        function, args, kwargs, seconds = pickle.loads(jobs.read(length))  # noqa: S301 - the pool's
        signal.setitimer(signal.ITIMER_REAL, seconds + _ALARM_GRACE)
        _answer(answers, RETURNED, function(*args, **kwargs))
        signal.setitimer(signal.ITIMER_REAL, 0)
    except MemoryError:
        _answer(answers, MEMORY, None)
        return False
    except Exception as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(answers, RAISED, _portable(error))
    return True


def _answer(answers: BinaryIO, outcome: str, value: Any) -> None:
    body = pickle.dumps((outcome, value), pickle.HIGHEST_PROTOCOL)
    answers.write(LENGTH.pack(len(body)) + body)
    answers.flush()


def _portable(error: Exception) -> Exception:
    """The error itself where it survives pickling, else its name and text."""
    try:
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - what was dumped just now
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error if isinstance(copy, type(error)) else RuntimeError(repr(error))


if __name__ == "__main__":
    main()
