"""`make bench`: runs the benchmarks and writes their figures into docs/benchmarks.md.

    python -m benchmarks [--full] [--stack embedded|servers] [NAME]...
    python -m benchmarks ingest --stack servers --backlog 100000 --program loket

The names are decide, model, replay, topics, imports, assign, ingest, visible, webhooks, partners,
chat, memory and volume. Without names all run but `volume`, which takes its name or `--full`: about
a quarter of an hour, with `--full` more than an hour.
A long row of the ingest can be measured program by program; what was measured before stays in the
page beside it.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from typing import Any

from benchmarks import (
    assign,
    chat,
    decide,
    imports,
    ingest,
    machine,
    memory,
    page,
    partners,
    proof,
    replay,
    topics,
    visible,
    volume,
    webhooks,
)
from benchmarks.results import Results
from benchmarks.stacks import EMBEDDED, NAMES, Stacks

NAMES_OF_BENCHMARKS = (
    "decide",
    "model",
    "replay",
    "topics",
    "imports",
    "assign",
    "ingest",
    "visible",
    "webhooks",
    "partners",
    "chat",
    "memory",
)
LONG = ("volume",)
"""Only by name, or with `--full`."""
BACKLOGS = (0, 10_000)
FULL_BACKLOGS = (0, 10_000, 100_000)


def main() -> None:
    arguments = _arguments()
    # Ended from outside, it still stops its programs and removes its databases.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = Results(machine.describe())
    print(f"{results.machine}, load {machine.busy():.1f}", flush=True)
    stacks = Stacks()
    try:
        others = LONG if arguments.full else ()
        for name in arguments.benchmarks or (*NAMES_OF_BENCHMARKS, *others):
            print(f"\n{name}", flush=True)
            results.put(name, _run(name, stacks, arguments))
            results.save()
            page.write(results)
    finally:
        stacks.close()


def _run(name: str, stacks: Stacks, arguments: argparse.Namespace) -> list[tuple[str, Any]]:
    full = arguments.full
    chosen = [arguments.stack] if arguments.stack else list(NAMES)
    if name in _ALONE:
        return _ALONE[name]()
    if name == "assign":
        scale = assign.FULL if full else assign.SMALL
        return [(f"{scale.rate:g} a second", assign.run(stacks, scale))]
    if name == "ingest":
        backlogs: tuple[int, ...] = FULL_BACKLOGS if full else BACKLOGS
        if arguments.backlog is not None:
            backlogs = (arguments.backlog,)
        runs = ingest.run(stacks, chosen, backlogs, arguments.program)
        return [(f"{r.stack} {r.backlog} {r.door} {r.program}", r) for r in runs]
    one = chosen if full or arguments.stack else [EMBEDDED]
    by_name: dict[str, Callable[[], list[tuple[str, Any]]]] = {
        "visible": lambda: [(f"{r.stack} {r.console}", r) for r in visible.run(stacks, one)],
        "webhooks": lambda: [(f"{r.stack} {r.program}", r) for r in webhooks.run(stacks, chosen)],
        "partners": lambda: [(r.stack, r) for r in partners.run(stacks, chosen)],
        "chat": lambda: [(f"{r.stack} {r.direction}", r) for r in chat.run(stacks, one)],
        "imports": lambda: [(r.stack, r) for r in imports.run(stacks, chosen)],
        "memory": lambda: [(r.stack, r) for r in memory.run(stacks, one)],
        "volume": lambda: volume.run(stacks, chosen, arguments.store),
    }
    return by_name[name]()


def _decide() -> list[tuple[str, Any]]:
    decided = decide.run()
    print(f"p50 {decided.p50:.0f} µs, p99 {decided.p99:.0f} µs", flush=True)
    return [("decide", decided)]


def _model() -> list[tuple[str, Any]]:
    return [*((f"{s.rows} rows", s) for s in proof.sizes()), ("proof", proof.prove())]


def _topics() -> list[tuple[str, Any]]:
    learned = topics.run()
    print(f"{learned.accuracy:.1%} of {learned.topics} topics", flush=True)
    return [("topics", learned)]


def _replay() -> list[tuple[str, Any]]:
    return [(f"{r.contacts} {r.draft}", r) for r in replay.run()]


_ALONE = {"decide": _decide, "model": _model, "replay": _replay, "topics": _topics}
"""Those that need no stack."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "benchmarks", nargs="*", metavar="NAME", help=", ".join((*NAMES_OF_BENCHMARKS, *LONG))
    )
    parser.add_argument("--full", action="store_true", help="all backlogs, both stacks everywhere")
    parser.add_argument("--stack", choices=NAMES)
    parser.add_argument("--backlog", type=int, help="of ingest: this one only")
    parser.add_argument("--program", choices=ingest.PROGRAMS, help="of ingest: this one only")
    parser.add_argument(
        "--store", default="", help="of volume: one that was filled before, or is empty"
    )
    arguments = parser.parse_args()
    if arguments.store and not arguments.stack:
        parser.error("--store needs --stack: it is of one")
    unknown = set(arguments.benchmarks) - {*NAMES_OF_BENCHMARKS, *LONG}
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    main()
