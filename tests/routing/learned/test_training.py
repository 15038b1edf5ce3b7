"""What is learned from examples, how honest it is about itself, and that it repeats itself."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.learned.classifier import Classifier, UnreadableLearning
from routing.learned.examples import Example
from routing.learned.report import NOTHING, Point, proposed
from routing.learned.training import TooFewExamples, Trained, train
from topic_examples import WORDS, examples

LEAST = 10


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(examples(40), LEAST, {})


@pytest.fixture(scope="module")
def classifier(trained: Trained) -> Classifier:
    return Classifier.from_bytes(trained.content)


def test_it_learns_what_words_say_and_tells_how_sure_it_is(classifier: Classifier) -> None:
    right = [
        (guess := classifier.guess(one.subject, one.text)) is not None and guess.topic == one.topic
        for one in examples(20, seed=2)
    ]
    assert sum(right) / len(right) > 0.9
    plain = classifier.guess("invoice", "payment of the vat on my account, invoice reminder")
    mixed = classifier.guess("", "invoice grinder dunning")
    assert plain is not None
    assert mixed is not None
    assert plain.topic == "bill"
    assert 1 >= plain.confidence > mixed.confidence > 0


def test_what_was_never_seen_before_points_nowhere(classifier: Classifier) -> None:
    assert classifier.guess("", "") is None
    assert classifier.guess("!!!", "\ud800 ☕") is None
    strange = classifier.guess("", "quod erat demonstrandum, " * 20 + "invoice")
    known = classifier.guess("", "invoice")
    assert known is not None
    assert strange is None or strange.confidence < known.confidence


def test_misspelt_words_are_understood(classifier: Classifier) -> None:
    guess = classifier.guess("", "where is the grindr parsel delivry")
    assert guess is not None
    assert guess.topic == "order"


def test_the_same_examples_give_the_same_model(trained: Trained) -> None:
    assert train(examples(40), LEAST, {}) == trained


def test_it_is_the_same_after_it_was_kept(trained: Trained, classifier: Classifier) -> None:
    again = Classifier.from_bytes(classifier.to_bytes())
    for one in examples(5, seed=3):
        assert again.guess(one.subject, one.text) == classifier.guess(one.subject, one.text)


@given(st.binary(max_size=60))
def test_any_other_bytes_are_said_to_be_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableLearning):
        Classifier.from_bytes(content)


def test_what_was_cut_off_is_unreadable(trained: Trained) -> None:
    with pytest.raises(UnreadableLearning):
        Classifier.from_bytes(trained.content[:-20])


def test_no_text_of_a_customer_is_kept(trained: Trained) -> None:
    assert not any(word.encode() in trained.content for word in WORDS["bill"])


def test_a_topic_with_few_examples_is_left_out_and_named() -> None:
    few = [Example("rare", "strange", "matter")] * (LEAST - 1)
    report = train([*examples(12), *few], LEAST, {}).report
    assert report.left_out == {"rare": LEAST - 1}
    assert "rare" not in {one.topic for one in report.topics}


@pytest.mark.parametrize("known", [[], examples(LEAST - 1), [Example("bill", "a", "b")] * 50])
def test_too_little_to_tell_apart_is_said(known: list[Example]) -> None:
    with pytest.raises(TooFewExamples, match="10 examples"):
        train(known, LEAST, {})


def test_the_report_is_measured_on_what_was_not_learned() -> None:
    # With topics at chance there is nothing to learn, however well it is remembered.
    shuffled = examples(40)
    topics = [one.topic for one in examples(40, seed=9)]
    noise = [replace(one, topic=topic) for one, topic in zip(shuffled, topics, strict=True)]
    assert train(noise, LEAST, {}).report.accuracy < 0.6


def test_the_curve_goes_from_all_to_the_surest(trained: Trained) -> None:
    curve = trained.report.curve
    assert curve[0].threshold == 0
    assert curve[0].coverage == 1
    assert curve[0].precision == pytest.approx(trained.report.accuracy)
    assert all(a.coverage >= b.coverage for a, b in pairwise(curve))
    assert trained.report.always == pytest.approx(1 / 3)
    assert trained.report.calibration_error < 0.2


def test_the_proposed_threshold_is_the_lowest_that_is_good_enough() -> None:
    points = [
        Point(threshold=t, precision=p, coverage=1 - t)
        for t, p in [(0, 0.7), (0.4, 0.91), (0.6, 0.97)]
    ]
    assert proposed(points) == 0.4
    assert proposed(points[:1]) == NOTHING, "none is good enough"
    sure = [point.model_copy(update={"precision": 1.0}) for point in points]
    assert proposed(sure) == 0.4, "strange contacts are not measured"


def test_each_topic_says_what_it_is_taken_for(trained: Trained) -> None:
    by_topic = {one.topic: one for one in trained.report.topics}
    assert set(by_topic) == set(WORDS)
    assert all(one.examples == 40 for one in by_topic.values())
    assert all(0 <= one.found <= 1 and 0 <= one.precision <= 1 for one in by_topic.values())
