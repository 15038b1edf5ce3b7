"""How long a large model takes: to load, to decide by, and to prove."""

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from benchmarks import machine, mails, models
from hub.interaction import Channel, Direction
from routing.analysis import Member, Staff, analyse
from routing.contact import Contact
from routing.decide import decide
from routing.model import Model
from routing.model_file import read_model

SIZES = (10, 100, 1_000, 32_000)
PROVED = 2_000
CONTACTS = 3_000
TIMES = 3


@dataclass(frozen=True)
class Size:
    """Seconds to read a model of so many rows, on the clock and of processor time; microseconds for
    a decision: the first time that a combination comes, when it came before (`p50`, `p99`, and
    `p99_cpu` of processor time, which other programs do not lengthen), and about a `mail` of 2 KB
    that names no topic."""

    rows: int
    load: float
    cpu: float
    first: float
    p50: float
    p99: float
    mail: float = 0.0
    p99_cpu: float = 0.0
    load_before: float = 0.0


@dataclass(frozen=True)
class Proof:
    """Seconds to prove a model of 20 target groups, 8 channels, 2 directions and 200 topics: on the
    clock, and of processor time."""

    rows: int
    findings: int
    seconds: float
    cpu: float


def sizes() -> list[Size]:
    return [_size(rows) for rows in SIZES]


def _size(rows: int) -> Size:
    load_before, text = machine.busy(), models.text(rows)
    started, cpu = time.perf_counter(), time.process_time()
    model = read_model(text, "large.yaml")
    load, cpu = time.perf_counter() - started, time.process_time() - cpu
    contacts = _contacts()
    gc.collect()
    first = _times(contacts, model)
    again = _times(contacts, model)
    worked = _times(contacts, model, time.thread_time_ns)
    last = int(len(again) * 0.99)
    return Size(
        rows,
        load,
        cpu,
        statistics.median(first),
        statistics.median(again),
        again[last],
        statistics.median(_times(_mails(contacts), model)),
        worked[last],
        load_before,
    )


def _contacts() -> list[Contact]:
    chance = random.Random(CONTACTS)  # noqa: S311 (the same contacts every time)
    groups, topics = models.groups(), models.topics()
    return [
        Contact(
            Direction.INBOUND,
            chance.choice(list(Channel)),
            target_group=chance.choice(groups),
            stated_topic=chance.choice(topics),
        )
        for _ in range(CONTACTS)
    ]


def _mails(contacts: Sequence[Contact]) -> list[Contact]:
    """The same, about mails of 2 KB in which the topic must be found."""
    return [
        replace(contact, stated_topic="", subject=mails.subject(number), text=mails.text(number))
        for number, contact in enumerate(contacts)
    ]


def _times(
    contacts: Sequence[Contact], model: Model, clock: Callable[[], int] = time.perf_counter_ns
) -> list[float]:
    times = []
    for contact in contacts:
        started = clock()
        decide(contact, model)
        times.append((clock() - started) / 1000)
    return sorted(times)


def prove() -> Proof:
    """The fastest of a few: what it takes when nothing else runs."""
    definition = read_model(models.text(PROVED), "large.yaml").definition
    members = {role: (Member("anna", {}),) for role in definition.roles}
    staff = Staff(at=datetime(2026, 11, 22, tzinfo=UTC), members=members)
    taken = []
    for _ in range(TIMES):
        gc.collect()
        started, cpu = time.perf_counter(), time.process_time()
        findings = analyse(definition, staff)
        taken.append((time.perf_counter() - started, time.process_time() - cpu))
    seconds, cpu = min(taken)
    return Proof(PROVED, len(findings), seconds, cpu)
