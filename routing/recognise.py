"""Which topics a contact fits by the rules of the model, in time linear in its text."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, count
from typing import NamedTuple

from hub.references import Reference, Whose
from routing.contact import Contact
from routing.decision import How, Mention
from routing.definition import Topic
from routing.files import kinds_of
from routing.patterns import Hit, Patterns
from routing.tree import covers, depth

TEXT_LIMIT = 20_000
"""Characters of a text that are read for words; the matter of a contact is said before that."""

PHRASE_LIMIT = 8
"""Words in one phrase; with this limit, reading stays linear in the text."""

_ATTACHMENT_LIMIT = 50
_NAME_LIMIT = 200
_IN_SUBJECT = 2
_MENTION_LIMIT = 20
_OWN_POINTS = _MENTION_LIMIT + 1
_SUREST = (How.ACCOUNT, How.SENDER, How.PATTERN, How.WORDS, How.REFERENCE, How.ATTACHMENT)
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = {code: " " for code in range(128) if not chr(code).isalnum()}
_MARKS = re.compile("[\u0300-\u036f]+")


def words_of(text: str) -> list[str]:
    """Words as the rules compare them: without capitals and without diacritics."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    text = text.casefold()
    # Most text is plain by now, and then splitting it takes a quarter of the time.
    return text.translate(_BETWEEN).split() if text.isascii() else _WORD.findall(text)


@lru_cache(maxsize=8)
def _words_read(text: str) -> Sequence[str]:
    """Where one text is looked at by two models, its words are taken apart once."""
    return words_of(text)


def sender_keys(address: str) -> Iterator[str]:
    """The address itself, its host, and every host above that, the narrowest first."""
    address = address[:_NAME_LIMIT].casefold()
    yield address
    host = address.rpartition("@")[2]
    while host:
        yield host
        host = host.partition(".")[2]


def account_keys(account: str) -> tuple[str, str]:
    """The account itself, and its name before the `@` for a rule like `invoice@`."""
    account = account[:_NAME_LIMIT].casefold()
    return account, account.partition("@")[0] + "@"


@dataclass(slots=True)
class Finding:
    """A topic that the contact fits. `points` weigh the matched words: a phrase counts for each of
    its words, and double when it is in the subject."""

    topic: str
    how: How
    matched: list[str]
    points: int = 0


class _Phrase(NamedTuple):
    topic: str
    text: str
    words: int


@dataclass(slots=True)
class _Branch:
    """The phrases that begin with the words on the way here; `ends` are those that end here."""

    next: dict[str, "_Branch"] = field(default_factory=dict)
    ends: list[_Phrase] = field(default_factory=list)


class Recogniser:
    """The rules of all topics, compiled."""

    def __init__(self, topics: Mapping[str, Topic]) -> None:
        self._place = {topic: place for place, topic in enumerate(topics)}
        self._accounts: dict[str, tuple[str, str]] = {}
        self._senders: dict[str, tuple[str, str]] = {}
        self._kinds: dict[str, list[str]] = {}
        self._patterns = Patterns()
        # Topics and mentions are looked for in the same texts, one after the other.
        self._hits_in = lru_cache(maxsize=8)(lambda text: tuple(self._patterns.hits(text)))
        self._phrases = _Branch()
        for topic in topics.values():
            self._learn(topic)

    def _learn(self, topic: Topic) -> None:
        for account in topic.rules.accounts:
            self._accounts[account.casefold()] = (topic.id, account)
        for sender in topic.rules.senders:
            self._senders[sender.casefold()] = (topic.id, sender)
        for kind in topic.rules.attachments:
            self._kinds.setdefault(kind.casefold(), []).append(topic.id)
        self._patterns.add(topic.id, topic.rules.patterns)
        for phrase in topic.rules.words:
            branch = self._phrases
            words = words_of(phrase)
            for word in words:
                branch = branch.next.setdefault(word, _Branch())
            if all(end.topic != topic.id for end in branch.ends):
                branch.ends.append(_Phrase(topic.id, phrase, len(words)))

    def findings(self, contact: Contact) -> list[Finding]:
        """The surest way first, then the most points, the deepest topic, the first in the file."""
        found = [*self._by_address(contact), *self._by_words(contact)]
        if self._patterns:
            found += _by_patterns(self._hits(contact), contact)
        if self._kinds and contact.attachments:
            found += self._by_attachments(contact)
        return sorted(found, key=self._rank) if len(found) > 1 else found

    def mentions(self, contact: Contact) -> tuple[Mention, ...]:
        """The numbers in the contact that refer to something, each once."""
        if not self._patterns.refer:
            return ()
        found: dict[tuple[Reference, str], None] = {}
        for hit in self._hits(contact):
            if hit.reference:
                found[hit.reference, hit.value] = None
        return tuple(
            Mention(reference=key[0], value=key[1], whose=contact.known.get(key))
            for key in list(found)[:_MENTION_LIMIT]
        )

    def _hits(self, contact: Contact) -> Iterator[Hit]:
        for text in (contact.subject, contact.text, *_names(contact)):
            yield from self._hits_in(text[:TEXT_LIMIT])

    def _by_attachments(self, contact: Contact) -> list[Finding]:
        found: dict[str, Finding] = {}
        kinds = dict.fromkeys(kind for name in _names(contact) for kind in kinds_of(name))
        for kind in kinds:
            for topic in self._kinds.get(kind, ()):
                finding = found.setdefault(topic, Finding(topic, How.ATTACHMENT, []))
                finding.matched.append(kind)
                finding.points += 1
        return list(found.values())

    def _rank(self, finding: Finding) -> tuple[int, int, int, int]:
        topic = finding.topic
        return (_SUREST.index(finding.how), -finding.points, -depth(topic), self._place[topic])

    def _by_address(self, contact: Contact) -> Iterator[Finding]:
        for key in account_keys(contact.account) if self._accounts else ():
            if hit := self._accounts.get(key):
                yield Finding(hit[0], How.ACCOUNT, [hit[1]])
                break
        for key in sender_keys(contact.sender) if self._senders else ():
            if hit := self._senders.get(key):
                yield Finding(hit[0], How.SENDER, [hit[1]])
                break

    def _by_words(self, contact: Contact) -> list[Finding]:
        hits = dict.fromkeys(
            self._phrases_in(_words_read(contact.subject[:TEXT_LIMIT])), _IN_SUBJECT
        )
        for text in (contact.text[:TEXT_LIMIT], *_names(contact)):
            for hit in self._phrases_in(_words_read(text)):
                hits.setdefault(hit, 1)
        found: dict[str, Finding] = {}
        for phrase, weight in hits.items():
            finding = found.setdefault(phrase.topic, Finding(phrase.topic, How.WORDS, []))
            finding.matched.append(phrase.text)
            finding.points += weight * phrase.words
        return list(found.values())

    def _phrases_in(self, words: Sequence[str]) -> Iterator[_Phrase]:
        beginnings = self._phrases.next
        # Most words begin no phrase: this walk over all of them runs in compiled code.
        for start in compress(count(), map(beginnings.__contains__, words)):
            branch: _Branch | None = beginnings[words[start]]
            place = start
            while branch is not None:
                yield from branch.ends
                place += 1
                branch = branch.next.get(words[place]) if place < len(words) else None


def _by_patterns(hits: Iterator[Hit], contact: Contact) -> list[Finding]:
    """One finding for each topic, with what was found; the more, the more points. A number to look
    up names a thing, and words say what is the matter with it, so they go first. One that is the
    customer's own counts more than all that are not."""
    found: dict[tuple[str, How], Finding] = {}
    for hit in hits:
        how = How.REFERENCE if hit.reference else How.PATTERN
        finding = found.setdefault((hit.topic, how), Finding(hit.topic, how, []))
        if hit.value not in finding.matched and len(finding.matched) < _MENTION_LIMIT:
            finding.matched.append(hit.value)
            finding.points += _OWN_POINTS if _is_own(hit, contact) else 1
    return list(found.values())


def _is_own(hit: Hit, contact: Contact) -> bool:
    if hit.reference is None:
        return False
    return contact.known.get((hit.reference, hit.value)) is Whose.THEIRS


def _names(contact: Contact) -> Iterator[str]:
    return (name[:_NAME_LIMIT] for name in contact.attachments[:_ATTACHMENT_LIMIT])


def chosen(findings: Sequence[Finding]) -> list[Finding]:
    """The best finding, then those that narrow it down: `invoice@` says billing, and the word
    "refund" in the text says which part of billing."""
    chain = list(findings[:1])
    for finding in findings[1:]:
        if finding.topic != chain[-1].topic and covers(chain[-1].topic, finding.topic):
            chain.append(finding)
    return chain
