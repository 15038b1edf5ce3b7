"""How well topics are learned: 100 topics with 100 examples each, and how fast."""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.matters import For, Mail, Writer
from routing.learned.classifier import Classifier
from routing.learned.examples import Example
from routing.learned.training import train
from routing.recognise import words_of

PER_TOPIC = 100
TESTED_PER_TOPIC = 20


@dataclass(frozen=True)
class Result:
    """Shares from 0 to 1; `baseline` counts the words of a topic, `turns` is the accuracy on turns
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
    started = time.perf_counter()
    examples = [Example(mail.topic, mail.subject, mail.text) for mail in known]
    trained = train(examples, 10, {})
    seconds = time.perf_counter() - started
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
    """Without a model: the topic in whose examples the words of the mail are most frequent."""
    shares: dict[str, Counter[str]] = defaultdict(Counter)
    spread: Counter[str] = Counter()
    for mail in known:
        for word in set(words_of(f"{mail.subject} {mail.text}")):
            shares[word][mail.topic] += 1
            spread[word] += 1
    right = 0
    for mail in tested:
        points: Counter[str] = Counter()
        for word in set(words_of(f"{mail.subject} {mail.text}")):
            for topic, count in shares[word].items():
                points[topic] += count / spread[word]  # type: ignore[assignment]
        right += points.most_common(1)[0][0] == mail.topic if points else 0
    return right / len(tested)
