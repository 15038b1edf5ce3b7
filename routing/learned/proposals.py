"""Rules that corrections ask for: words that tell the contacts of a topic from all others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from routing.learned.common_words import COMMON
from routing.learned.examples import Example
from routing.learned.report import Proposal
from routing.recognise import words_of

LEAST_CORRECTED = 3
LEAST_PRECISION = 0.9
MOST_PER_TOPIC = 3
MOST = 20
_READ = 2_000
_SHORTEST = 4


def proposals(
    examples: Sequence[Example], rules: Mapping[str, Iterable[str]]
) -> tuple[Proposal, ...]:
    """`rules`: the words that each topic has already. The most corrections first."""
    phrases = [_phrases(example) for example in examples]
    everywhere = Counter(phrase for found in phrases for phrase in found)
    by_topic: dict[str, list[tuple[Example, set[str]]]] = defaultdict(list)
    for example, found in zip(examples, phrases, strict=True):
        by_topic[example.topic].append((example, found))
    made: list[Proposal] = []
    for topic, contacts in by_topic.items():
        known = {" ".join(words_of(word)) for word in rules.get(topic, ())}
        made += _of_topic(contacts, everywhere, known)
    made.sort(key=lambda one: (-one.corrected, -one.fits, one.topic, one.words))
    return tuple(made[:MOST])


def _of_topic(
    contacts: Sequence[tuple[Example, set[str]]], everywhere: Mapping[str, int], known: set[str]
) -> list[Proposal]:
    """Each asks for contacts that those before it do not reach."""
    here = Counter(phrase for _, phrases in contacts for phrase in phrases)
    corrected = [(example, phrases) for example, phrases in contacts if example.former is not None]
    made: list[Proposal] = []
    while corrected and len(made) < MOST_PER_TOPIC:
        moved = Counter(phrase for _, phrases in corrected for phrase in phrases)
        good = [
            phrase
            for phrase, count in moved.items()
            if count >= LEAST_CORRECTED
            and here[phrase] >= LEAST_PRECISION * everywhere[phrase]
            and phrase not in known
            and known.isdisjoint(phrase.split())
        ]
        if not good:
            break
        best = min(good, key=lambda phrase: (-moved[phrase], -here[phrase], len(phrase), phrase))
        reached = [example for example, phrases in corrected if best in phrases]
        former = Counter(example.former or "" for example in reached).most_common(1)[0][0]
        made.append(
            Proposal(
                topic=reached[0].topic,
                words=best,
                fits=here[best],
                misses=everywhere[best] - here[best],
                corrected=len(reached),
                former=former,
            )
        )
        corrected = [(example, phrases) for example, phrases in corrected if best not in phrases]
    return made


def _phrases(example: Example) -> set[str]:
    """Words and pairs of words; numbers, short and common words tell nothing on their own."""
    words = words_of(f"{example.subject} \n {example.text[:_READ]}")
    telling = (word for word in words if len(word) >= _SHORTEST and word.isalpha())
    single = {word for word in telling if word not in COMMON}
    return single | {
        f"{one} {other}"
        for one, other in pairwise(words)
        if one.isalpha() and other.isalpha() and (one in single or other in single)
    }
