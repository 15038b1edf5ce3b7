"""What an accepted proposal changes in the model, as it is to stand in its file: written into its
text, or to be copied by hand where only the file says what holds.

This is the only place that knows what accepting gives.
"""

from typing import Any

import yaml

from routing.definition import Definition, Rules
from routing.forms.cells import with_cells
from routing.forms.yaml_edit import YamlText
from routing.inherit import Cell
from routing.model import Model
from routing.model_file.problem import Place
from routing.tree import ANY


def with_words(model: Model, topic: str, words: str) -> str:
    """The YAML of a topic's entry with these words among its rules; "" for an unknown topic."""
    entry = model.topics.get(topic)
    if entry is None:
        return ""
    known = (*entry.rules.words, *(() if words in entry.rules.words else (words,)))
    rules = entry.rules.model_copy(update={"words": known})
    value = {topic: {"title": entry.title.model_dump(), "rules": _written(rules)}}
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def with_role(model: Model, topic: str, role: str) -> str:
    """The YAML of the row that makes a role responsible for a topic, whoever asks and however; ""
    for an unknown one. Says which row it replaces, if there is one for exactly that."""
    if topic not in model.topics or role not in model.roles:
        return ""
    written = yaml.safe_dump([{"topic": topic, "role": role}], sort_keys=False)
    everywhere = Cell(ANY, None, None, topic)
    lines = [row.line for row in model.moments if Cell.of(row) == everywhere]
    return f"# Instead of the role in the row on line {lines[0]}:\n{written}" if lines else written


def put_words(text: str, definition: Definition, topic: str, words: str) -> str:
    """The text of a model with these words among the rules of a topic; all else stays as written.
    Raises LookupError for a topic that is not there."""
    known = definition.topics[topic].rules.words
    if words in known:
        return text
    written = YamlText(text)
    place: Place = ("topics", topic, "rules")
    if known:
        written.add((*place, "words"), words)
    elif definition.topics[topic].rules.model_fields_set:
        written.put((*place, "words"), [words])
    else:
        written.put(place, {"words": [words]})
    return written.text()


def put_role(text: str, definition: Definition, topic: str, role: str) -> str:
    """The text of a model in which a role is responsible for a topic, whoever asks and however,
    but for what more specific rows say. Raises LookupError for a topic or role that is not there.
    """
    cell = Cell(ANY, None, None, definition.topics[topic].id)
    return with_cells(text, definition, {cell: {"role": definition.roles[role].id}})


def has_words(model: Model, topic: str, words: str) -> bool:
    entry = model.topics.get(topic)
    return entry is not None and words in entry.rules.words


def has_role(model: Model, topic: str, role: str) -> bool:
    """Whether the role is responsible for the topic where no more specific row says otherwise."""
    return topic in model.topics and model.handling(Cell(ANY, None, None, topic)).role == role


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
