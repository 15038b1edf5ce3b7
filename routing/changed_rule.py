"""The rule of a topic with a change that somebody accepted, as it is to stand in the model file."""

from typing import Any

import yaml

from routing.definition import Rules
from routing.model import Model


def with_words(model: Model, topic: str, words: str) -> str:
    """The YAML of a topic's entry with these words among its rules; "" for an unknown topic.

    This is the only place that knows what accepting a proposal gives.
    """
    entry = model.topics.get(topic)
    if entry is None:
        return ""
    known = (*entry.rules.words, *(() if words in entry.rules.words else (words,)))
    rules = entry.rules.model_copy(update={"words": known})
    value = {topic: {"title": entry.title.model_dump(), "rules": _written(rules)}}
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def _written(rules: Rules) -> dict[str, Any]:
    """As short as a person would write it."""
    dumped = rules.model_dump(mode="json", exclude_defaults=True)
    patterns = [
        one["pattern"] if one.get("reference") is None else one
        for one in dumped.pop("patterns", ())
    ]
    return {name: list(value) for name, value in dumped.items()} | (
        {"patterns": patterns} if patterns else {}
    )
