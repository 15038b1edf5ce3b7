"""Fills a canned reply in for one conversation: its text in the customer's language, with names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent_ui import field_words
from agent_ui.screen import Screen
from agent_ui.texts import DEFAULT, LANGUAGES, texts_for
from hub.store.canned import Canned

PLACES = ("customer", "first_name", "number", "subject", "agent", "organisation")
"""What `{…}` in a text may name, beside the fields that administrators added."""
_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,49})\}")


@dataclass(frozen=True)
class Ready:
    """A reply as it goes into the answer. `fits`: it is meant for the topic of this work."""

    shortcut: str
    title: str
    text: str
    language: str
    fits: bool


def ready(replies: Sequence[Canned], screen: Screen, organisation: str) -> list[Ready]:
    """Each of them; those for the topic first."""
    wanted = screen.customer.language or screen.agent.language or DEFAULT
    topic = screen.item.topic if screen.item else ""
    values = {
        language: _fields(screen, language) | _values(screen, organisation)
        for language in LANGUAGES
    }
    filled = [_ready(one, wanted, topic, values) for one in replies if one.texts]
    return sorted(filled, key=lambda one: not one.fits)


def _ready(one: Canned, wanted: str, topic: str, values: Mapping[str, Mapping[str, str]]) -> Ready:
    """`values`: by language, what is filled in."""
    language = wanted if wanted in one.texts else next(iter(sorted(one.texts)))
    known = values.get(language, {})
    text = _PLACE.sub(lambda found: known.get(found[1], found[0]), one.texts[language])
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
