"""Changes in the text of a model file, in which everything else stays as it was written: comments,
order, quotation marks and line breaks."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from routing.forms.yaml_writer import dumped, loosened, round_trip_yaml, styled
from routing.model_file.problem import Place


class YamlText:
    """The text of a model that was read before: that it is safe and whole was seen to there.

    Places lead to values as they do in problems: `("moments", 3, "sla", "resolution")`. Raises
    LookupError for a place that is not there.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._yaml = round_trip_yaml()
        self._document = self._yaml.load(text)
        self._before = dumped(self._document)

    def put(self, place: Place, value: Any) -> None:
        """Write a value, new or instead of what is there. Yes and no are True and False."""
        self._at(place[:-1])[place[-1]] = styled(value)

    def add(self, place: Place, value: Any) -> None:
        """Write a value as the last of a list."""
        self._at(place).append(styled(value))

    def remove(self, place: Place) -> None:
        del self._at(place[:-1])[place[-1]]

    def keys(self, place: Place) -> dict[str, Any]:
        """The keys of a mapping as they are kept, by what they say: a day may be one or a text."""
        return {str(key): key for key in self._at(place)}

    def loosen(self, place: Place) -> None:
        """Write a mapping that has become long on lines of its own."""
        loosened(self._at(place))

    def text(self) -> str:
        """The whole text. Only lines that say something else now differ from those before."""
        return _carried_over(self._text, self._before, dumped(self._document))

    def _at(self, place: Place) -> Any:
        found = self._document
        for step in place:
            found = found[step]
        return found


def _carried_over(text: str, before: str, after: str) -> str:
    """`after` with the lines of `text` wherever it says the same as `before`; `before` is `text` in
    the writer's own way."""
    own, base, new = (one.splitlines(keepends=True) for one in (text, before, after))
    written = _units(base, own)
    lines: list[str] = []
    for kind, start, end, first, last in SequenceMatcher(None, base, new, False).get_opcodes():
        lines += _originals(written, start, end, base) if kind == "equal" else new[first:last]
    return "".join(lines)


_Unit = tuple[int, int, list[str]]


def _units(base: list[str], own: list[str]) -> list[_Unit]:
    """Stretches of the base with the lines that they were written as."""
    units: list[_Unit] = []
    for kind, start, end, first, last in SequenceMatcher(None, base, own, False).get_opcodes():
        if kind == "equal":
            units += [(n, n + 1, [own[first + n - start]]) for n in range(start, end)]
        else:
            units.append((start, end, own[first:last]))
    return units


def _originals(units: list[_Unit], start: int, end: int, base: list[str]) -> Iterator[str]:
    """The lines of a stretch as written; one that is cut by it in the writer's own way."""
    for first, last, own in units:
        if start <= first and last <= end and (first < last or start < first or start == 0):
            yield from own
        elif first < end and start < last:
            yield from base[max(first, start) : min(last, end)]
