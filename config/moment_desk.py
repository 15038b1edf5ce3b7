"""Answers what the console asks about moments, from the model that is in force."""

from collections.abc import Callable, Mapping, Sequence

from agent_ui.moment_desk import EURO
from routing.entry import Title
from routing.model import Model


class ModelMoments:
    """A MomentDesk; `model` gives the model that is in force now."""

    def __init__(self, model: Callable[[], Model]) -> None:
        self._model = model

    def results(self, language: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for moment in self._model().moments:
            for result in moment.results:
                title = _in(result.title, language)
                found[result.name] = title
                for choice in result.choices:
                    said = f"{title}: {_in(choice.title, language)}"
                    found[f"{result.name}|{choice.name}"] = said
        return found

    def limits(self) -> Sequence[str]:
        names = {
            name
            for moment in self._model().moments
            for line in moment.authority
            for name in line.limits
            if name.endswith(EURO)
        }
        return sorted(names)


def _in(title: Title, language: str) -> str:
    return title.nl if language == "nl" else title.en
