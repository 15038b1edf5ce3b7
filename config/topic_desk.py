"""Answers what the console asks about topics, from the model that is in force."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent_ui.topic_desk import TopicChoice
from config.titles import topic_titles
from hub.interaction import Channel
from hub.store.agents import Agent
from routing.changed_rule import with_role, with_words
from routing.correcting import choices, corrected
from routing.explain import Language
from routing.model import Model


class ModelTopics:
    """A TopicDesk; `model` gives the model that is in force now."""

    def __init__(self, model: Callable[[], Model]) -> None:
        self._model = model

    def choices(
        self, decision: dict[str, Any], channel: Channel, language: str
    ) -> Sequence[TopicChoice]:
        found = choices(self._model(), decision, channel, _language(language))
        return [TopicChoice(*choice) for choice in found]

    def titles(self, language: str) -> Mapping[str, str]:
        return topic_titles(self._model(), language)

    def corrected(
        self, decision: dict[str, Any], channel: Channel, topic: str, agent_name: str
    ) -> dict[str, Any] | None:
        found = corrected(self._model(), decision, channel, topic, agent_name)
        return None if found is None else found.as_json

    def changed_rule(self, topic: str, words: str) -> str:
        return with_words(self._model(), topic, words)

    def changed_row(self, topic: str, role: str) -> str:
        return with_role(self._model(), topic, role)

    def may_manage(self, agent: Agent) -> bool:
        """It says what the model would do with what comes in."""
        return agent.administrator


def _language(code: str) -> Language:
    return "nl" if code == "nl" else "en"
