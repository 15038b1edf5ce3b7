"""Answers what the console asks about moments, from the model that is in force."""

from collections.abc import Callable, Mapping, Sequence

from agent_ui.moment_desk import EURO
from config.titles import information_titles, result_titles
from routing.model import Model


class ModelMoments:
    """A MomentDesk; `model` gives the model that is in force now."""

    def __init__(self, model: Callable[[], Model]) -> None:
        self._model = model

    def results(self, language: str) -> Mapping[str, str]:
        return result_titles(self._model(), language)

    def information(self, language: str) -> Mapping[str, str]:
        return information_titles(self._model(), language)

    def limits(self) -> Sequence[str]:
        names = {
            name
            for moment in self._model().moments
            for line in moment.authority
            for name in line.limits
            if name.endswith(EURO)
        }
        return sorted(names)
