"""Who gets a contact and what belongs to it: pure, total, and with its reasons.

The topic is what the customer stated, else what the rules recognise, else what was learned from
earlier contacts and is sure enough, else none. The rows of the
model that hold for it do the rest; where none of them names a role, the triage role gets it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from hub.interaction import Arrival, Automatic, Direction
from hub.references import Whose
from routing.contact import Contact
from routing.decision import Decision, How, Mention, Reason, ReasonCode, Recognition
from routing.inherit import Cell
from routing.model import Model
from routing.recognise import chosen
from routing.tree import ANY, covers, nearest

_PATH_LIMIT = 200
_SHOWN = 100
_REMEMBERED = 1024
_NOT_FOUND = Recognition(topic=ANY, how=How.NONE)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest topic and how sure that is, from 0 to 1."""

    topic: str
    confidence: float


class Learned(Protocol):
    """What was learned from earlier contacts: the same text gives the same guess."""

    @property
    def version(self) -> int: ...

    @property
    def threshold(self) -> float:
        """A guess that is less sure than this is none."""

    def guess(self, subject: str, text: str) -> Guess | None: ...


def topic_of(arrival: Arrival, model: Model) -> str:
    """What the rules recognise in something that is not kept yet; empty for nothing."""
    contact = Contact(
        direction=Direction.INBOUND,
        channel=arrival.channel,
        account=arrival.account,
        subject=arrival.subject,
        text=arrival.text,
        sender=arrival.sender.value,
        attachments=tuple(attachment.filename for attachment in arrival.attachments),
    )
    chain = chosen(model.recogniser.findings(contact))
    return chain[-1].topic if chain else ""


def decide(contact: Contact, model: Model, learned: Learned | None = None) -> Decision:
    """The same contact, model and learning give the same decision; every contact gets one."""
    reasons: list[Reason] = []
    if contact.automatic is not Automatic.NO:
        reasons.append(_reason(ReasonCode.AUTOMATIC, kind=contact.automatic.value))
    group = _target_group(contact, model, reasons)
    recognition = (
        _stated(contact, model, reasons)
        or _recognised(contact, model, reasons)
        or _learned(contact, model, learned, reasons)
        or _NOT_FOUND
    )
    if recognition.how is How.NONE:
        reasons.append(_reason(ReasonCode.NO_TOPIC))
    if mentions := model.recogniser.mentions(contact):
        recognition = recognition.with_mentions(mentions)
        reasons.extend(_mentioned(mentions))
    handling = model.handling(Cell(group, contact.direction, contact.channel, recognition.topic))
    return Decision.of(handling, recognition, (*reasons, *handling.grounds))


def _reason(code: ReasonCode, **parameters: str) -> Reason:
    return _made(code, tuple(parameters.items()))


@lru_cache(maxsize=_REMEMBERED)
def _made(code: ReasonCode, parameters: tuple[tuple[str, str], ...]) -> Reason:
    """Most contacts are found by the same words and routed by the same rows."""
    return Reason(code=code, parameters=dict(parameters))


@lru_cache(maxsize=_REMEMBERED)
def _recognition(
    topic: str, how: How, matched: tuple[str, ...], also: tuple[str, ...]
) -> Recognition:
    return Recognition(topic=topic, how=how, matched=matched, also=also)


def _target_group(contact: Contact, model: Model, reasons: list[Reason]) -> str:
    given = contact.target_group[:_PATH_LIMIT]
    group, because = model.grouping.group_of(given, contact.traits)
    if because:
        reasons.append(_reason(ReasonCode.GROUP, group=group, matched=_shown(because)))
    elif group != (given or ANY):
        reasons.append(_reason(ReasonCode.GROUP_UNKNOWN, given=_shown(given), group=group))
    return group


def _stated(contact: Contact, model: Model, reasons: list[Reason]) -> Recognition | None:
    """What the customer chose, or the nearest topic above it that the model knows."""
    given = contact.stated_topic[:_PATH_LIMIT]
    if not given or given == ANY:
        return None
    topic = nearest(given, model.topics)
    if topic == given:
        reasons.append(_reason(ReasonCode.STATED, topic=topic))
    else:
        reasons.append(_reason(ReasonCode.STATED_UNKNOWN, given=_shown(given), topic=topic))
    return None if topic == ANY else _recognition(topic, How.STATED, (), ())


def _recognised(contact: Contact, model: Model, reasons: list[Reason]) -> Recognition | None:
    findings = model.recogniser.findings(contact)
    chain = chosen(findings)
    if not chain:
        return None
    for finding in chain:
        matched = ", ".join(finding.matched)
        reasons.append(_reason(ReasonCode(finding.how), topic=finding.topic, matched=matched))
    last = chain[-1]
    also = tuple(dict.fromkeys(one.topic for one in findings if not covers(one.topic, last.topic)))
    if also:
        reasons.append(_reason(ReasonCode.ALSO, topics=", ".join(also)))
    return _recognition(last.topic, last.how, tuple(last.matched), also)


def _learned(
    contact: Contact, model: Model, learned: Learned | None, reasons: list[Reason]
) -> Recognition | None:
    """The suggestion, unless it is not sure enough or its topic is gone from the model."""
    if learned is None or contact.automatic is not Automatic.NO:
        return None
    guess = learned.guess(contact.subject, contact.text)
    topic = nearest(guess.topic, model.topics) if guess else ANY
    if guess is None or topic == ANY:
        return None
    said = {"confidence": _percent(guess.confidence), "version": str(learned.version)}
    if guess.confidence < learned.threshold:
        said["threshold"] = _percent(learned.threshold)
        reasons.append(_reason(ReasonCode.UNSURE, guess=topic, **said))
        return None
    reasons.append(_reason(ReasonCode.LEARNED, topic=topic, **said))
    return Recognition(
        topic=topic, how=How.LEARNED, confidence=guess.confidence, learned=learned.version
    )


_MENTIONED = {
    Whose.THEIRS: ReasonCode.MENTION_THEIRS,
    Whose.OTHERS: ReasonCode.MENTION_OTHERS,
    Whose.UNKNOWN: ReasonCode.MENTION_UNKNOWN,
    None: ReasonCode.MENTION,
}


def _mentioned(mentions: Sequence[Mention]) -> Iterator[Reason]:
    for whose, code in _MENTIONED.items():
        values = ", ".join(mention.value for mention in mentions if mention.whose is whose)
        if values:
            yield _reason(code, mentions=_shown(values))


def _percent(share: float) -> str:
    """Rounded down: what is not quite sure enough does not read as if it were."""
    return str(int(share * 100))


def _shown(given: str) -> str:
    """What came from outside, short and fit to be stored."""
    return given[:_SHOWN].encode(errors="replace").decode()


def group_of(contact: Contact, model: Model) -> str:
    """The target group for which `decide` takes the contact."""
    return _target_group(contact, model, [])


def cell_of(contact: Contact, model: Model, learned: Learned | None = None) -> Cell:
    """For which combination `decide` takes the contact. Without reasons it takes half the time,
    which counts where a hundred thousand are looked at."""
    group = group_of(contact, model)
    topic = nearest(contact.stated_topic[:_PATH_LIMIT], model.topics)
    if topic == ANY:
        chain = chosen(model.recogniser.findings(contact))
        topic = chain[-1].topic if chain else _suggested(contact, model, learned)
    return Cell(group, contact.direction, contact.channel, topic)


def _suggested(contact: Contact, model: Model, learned: Learned | None) -> str:
    recognition = _learned(contact, model, learned, [])
    return recognition.topic if recognition else ANY
