"""How deep HTML is nested, estimated from its tags alone and never too low by much.

A closing tag counts only where the HTML standard lets it close something, and what a parser would
open again counts as open. https://html.spec.whatwg.org/multipage/parsing.html
"""

from connectors.email.parsing.html_tags import Tag


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_OPEN = _names(
    "area base body br col embed head hr html img input link meta param source track wbr"
)
_CLOSES_ITSELF = _names("a button dd dt li nobr option p td th tr")
_SCOPES = _names("applet caption marquee object select table td template th")
_TABLE = _names("caption table tbody td tfoot th thead tr")
# The closing tags of these take along what is open inside; all others stop at one of these.
_BLOCKS = (
    _SCOPES
    | _TABLE
    | _names(
        "address article aside blockquote button center dd details dialog dir div dl dt fieldset"
        " figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup li main menu nav ol pre section"
        " summary ul"
    )
)
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
# What is inside these stays open when they close; a paragraph may even have been closed by it.
_CLOSES_ALONE = _FORMATTING | {"form", "p"}


class Nesting:
    """How deep the elements are nested, as far as tags alone can tell."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._lingering = 0
        """Formatting that was closed by what it stands in; parsers open it again in the next."""

    @property
    def depth(self) -> int:
        return len(self._open) + self._lingering

    def take(self, tag: Tag) -> None:
        if tag.closing:
            self._close(tag.name)
            return
        stray = tag.name in _TABLE and tag.name != "table" and "table" not in self._open
        if tag.name in _NEVER_OPEN or stray:
            return
        if tag.name in _CLOSES_ITSELF and self._open and self._open[-1] == tag.name:
            self._open.pop()
        self._open.append(tag.name)

    def _close(self, name: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            element = self._open[index]
            if element == name:
                self._remove(index)
                return
            if _stops(name, element):
                return
        if name in _FORMATTING and self._lingering:
            self._lingering -= 1

    def _remove(self, index: int) -> None:
        name = self._open[index]
        if name in _CLOSES_ALONE:
            del self._open[index]
            return
        if name not in _SCOPES:
            inside = self._open[index + 1 :]
            self._lingering += sum(element in _FORMATTING for element in inside)
        del self._open[index:]


def _stops(closing: str, element: str) -> bool:
    """Whether this closing tag looks no further out than this open element."""
    if closing in _TABLE or closing in _CLOSES_ALONE:
        return element in _SCOPES and closing not in _TABLE
    return element in (_SCOPES if closing in _BLOCKS else _BLOCKS)
