"""Measures by cross-validation: each example is guessed by a model that never saw it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.learned.features import Grams
from routing.learned.report import Point, TopicReport
from routing.learned.softmax import fit, softmax
from routing.learned.vocabulary import Floats, Vocabulary

FOLDS = 3
_SEED = 7
_SHARPNESS = np.geomspace(0.1, 10, 81)
_THRESHOLDS = np.round(np.arange(0, 1, 0.02), 2)
_BINS = 10
_LEAST_MEASURED = 20


@dataclass(frozen=True)
class Measured:
    """For each example: its topic, the topic that was guessed, and how sure that was."""

    labels: npt.NDArray[np.int64]
    guesses: npt.NDArray[np.int64]
    confidence: Floats
    sharpness: float

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        right: npt.NDArray[np.bool_] = self.guesses == self.labels
        return right


def measure(examples: Sequence[Grams], labels: Sequence[int], topics: int) -> Measured:
    truth = np.array(labels, np.int64)
    scores = np.zeros((len(examples), topics), np.float32)
    folds = _folds(truth)
    for fold in range(FOLDS):
        inside = np.flatnonzero(folds != fold).tolist()
        vocabulary = Vocabulary.of([examples[place] for place in inside])
        vectors = [vocabulary.vector(examples[place]) for place in inside]
        known = [labels[place] for place in inside]
        weights = fit(vectors, known, features=len(vocabulary.keys), topics=topics)
        for place in np.flatnonzero(folds == fold).tolist():
            vector = vocabulary.vector(examples[place])
            scores[place] = vector.values @ weights[vector.rows]
    sharpness = _best_sharpness(scores, truth)
    shares = softmax(scores * np.float32(sharpness))
    guesses = shares.argmax(axis=1)
    return Measured(truth, guesses, shares.max(axis=1), sharpness)


def _folds(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each topic is spread over all folds."""
    order = np.random.default_rng(_SEED).permutation(len(labels))
    by_topic = order[np.argsort(labels[order], kind="stable")]
    folds = np.empty(len(labels), np.int64)
    folds[by_topic] = np.arange(len(labels)) % FOLDS
    return folds


def _best_sharpness(scores: Floats, labels: npt.NDArray[np.int64]) -> float:
    """With which the true topics are likeliest (temperature scaling)."""

    def loss(sharpness: float) -> float:
        shares = softmax(scores * np.float32(sharpness))
        return float(-np.log(shares[np.arange(len(labels)), labels] + 1e-12).mean())

    return float(min(_SHARPNESS, key=loss))


def curve(measured: Measured) -> tuple[Point, ...]:
    """From suggesting always to suggesting only what is surest; never from too few to say."""
    points = []
    least = min(_LEAST_MEASURED, len(measured.labels))
    for threshold in _THRESHOLDS:
        sure = measured.confidence >= threshold
        if sure.sum() >= least:
            precision, coverage = float(measured.right[sure].mean()), float(sure.mean())
            points.append(Point(threshold=float(threshold), precision=precision, coverage=coverage))
    return tuple(points)


def calibration_error(measured: Measured) -> float:
    """By how much confidence differs from how often it is right, weighed over ten steps."""
    steps = np.minimum((measured.confidence * _BINS).astype(np.int64), _BINS - 1)
    error = 0.0
    for step in np.unique(steps):
        here = steps == step
        gap = measured.confidence[here].mean() - measured.right[here].mean()
        error += abs(float(gap)) * float(here.mean())
    return error


def by_topic(measured: Measured, topics: Sequence[str]) -> tuple[TopicReport, ...]:
    return tuple(_of_topic(measured, place, topics) for place in range(len(topics)))


def _of_topic(measured: Measured, place: int, topics: Sequence[str]) -> TopicReport:
    ours, said = measured.labels == place, measured.guesses == place
    both = int((ours & said).sum())
    mistaken = Counter(measured.guesses[ours & ~said].tolist()).most_common(1)
    return TopicReport(
        topic=topics[place],
        examples=int(ours.sum()),
        precision=both / max(int(said.sum()), 1),
        found=both / max(int(ours.sum()), 1),
        taken_for=topics[mistaken[0][0]] if mistaken else "",
    )
