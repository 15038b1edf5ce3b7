"""How many mails per second come from the acknowledgement to a routed work item.

Each run starts a program on an empty store with `backlog` mails that are accepted and not routed,
lets the load generator hand in `mails` more as fast as they are acknowledged, and waits until all
are routed. The rate is what was routed from the first mail on, by the time that took; both programs
get the same work, so the rates can be compared.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.generator import Generator
from benchmarks.running import wait_until
from benchmarks.stacks import SERVERS, Stack, Stacks, servers_cpu_seconds
from benchmarks.subjects import Subject, started
from benchmarks.subjects.floor import Floor
from benchmarks.subjects.loket import ROLES, Loket

MAILS = 4000
WARM_UP = 200
LONGEST_SECONDS = 900
LOOK_EVERY = 1.0
"""Seconds; looking takes the store's time, and the rate is told by the last `routed_at`."""
PROGRAMS = ("floor", "loket", "roles")
ROUNDS = 3
LONG_BACKLOG = 10_000
"""From here on a run is long enough to take one only."""


@dataclass(frozen=True)
class Result:
    """One run. Times in milliseconds; processor time is per routed interaction. `waiting`: what
    was left of the backlog when the first mail was sent, after the program had warmed up."""

    stack: str
    program: str
    door: str
    backlog: int
    waiting: int
    mails: int
    accepted_rate: float
    rate: float
    p50: float
    p99: float
    cpu: float
    servers_cpu: float
    load_before: float
    at: str


@dataclass(frozen=True)
class _Usage:
    """What a program and the servers have used up to a moment."""

    at: float
    cpu: float
    servers_cpu: float
    unrouted: int


def measure(stack: Stack, subject: Subject, *, door: str, backlog: int, mails: int) -> Result:
    load_before = machine.busy()
    total = backlog + mails
    with started(subject, backlog):
        _warm_up(stack, subject, door=door, first=total)
        total += WARM_UP
        generator = Generator(stack.folder, subject, door=door, first=backlog, count=mails)
        before = _usage(subject, backlog + WARM_UP)
        generator.go()
        acknowledged = generator.wait()
        wait_until(lambda: subject.unrouted(total) == 0, LONGEST_SECONDS, "all routed", LOOK_EVERY)
        after = _usage(subject, total)
        routed_at = subject.routed_at()
    assert len(routed_at) == total
    work = before.unrouted + mails
    delays = sorted((routed_at[number] - at) * 1000 for number, at in acknowledged.items())
    return Result(
        stack=stack.name,
        program=subject.name,
        door=door,
        backlog=backlog,
        waiting=before.unrouted,
        mails=mails,
        accepted_rate=mails / (max(acknowledged.values()) - before.at),
        rate=work / (max(routed_at.values()) - before.at),
        p50=statistics.median(delays),
        p99=delays[int(len(delays) * 0.99)],
        cpu=(after.cpu - before.cpu) / work * 1000,
        servers_cpu=(after.servers_cpu - before.servers_cpu) / work * 1000,
        load_before=load_before,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _warm_up(stack: Stack, subject: Subject, *, door: str, first: int) -> None:
    """Let the program import, connect and start its workers: sustained is what comes after."""
    generator = Generator(stack.folder, subject, door=door, first=first, count=WARM_UP)
    generator.go()
    generator.wait()


def run(
    stacks: Stacks,
    names: Sequence[str],
    backlogs: Sequence[int],
    only: str | None = None,
    *,
    mails: int = MAILS,
) -> list[Result]:
    """The floor and Loket in turn, at each backlog, on each stack; of several rounds the median.

    A machine that others share is faster at one moment than at the next: taking turns gives each
    program its part of both.
    """
    results = []
    for name in names:
        for backlog in backlogs:
            rounds = 1 if backlog >= LONG_BACKLOG else ROUNDS
            programs = [one for one in _programs(name, backlog) if only in (None, one[0])]
            found: dict[tuple[str, str], list[Result]] = {program: [] for program in programs}
            for _ in range(rounds):
                for program, door in programs:
                    with stacks.fresh(name) as stack:
                        subject = _subject(program, stack)
                        result = measure(stack, subject, door=door, backlog=backlog, mails=mails)
                    print(_line(result), flush=True)
                    found[program, door].append(result)
            results += [_median(runs) for runs in found.values()]
    return results


def _median(runs: Sequence[Result]) -> Result:
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


def _programs(stack_name: str, backlog: int) -> list[tuple[str, str]]:
    programs = [("floor", "smtp"), ("loket", "smtp")]
    if not backlog:
        programs.append(("floor", "http"))
    return [*programs, ("roles", "smtp")] if stack_name == SERVERS else programs


def _subject(program: str, stack: Stack) -> Subject:
    if program == "floor":
        return Floor(stack)
    return Loket(stack, ROLES) if program == "roles" else Loket(stack)


def _usage(subject: Subject, accepted: int) -> _Usage:
    cpu = sum(process.cpu_seconds() for process in subject.processes)
    unrouted = subject.unrouted(accepted)
    return _Usage(time.time(), cpu, servers_cpu_seconds(), unrouted)


def _line(result: Result) -> str:
    return (
        f"{result.stack:9} {result.program:20} {result.door:5} "
        f"backlog {result.backlog:6} ({result.waiting} left): "
        f"{result.rate:6.0f}/s, accepted {result.accepted_rate:6.0f}/s, "
        f"acknowledged to routed p50 {result.p50:.0f} ms, p99 {result.p99:.0f} ms, "
        f"processor {result.cpu:.2f} + {result.servers_cpu:.2f} ms, load {result.load_before:.1f}"
    )
