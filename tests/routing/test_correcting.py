"""What changes when somebody corrects a topic."""

from dataclasses import replace
from pathlib import Path

from hub.interaction import Channel, Direction
from routing.changed_rule import with_role, with_words
from routing.contact import Contact
from routing.correcting import choices, corrected
from routing.decide import decide
from routing.decision import Decision, How
from routing.explain import explain
from routing.model_file import load_model, read_model

FILE = Path(__file__).parents[2] / "config" / "interaction_model.yaml"
EXAMPLE = load_model(FILE)
MAIL = Contact(Direction.INBOUND, Channel.EMAIL, target_group="b2b/hospitality")
FOUND = decide(replace(MAIL, text="VK-11873 factuur"), EXAMPLE)


def again(topic: str, former: Decision = FOUND) -> Decision:
    decision = corrected(EXAMPLE, former.as_json, Channel.EMAIL, topic, "Anna")
    assert decision is not None
    return decision


def test_the_new_topic_brings_its_handling_for_the_same_customer_and_channel() -> None:
    decision = again("machine/fault")
    stated = decide(replace(MAIL, stated_topic="machine/fault"), EXAMPLE)
    assert decision.role == "technical-support"
    assert decision.rows == stated.rows
    assert decision.first_response == stated.first_response


def test_it_says_who_corrected_what_and_keeps_the_numbers_that_were_found() -> None:
    decision = again("delivery/late")
    assert decision.recognition.how is How.AGENT
    assert [one.value for one in decision.recognition.mentions] == ["VK-11873"]
    assert explain(decision, "en")[0] == (
        "Anna changed the topic from “billing/invoice” to “Late delivery”."
    )
    assert Decision.model_validate(decision.as_json) == decision


def test_a_topic_that_is_not_in_the_model_is_no_choice() -> None:
    assert corrected(EXAMPLE, FOUND.as_json, Channel.EMAIL, "weather", "Anna") is None
    assert corrected(EXAMPLE, FOUND.as_json, Channel.EMAIL, "any", "Anna") is None


def test_a_decision_that_is_not_ours_is_corrected_all_the_same() -> None:
    decision = corrected(EXAMPLE, {}, Channel.PHONE, "order", "Anna")
    assert decision is not None
    assert (decision.topic, decision.target_group) == ("order", "any")


def test_each_choice_says_who_would_be_responsible() -> None:
    found = {one.topic: one for one in choices(EXAMPLE, FOUND.as_json, Channel.EMAIL, "nl")}
    assert list(found) == list(EXAMPLE.topics)
    late = found["delivery/late"]
    assert (late.title, late.role_title) == ("Bezorging / Te late bezorging", "Logistiek")


def test_accepting_words_gives_an_entry_that_the_model_reads() -> None:
    changed = with_words(EXAMPLE, "order", "dispatch note")
    lines = FILE.read_text().splitlines()
    start = lines.index("  order:")
    end = lines.index("  order/new:")
    entry = [f"  {line}" for line in changed.splitlines()]
    model = read_model("\n".join([*lines[:start], *entry, *lines[end:]]), "model.yaml")
    before, after = EXAMPLE.topics["order"], model.topics["order"]
    assert after.rules.words == (*before.rules.words, "dispatch note")
    assert after.rules.patterns == before.rules.patterns
    assert after.title == before.title


def test_words_that_are_there_already_are_not_written_twice() -> None:
    assert with_words(EXAMPLE, "order", "besteld").count("besteld\n") == 1
    assert with_words(EXAMPLE, "weather", "rain") == ""


def test_a_row_is_written_for_every_customer_and_says_which_it_replaces() -> None:
    text = with_role(EXAMPLE, "complaint", "sales")
    row = next(row for row in EXAMPLE.moments if row.id == "any any any complaint")
    assert text == (
        f"# Instead of the role in the row on line {row.line}:\n- topic: complaint\n  role: sales\n"
    )
    assert with_role(EXAMPLE, "order/change", "sales").count("line") == 1
    assert with_role(EXAMPLE, "delivery/wrong", "sales") == ""
    assert with_role(EXAMPLE, "complaint", "nobody") == ""
