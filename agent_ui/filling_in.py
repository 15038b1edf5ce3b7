"""Fills a canned reply in for one conversation: its text in the customer's language, with names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent_ui import field_words
from agent_ui.places import AMOUNT, filled_in
from agent_ui.screen import Screen
from agent_ui.texts import DEFAULT, LANGUAGES, texts_for
from hub.store.canned import Canned


@dataclass(frozen=True)
class Ready:
    """A reply as it goes into the answer. `fits`: it is meant for the topic of this work."""

    shortcut: str
    title: str
    text: str
    language: str
    fits: bool


def ready(
    replies: Sequence[Canned], screen: Screen, organisation: str, *, amount: str = ""
) -> list[Ready]:
    """Each of them; those for the topic first."""
    wanted = screen.customer.language or screen.agent.language or DEFAULT
    topic = screen.item.topic if screen.item else ""
    offered = {AMOUNT: amount} if amount else {}
    values = {
        language: _fields(screen, language) | _values(screen, organisation) | offered
        for language in LANGUAGES
    }
    filled = [_ready(one, wanted, topic, values) for one in replies if one.texts]
    return sorted(filled, key=lambda one: not one.fits)


def _ready(one: Canned, wanted: str, topic: str, values: Mapping[str, Mapping[str, str]]) -> Ready:
    """`values`: by language, what is filled in."""
    language = wanted if wanted in one.texts else next(iter(sorted(one.texts)))
    text = filled_in(one.texts[language], language, values.get(language, {}))
    return Ready(one.shortcut, one.title, text, language, one.is_about(topic))


def _fields(screen: Screen, language: str) -> dict[str, str]:
    """What is known in fields, of the customer or else of who they belong to."""
    texts = texts_for(language)
    return {
        one.field.key: field_words.shown(texts, one.field, one.value)
        for one in (*screen.fields.house, *screen.fields.own)
        if one.value
    }


def _values(screen: Screen, organisation: str) -> dict[str, str]:
    name = screen.customer.name.strip()
    name = "" if "@" in name else name  # nobody is called by an address
    return {
        "customer": name,
        "first_name": name.partition(" ")[0],
        "number": f"#{screen.conversation.number}",
        "subject": screen.conversation.subject,
        "agent": screen.agent.name,
        "organisation": organisation,
    }
