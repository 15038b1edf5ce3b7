"""Whether the rules by which topics are recognised can ever fit, and fit one topic only."""

import re
from collections.abc import Iterable

from routing.definition import FILE_KINDS, Topic
from routing.model_file.problem import Place, Problems, shown, suggestion
from routing.patterns import BadPattern, compiled
from routing.recognise import PHRASE_LIMIT, words_of

_SENDER = re.compile(r"([^@\s]+@)?[^@\s.]+(\.[^@\s.]+)+")
_ENDING = re.compile(r"\.[a-z0-9]{1,10}")


def check_rules(topics: Iterable[Topic | None], problems: Problems) -> None:
    owners: dict[tuple[str, str], str] = {}
    for topic in topics:
        if topic:
            place = ("topics", topic.id, "rules")
            _check_words(topic, (*place, "words"), problems)
            _check_patterns(topic, (*place, "patterns"), problems)
            _check_attachments(topic, (*place, "attachments"), problems)
            _check_senders(topic, (*place, "senders"), problems)
            _check_owners(topic, place, owners, problems)


def _check_words(topic: Topic, place: Place, problems: Problems) -> None:
    for number, phrase in enumerate(topic.rules.words):
        count = len(words_of(phrase))
        if count == 0:
            what = f"{shown(phrase)} has no letters or digits, so it never fits."
            problems.add((*place, number), what, "Write a word, or leave it out.")
        elif count > PHRASE_LIMIT:
            what = f"{shown(phrase)} has {count} words."
            problems.add((*place, number), what, f"Use at most {PHRASE_LIMIT}.")


def _check_patterns(topic: Topic, place: Place, problems: Problems) -> None:
    for number, pattern in enumerate(topic.rules.patterns):
        try:
            compiled(pattern.pattern)
        except BadPattern as error:
            what = f"{shown(pattern.pattern)} cannot be a pattern. {error.what}"
            problems.add((*place, number), what, error.what_to_do)


def _check_attachments(topic: Topic, place: Place, problems: Problems) -> None:
    for number, kind in enumerate(topic.rules.attachments):
        if kind not in FILE_KINDS and not _ENDING.fullmatch(kind):
            what = f"{shown(kind)} is no kind of file."
            advice = f"{suggestion(kind, FILE_KINDS)} Or write the end of a name, such as .xml."
            problems.add((*place, number), what, advice)


def _check_senders(topic: Topic, place: Place, problems: Problems) -> None:
    for number, sender in enumerate(topic.rules.senders):
        if not _SENDER.fullmatch(sender):
            what = f"{shown(sender)} is neither an address nor a host."
            problems.add((*place, number), what, "Write name@example.com or example.com.")


def _check_owners(
    topic: Topic, place: Place, owners: dict[tuple[str, str], str], problems: Problems
) -> None:
    """An address leads to one topic, and so does what a carrier tells."""
    for kind in ("accounts", "senders", "events"):
        for number, address in enumerate(getattr(topic.rules, kind)):
            owner = owners.setdefault((kind, address.casefold()), topic.id)
            if owner != topic.id:
                what = f"{shown(address)} already leads to the topic {shown(owner)}."
                problems.add((*place, kind, number), what, "Keep it in one of the two.")
