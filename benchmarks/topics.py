"""How well topics are learned: 100 topics with 100 examples each, and how fast."""

import math
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from config.demo.matters import For, Mail, Writer
from routing.learned.classifier import Classifier
from routing.learned.examples import Example
from routing.learned.training import train
from routing.recognise import words_of

PER_TOPIC = 100
TESTED_PER_TOPIC = 20
_SMOOTHING = 0.1


@dataclass(frozen=True)
class Result:
    """Shares from 0 to 1; `baseline` is naive Bayes over words, `turns` is the accuracy on turns
    of phrase that no example has. `surest_*`: with the threshold that is proposed."""

    topics: int
    examples: int
    accuracy: float
    estimated: float
    baseline: float
    turns: float
    calibration_error: float
    threshold: float
    surest_precision: float
    surest_coverage: float
    training_seconds: float
    guess_microseconds: float
    megabytes: float


def run() -> Result:
    known = Writer(1, For.TRAINING).mails(PER_TOPIC)
    tested = Writer(2, For.TESTING).mails(TESTED_PER_TOPIC)
    turns = Writer(3, For.TURNS).mails(TESTED_PER_TOPIC)
    started = time.process_time()
    examples = [Example(mail.topic, mail.subject, mail.text) for mail in known]
    trained = train(examples, 10, {})
    seconds = time.process_time() - started
    threshold = trained.report.proposed_threshold
    classifier = Classifier.from_bytes(trained.content)
    sure, right = _tested(classifier, tested, threshold)
    return Result(
        topics=len(trained.report.topics),
        examples=len(examples),
        accuracy=_accuracy(classifier, tested),
        estimated=trained.report.accuracy,
        baseline=_baseline(known, tested),
        turns=_accuracy(classifier, turns),
        calibration_error=trained.report.calibration_error,
        threshold=threshold,
        surest_precision=right / max(sure, 1),
        surest_coverage=sure / len(tested),
        training_seconds=seconds,
        guess_microseconds=_microseconds(classifier, tested),
        megabytes=len(trained.content) / 1e6,
    )


def _accuracy(classifier: Classifier, mails: Sequence[Mail]) -> float:
    return _tested(classifier, mails, 0.0)[1] / len(mails)


def _tested(classifier: Classifier, mails: Sequence[Mail], threshold: float) -> tuple[int, int]:
    """How many guesses are sure enough, and how many of those are right."""
    guesses = [(classifier.guess(mail.subject, mail.text), mail.topic) for mail in mails]
    sure = [(g.topic, topic) for g, topic in guesses if g and g.confidence >= threshold]
    return len(sure), sum(guess == topic for guess, topic in sure)


def _microseconds(classifier: Classifier, mails: Sequence[Mail]) -> float:
    times = []
    for mail in mails:
        started = time.perf_counter_ns()
        classifier.guess(mail.subject, mail.text)
        times.append((time.perf_counter_ns() - started) / 1000)
    return statistics.median(times)


def _baseline(known: Sequence[Mail], tested: Sequence[Mail]) -> float:
    """How often naive Bayes over words is right: what a few lines without numpy would do."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in known:
        counts[mail.topic].update(_words(mail))
    totals = {topic: sum(words.values()) for topic, words in counts.items()}
    size = len({word for words in counts.values() for word in words})

    def likelihood(topic: str, words: Sequence[str]) -> float:
        smoothed = totals[topic] + _SMOOTHING * size
        return sum(math.log((counts[topic][word] + _SMOOTHING) / smoothed) for word in words)

    right = 0
    for mail in tested:
        words = _words(mail)
        right += max(counts, key=lambda topic: likelihood(topic, words)) == mail.topic
    return right / len(tested)


def _words(mail: Mail) -> list[str]:
    return words_of(f"{mail.subject} {mail.text}")
