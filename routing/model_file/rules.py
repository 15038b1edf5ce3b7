"""Whether the rules by which topics are recognised can ever fit, and fit one topic only."""

import re
from collections.abc import Iterable

from routing.definition import FILE_KINDS, Topic
from routing.model_file.problem import Place, Problems, shown, suggestion
from routing.patterns import BadPattern, compiled
from routing.recognise import PHRASE_LIMIT, words_of
from routing.said import joined, said

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
            what = said(
                "{phrase} has no letters or digits, so it never fits.", phrase=shown(phrase)
            )
            problems.add((*place, number), what, said("Write a word, or leave it out."))
        elif count > PHRASE_LIMIT:
            what = said("{phrase} has {count} words.", phrase=shown(phrase), count=count)
            problems.add((*place, number), what, said("Use at most {most}.", most=PHRASE_LIMIT))


def _check_patterns(topic: Topic, place: Place, problems: Problems) -> None:
    for number, pattern in enumerate(topic.rules.patterns):
        try:
            compiled(pattern.pattern)
        except BadPattern as error:
            what = said(
                "{pattern} cannot be a pattern. {why}",
                pattern=shown(pattern.pattern),
                why=error.what,
            )
            problems.add((*place, number), what, error.what_to_do)


def _check_attachments(topic: Topic, place: Place, problems: Problems) -> None:
    for number, kind in enumerate(topic.rules.attachments):
        if kind not in FILE_KINDS and not _ENDING.fullmatch(kind):
            what = said("{kind} is no kind of file.", kind=shown(kind))
            ending = said("Or write the end of a name, such as .xml.")
            advice = joined((suggestion(kind, FILE_KINDS), ending))
            problems.add((*place, number), what, advice)


def _check_senders(topic: Topic, place: Place, problems: Problems) -> None:
    for number, sender in enumerate(topic.rules.senders):
        if not _SENDER.fullmatch(sender):
            what = said("{sender} is neither an address nor a host.", sender=shown(sender))
            problems.add((*place, number), what, said("Write name@example.com or example.com."))


def _check_owners(
    topic: Topic, place: Place, owners: dict[tuple[str, str], str], problems: Problems
) -> None:
    """An address leads to one topic, and so does what a carrier tells."""
    for kind in ("accounts", "senders", "events"):
        for number, address in enumerate(getattr(topic.rules, kind)):
            owner = owners.setdefault((kind, address.casefold()), topic.id)
            if owner != topic.id:
                what = said(
                    "{address} already leads to the topic {topic}.",
                    address=shown(address),
                    topic=shown(owner),
                )
                problems.add((*place, kind, number), what, said("Keep it in one of the two."))
