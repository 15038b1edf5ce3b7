"""Work that may wait is spread so that all of it is done in time, and by nobody in closed hours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.staffing.backlog import backlog, work_per_slot


def test_work_is_spread_over_the_open_time_until_it_is_due() -> None:
    needed, left = work_per_slot([8, 0, 0, 0, 0, 0], [True, True, False, True, True, True], 4)
    assert needed == [0, pytest.approx(8 / 3), 0, pytest.approx(8 / 3), pytest.approx(8 / 3), 0]
    assert left == 0


def test_work_due_in_closed_time_goes_to_the_next_opening() -> None:
    needed, left = work_per_slot([8, 0, 0, 0], [True, False, False, True], 2)
    assert (needed, left) == ([0, 0, 0, 8], 0)
    assert work_per_slot([8, 0], [True, False], 1) == ([0, 0], 8)


def test_the_backlog_of_too_few() -> None:
    assert backlog([10, 10, 0, 0, 0], [4, 4, 4, 4, 4]) == [10, 16, 12, 8, 4]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="as many slots"):
        work_per_slot([1], [True, True], 1)
    with pytest.raises(ValueError, match="one slot or more"):
        work_per_slot([1], [True], 0)


slots = st.lists(st.tuples(st.floats(0, 50), st.booleans()), min_size=1, max_size=40)


@given(slots=slots, target=st.integers(1, 12))
def test_first_come_first_served_is_in_time(slots: list[tuple[float, bool]], target: int) -> None:
    work, opened = [amount for amount, _ in slots], [is_open for _, is_open in slots]
    needed, left = work_per_slot(work, opened, target)
    assert sum(needed) + left == pytest.approx(sum(work))
    assert all(is_open or amount == 0 for amount, is_open in zip(needed, opened, strict=True))
    waiting: dict[int, float] = {}
    for slot, people in enumerate(needed):
        room = people
        for arrived in list(waiting):  # the oldest first
            done = min(room, waiting[arrived])
            room -= done
            waiting[arrived] -= done
        late = [at for at in waiting if due(opened, at, target) <= slot and waiting[at] > 1e-6]
        assert late == []
        waiting[slot] = work[slot]


def due(opened: list[bool], arrived: int, target: int) -> int:
    """The last open slot within the target, else the first after it."""
    end = arrived + 1 + target
    inside = [slot for slot in range(arrived + 1, min(end, len(opened))) if opened[slot]]
    if inside or end > len(opened):
        return inside[-1] if inside and end <= len(opened) else len(opened)
    return next((slot for slot in range(end, len(opened)) if opened[slot]), len(opened))
