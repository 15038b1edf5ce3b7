"""What somebody filled in on a form that was refused: it stands there again, to be mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from agent_ui.visit import Guest
from hub.http import form_of


@dataclass(frozen=True)
class Typed:
    """`given`: the fields of the refused form; None where none was."""

    given: Mapping[str, Sequence[str]] | None = None

    @classmethod
    async def refused(cls, visit: Guest, error: object) -> Self:
        """Of the form that was sent, if there is an error."""
        if error is None:
            return cls()
        form = await form_of(visit.request)
        names = list(dict.fromkeys(form))
        return cls({name: await visit.fields(name) for name in names})

    def of(self, name: str, value: str) -> Self:
        """Only of the form on the page in which this field says so."""
        is_it = self.given is not None and value in self.given.get(name, ())
        return type(self)(self.given if is_it else None)

    def __bool__(self) -> bool:
        return self.given is not None

    def value(self, name: str, kept: object = "") -> object:
        if self.given is None:
            return kept
        return next(iter(self.given.get(name, ())), "")

    def ticked(self, name: str, kept: object = False, value: object = "1") -> bool:
        if self.given is None:
            return bool(kept)
        return str(value) in self.given.get(name, ())
