"""Two models over the same contacts: what differs is found, counted, and can be opened."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from brute_force import rows_of_a_model, written
from hub.interaction import Automatic, Channel
from hub.promises import Promise
from hub.store.agreements import Agreed
from hub.store.recorded import Recorded
from interaction_models import HEAD, model_of, text_of
from recorded_work import AT, EVERYBODY, SINCE, UNTIL, work
from routing.analysis import Member, Staff
from routing.decide import decide
from routing.explain import explain
from routing.model import Model
from routing.model_file import BrokenModel, read_model
from routing.replay import Kept, Line, Nobody, Pair, Replay, Replayer, Turn, What, opened
from routing.replay.side import contact_of
from taught import Sure

RULES = HEAD.replace("nl: Bestelling}}", "nl: Bestelling}, rules: {words: [order]}}")


def play(before: Model, after: Model, *found: Recorded, staff: Staff = EVERYBODY) -> Replay:
    replayer = Replayer(before, after, staff, since=SINCE, until=UNTIL)
    replayer.take(replayer.tallied(found))
    return replayer.result()


def test_what_moves_is_counted_by_pair_of_roles() -> None:
    before = model_of("role: billing", "topic: order, role: sales")
    after = model_of("role: service", "topic: order, role: sales", "topic: bill/late, role: sales")
    topics = ("bill", "bill", "bill/late", "order")
    result = play(before, after, *(work(n, topic=topic) for n, topic in enumerate(topics)))
    assert (result.total, result.moved, len(result.changes)) == (4, 3, 3)
    assert result.pairs == (
        Pair("billing", "service", 2, "i0"),
        Pair("billing", "sales", 1, "i2"),
    )
    assert result.roles == (
        Line("billing", 3, 0, 3, 0, 0, 0),
        Line("sales", 1, 2, 0, 0, 0, 0),
        Line("service", 0, 2, 0, 0, 0, 0),
    )
    assert result.channels == (Line("email", 4, 4, 3, 0, 0, 0),)
    assert [line.name for line in result.topics] == ["bill", "bill/late", "order"]


def test_parts_come_to_what_the_whole_does() -> None:
    before, after = model_of("role: billing"), model_of("role: service, sla: {resolution: 1h}")
    found = [work(n, topic="bill" if n % 3 else "order") for n in range(7)]
    replayer = Replayer(before, after, EVERYBODY, since=SINCE, until=UNTIL)
    for part in (found[:2], found[2:3], found[3:]):
        replayer.take(replayer.tallied(part))
    assert replayer.result() == play(before, after, *found)


def test_what_differs_stands_in_the_order_in_which_it_came() -> None:
    found = [work(n, at=AT - timedelta(hours=n)) for n in range(3)]
    result = play(model_of("role: billing"), model_of("role: service"), *found)
    assert [one.interaction_id for one in result.changes] == ["i2", "i1", "i0"]


def test_a_target_is_counted_in_the_hours_of_the_role_that_would_have_it() -> None:
    """Friday 16:00 in Amsterdam, answered on Monday at 10:00: in time for service, which works from
    nine to five, and not for billing, which always does."""
    sla = "sla: {first_response: 2h, clock: business}"
    monday = AT + timedelta(days=2, hours=23)
    late = work(at=AT + timedelta(hours=5), first_response_at=monday, resolved_at=monday)
    before, after = model_of(f"role: service, {sla}"), model_of(f"role: billing, {sla}")
    assert play(before, after, late).breaches[Promise.FIRST_RESPONSE] == Turn(0, 1, 1, "i1")
    back = play(after, before, late)
    assert back.breaches[Promise.FIRST_RESPONSE] == Turn(1, 0, 0, "")
    assert back.only(What.BREACHED) == []
    assert [line.late_before for line in back.channels] == [1]


def test_a_resolution_that_comes_too_late_is_told_apart() -> None:
    before = model_of("role: billing, sla: {resolution: 6h}")
    after = model_of("role: billing, sla: {first_response: 4h, resolution: 4h}")
    result = play(before, after, work())
    assert result.breaches == {
        Promise.FIRST_RESPONSE: Turn(),
        Promise.RESOLUTION: Turn(0, 1, 1, "i1"),
    }
    assert [one.interaction_id for one in result.only(What.BREACHED)] == ["i1"]


def test_nobody_handles_what_no_row_gives_to_a_role_or_a_role_without_members() -> None:
    staff = Staff(at=UNTIL, members={"billing": (Member("anna"),), "sales": ()})
    before = model_of("topic: bill, role: billing", "topic: order, role: billing")
    after = model_of("topic: bill, role: sales")
    found = [work(1), work(2, topic="order"), work(3, topic="")]
    result = play(before, after, *found, staff=staff)
    assert result.unhandled == {
        Nobody.NO_ROLE: Turn(1, 2, 1, "i2"),
        Nobody.NO_MEMBERS: Turn(0, 1, 1, "i1"),
    }
    assert [one.interaction_id for one in result.only(What.UNHANDLED)] == ["i1", "i2"]
    assert result.members_known
    unknown = play(before, after, *found, staff=Staff(at=UNTIL))
    assert unknown.unhandled[Nobody.NO_MEMBERS] == Turn()
    assert not unknown.members_known


def test_what_is_no_longer_allowed_is_told() -> None:
    before = model_of("role: billing")
    after = model_of("role: billing", "channel: email, topic: bill, allowed: no")
    result = play(before, after, work(1), work(2, channel=Channel.PHONE))
    assert result.refused == Turn(0, 1, 1, "i1")
    assert [one.interaction_id for one in result.changes] == ["i1"]
    assert result.only(What.REFUSED) == list(result.changes)


def test_one_is_opened_with_both_decisions_and_their_reasons() -> None:
    before, after = model_of("role: billing"), model_of("target_group: b2c, role: sales")
    found = opened(work(), before, after, EVERYBODY, UNTIL)
    assert (found.replayed.before.side.row, found.replayed.after.side.row) == (
        "any any any any",
        "b2c any any any",
    )
    assert "“Facturatie” is verantwoordelijk" in explain(found.before, "nl")[-1]
    assert "“Sales” is responsible" in explain(found.after, "en")[-1]
    assert found.replayed.moved


def test_a_rule_that_the_draft_adds_is_followed() -> None:
    before = model_of("role: billing", "topic: order, role: sales")
    after = model_of("role: billing", "topic: order, role: sales", head=RULES)
    [one] = play(before, after, work(topic="", text="My order, please")).changes
    assert (one.before.side.topic, one.after.side.topic) == ("any", "order")
    assert (one.before.side.role, one.after.side.role) == ("billing", "sales")


def test_what_was_learned_suggests_to_both_models_alike() -> None:
    before = model_of("role: billing", "topic: order, role: sales")
    after = model_of("role: service", "topic: order, role: billing")
    found = [work(1, topic="", text="xyzzy"), work(2, topic="", automatic=Automatic.GENERATED)]
    replayer = Replayer(
        before, after, EVERYBODY, since=SINCE, until=UNTIL, learned=Sure("order", 0.7)
    )
    replayer.take(replayer.tallied(found))
    result = replayer.result()
    assert [(one.before.side.topic, one.after.side.role) for one in result.changes] == [
        ("order", "billing"),
        ("any", "service"),
    ]
    assert result.learned == Sure.version
    one = opened(found[0], before, after, EVERYBODY, UNTIL, learned=Sure("order", 0.7))
    assert (one.before.role, one.after.role) == ("sales", "billing")


def test_a_stricter_agreement_holds_on_both_sides_by_the_hours_of_each_role() -> None:
    """Answered within three hours; two were agreed, in business time: service is there from nine to
    five and billing always. What was agreed never makes laxer."""
    before = model_of("role: billing, sla: {first_response: 4h}")
    after = model_of("role: service, sla: {first_response: 4h}")
    evening = AT + timedelta(hours=5)
    agreed = Agreed("a", "Quick", {"first_response": "2h", "resolution": "9d", "clock": "business"})
    broken = Agreed("b", "Broken", {"first_response": "soon"})
    late = work(
        at=evening,
        first_response_at=evening + timedelta(hours=3),
        resolved_at=evening + timedelta(hours=3),
        agreed=(agreed, broken),
    )
    [one] = play(before, after, late).changes
    assert (one.before.first_response, one.after.first_response) == (Kept.BREACHED, Kept.KEPT)
    assert (one.before.resolution, one.after.resolution) == (Kept.KEPT, Kept.KEPT)
    lax = replace(late, agreed=(Agreed("c", "Lax", {"first_response": "9d"}),))
    assert play(before, after, lax).breaches[Promise.FIRST_RESPONSE] == Turn()


HEADS = (
    HEAD,
    RULES,
    HEAD.replace("  b2b/key: {title: {en: Key accounts, nl: Grote klanten}}\n", ""),
    HEAD.replace("  bill/late: {title: {en: Late bill, nl: Late rekening}}\n", ""),
)


@st.composite
def models(draw: st.DrawFn) -> Model | None:
    """None for one that cannot be used: it ties, or names what its head does not have."""
    rows = [written(row) for row in draw(rows_of_a_model(4))]
    try:
        return read_model(text_of(*rows, head=draw(st.sampled_from(HEADS))), "model.yaml")
    except BrokenModel:
        return None


CONTACTS = st.builds(
    work,
    target_group=st.sampled_from(("", "b2b/key/one", "b2b", "c2c")),
    topic=st.sampled_from(("", "bill/late/very", "order", "other", "any")),
    text=st.sampled_from(("", "an order")),
    channel=st.sampled_from(Channel),
)
LEARNED = st.sampled_from((None, Sure("bill/late", 0.6), Sure("order", 0.59)))


@given(pair=st.tuples(models(), models()), found=CONTACTS, learned=LEARNED)
def test_what_is_shared_between_models_gives_what_each_decides_alone(
    pair: tuple[Model | None, Model | None], found: Recorded, learned: Sure | None
) -> None:
    before, after = pair
    if before is None or after is None:
        return
    replayer = Replayer(before, after, EVERYBODY, since=SINCE, until=UNTIL, learned=learned)
    one = replayer.replayed(found)
    for side, model in ((one.before.side, before), (one.after.side, after)):
        decision = decide(contact_of(found), model, learned)
        assert (side.role, side.topic, side.target_group, side.allowed) == (
            decision.role,
            decision.topic,
            decision.target_group,
            decision.allowed,
        )
        assert (side.nobody is Nobody.NO_ROLE) == decision.triage
