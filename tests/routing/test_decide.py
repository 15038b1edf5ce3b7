"""Every contact gets a decision, the same one each time, with reasons that can be read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import clock
from hub.interaction import Attachment, Automatic, Channel, Direction, Interaction, Party, PointKind
from hub.references import Reference, Whose
from interaction_models import HEAD, model_of
from routing.contact import Contact
from routing.decide import cell_of, decide
from routing.decision import Decision, How, ReasonCode
from routing.explain import Language, Titles, explain
from routing.model import Model
from routing.model_file import load_model
from routing.tree import ANY
from taught import Sure

EXAMPLE = load_model(Path(__file__).parents[2] / "config" / "interaction_model.yaml")
MAIL = Contact(Direction.INBOUND, Channel.EMAIL)


def codes(decision: Decision) -> list[str]:
    return [reason.code.value for reason in decision.reasons]


NEWER = ("next_response", "clock", "sticky", "capacity", "instead", "lost")


def test_a_decision_stored_by_an_earlier_release_still_loads() -> None:
    stored = decide(replace(MAIL, stated_topic="delivery/late"), EXAMPLE).model_dump(mode="json")
    for name in NEWER:
        del stored[name]
    for step in stored["steps"]["before"]:
        del step["who"], step["aid"]
    for authority in stored["authority"]:
        del authority["approver"], authority["within"]
    for information in stored["required_information"]:
        del information["field"]
    loaded = Decision.model_validate(stored)
    assert loaded.role == "logistics"
    assert (loaded.next_response, loaded.clock, loaded.instead) == (None, "calendar", ())
    assert loaded.lost == ()


def test_what_the_customer_stated_outranks_what_the_text_says() -> None:
    contact = replace(MAIL, stated_topic="delivery/late", subject="invoice", account="invoice@x.nl")
    decision = decide(contact, EXAMPLE)
    assert (decision.topic, decision.role) == ("delivery/late", "logistics")
    assert decision.recognition.how is How.STATED
    assert codes(decision) == ["stated", "role"]


def test_a_stated_topic_that_is_unknown_falls_back_on_the_one_above_it() -> None:
    decision = decide(replace(MAIL, stated_topic="billing/refund/partly"), EXAMPLE)
    assert decision.topic == "billing/refund"
    assert codes(decision) == ["stated_unknown", "role"]


def test_a_stated_topic_of_which_nothing_is_known_leaves_it_to_the_rules() -> None:
    decision = decide(replace(MAIL, stated_topic="weather", text="My machine leaks"), EXAMPLE)
    assert decision.topic == "machine/fault"
    assert codes(decision) == ["stated_unknown", "words", "role"]


def test_our_address_says_the_topic_and_words_say_which_part_of_it() -> None:
    contact = replace(
        MAIL, account="Invoice@vandalen.example", text="Graag mijn geld terug. Klacht!"
    )
    decision = decide(contact, EXAMPLE)
    assert decision.topic == "billing/refund"
    assert codes(decision) == ["account", "words", "also", "role"]
    assert decision.recognition.matched == ("geld terug",)
    assert decision.recognition.also == ("complaint",)


def test_a_carrier_is_known_by_its_host() -> None:
    decision = decide(replace(MAIL, sender="robot@nl.snelpost.example", text="factuur"), EXAMPLE)
    assert decision.recognition.topic == "delivery"
    assert decision.recognition.matched == ("snelpost.example",)


def test_without_a_topic_or_a_role_triage_gets_it_with_the_reason() -> None:
    decision = decide(replace(MAIL, text="Lorem ipsum"), EXAMPLE)
    assert (decision.topic, decision.role, decision.triage) == (ANY, "triage", True)
    assert codes(decision) == ["no_topic", "triage"]
    assert decision.first_response == 8 * 3600


def test_an_unknown_target_group_falls_back_on_the_one_above_it() -> None:
    decision = decide(replace(MAIL, target_group="b2b/bakery", stated_topic="order"), EXAMPLE)
    assert (decision.target_group, decision.role) == ("b2b", "sales")
    assert codes(decision) == ["group_unknown", "stated", "role"]


GROUPED = HEAD.replace(
    "nl: Grote klanten}}",
    "nl: Grote klanten}, customers: [{segment: Key, kind: person}, {organisation: [Zon, Zee]}]}",
).replace("nl: Bedrijven}}", "nl: Bedrijven}, customers: [{kind: organisation}]}")


@pytest.mark.parametrize(
    ("traits", "group"),
    [
        ({"segment": " key", "kind": "person"}, "b2b/key"),
        ({"segment": "key", "kind": "visitor"}, "any"),
        ({"kind": "organisation", "organisation": "ZEE"}, "b2b/key"),
        ({"kind": "organisation", "organisation": "Maan"}, "b2b"),
        ({}, "any"),
    ],
)
def test_a_customer_of_no_group_belongs_where_the_rules_say(
    traits: dict[str, str], group: str
) -> None:
    model = model_of("role: sales", head=GROUPED)
    decision = decide(replace(MAIL, traits=traits), model)
    assert decision.target_group == group == cell_of(replace(MAIL, traits=traits), model)[0]
    assert ("group" in codes(decision)) == (group != "any")
    said = decide(replace(MAIL, traits=traits, target_group="b2c"), model)
    assert said.target_group == "b2c"


@pytest.mark.parametrize("group", ["", ANY])
def test_no_target_group_is_no_unknown_one(group: str) -> None:
    decision = decide(replace(MAIL, target_group=group, stated_topic="order"), EXAMPLE)
    assert decision.target_group == ANY
    assert codes(decision) == ["stated", "role"]


def test_what_the_model_does_not_want_is_still_given_to_someone() -> None:
    contact = replace(MAIL, channel=Channel.SMS, stated_topic="complaint")
    decision = decide(contact, EXAMPLE)
    assert not decision.allowed
    assert decision.role == "customer-service"
    assert codes(decision) == ["stated", "role", "not_allowed"]


def test_an_automatic_message_is_called_that() -> None:
    decision = decide(replace(MAIL, automatic=Automatic.BOUNCE), EXAMPLE)
    assert codes(decision)[0] == "automatic"


def test_a_decision_carries_what_the_agent_needs() -> None:
    contact = Contact(
        Direction.INBOUND,
        Channel.PHONE,
        target_group="b2b/hospitality",
        stated_topic="machine/fault",
    )
    decision = decide(contact, EXAMPLE)
    assert decision.first_response == 60
    assert decision.resolution == 9 * 3600
    assert decision.priority_minutes == 90
    assert decision.skills == {"coffee-machines": 3}
    assert [step.name for step in decision.steps.during] == ["at-the-machine", "checklist"]
    assert [step.name for step in decision.steps.after] == ["plan-visit"]
    assert decision.authority[0].limits == {"loan_days": 5}
    assert decision.rows["sla.first_response"].row == "any inbound phone any"
    assert decision.rows["role"].row == "any any any machine"
    assert decision.model_version == EXAMPLE.version


def test_a_decision_survives_being_stored() -> None:
    contact = replace(
        MAIL, target_group="b2b/key-account", subject="Terugbetaling", text="nog niet"
    )
    decision = decide(contact, EXAMPLE)
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    assert decision.as_json == decision.model_dump(mode="json")


def test_changing_a_decision_does_not_change_the_next() -> None:
    contact = replace(MAIL, stated_topic="machine")
    decide(contact, EXAMPLE).skills["juggling"] = 5
    assert decide(contact, EXAMPLE).skills == {"coffee-machines": 2}


def test_a_contact_is_made_from_an_interaction() -> None:
    interaction = Interaction(
        id="i",
        conversation_id="c",
        customer_id="k",
        sequence=1,
        channel=Channel.EMAIL,
        account="info@vandalen.example",
        direction=Direction.INBOUND,
        external_id="<1@example.com>",
        sender=Party(kind=PointKind.EMAIL, value="jan@example.com"),
        subject="Vraag",
        topic="question",
        occurred_at=clock.now(),
        received_at=clock.now(),
        attachments=(
            Attachment(id="a", filename="factuur.pdf", content_type="", size=1, sha256=""),
        ),
    )
    contact = Contact.of(interaction, "b2c")
    assert (contact.sender, contact.stated_topic) == ("jan@example.com", "question")
    assert (contact.attachments, contact.target_group) == (("factuur.pdf",), "b2c")


@pytest.mark.parametrize(
    ("changes", "topic", "how"),
    [
        ({"text": "Lorem ipsum"}, "contract", How.LEARNED),
        ({"text": "factuur"}, "billing/invoice", How.WORDS),
        ({"stated_topic": "question"}, "question", How.STATED),
        ({"automatic": Automatic.REPLY}, ANY, How.NONE),
    ],
)
def test_what_was_learned_speaks_where_nothing_surer_does(
    changes: dict[str, Any], topic: str, how: How
) -> None:
    recognition = decide(replace(MAIL, **changes), EXAMPLE, Sure("contract", 0.6)).recognition
    assert (recognition.topic, recognition.how) == (topic, how)


def test_a_suggestion_says_how_sure_it_is_and_which_learning_it_comes_from() -> None:
    decision = decide(replace(MAIL, text="Lorem ipsum"), EXAMPLE, Sure("contract", 0.839))
    assert (decision.recognition.confidence, decision.recognition.learned) == (0.839, 4)
    assert explain(decision, "en")[0] == (
        "Earlier contacts like this one were about “Contract”: 83 % sure, "
        "by what was learned (version 4)."
    )


def test_a_suggestion_that_is_not_sure_enough_is_none_and_that_is_said() -> None:
    decision = decide(replace(MAIL, text="Lorem ipsum"), EXAMPLE, Sure("contract", 0.5999))
    assert (decision.topic, decision.role) == (ANY, "triage")
    assert explain(decision, "nl")[0] == (
        "Wat geleerd is (versie 4), wijst op “contract”, maar is maar 59 % zeker; 60 % is nodig."
    )


def test_a_suggested_topic_that_left_the_model_counts_as_the_one_above_it() -> None:
    decision = decide(replace(MAIL, text="Lorem"), EXAMPLE, Sure("billing/postage", 0.9))
    assert decision.topic == "billing"
    assert decide(replace(MAIL, text="Lorem"), EXAMPLE, Sure("weather", 0.9)).topic == ANY


def test_numbers_to_look_up_are_kept_whatever_says_the_topic() -> None:
    text = "Waar is mijn pakket? vk-11873, of VK-11873? Niet VK-118733."
    decision = decide(replace(MAIL, text=text), EXAMPLE)
    assert decision.topic == "delivery/track"
    assert [(m.reference.value, m.value) for m in decision.recognition.mentions] == [
        ("invoice", "VK-11873")
    ]
    assert decide(replace(MAIL, text="VK-11873"), EXAMPLE).recognition.how is How.REFERENCE
    stated = decide(replace(MAIL, stated_topic="question", text="VK-11873"), EXAMPLE)
    assert stated.recognition.mentions == decision.recognition.mentions


def test_a_number_of_their_own_counts_more_than_any_others() -> None:
    """By numbers alone it is about the order, though the text has three invoices."""
    mail = replace(MAIL, text="VK-11001 VK-11002 VK-11003 481207")
    assert decide(mail, EXAMPLE).topic == "billing/invoice"
    known = {
        (Reference.ORDER, "481207"): Whose.THEIRS,
        (Reference.INVOICE, "VK-11001"): Whose.OTHERS,
    }
    known |= {(Reference.INVOICE, f"VK-1100{n}"): Whose.UNKNOWN for n in (2, 3)}
    decision = decide(replace(mail, known=known), EXAMPLE)
    assert decision.topic == "order"
    assert explain(decision, "en")[-4:-1] == [
        "It mentions what is this customer's: 481207.",
        "It mentions what is not known as this customer's: VK-11001.",
        "It mentions numbers that are not known: VK-11002, VK-11003.",
    ]


def test_an_explanation_reads_as_sentences_in_both_languages() -> None:
    contact = replace(MAIL, account="invoice@", text="geld terug", target_group="b2c/vip")
    decision = decide(contact, EXAMPLE)
    line = decision.rows["role"].line
    assert explain(decision, "en") == [
        "The model does not know the target group “b2c/vip”; what holds for “b2c” is used.",
        "Whoever contacts invoice@ does so about “billing”.",
        "These words point to “Refund”: geld terug.",
        (
            "“Billing” is responsible, by the row “all customers, any channel, billing” "
            f"(line {line} of the model)."
        ),
    ]
    assert explain(decision, "nl")[2] == "Deze woorden wijzen op “Terugbetaling”: geld terug."


def test_an_explanation_calls_topics_and_groups_by_their_titles_where_they_are_known() -> None:
    contact = replace(MAIL, account="invoice@", text="geld terug", target_group="b2c/vip")
    titles = Titles({"b2c": "Consumers"}, {"billing": "Billing matters"})
    said = explain(decide(contact, EXAMPLE), "en", titles=titles)
    assert "what holds for “Consumers” is used" in said[0]
    assert said[1] == "Whoever contacts invoice@ does so about “Billing matters”."
    assert "by the row “all customers, any channel, Billing matters”" in said[-1]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_a_sentence(code: ReasonCode, language: Language) -> None:
    names = (
        *("given", "group", "topic", "topics", "matched", "role", "row", "line", "mentions"),
        *("confidence", "version", "threshold", "guess", "agent", "former"),
    )
    decision = decide(MAIL, EXAMPLE)
    reason = decision.reasons[0].model_copy(
        update={"code": code, "parameters": dict.fromkeys(names, "x")}
    )
    (sentence,) = explain(decision.model_copy(update={"reasons": (reason,)}), language)
    assert "{" not in sentence
    assert sentence.endswith(".")


# Any contact at all

PATHS = st.one_of(
    st.sampled_from([*EXAMPLE.topics, *EXAMPLE.target_groups, ANY, "/", "a//b", "\ud800"]),
    st.text(),
)
TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec=None)),
    st.lists(st.sampled_from(["geld", "terug", "late", "parcel", "\n", "é", "klacht"])).map(
        " ".join
    ),
)
CONTACTS = st.builds(
    Contact,
    direction=st.sampled_from(Direction),
    channel=st.sampled_from(Channel),
    account=st.one_of(st.text(), st.just("invoice@x")),
    target_group=PATHS,
    stated_topic=PATHS,
    subject=TEXTS,
    text=TEXTS,
    sender=st.one_of(st.text(), st.emails(), st.just("snelpost.example")),
    automatic=st.sampled_from(Automatic),
    attachments=st.lists(st.text()).map(tuple),
)


@given(CONTACTS)
def test_any_contact_gets_a_decision_that_can_be_stored_and_explained(contact: Contact) -> None:
    decision = decide(contact, EXAMPLE)
    assert decision.role in EXAMPLE.roles
    assert decision.backup_role is None or decision.backup_role in EXAMPLE.roles
    assert decision.topic in {ANY, *EXAMPLE.topics}
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    assert len(explain(decision, "nl")) == len(decision.reasons)


@given(CONTACTS)
def test_a_decision_does_not_depend_on_those_before_it(contact: Contact) -> None:
    fresh = Model(EXAMPLE.definition)
    assert decide(contact, fresh) == decide(contact, EXAMPLE) == decide(contact, fresh)


HUGE = {
    "subject": replace(MAIL, subject="x" * 1_000_000),
    "words": replace(MAIL, text="waar is mijn pakket " * 100_000),
    "stated topic": replace(MAIL, stated_topic="a/" * 500_000),
    "group": replace(MAIL, target_group="/" * 1_000_000),
    "sender": replace(MAIL, sender="." * 1_000_000),
    "attachments": replace(MAIL, attachments=("x" * 10_000,) * 10_000),
}


@pytest.mark.parametrize("contact", HUGE.values(), ids=HUGE)
def test_a_huge_contact_gives_a_small_decision(contact: Contact) -> None:
    assert len(decide(contact, EXAMPLE).model_dump_json()) < 10_000


def test_a_model_with_nothing_but_roles_sends_all_to_triage() -> None:
    assert decide(replace(MAIL, text="invoice"), model_of()).role == "triage"
