"""When rules begin or cease to hold by time alone: told exactly, for any facts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.interaction import Channel
from hub.rules.facts import Broken, Contact, Facts, InForce, LateOrder, Overdue, Rated
from hub.rules.proposing import Known, propose
from hub.rules.rule import read_rule
from hub.rules.turning import LOOKED_AHEAD, next_turn

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
AFTER = timedelta(microseconds=1)
CONDITIONS: list[dict[str, Any]] = [
    {"kind": "channel", "channel": "email"},
    {"kind": "waiting", "minutes": 90},
    {"kind": "contacts", "about": "anything", "count": 2, "days": 1},
    {"kind": "order_late", "days": 0},
    {"kind": "order_late", "days": 1},
    {"kind": "invoice_overdue", "days": 0},
    {"kind": "promise_broken", "days": 1},
    {"kind": "rating", "score": 3, "days": 1},
    {"kind": "agreement", "words": "fast"},
    {"kind": "agreement", "ends_within": 1},
]
TIMES = st.integers(-3000, 3000).map(lambda minutes: NOW + timedelta(minutes=minutes))
PAST = st.integers(-3000, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))


@dataclass(frozen=True)
class World:
    """What is known does not change; what it means does."""

    waiting: datetime | None
    contacts: list[datetime]
    expected: list[datetime]
    due: list[datetime]
    rated: list[datetime]
    agreed: list[tuple[datetime, datetime]]
    bill: date

    def facts_at(self, at: datetime) -> Facts:
        late = sorted(self.expected)
        agreed = [InForce("sla", f"Fast {n}", "", *span) for n, span in enumerate(self.agreed)]
        return Facts(
            at=at,
            today=at.date(),
            waiting_since=self.waiting,
            contacts=tuple(
                Contact(one, str(n), Channel.EMAIL, same_topic=True, orders=frozenset())
                for n, one in enumerate(self.contacts)
            ),
            late=tuple(LateOrder(str(one), one, named=True) for one in late if one < at),
            overdue=(Overdue("F", (at.date() - self.bill).days),) if self.bill < at.date() else (),
            broken=tuple(Broken("Call", one) for one in self.due if one <= at),
            ratings=tuple(Rated(n % 5 + 1, one) for n, one in enumerate(self.rated)),
            agreements=tuple(
                one for one in agreed if one.since <= at and one.until and at < one.until
            ),
            coming=tuple(one for one in agreed if one.since > at),
        )


def known(number: int, **changes: Any) -> Known:
    rule = {
        "title": {"en": "Call them", "nl": "Bel"},
        "why": {"en": "It helps.", "nl": "Het helpt."},
        "action": {"kind": "call"},
        "active_from": "2026-11-01",
    }
    return Known(str(number), 1, read_rule(rule | changes))


RULES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2),
        st.lists(st.sampled_from(CONDITIONS), max_size=1),
        st.integers(-1, 1),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=3,
)
WORLDS = st.builds(
    World,
    waiting=st.none() | PAST,
    contacts=st.lists(PAST, max_size=4),
    expected=st.lists(TIMES, max_size=2),
    due=st.lists(TIMES, max_size=2),
    rated=st.lists(PAST, max_size=2),
    agreed=st.lists(st.tuples(TIMES, TIMES), max_size=2),
    bill=st.integers(-2, 2).map(lambda days: (NOW + days * DAY).date()),
)


@settings(deadline=None)
@given(world=WORLDS, written=RULES)
def test_nothing_changes_before_the_turn_and_something_does_at_it(
    world: World, written: list[tuple[Any, Any, int, int]]
) -> None:
    rules = [
        known(
            number,
            when=when,
            unless=unless,
            active_from=(NOW + begins * DAY).date(),
            active_until=(NOW + (begins + lasts) * DAY).date(),
        )
        for number, (when, unless, begins, lasts) in enumerate(written)
    ]

    def held(at: datetime) -> frozenset[str]:
        return frozenset(one.id for one in propose(rules, world.facts_at(at)))

    turn = next_turn(rules, world.facts_at, NOW, MIDNIGHT)
    assert NOW <= turn <= NOW + LOOKED_AHEAD
    minutes = range((turn - NOW) // MINUTE)
    assert {held(NOW + n * MINUTE + AFTER) for n in minutes} <= {held(NOW)}
    if turn != NOW + LOOKED_AHEAD:
        assert held(turn + AFTER) != held(NOW)


def test_a_rule_that_time_does_not_change_is_looked_at_a_day_later() -> None:
    rules = [known(1, when=[{"kind": "channel", "channel": "email"}])]
    world = World(None, [], [], [], [], [], NOW.date())
    assert next_turn(rules, world.facts_at, NOW, MIDNIGHT) == NOW + LOOKED_AHEAD
