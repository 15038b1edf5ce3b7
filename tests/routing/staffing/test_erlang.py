"""The published values come out, and more work or less patience never needs fewer people."""

import heapq
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.staffing.erlang import Demand, agents_needed, rostered, service

PUBLISHED = Demand(arrivals=100, handling=180)


def test_the_published_values() -> None:
    found = agents_needed(PUBLISHED, share=0.8, within=20)
    assert found.agents == 14
    assert found.within(20) == pytest.approx(0.8884, abs=5e-5)
    assert found.wait_probability == pytest.approx(0.1741, abs=5e-5)
    assert found.occupancy == pytest.approx(0.714, abs=5e-4)
    assert found.average_wait == pytest.approx(0.1741 * 180 / 4, abs=0.01)
    assert rostered(14, 0.3) == 20
    assert service(PUBLISHED, 13).within(20) < 0.8


def test_too_few_agents_answer_nobody_in_time() -> None:
    found = service(PUBLISHED, 10)
    assert (found.within(3600), found.wait_probability, found.average_wait) == (0, 1, math.inf)
    assert service(PUBLISHED, 0).within(20) == 0


def test_nothing_to_do_needs_nobody() -> None:
    found = agents_needed(Demand(arrivals=0, handling=180), share=0.99, within=0)
    assert (found.agents, found.within(0), found.average_wait) == (0, 1, 0)


def test_thousands_of_agents() -> None:
    found = agents_needed(Demand(arrivals=60_000, handling=300), share=0.8, within=20)
    assert 10_000 < found.agents < 10_200
    assert 0.8 <= found.within(20) < 0.85
    # With so many agents hardly more are needed than are busy: the square root rule says 10,084.
    assert found.agents == pytest.approx(10_000 + 0.84 * math.sqrt(10_000), rel=0.01)


def test_what_cannot_be_is_refused() -> None:
    for arrivals, handling in ((-1, 180), (math.nan, 180), (1, 0), (1, math.inf)):
        with pytest.raises(ValueError, match="must be"):
            Demand(arrivals=arrivals, handling=handling)
    for share in (0, 1):
        with pytest.raises(ValueError, match="share"):
            agents_needed(PUBLISHED, share=share, within=20)
    with pytest.raises(ValueError, match="0 seconds or more"):
        agents_needed(PUBLISHED, share=0.8, within=-1)
    with pytest.raises(ValueError, match="shrinkage"):
        rostered(14, 1)
    with pytest.raises(ValueError, match="fewer than 0"):
        service(PUBLISHED, -1)


demands = st.builds(Demand, arrivals=st.floats(0, 500), handling=st.floats(1, 900))


@given(demand=demands, agents=st.integers(0, 200), seconds=st.floats(0, 600))
def test_one_agent_more_never_makes_it_worse(demand: Demand, agents: int, seconds: float) -> None:
    less, more = service(demand, agents), service(demand, agents + 1)
    assert 0 <= less.within(seconds) <= more.within(seconds) <= 1
    assert 0 <= more.wait_probability <= less.wait_probability <= 1
    assert more.average_wait <= less.average_wait
    assert less.within(seconds) <= less.within(seconds + 1)


@given(
    demand=demands, more=st.floats(0, 100), longer=st.floats(0, 100),
    share=st.floats(0.05, 0.95), within=st.floats(0, 300),
)  # fmt: skip
def test_more_work_or_a_stricter_goal_never_needs_fewer(
    demand: Demand, more: float, longer: float, share: float, within: float
) -> None:
    needed = agents_needed(demand, share=share, within=within).agents
    busier = Demand(demand.arrivals + more, demand.handling)
    assert agents_needed(busier, share=share, within=within).agents >= needed
    stricter = agents_needed(demand, share=min(share + 0.04, 0.99), within=within / 2).agents
    assert stricter >= needed
    slower = Demand(demand.arrivals, demand.handling + longer)
    assert agents_needed(slower, share=share, within=within).agents >= needed


def simulated(demand: Demand, agents: int, calls: int, seconds: float) -> float:
    """The share answered within so many seconds, by letting calls come and go at random."""
    chance = random.Random(20261120)  # noqa: S311 (not for secrets)
    free_at = [0.0] * agents
    now, in_time = 0.0, 0
    for _ in range(calls):
        now += chance.expovariate(demand.arrivals / demand.interval)
        start = max(now, heapq.heappop(free_at))
        in_time += start - now <= seconds
        heapq.heappush(free_at, start + chance.expovariate(1 / demand.handling))
    return in_time / calls


def test_a_simulation_agrees() -> None:
    assert simulated(PUBLISHED, 14, 100_000, 20) == pytest.approx(0.8884, abs=0.01)
