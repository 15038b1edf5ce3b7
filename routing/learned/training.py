"""Learns from examples and says how well; runs in a worker process, where it holds up nobody."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.errors import LoketError
from routing.learned.classifier import Classifier
from routing.learned.examples import Example
from routing.learned.features import grams
from routing.learned.measure import by_topic, calibration_error, curve, measure
from routing.learned.proposals import proposals
from routing.learned.report import Report, proposed
from routing.learned.softmax import fit
from routing.learned.vocabulary import Vocabulary

LEAST_TOPICS = 2
_POLITENESS = 10


class TooFewExamples(LoketError):
    """There is nothing to tell apart yet; the text says how many examples are needed."""


@dataclass(frozen=True)
class Trained:
    """`content` is a Classifier as bytes."""

    content: bytes
    report: Report


def train(examples: Sequence[Example], least: int, rules: Mapping[str, tuple[str, ...]]) -> Trained:
    """Learn the topics that have `least` examples or more. Raises TooFewExamples.

    `rules`: the words by which each topic is recognised already.
    """
    counts = Counter(example.topic for example in examples)
    topics = sorted(topic for topic, count in counts.items() if count >= least)
    if len(topics) < LEAST_TOPICS:
        raise TooFewExamples(
            f"{len(topics)} topics have {least} examples or more; {LEAST_TOPICS} are needed."
        )
    place = {topic: number for number, topic in enumerate(topics)}
    used = [example for example in examples if example.topic in place]
    read = [grams(example.subject, example.text) for example in used]
    labels = [place[example.topic] for example in used]
    measured = measure(read, labels, len(topics))
    vocabulary = Vocabulary.of(read)
    weights = fit(
        [vocabulary.vector(one) for one in read],
        labels,
        features=len(vocabulary.keys),
        topics=len(topics),
    )
    points = curve(measured)
    report = Report(
        examples=len(used),
        topics=by_topic(measured, topics),
        left_out={topic: count for topic, count in sorted(counts.items()) if topic not in place},
        accuracy=float(measured.right.mean()),
        always=max(counts[topic] for topic in topics) / len(used),
        calibration_error=calibration_error(measured),
        curve=points,
        proposed_threshold=proposed(points),
        proposals=proposals(examples, rules),
    )
    classifier = Classifier(tuple(topics), vocabulary, weights, measured.sharpness)
    return Trained(classifier.to_bytes(), report)


def train_politely(
    examples: Sequence[Example], least: int, rules: Mapping[str, tuple[str, ...]]
) -> Trained:
    """The same in a process of its own, behind everything else that the machine does."""
    os.nice(_POLITENESS)
    return train(examples, least, rules)
