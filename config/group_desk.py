"""Answers what the console asks about target groups, from the model that is in force."""

from collections.abc import Callable, Mapping

from agent_ui.group_desk import GroupShown
from config.model_texts import ModelTexts
from config.titles import group_titles
from hub.store.customers import Customer
from routing.model import Model


class ModelGroups:
    """A GroupDesk; `model` gives the model that is in force now."""

    def __init__(self, model: Callable[[], Model]) -> None:
        self._model = model

    def titles(self, language: str) -> Mapping[str, str]:
        return group_titles(self._model(), language)

    def of(self, customer: Customer, language: str) -> GroupShown:
        texts = ModelTexts.of(self._model(), language)
        said = (("said", customer.target_group), ("organisation", customer.organisation_group))
        for source, group in said:
            if group:
                return GroupShown(group, texts.group(group), source)
        found = self._model().grouping.of(customer.traits)
        if found is None:
            return GroupShown("", "", "")
        return GroupShown(found.group, texts.group(found.group), "rule", found.because)
