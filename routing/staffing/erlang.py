"""Erlang C: calls that arrive at random, wait in one queue and are taken by equal agents.

A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges" (1917). Callers are assumed to wait: who hangs up makes it look worse than it
is. The recursion divides numbers between 0 and 1 only, so thousands of agents do no harm.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Demand:
    """`arrivals` in `interval` seconds that take `handling` seconds each, on average."""

    arrivals: float
    handling: float
    interval: float = 1800.0

    def __post_init__(self) -> None:
        numbers = (self.arrivals, self.handling, self.interval)
        if not all(map(math.isfinite, numbers)) or self.arrivals < 0:
            raise ValueError("arrivals must be a number of 0 or more")
        if self.handling <= 0 or self.interval <= 0:
            raise ValueError("handling time and interval must be more than 0 seconds")

    @property
    def load(self) -> float:
        """How many agents would be busy all the time (in erlang)."""
        return self.arrivals * self.handling / self.interval


@dataclass(frozen=True, slots=True)
class Service:
    """What so many agents give. `wait_probability`: that who calls must wait at all;
    `average_wait`: in seconds over all calls, infinite when the queue only grows."""

    agents: int
    wait_probability: float
    average_wait: float
    occupancy: float
    handling: float

    def within(self, seconds: float) -> float:
        """The part of the calls that is answered within so many seconds."""
        if math.isinf(self.average_wait):
            return 0.0
        spare = self.agents * (1 - self.occupancy)
        return 1 - self.wait_probability * math.exp(-spare * seconds / self.handling)


def service(demand: Demand, agents: int) -> Service:
    """What these agents give. Raises ValueError for fewer than none."""
    if agents < 0:
        raise ValueError("there cannot be fewer than 0 agents")
    return next(islice(services(demand), agents, None))


def agents_needed(demand: Demand, *, share: float, within: float) -> Service:
    """The fewest agents who answer this share of the calls within so many seconds.

    Raises ValueError for a share that is not above 0 and below 1: everybody always at once takes
    more agents than any number.
    """
    if not 0 < share < 1:
        raise ValueError("the share must be more than 0 and less than 1, like 0.8")
    if within < 0:
        raise ValueError("the time to answer in must be 0 seconds or more")
    return next(found for found in services(demand) if found.within(within) >= share)


def services(demand: Demand) -> Iterator[Service]:
    """The service for 0 agents, 1 agent, and so on."""
    load, blocked, agents = demand.load, 1.0, 0
    while True:
        yield _service(demand, agents, blocked)
        agents += 1
        blocked = load * blocked / (agents + load * blocked)  # Erlang B, from one agent to the next


def _service(demand: Demand, agents: int, blocked: float) -> Service:
    load = demand.load
    if load == 0:
        return Service(agents, 0.0, 0.0, 0.0, demand.handling)
    if agents <= load:
        return Service(agents, 1.0, math.inf, 1.0, demand.handling)
    occupancy = load / agents
    waits = blocked / (1 - occupancy * (1 - blocked))
    average = waits * demand.handling / (agents - load)
    return Service(agents, waits, average, occupancy, demand.handling)


def rostered(people: float, shrinkage: float) -> int:
    """How many to plan so that this many are there, when this part is on leave, ill or in training.

    Raises ValueError for a part that is not at least 0 and below 1.
    """
    if not 0 <= shrinkage < 1:
        raise ValueError("the shrinkage must be at least 0 and less than 1, like 0.3")
    return math.ceil(round(people / (1 - shrinkage), 9))
