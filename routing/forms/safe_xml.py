"""XML as plain elements with their lines, read safely: without document types, entities, or depth
and size without end."""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from routing.forms.limits import broken
from routing.said import said

MOST_DEPTH = 30
MOST_ELEMENTS = 500_000


@dataclass
class Element:
    """`name` is without its namespace, `text` what stands directly in it."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element | None":
        return next(iter(self.all(name)), None)


def read_xml(content: bytes, file: str) -> Element:
    """The outermost element. Raises BrokenModel."""
    reader = _Reader(file)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.document_type
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    reader.parser = parser
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        what = said("This is not XML: {reason}.", reason=expat.ErrorString(error.code))
        raise broken(file, error.lineno, what, said("Export it again.")) from error
    return reader.root.children[0]


class _Reader:
    def __init__(self, file: str) -> None:
        self.root = Element("", {}, 0)
        self.parser: Any = None
        self._file = file
        self._open = [self.root]
        self._count = 0

    def document_type(self, *_: Any) -> None:
        what = said("This file has a document type, which could hold anything.")
        raise broken(self._file, self._line(), what, said("Take out the line with <!DOCTYPE."))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > MOST_DEPTH or self._count > MOST_ELEMENTS:
            what = said("This file is too deep or too large.")
            raise broken(self._file, self._line(), what, said("Export the decision table alone."))
        element = Element(name.rpartition("}")[2], attributes, self._line())
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].text += text

    def _line(self) -> int:
        line: int = self.parser.CurrentLineNumber
        return line
