"""Who may take an item as time goes by: more roles, and lower skill levels. The item stays put."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from routing.assigning.rules import Rules
from routing.assigning.values import Waiting

CIRCLES = ("role", "backup", "supervisors", "others")
"""In the order in which they open; within the roles of a nearer one, an agent's own work goes
first."""


def circle(item: Waiting, roles: frozenset[str], now: datetime, rules: Rules) -> int | None:
    """The nearest open circle that these roles are in, as its place in CIRCLES; None for none."""
    for number, names, opens in _circles(item, rules):
        if now >= opens and not roles.isdisjoint(names):
            return number
    return None


def open_circles(item: Waiting, now: datetime, rules: Rules) -> list[frozenset[str]]:
    """The roles through which somebody may take it now, the nearest first."""
    return [names for _, names, opens in _circles(item, rules) if names and now >= opens]


def fired(item: Waiting, now: datetime, rules: Rules) -> dict[str, datetime]:
    """What time alone has changed for it until now, with when: circles that opened, `skills` that
    are asked less of (the last time that happened), `preferred` when it no longer waits for one
    agent."""
    opened = {
        CIRCLES[number]: opens
        for number, names, opens in _circles(item, rules)
        if number and names and now >= opens
    }
    if item.preferred and now >= item.preferred.until:
        opened["preferred"] = item.preferred.until
    rings = (at for at in _skill_rings(item, rules) if now >= at)
    if last := max(rings, default=None):
        opened["skills"] = last
    return opened


def levels(item: Waiting, now: datetime, rules: Rules) -> Mapping[str, int]:
    """The skill levels that are asked now. A level is lowered to 1 at least; then none is asked."""
    rings = rules.pace(item.channel).skill_rings
    passed = sum(now >= item.waiting_since + timedelta(seconds=ring) for ring in rings)
    if rings and passed == len(rings):
        return {}
    return {skill: max(level - passed, 1) for skill, level in item.skills.items()}


def changes(item: Waiting, rules: Rules) -> Iterator[datetime]:
    """The moments at which more people may take it."""
    yield from _skill_rings(item, rules)
    for number, names, opens in _circles(item, rules):
        if number and names:
            yield opens


def _skill_rings(item: Waiting, rules: Rules) -> Iterator[datetime]:
    if item.skills:
        for ring in rules.pace(item.channel).skill_rings:
            yield item.waiting_since + timedelta(seconds=ring)


def _circles(item: Waiting, rules: Rules) -> Iterator[tuple[int, frozenset[str], datetime]]:
    pace, since = rules.pace(item.channel), item.waiting_since
    supervisors = since + timedelta(seconds=pace.supervisors_after)
    if item.answer_due is not None:
        supervisors = min(supervisors, item.answer_due)
    backup = frozenset({item.backup_role} - {""})
    yield 0, frozenset({item.role}), since
    yield 1, backup, since + timedelta(seconds=pace.backup_after)
    yield 2, frozenset(rules.supervisor_roles), supervisors
    yield 3, frozenset(rules.other_roles), since + timedelta(seconds=pace.others_after)
