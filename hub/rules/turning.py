"""When other rules hold of the work at hand by the passing of time alone."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from hub.rules.facts import Facts
from hub.rules.proposing import Known, propose

LOOKED_AHEAD = timedelta(days=1)
"""Who still looks then asks again."""
_MOST = 50
_JUST_AFTER = timedelta(microseconds=1)
"""Some conditions hold until a moment, others from it on."""


def next_turn(
    rules: Collection[Known], facts_at: Callable[[datetime], Facts], now: datetime, day: datetime
) -> datetime:
    """The first moment from now on after which others of these rules hold, or when to ask again.

    `facts_at`: what is known now, as it stands at a later moment; `day`: when the next one begins
    where the organisation is, as invoices and the rules themselves go by days.
    """
    last = now + LOOKED_AHEAD
    present, later = facts_at(now), facts_at(last)
    possible = {
        moment
        for one in rules
        for condition in one.rule.conditions
        for facts in (present, later)
        for moment in condition.turns(facts)
    }
    moments = sorted(one for one in {*possible, day} if now <= one < last)[:_MOST]
    held = _ids(rules, present)
    for moment in moments:
        if _ids(rules, facts_at(moment + _JUST_AFTER)) != held:
            return moment
    return moments[-1] if len(moments) == _MOST else last


def _ids(rules: Collection[Known], facts: Facts) -> set[str]:
    return {one.id for one in propose(rules, facts)}
