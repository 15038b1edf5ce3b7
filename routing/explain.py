"""The reasons of a decision as sentences, in the languages of the interface."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from routing.decision import Brief, Decision, Reason, ReasonCode
from routing.tree import ANY

Language = Literal["en", "nl"]

_ENGLISH = {
    ReasonCode.AUTOMATIC: "This message was not written by a person.",
    ReasonCode.GROUP_UNKNOWN: (
        "The model does not know the target group “{given}”; what holds for “{group}” is used."
    ),
    ReasonCode.GROUP: "The customer belongs to “{group}”, by what is known of them: {matched}.",
    ReasonCode.STATED: "Whoever sent this named the topic “{topic}”.",
    ReasonCode.STATED_UNKNOWN: (
        "The customer chose “{given}”, which the model does not know; "
        "the nearest topic above it is “{topic}”."
    ),
    ReasonCode.ACCOUNT: "Whoever contacts {matched} does so about “{topic}”.",
    ReasonCode.SENDER: "What {matched} sends is about “{topic}”.",
    ReasonCode.PATTERN: "Numbers like these belong to “{topic}”: {matched}.",
    ReasonCode.REFERENCE: "It is about “{topic}”, by the number in it: {matched}.",
    ReasonCode.ATTACHMENT: "What is attached points to “{topic}”: {matched}.",
    ReasonCode.LEARNED: (
        "Earlier contacts like this one were about “{topic}”: {confidence} % sure, "
        "by what was learned (version {version})."
    ),
    ReasonCode.UNSURE: (
        "What was learned (version {version}) suggests “{guess}”, but is only {confidence} % sure; "
        "{threshold} % is asked for."
    ),
    ReasonCode.MENTION: "It mentions: {mentions}.",
    ReasonCode.MENTION_THEIRS: "It mentions what is this customer's: {mentions}.",
    ReasonCode.MENTION_OTHERS: "It mentions what is not known as this customer's: {mentions}.",
    ReasonCode.MENTION_UNKNOWN: "It mentions numbers that are not known: {mentions}.",
    ReasonCode.CORRECTED: "{agent} changed the topic from “{former}” to “{topic}”.",
    ReasonCode.WORDS: "These words point to “{topic}”: {matched}.",
    ReasonCode.ALSO: "It could also be about: {topics}.",
    ReasonCode.NO_TOPIC: "No topic was chosen and no rule recognises one.",
    ReasonCode.ROLE: "“{role}” is responsible, by the row “{row}” (line {line} of the model).",
    ReasonCode.TRIAGE: "No row of the model names a role for this, so “{role}” gets it.",
    ReasonCode.NOT_ALLOWED: (
        "The model does not want this contact in this way, "
        "by the row “{row}” (line {line} of the model)."
    ),
}
_DUTCH = {
    ReasonCode.AUTOMATIC: "Dit bericht is niet door een mens geschreven.",
    ReasonCode.GROUP_UNKNOWN: (
        "Het model kent de doelgroep “{given}” niet; wat voor “{group}” geldt, is gebruikt."
    ),
    ReasonCode.GROUP: "De klant hoort bij “{group}”, door wat van hen bekend is: {matched}.",
    ReasonCode.STATED: "Wie dit stuurde, noemde het onderwerp “{topic}”.",
    ReasonCode.STATED_UNKNOWN: (
        "De klant koos “{given}”, dat het model niet kent; "
        "het naaste onderwerp daarboven is “{topic}”."
    ),
    ReasonCode.ACCOUNT: "Wie contact zoekt via {matched}, doet dat over “{topic}”.",
    ReasonCode.SENDER: "Wat {matched} stuurt, gaat over “{topic}”.",
    ReasonCode.PATTERN: "Nummers als deze horen bij “{topic}”: {matched}.",
    ReasonCode.REFERENCE: "Het gaat over “{topic}”, volgens het nummer erin: {matched}.",
    ReasonCode.ATTACHMENT: "Wat erbij zit, wijst op “{topic}”: {matched}.",
    ReasonCode.LEARNED: (
        "Eerdere contacten als dit gingen over “{topic}”: {confidence} % zeker, "
        "volgens wat geleerd is (versie {version})."
    ),
    ReasonCode.UNSURE: (
        "Wat geleerd is (versie {version}), wijst op “{guess}”, maar is maar {confidence} % zeker; "
        "{threshold} % is nodig."
    ),
    ReasonCode.MENTION: "Het noemt: {mentions}.",
    ReasonCode.MENTION_THEIRS: "Het noemt wat van deze klant is: {mentions}.",
    ReasonCode.MENTION_OTHERS: "Het noemt wat niet als van deze klant bekend is: {mentions}.",
    ReasonCode.MENTION_UNKNOWN: "Het noemt nummers die niet bekend zijn: {mentions}.",
    ReasonCode.CORRECTED: "{agent} veranderde het onderwerp van “{former}” in “{topic}”.",
    ReasonCode.WORDS: "Deze woorden wijzen op “{topic}”: {matched}.",
    ReasonCode.ALSO: "Het kan ook gaan over: {topics}.",
    ReasonCode.NO_TOPIC: "Er is geen onderwerp gekozen en geen regel herkent er een.",
    ReasonCode.ROLE: (
        "“{role}” is verantwoordelijk, volgens rij “{row}” (regel {line} van het model)."
    ),
    ReasonCode.TRIAGE: "Geen rij van het model noemt hiervoor een rol, dus “{role}” krijgt dit.",
    ReasonCode.NOT_ALLOWED: (
        "Het model wil dit contact niet op deze manier, "
        "volgens rij “{row}” (regel {line} van het model)."
    ),
}
_SENTENCES: dict[Language, dict[ReasonCode, str]] = {"en": _ENGLISH, "nl": _DUTCH}


_QUOTING = frozenset(
    {
        ReasonCode.STATED_UNKNOWN,
        ReasonCode.PATTERN,
        ReasonCode.REFERENCE,
        ReasonCode.MENTION,
    }
)
"""These repeat what the customer wrote; the others repeat what the model says."""
_QUOTED = ("given", "matched", "mentions")
_TOPICS = ("topic", "former", "guess")


class Titles(NamedTuple):
    """What target groups and topics are called, by id, where the decision itself does not say."""

    groups: Mapping[str, str] = {}
    topics: Mapping[str, str] = {}

    def group(self, group: str) -> str:
        return self.groups.get(group, group)

    def topic(self, topic: str) -> str:
        return self.topics.get(topic, topic)


_IDS = Titles()


def explain(
    decision: Decision | Brief,
    language: Language,
    *,
    discreet: bool = False,
    titles: Titles = _IDS,
) -> list[str]:
    """One sentence for each reason, in the order in which they were reached; `discreet` ones leave
    out what the customer wrote."""
    return [_sentence(reason, decision, language, discreet, titles) for reason in decision.reasons]


def explain_stored(stored: dict[str, Any], language: str, titles: Titles = _IDS) -> list[str]:
    """The same of a decision, or of a brief one, as the store keeps it."""
    kept = (Decision if "priority_minutes" in stored else Brief).model_validate(stored)
    return explain(kept, "nl" if language == "nl" else "en", titles=titles)


_PARTS = 4
_ANY: dict[Language, tuple[str, str, str]] = {
    "en": ("all customers", "any channel", "any topic"),
    "nl": ("alle klanten", "elk kanaal", "elk onderwerp"),
}
_WAYS: dict[Language, dict[str, str]] = {
    "en": {"inbound": "to us", "outbound": "from us"},
    "nl": {"inbound": "naar ons", "outbound": "van ons"},
}


def row_in_words(row: str, language: Language, titles: Titles = _IDS) -> str:
    """The id of a row without what only the file needs: `b2b any phone any` is `Business, phone,
    any topic`. What is no such id stays as it is."""
    parts = row.split(" ")
    if len(parts) != _PARTS:
        return row
    group, direction, channel, topic = parts
    known = titles.group(group), channel, titles.topic(topic)
    named = [
        word if one == ANY else name
        for one, name, word in zip((group, channel, topic), known, _ANY[language], strict=True)
    ]
    way = _WAYS[language].get(direction)
    return ", ".join([named[0], f"{named[1]} {way}" if way else named[1], named[2]])


def _sentence(
    reason: Reason, decision: Decision | Brief, language: Language, discreet: bool, titles: Titles
) -> str:
    """With titles where the decision keeps them, so that an old one reads as it did then."""
    words = dict(reason.parameters)
    if discreet and reason.code in _QUOTING:
        words |= {name: "…" for name in _QUOTED if name in words}
    is_its_own = words.get("topic") == decision.topic
    all_customers, _, any_topic = _ANY[language]
    for name in _TOPICS:
        if name in words:
            words[name] = any_topic if words[name] == ANY else titles.topic(words[name])
    if decision.topic_title and is_its_own:
        words["topic"] = getattr(decision.topic_title, language)
    if "topics" in words:
        words["topics"] = ", ".join(map(titles.topic, words["topics"].split(", ")))
    if "group" in words:
        is_any = words["group"] == ANY
        words["group"] = all_customers if is_any else titles.group(words["group"])
    if "role" in words:
        words["role"] = getattr(decision.role_title, language)
    if "row" in words:
        words["row"] = row_in_words(words["row"], language, titles)
    return _SENTENCES[language][reason.code].format_map(words)
