"""To whom an item is offered: one by one, and for any staff and any work."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from assignments import NOON, RULES, TIMES, after, agent, items, mails, staff, waiting
from examples import examples
from hub.interaction import LIVE, Channel
from routing.assigning.capacity import used
from routing.assigning.choice import Because, Choice, choose, pull
from routing.assigning.values import FULL, Agent, Preferred, Refusal, Waiting
from routing.assigning.widening import levels

ANY = settings(max_examples=examples(60), deadline=None)


def chosen(choice: Choice) -> tuple[str, str]:
    return (choice.agent.id if choice.agent else "", choice.because)


def test_who_is_idle_longest_is_first() -> None:
    team = [agent("anna", idle_since=after(-5)), agent("bea", idle_since=after(-9))]
    assert chosen(choose(waiting(), team, NOON, RULES)) == ("bea", "longest-idle")


def test_or_who_has_most_room_where_the_role_wants_that() -> None:
    team = [
        agent("anna", held=mails(1), idle_since=after(-1)),
        agent("bea", held=mails(2), idle_since=after(-9)),
    ]
    choice = choose(waiting(), team, NOON, RULES, by=Because.MOST_CAPACITY)
    assert chosen(choice) == ("anna", "most-capacity")


def test_the_last_agent_of_the_customer_goes_first() -> None:
    item = waiting(preferred=Preferred("anna", after(60), "sticky"))
    team = [agent("anna"), agent("bea", idle_since=after(-9))]
    assert chosen(choose(item, team, NOON, RULES)) == ("anna", "sticky")


def test_and_is_waited_for_but_not_longer_than_said() -> None:
    item = waiting(preferred=Preferred("anna", after(60), "sticky"))
    team = [agent("anna", held=mails(5)), agent("bea")]
    waits = choose(item, team, NOON, RULES)
    assert (waits.agent, waits.again_at) == (None, after(60))
    assert chosen(choose(item, team, after(60), RULES)) == ("bea", "longest-idle")


def test_the_role_itself_goes_before_its_backup() -> None:
    item = waiting(channel=Channel.CHAT, units=30, backup_role="bills")
    backup = agent("bea", roles=frozenset({"bills"}), idle_since=after(-99))
    team = [agent("anna"), backup]
    assert chosen(choose(item, team, after(30), RULES))[0] == "anna"
    assert chosen(choose(item, [backup], after(30), RULES))[0] == "bea"


def test_who_declined_comes_last_and_not_at_once() -> None:
    item = waiting(refusals=(Refusal("anna", NOON),))
    assert chosen(choose(item, [agent("anna"), agent("bea")], after(20), RULES))[0] == "bea"
    alone = choose(item, [agent("anna")], after(14), RULES)
    assert (alone.agent, alone.again_at) == (None, after(15))
    assert chosen(choose(item, [agent("anna")], after(15), RULES)) == ("anna", "alone")


def test_nobody_and_when_to_look_again() -> None:
    item = waiting(channel=Channel.CHAT, units=30, backup_role="bills", skills={"dutch": 2})
    team = [agent("bea", roles=frozenset({"bills"}), skills={"dutch": 2})]
    choice = choose(item, team, after(1), RULES)
    assert choice.again_at == after(20), "the first ring of skills"
    assert choose(item, team, after(21), RULES).again_at == after(30), "the backup role"
    assert choose(item, [], after(9999), RULES).again_at is None


def test_who_has_room_pulls_the_first_they_may_take() -> None:
    queue = [
        waiting("third", rank=3),
        waiting("first", rank=1, role="bills"),
        waiting("second", rank=2, skills={"dutch": 3}),
    ]
    choice, passed = pull(queue, agent(), NOON, RULES)
    assert choice is not None
    assert (choice.item.id, choice.because) == ("third", "pulled")
    assert [one.item.id for one in passed] == ["second"]
    choice, _ = pull(queue, agent(skills={"dutch": 3}), NOON, RULES)
    assert choice is not None
    assert choice.item.id == "second"


def test_what_was_pulled_says_what_stood_before_it() -> None:
    queue = [waiting("dutch", rank=1, skills={"dutch": 3}), waiting("next", rank=2)]
    choice, passed = pull(queue, agent(), NOON, RULES)
    assert choice is not None
    assert "passed" not in choice.explanation(NOON, RULES)
    told = replace(choice, passed=tuple(passed)).explanation(NOON, RULES)
    assert told["passed"] == 1
    [one] = told["passed_over"]
    assert (one["item"], one["channel"], one["obstacle"]) == ("dutch", "email", "skill")
    assert one["details"] == {"skill": "dutch", "level": "3", "has": "0"}


def test_own_work_goes_before_what_reached_them_by_widening() -> None:
    queue = [
        waiting("theirs", rank=1, role="bills", backup_role="service"),
        waiting("own", rank=2),
    ]
    choice, _ = pull(queue, agent(), after(9999), RULES)
    assert choice is not None
    assert choice.item.id == "own"


def test_a_caller_on_the_line_goes_before_all_that_they_may_take() -> None:
    theirs = {"role": "bills", "channel": Channel.PHONE, "units": 100}
    queue = [
        waiting("mine", rank=1, preferred=Preferred("anna", after(9999), "sticky")),
        waiting("own", rank=2),
        waiting("caller", rank=-1, backup_role="service", **theirs),
        waiting("other", rank=-2, **theirs),
    ]
    choice, passed = pull(queue, agent("anna"), after(30), RULES)
    assert choice is not None
    assert (choice.item.id, passed) == ("caller", [])


def test_a_decision_says_who_was_looked_at_and_what_was_in_the_way() -> None:
    team = [agent("anna", state="away"), agent("bea"), agent("carl", held=mails(5))]
    told = choose(waiting(), team, after(61), RULES).explanation(after(61), RULES)
    assert told["because"] == "longest-idle"
    assert (told["circle"], told["waited"]) == ("role", 61)
    assert told["counts"] == {"away": 1, "chosen_from": 1, "full": 1}
    assert [(one["name"], one["obstacle"], one["used"]) for one in told["candidates"]] == [
        ("Bea", "", 0),
        ("Anna", "away", 0),
        ("Carl", "full", 100),
    ]


def test_a_decision_says_what_time_has_changed() -> None:
    given = Preferred("anna", after(60), "sticky")
    item = waiting(backup_role="bills", skills={"dutch": 3}, preferred=given)
    said = [choose(item, [], now, RULES).explanation(now, RULES) for now in (NOON, after(1800))]
    assert [list(one["timers"]) for one in said] == [[], ["backup", "preferred", "skills"]]
    assert said[1]["timers"]["preferred"] == after(60).isoformat()


def test_an_interruption_is_marked() -> None:
    call = waiting(channel=Channel.PHONE, units=100)
    assert choose(call, [agent(held=mails(1))], NOON, RULES).interrupts
    assert not choose(call, [agent()], NOON, RULES).interrupts


@ANY
@given(item=items(), team=staff(), now=TIMES, by=st.sampled_from(list(Because)[:2]))
def test_the_same_input_gives_the_same_choice(
    item: Waiting, team: list[Agent], now: datetime, by: str
) -> None:
    turned = team[::-1]
    assert choose(item, team, now, RULES, by=by) == choose(item, turned, now, RULES, by=by)


@ANY
@given(item=items(), team=staff(), now=TIMES)
def test_nobody_is_chosen_who_must_not_be(item: Waiting, team: list[Agent], now: datetime) -> None:
    choice = choose(item, team, now, RULES)
    if choice.agent is None:
        assert all(one.verdict.obstacle for one in choice.considered)
        assert choice.again_at is None or choice.again_at > now
        return
    who = choice.agent
    assert who in team
    assert who.state == "available"
    assert item.channel not in who.closed_channels
    for skill, level in levels(item, now, RULES).items():
        assert who.skills.get(skill, 0) >= level
    load = used(who.held, now) + item.units
    assert load <= FULL or (choice.interrupts and item.channel in LIVE)
    live = [one for one in who.held if one.channel in LIVE]
    if item.channel in LIVE:
        assert used(live, now) + item.units <= FULL
    given_away = [one for one in item.refusals if one.returned and one.agent_id == who.id]
    assert all((now - one.at).total_seconds() >= RULES.returned_seconds for one in given_away)


@ANY
@given(queue=st.lists(items(), max_size=4), who=staff(), now=TIMES)
def test_who_pulls_gets_what_they_would_be_chosen_for(
    queue: list[Waiting], who: list[Agent], now: datetime
) -> None:
    """Both ways of looking agree: one agent among items, and one item among agents."""
    for one in who[:1]:
        choice, passed = pull(queue, one, now, RULES)
        for left in passed:
            assert choose(left.item, [one], now, RULES).because in ("", Because.ALONE)
        if choice is not None:
            assert choose(choice.item, [one], now, RULES).agent == one


@ANY
@given(item=items(), now=TIMES)
def test_nothing_starves(item: Waiting, now: datetime) -> None:
    """Whoever is there with the role and room gets it in the end, whatever it asked for."""
    late = max(item.waiting_since, after(20_000)) + (after(20_000) - NOON)
    them = agent("zoe", roles=frozenset({item.role}))
    assert choose(item, [them], late, RULES).agent == them
    newer = waiting("newer", rank=item.rank + 1)
    choice, _ = pull([newer, item], agent("zoe", roles=frozenset({item.role})), late, RULES)
    assert choice is not None
    assert choice.item is item
