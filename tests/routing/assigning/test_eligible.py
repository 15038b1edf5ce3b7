"""Who may be offered an item, and the first thing that is in the way of who may not."""

from typing import Any

import pytest

from assignments import NOON, RULES, after, agent, mails, waiting
from hub.interaction import Channel
from routing.assigning.eligible import Obstacle, verdict
from routing.assigning.values import Held, Preferred, Refusal

CALL = Held(Channel.PHONE, 100)
CHAT = Held(Channel.CHAT, 30)
MAIL = Held(Channel.EMAIL, 20)


def obstacle(item: Any, candidate: Any, seconds: float = 0) -> Obstacle | None:
    return verdict(item, candidate, after(seconds), RULES).obstacle


def test_an_idle_agent_of_the_role_may_take_it() -> None:
    found = verdict(waiting(), agent(), NOON, RULES)
    assert (found.obstacle, found.circle) == (None, 0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "away"}, Obstacle.AWAY),
        ({"state": "off"}, Obstacle.AWAY),
        ({"state": "not_responding"}, Obstacle.NOT_RESPONDING),
        ({"roles": frozenset({"bills"})}, Obstacle.ROLE),
        ({"off_duty": frozenset({"service"})}, Obstacle.OFF_DUTY),
        ({"closed_channels": frozenset({Channel.EMAIL})}, Obstacle.CHANNEL),
        ({"closed_channels": frozenset({Channel.CHAT})}, None),
        ({"held": mails(5)}, Obstacle.FULL),
        ({"held": mails(4)}, None),
        ({"held": (Held(Channel.EMAIL, 20, offered=True),)}, Obstacle.ASKED),
    ],
)
def test_what_is_in_the_way(changes: dict[str, Any], expected: Obstacle | None) -> None:
    assert obstacle(waiting(), agent(**changes)) == expected


@pytest.mark.parametrize(
    ("channel", "held", "expected"),
    [
        (Channel.PHONE, mails(5), None),
        (Channel.PHONE, (CHAT,), Obstacle.FULL),
        (Channel.PHONE, (CALL,), Obstacle.FULL),
        (Channel.CHAT, (CHAT, CHAT), None),
        (Channel.CHAT, (CHAT, CHAT, CHAT), Obstacle.FULL),
        (Channel.CHAT, (CALL,), Obstacle.FULL),
        (Channel.EMAIL, (CALL,), Obstacle.FULL),
        (Channel.EMAIL, (CHAT, MAIL, MAIL), None),
        (Channel.PHONE, (Held(Channel.EMAIL, 20, offered=True),), None),
        (Channel.PHONE, (Held(Channel.CHAT, 30, offered=True),), Obstacle.FULL),
        (Channel.CHAT, (Held(Channel.CHAT, 30, offered=True),), Obstacle.ASKED),
    ],
)
def test_a_customer_on_the_line_goes_before_work_that_can_wait(
    channel: Channel, held: tuple[Held, ...], expected: Obstacle | None
) -> None:
    item = waiting(channel=channel, units=RULES.units(channel))
    assert obstacle(item, agent(held=held)) == expected


def test_a_quiet_chat_counts_half() -> None:
    quiet = Held(Channel.CHAT, 30, quiet_at=after(600))
    full = agent(held=(quiet, quiet, quiet))
    chat = waiting(channel=Channel.CHAT, units=30)
    found = verdict(chat, full, NOON, RULES)
    assert (found.obstacle, found.again_at) == (Obstacle.FULL, after(600))
    assert obstacle(chat, full, 600) is None


def test_skills_are_asked_less_and_less() -> None:
    item = waiting(channel=Channel.CHAT, units=30, skills={"dutch": 3})
    fluent, some, none = (agent(skills=has) for has in ({"dutch": 3}, {"dutch": 1}, {}))
    assert [obstacle(item, one) for one in (fluent, some, none)] == [None, "skill", "skill"]
    assert obstacle(item, some, 59) == Obstacle.SKILL
    assert obstacle(item, some, 60) is None
    assert obstacle(item, none, 179) == Obstacle.SKILL
    assert obstacle(item, none, 180) is None


@pytest.mark.parametrize(
    ("role", "seconds", "circle"),
    [("backup", 30, 1), ("lead", 120, 2), ("north", 300, 3)],
)
def test_others_may_take_it_later(role: str, seconds: float, circle: int) -> None:
    item = waiting(channel=Channel.CHAT, units=30, backup_role="backup")
    other = agent(roles=frozenset({role}))
    assert obstacle(item, other, seconds - 1) == Obstacle.ROLE
    assert verdict(item, other, after(seconds), RULES).circle == circle


def test_who_refused_it_rests_from_it() -> None:
    item = waiting(refusals=(Refusal("anna", NOON),))
    first = verdict(item, agent(), after(1), RULES)
    assert (first.obstacle, first.again_at) == (Obstacle.REFUSED, after(RULES.alone_seconds))
    assert verdict(item, agent(), after(20), RULES).again_at == after(60)
    assert obstacle(item, agent(), 60) is None
    assert obstacle(item, agent("bea"), 1) is None


def test_who_gave_it_away_is_not_offered_it_at_once() -> None:
    item = waiting(refusals=(Refusal("anna", NOON, returned=True),))
    assert obstacle(item, agent(), 599) == Obstacle.RETURNED
    assert obstacle(item, agent(), 600) is None


def test_it_waits_for_its_agent_for_a_while() -> None:
    item = waiting(preferred=Preferred("anna", after(100), "sticky"))
    found = verdict(item, agent("bea"), NOON, RULES)
    assert (found.obstacle, found.again_at) == (Obstacle.RESERVED, after(100))
    assert obstacle(item, agent("anna")) is None
    assert obstacle(item, agent("bea"), 100) is None


def test_it_does_not_wait_for_who_is_not_there() -> None:
    gone = Preferred("anna", after(100), "sticky", present=False)
    assert obstacle(waiting(preferred=gone), agent("bea")) is None


def test_who_it_was_given_to_needs_no_role_for_it() -> None:
    item = waiting(preferred=Preferred("anna", after(100), "transferred"))
    assert obstacle(item, agent("anna", roles=frozenset())) is None


def test_a_late_answer_lets_supervisors_take_it_at_once() -> None:
    lead = agent(roles=frozenset({"lead"}))
    assert obstacle(waiting(answer_due=after(60)), lead, 59) is Obstacle.ROLE
    assert obstacle(waiting(answer_due=after(60)), lead, 60) is None
    assert obstacle(waiting(answer_due=after(99_999)), lead, 7200) is None


def test_who_comes_gets_the_backlog_little_by_little() -> None:
    old = waiting(waiting_since=after(-9999))
    assert obstacle(old, agent(since=NOON)) is None, "one at once"
    full = verdict(old, agent(since=NOON, held=mails(3)), NOON, RULES)
    assert full.obstacle is Obstacle.RAMP
    assert full.again_at is not None
    later = (full.again_at - NOON).total_seconds()
    assert later == pytest.approx(400, abs=0.001)
    assert obstacle(old, agent(since=NOON, held=mails(3)), later - 1) is Obstacle.RAMP
    assert obstacle(old, agent(since=NOON, held=mails(3)), later) is None
    assert obstacle(old, agent(since=NOON, held=mails(4)), 600) is None


def test_new_work_and_calls_do_not_wait_for_that() -> None:
    busy = agent(since=NOON, held=mails(4))
    assert obstacle(waiting(waiting_since=after(1)), busy, 2) is None
    call = waiting(channel=Channel.PHONE, units=100, waiting_since=after(-99))
    assert obstacle(call, busy, 2) is None
