"""What a model calls roles, target groups and topics: made once for each model and language.

Each page asks for all of them, and a model may have hundreds.
"""

from collections.abc import Mapping
from functools import lru_cache

from config.model_texts import ModelTexts, as_language
from routing.explain import Titles
from routing.model import Model

_KEPT = 8
"""The model in force and the one before it, in each language, with room to spare."""


@lru_cache(maxsize=_KEPT)
def role_titles(model: Model, language: str) -> Mapping[str, str]:
    said = as_language(language)
    return {role.id: getattr(role.title, said) for role in model.roles.values()}


@lru_cache(maxsize=_KEPT)
def group_titles(model: Model, language: str) -> Mapping[str, str]:
    """Each with what it lies under."""
    texts = ModelTexts.of(model, language)
    return {group: texts.group(group) for group in model.target_groups}


@lru_cache(maxsize=_KEPT)
def topic_titles(model: Model, language: str) -> Mapping[str, str]:
    """Each by its own name."""
    said = as_language(language)
    return {topic.id: getattr(topic.title, said) for topic in model.topics.values()}


@lru_cache(maxsize=_KEPT)
def titles_of(model: Model, language: str) -> Titles:
    """Those that a decision is explained with: topics, too, with what they lie under."""
    texts = ModelTexts.of(model, language)
    topics = {topic: texts.topic(topic) for topic in model.topics}
    return Titles(group_titles(model, language), topics)


@lru_cache(maxsize=_KEPT)
def information_titles(model: Model, language: str) -> Mapping[str, str]:
    """Of everything that must be known for anything, by its name."""
    said = as_language(language)
    return {
        one.name: getattr(one.title, said)
        for moment in model.moments
        for one in moment.required_information
    }


@lru_cache(maxsize=_KEPT)
def result_titles(model: Model, language: str) -> Mapping[str, str]:
    """Of each result that is to be recorded anywhere; of each of its choices as `result|choice`."""
    said = as_language(language)
    found: dict[str, str] = {}
    for result in (one for moment in model.moments for one in moment.results):
        found[result.name] = title = getattr(result.title, said)
        for choice in result.choices:
            found[f"{result.name}|{choice.name}"] = f"{title}: {getattr(choice.title, said)}"
    return found
