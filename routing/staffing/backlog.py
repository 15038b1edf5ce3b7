"""Work that may wait, like mail: how much of it must be done in which half hour.

What arrives in one half hour is spread evenly over the open half hours after it until it is due. So
all of it is done in time (whatever must be done between two moments has its room there), and a peak
in the morning does not ask for people who have nothing to do in the afternoon.
"""

from collections.abc import Sequence


def work_per_slot(
    work: Sequence[float], opened: Sequence[bool], target_slots: int
) -> tuple[list[float], float]:
    """The work to do in each slot, and what is left for after the last one, in the unit of `work`.

    `work`: what arrives in each slot, workable from the next; `opened`: whether anybody works then;
    `target_slots`: within how many slots after that in which it arrived it must be done, open or
    not. Work for which nothing is open until it is due goes to the first open slot after. Raises
    ValueError when the two sequences differ in length or the target is shorter than a slot.
    """
    if len(work) != len(opened):
        raise ValueError("there must be as many slots of work as of opening")
    if target_slots < 1:
        raise ValueError("the target must be one slot or more")
    needed, left = [0.0] * len(work), 0.0
    for arrived, amount in enumerate(work):
        window = _window(opened, arrived + 1, arrived + 1 + target_slots)
        for slot in window:
            if slot < len(needed):
                needed[slot] += amount / len(window)
            else:
                left += amount / len(window)
    return needed, left


def _window(opened: Sequence[bool], first: int, end: int) -> list[int]:
    """The open slots from `first` to before `end`; those past the known ones count as open."""
    inside = [slot for slot in range(first, end) if slot >= len(opened) or opened[slot]]
    if inside:
        return inside
    later = (slot for slot in range(end, len(opened)) if opened[slot])
    return [next(later, len(opened))]


def backlog(work: Sequence[float], capacity: Sequence[float]) -> list[float]:
    """What waits at the end of each slot when so much can be done in it. What arrives in a slot can
    be done from the next. Raises ValueError when the sequences differ in length."""
    waiting, found = 0.0, []
    for arrived, room in zip(work, capacity, strict=True):
        waiting = max(waiting - room, 0.0) + arrived
        found.append(waiting)
    return found
