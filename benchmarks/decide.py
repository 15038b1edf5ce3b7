"""How long the decision itself takes: from a contact in memory to who is responsible, and why."""

import statistics
import time
from dataclasses import dataclass

from benchmarks import ROOT, mails
from hub.interaction import Channel, Direction
from routing.contact import Contact
from routing.decide import decide
from routing.model_file import load_model

ROUNDS = 400
MATTERS = 8


@dataclass(frozen=True)
class Result:
    """Microseconds for one decision about a mail of 2 KB."""

    p50: float
    p99: float
    decisions: int


def run() -> Result:
    model = load_model(ROOT / "config" / "interaction_model.yaml")
    contacts = [_contact(number) for number in range(MATTERS)]
    times = []
    for _ in range(ROUNDS):
        for contact in contacts:
            started = time.perf_counter_ns()
            decide(contact, model)
            times.append((time.perf_counter_ns() - started) / 1000)
    times.sort()
    return Result(statistics.median(times), times[int(len(times) * 0.99)], len(times))


def _contact(number: int) -> Contact:
    return Contact(
        direction=Direction.INBOUND,
        channel=Channel.EMAIL,
        account=mails.ACCOUNT,
        target_group="b2c",
        subject=mails.subject(number),
        text=mails.text(number),
        sender=mails.sender(number),
    )
