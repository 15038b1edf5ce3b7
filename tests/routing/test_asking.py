"""What a form asks before a contact follows from the interaction model."""

from datetime import UTC, datetime
from pathlib import Path

from hub.interaction import Channel, Direction
from hub.membership import Membership
from routing.asking import what_to_ask
from routing.contact import Contact
from routing.decide import group_of
from routing.model_file import load_model

EXAMPLE = Path(__file__).parents[2] / "config" / "interaction_model.yaml"
SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def test_each_topic_asks_what_must_be_known_about_it() -> None:
    asked = what_to_ask(load_model(EXAMPLE), Channel.CHAT, Membership("nobody-knows"), SUNDAY)
    anything, *topics = asked
    assert (anything.topic, anything.depth, anything.questions) == ("", 0, ())
    late = next(one for one in topics if one.topic == "delivery/late")
    assert (late.role, late.depth, late.allowed) == ("logistics", 2, True)
    assert [(q.name, q.title["nl"], q.of_customer, q.of_order) for q in late.questions] == [
        ("order-number", "Bestelnummer", False, True),
        ("postcode", "Postcode", True, False),
    ]
    assert late.openings is not None
    assert not late.openings.is_open
    assert late.openings.opens_at == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_what_was_agreed_is_not_asked_of_the_customer() -> None:
    asked = what_to_ask(load_model(EXAMPLE), Channel.CHAT, Membership(), SUNDAY)
    fault = next(one for one in asked if one.topic == "machine/fault")
    assert [question.name for question in fault.questions] == ["error-code"]


def test_what_is_asked_is_for_the_group_that_routing_takes_the_customer_for() -> None:
    model = load_model(EXAMPLE)
    for who, group in (
        (Membership(traits={"segment": "Key Account"}), "b2b/key-account"),
        (Membership("b2c", {"segment": "key account"}), "b2c"),
        (Membership("b2b/unheard-of"), "b2b"),
        (Membership(), "any"),
    ):
        contact = Contact(
            Direction.INBOUND, Channel.CHAT, target_group=who.said or "any", traits=who.traits
        )
        asked = what_to_ask(model, Channel.CHAT, who, SUNDAY)
        assert {one.group for one in asked} == {group} == {group_of(contact, model)}
