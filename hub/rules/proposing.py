"""Which rules hold of the work at hand, and why: the best first."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.rules.conditions import Condition, Reason
from hub.rules.facts import Facts
from hub.rules.rule import Rule


@dataclass(frozen=True)
class Known:
    """A rule of the store, in its version."""

    id: str
    version: int
    rule: Rule


@dataclass(frozen=True)
class Proposal:
    """`reasons`: what was found, one for each condition that holds, as the rule has them."""

    id: str
    version: int
    rule: Rule
    reasons: tuple[Reason, ...]


def holds(rule: Rule, facts: Facts) -> tuple[Reason, ...] | None:
    """Why a rule holds; None when it does not. Whether it is in force is not looked at."""
    reasons = [one.reason(facts) for one in rule.when]
    found = tuple(one for one in reasons if one is not None)
    enough = len(found) == len(reasons) if rule.match == "all" else bool(found)
    unless: tuple[Condition, ...] = rule.unless
    if not enough or any(one.reason(facts) is not None for one in unless):
        return None
    return found


def possible(rules: Iterable[Known], facts: Facts) -> list[Known]:
    """Those in force that are not ruled out by what needs no reading; `facts` has no more yet."""
    return [
        one
        for one in rules
        if one.rule.is_active(facts.today) and not _is_ruled_out(one.rule, facts)
    ]


def _is_ruled_out(rule: Rule, facts: Facts) -> bool:
    when: tuple[Condition, ...] = rule.when
    unless: tuple[Condition, ...] = rule.unless
    if any(not one.NEEDS and one.reason(facts) is not None for one in unless):
        return True
    fails = [not one.NEEDS and one.reason(facts) is None for one in when]
    return any(fails) if rule.match == "all" else all(fails)


def propose(rules: Iterable[Known], facts: Facts) -> list[Proposal]:
    """Of the rules in force that day: the highest priority first, then the oldest rule."""
    found = [
        Proposal(one.id, one.version, one.rule, reasons)
        for one in rules
        if one.rule.is_active(facts.today) and (reasons := holds(one.rule, facts)) is not None
    ]
    return sorted(found, key=lambda one: (-one.rule.priority, one.id))
