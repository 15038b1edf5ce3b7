"""Adds up what was replayed: first how often each outcome came, then what that comes to."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.interaction import Channel
from hub.promises import Promise
from routing.replay.kept import Kept
from routing.replay.result import Line, Pair, Replayed, Turn, What
from routing.replay.side import Nobody, Placed
from routing.staffing.arrivals import Arrivals


class Outcome(NamedTuple):
    """What is alike in many contacts."""

    channel: Channel
    before: Placed
    after: Placed


@dataclass(slots=True)
class Tally:
    """`examples` has the interaction that came first with each outcome; staffing is worked out from
    `arrived`."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    examples: dict[Outcome, str] = field(default_factory=dict)
    changes: list[Replayed] = field(default_factory=list)
    arrived: Arrivals = field(default_factory=Arrivals)

    def add(self, one: Replayed) -> None:
        outcome = Outcome(one.channel, one.before, one.after)
        if outcome not in self.examples:
            self.examples[outcome] = one.interaction_id
        self.counts[outcome] += 1
        if What.CHANGED.is_true_of(one):
            self.changes.append(one)

    def merge(self, later: "Tally") -> None:
        """Add what was added to another one, which came after this."""
        self.counts += later.counts
        self.examples = later.examples | self.examples
        self.changes += later.changes
        self.arrived.merge(later.arrived)

    def pairs(self) -> tuple[Pair, ...]:
        """Those that move, the most first."""
        found: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
        for outcome in self.counts:
            roles = (outcome.before.side.role, outcome.after.side.role)
            if roles[0] != roles[1]:
                found[roles].append(outcome)
        pairs = (
            Pair(*roles, self._together(outcomes), self.examples[outcomes[0]])
            for roles, outcomes in found.items()
        )
        return tuple(sorted(pairs, key=lambda pair: (-pair.count, pair.before, pair.after)))

    def breaches(self) -> dict[Promise, Turn]:
        return {
            Promise.FIRST_RESPONSE: self._turn(lambda one: one.first_response is Kept.BREACHED),
            Promise.RESOLUTION: self._turn(lambda one: one.resolution is Kept.BREACHED),
        }

    def unhandled(self) -> dict[Nobody, Turn]:
        return {
            Nobody.NO_ROLE: self._turn(lambda one: one.side.nobody is Nobody.NO_ROLE),
            Nobody.NO_MEMBERS: self._turn(lambda one: one.side.nobody is Nobody.NO_MEMBERS),
        }

    def refused(self) -> Turn:
        return self._turn(lambda one: not one.side.allowed)

    def roles(self) -> tuple[Line, ...]:
        return self._lines(lambda _, placed: placed.side.role)

    def channels(self) -> tuple[Line, ...]:
        return self._lines(lambda channel, _: channel.value)

    def topics(self) -> tuple[Line, ...]:
        return self._lines(lambda _, placed: placed.side.topic)

    def _together(self, outcomes: list[Outcome]) -> int:
        return sum(self.counts[outcome] for outcome in outcomes)

    def _turn(self, is_so: Callable[[Placed], bool]) -> Turn:
        before = [one for one in self.counts if is_so(one.before)]
        after = [one for one in self.counts if is_so(one.after)]
        new = [one for one in after if not is_so(one.before)]
        example = self.examples[new[0]] if new else ""
        counts = [self._together(found) for found in (before, after, new)]
        return Turn(before=counts[0], after=counts[1], new=counts[2], example=example)

    def _lines(self, name: Callable[[Channel, Placed], str]) -> tuple[Line, ...]:
        columns: dict[str, Counter[str]] = defaultdict(Counter)
        for outcome, count in self.counts.items():
            channel, before, after = outcome
            for column in _before(before, moved=before.side.role != after.side.role):
                columns[name(channel, before)][column] += count
            for column in _after(after):
                columns[name(channel, after)][column] += count
        lines = (Line(one, *(found[c] for c in _COLUMNS)) for one, found in columns.items())
        return tuple(sorted(lines, key=lambda line: (-max(line.before, line.after), line.name)))


_COLUMNS = ("before", "after", "moved", "late_before", "late_after", "unhandled_after")


def _before(placed: Placed, *, moved: bool) -> Iterator[str]:
    yield "before"
    if moved:
        yield "moved"
    if _late(placed):
        yield "late_before"


def _after(placed: Placed) -> Iterator[str]:
    yield "after"
    if _late(placed):
        yield "late_after"
    if placed.side.nobody:
        yield "unhandled_after"


def _late(placed: Placed) -> bool:
    return Kept.BREACHED in (placed.first_response, placed.resolution)
