"""Whether memory grows: resident memory of Loket over 50,000 interactions, looked at each 1,000.

Warm-up is the first 5,000: until then code is being imported, worker processes start, connections
open and caches fill. After that every sample has to be within a tenth of their median.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.generator import LONGEST_SECONDS, Generator
from benchmarks.running import wait_until
from benchmarks.stacks import Stacks
from benchmarks.subjects import Subject, started
from benchmarks.subjects.loket import Loket

INTERACTIONS = 50_000
EVERY = 1_000
WARM_UP = 5_000
ALLOWED = 0.10
MEGABYTE = 2**20


@dataclass(frozen=True)
class Result:
    """Megabytes after each `EVERY` interactions: of Loket itself, and of its mail readers."""

    stack: str
    own: list[float]
    workers: list[float]
    load_before: float
    at: str

    @property
    def total(self) -> list[float]:
        return [own + workers for own, workers in zip(self.own, self.workers, strict=True)]

    @property
    def spread(self) -> float:
        """The largest distance from the median after warm-up, as a part of it."""
        settled = self.total[WARM_UP // EVERY :]
        median = statistics.median(settled)
        return max(abs(each - median) for each in settled) / median


def run(stacks: Stacks, names: Sequence[str], *, interactions: int = INTERACTIONS) -> list[Result]:
    results = []
    for name in names:
        load_before = machine.busy()
        with stacks.fresh(name) as stack, started(Loket(stack)) as subject:
            generator = Generator(stack.folder, subject, count=interactions, tell_every=EVERY)
            generator.go()
            samples = []
            for _ in range(interactions // EVERY):
                generator.next_told()
                samples.append(_sample(subject))
            generator.wait()
            wait_until(lambda: subject.unrouted(interactions) == 0, LONGEST_SECONDS, "all routed")
        own, workers = zip(*samples, strict=True)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        result = Result(name, list(own), list(workers), load_before, at)
        print(
            f"{name:9} {min(result.total):.0f} to {max(result.total):.0f} MB, "
            f"after warm-up within {result.spread:.1%} of the median",
            flush=True,
        )
        results.append(result)
    return results


def _sample(subject: Subject) -> tuple[float, float]:
    sizes = [process.resident() for process in subject.processes]
    own = sum(own for own, _ in sizes) / MEGABYTE
    workers = sum(workers for _, workers in sizes) / MEGABYTE
    return round(own, 1), round(workers, 1)
