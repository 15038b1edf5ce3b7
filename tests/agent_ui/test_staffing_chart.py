"""The chart of people shows each number where it belongs, whatever the numbers are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from agent_ui.staffing import HEIGHT, WIDTH, RolePeople, draw

PLANNED = st.dictionaries(st.integers(0, 335), st.integers(1, 5000), max_size=60)


@given(before=PLANNED, after=PLANNED)
def test_what_is_drawn_is_what_is_planned(before: dict[int, int], after: dict[int, int]) -> None:
    one = RolePeople("r", "R", before, after)
    drawing = draw(one)
    heights = dict(drawing.up)
    lowest, highest = drawing.up[0], drawing.up[-1]
    assert lowest == (drawing.bottom, 0)
    assert highest[1] >= max(*one.most, 1)
    assert 2 <= len(heights) <= 7
    scale = (drawing.bottom - highest[0]) / highest[1]
    drawn = {
        round((drawing.bottom - float(y)) / scale, 0)
        for y in re.findall(r"V([0-9.]+)", drawing.line)
    }
    assert all(
        any(abs(count - each) <= 0.1 / scale + 1 for each in drawn) for count in after.values()
    )
    numbers = [float(n) for n in re.findall(r"[0-9.]+", drawing.area + drawing.line)]
    assert all(0 <= n <= max(WIDTH, HEIGHT) for n in numbers)
    assert sum(one.hours) * 2 == sum(before.values()) + sum(after.values())
    assert sum(b + a for _, days in one.rows for b, a in days) == sum(one.hours) * 2
