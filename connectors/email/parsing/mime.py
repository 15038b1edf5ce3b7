"""The structure of a mail, read line by line from a file: texts to memory, all else to the blobs.

Why not the standard library's parser: it holds a mail eight times over and gives up with raw
errors on hostile nesting. Here memory is bounded by the limits, and time by the size of the file.
https://www.rfc-editor.org/rfc/rfc2046#section-5.1
"""

import re
from typing import BinaryIO, NamedTuple

from connectors.email.mail import Problems
from connectors.email.parsing import limits
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.parts import REPORT_TYPES, Part
from connectors.email.parsing.sinks import FileSink, Nowhere, Sink, TextSink
from connectors.email.parsing.transfer import decoder_for
from hub.blobs import Blobs

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LONGEST_BOUNDARY = 1_000


class _Delimiter(NamedTuple):
    """A line that separates (or, closing, ends) the parts of the multipart at this depth."""

    depth: int
    closing: bool


class StructureReader:
    """Reads one mail. `blobs` gets the files; `problems` what had to be left out."""

    def __init__(self, stream: BinaryIO, blobs: Blobs, problems: Problems) -> None:
        self._lines = _Lines(stream)
        self._blobs = blobs
        self._problems = problems
        self._open: dict[bytes, _Delimiter] = {}
        self._depth = 0
        self._parts = 0
        self._files = 0

    def read(self) -> Part:
        return self._part(None)[0]

    def _part(self, parent: Part | None) -> tuple[Part, _Delimiter | None]:
        """A part, and the delimiter that ended it."""
        self._parts += 1
        fields, end = self._fields()
        digest = parent is not None and parent.content_type == "multipart/digest"
        part = Part.of(fields, "message/rfc822" if digest else "text/plain")
        if end is not None:
            return part, end
        if part.content_type.startswith("multipart/"):
            if 0 < len(part.boundary) <= _LONGEST_BOUNDARY and self._depth < limits.DEPTH:
                return part, self._multipart(part)
            self._make_leaf(part)
        return part, self._leaf(part, parent)

    def _make_leaf(self, part: Part) -> None:
        """A multipart that cannot be opened is kept as it is."""
        if self._depth < limits.DEPTH:
            self._problems.add("its parts are not separated: shown as one text")
            part.content_type = "text/plain"
        else:
            self._problems.add("nested too deep: the inner parts are kept raw, as a file")
            part.filename = part.filename or "nested-parts.txt"

    def _multipart(self, part: Part) -> _Delimiter | None:
        self._depth += 1
        mine = self._depth
        outer = dict(self._open)
        self._open[b"--" + part.boundary] = _Delimiter(mine, closing=False)
        self._open[b"--" + part.boundary + b"--"] = _Delimiter(mine, closing=True)
        preamble = TextSink(limits.REPORT_BYTES)
        end = self._copy(preamble)
        while end is not None and end.depth == mine and not end.closing:
            if self._parts >= limits.PARTS:
                self._problems.add(f"more than {limits.PARTS} parts: the rest was left out")
                end = self._copy(Nowhere())
                continue
            child, end = self._part(part)
            part.children.append(child)
        self._open = outer
        self._depth -= 1
        if not part.children and preamble.content.strip():
            self._problems.add("its parts are not separated: shown as one text")
            part.content_type, part.body = "text/plain", preamble.content
        return self._copy(Nowhere()) if end is not None and end.depth == mine else end

    def _leaf(self, part: Part, parent: Part | None) -> _Delimiter | None:
        decoder = decoder_for(part.fields.get("content-transfer-encoding"))
        if part.is_body(parent):
            text = TextSink(limits.TEXT_BYTES, decoder)
            end = self._copy(text)
            part.body, part.cut = text.content, text.cut
            return end
        if self._files >= limits.FILES:
            self._problems.add(f"more than {limits.FILES} files: the rest was left out")
            return self._copy(Nowhere())
        self._files += 1
        head = limits.REPORT_BYTES if part.content_type in REPORT_TYPES else 0
        with self._blobs.writer() as writer:
            file = FileSink(writer, decoder, head)
            end = self._copy(file)
            part.body = file.head
            part.file = part.as_file(*writer.finish())
        return end

    def _copy(self, sink: Sink) -> _Delimiter | None:
        """Everything up to the next delimiter, without the line end that belongs to it."""
        held = b""
        while line := self._lines.next():
            if end := self._delimiter(line):
                sink.write(held[:-2] if held.endswith(b"\r\n") else held.removesuffix(b"\n"))
                sink.finish()
                return end
            sink.write(held)
            held = line
        sink.write(held)
        sink.finish()
        return None

    def _delimiter(self, line: bytes) -> _Delimiter | None:
        if line[:2] != b"--" or not self._lines.at_start:
            return None
        return self._open.get(line.rstrip())

    def _fields(self) -> tuple[Fields, _Delimiter | None]:
        """The header fields, and a delimiter where it follows them at once."""
        header = _Header(self._problems, whole_mail=self._depth == 0)
        while line := self._lines.next():
            end = self._delimiter(line)
            if end or (self._lines.at_start and line in (b"\n", b"\r\n")):
                return header.fields(), end
            if not header.take(line, at_start=self._lines.at_start):
                self._lines.back()
                break
        return header.fields(), None


class _Header:
    """Collects the lines of one header."""

    def __init__(self, problems: Problems, *, whole_mail: bool) -> None:
        self._problems = problems
        self._pairs: list[tuple[str, bytearray]] = []
        self._most = limits.FIELDS if whole_mail else limits.PART_FIELDS
        self._room = limits.FIELD_BYTES if whole_mail else limits.PART_FIELD_BYTES

    def take(self, line: bytes, *, at_start: bool) -> bool:
        """Add a line. False when it is none of a header: the body starts without a blank line."""
        if b"\0" in line:
            self._problems.add("its header held NUL bytes")
            line = line.replace(b"\0", b"")
        named = _FIELD.match(line) if at_start else None
        continued = not at_start or line[:1] in (b" ", b"\t")
        if not named and not continued:
            # The envelope line of a mailbox file.
            return not self._pairs and line.startswith((b"From ", b">From "))
        self._room -= len(line)
        if self._room < 0 or (named and len(self._pairs) == self._most):
            self._problems.add("its header is too long: the rest of it was left out")
            self._room = -1
        elif named:
            value = bytearray(line[named.end() :])
            self._pairs.append((named[1].decode("ascii").lower(), value))
        elif self._pairs:
            self._pairs[-1][1].extend(line)
        return True

    def fields(self) -> Fields:
        return Fields([(name, bytes(value)) for name, value in self._pairs])


class _Lines:
    """The lines of a file, long ones in pieces; one can be put back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._last = b"\n"
        self._again = False
        self.at_start = True
        """Whether the piece that was handed out last is the beginning of a line."""

    def next(self) -> bytes:
        if self._again:
            self._again = False
            return self._last
        self.at_start = self._last[-1:] == b"\n"
        self._last = line = self._stream.readline(limits.LINE_BYTES)
        return line

    def back(self) -> None:
        self._again = True
