"""How mail programs mark the message that they quote below or above an answer."""

import re
from collections.abc import Sequence
from enum import Enum

_LONGEST_LINE = 300
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 8
# Attributions that turn out to be none cost most; a real mail has one or two candidates.
_MOST_TRIES = 50

_E_ACUTE = "(?:é|e\u0301)"
_O_ACUTE = "(?:ó|o\u0301)"
_U_UMLAUT = "(?:ü|ue|u\u0308)"

_TRIGGER = re.compile(
    r"[-_>*\s]{0,60}(?:on|op|am|le|el|at|from|van|von|de|original|oorspronkelij|urspr|message|mensaje"
    r"|reply|begin|forward|doorgestuurd|weitergeleitet|anfang|d[eé]|inicio|\d{4}-)",
    re.IGNORECASE,
)
_WROTE = ("schreef", "wrote", "schrieb")
_ATTRIBUTION = re.compile(
    r"(?:(?:On|At)\s.{5,600}?\bwrote"
    r"|Op\s.{5,600}?\b(?:schreef|geschreven)\b.{0,200}"
    r"|Am\s.{5,600}?\b(?:schrieb|geschrieben)\b.{0,200}"
    rf"|Le\s.{{5,600}}?\ba\s{_E_ACUTE}crit"
    rf"|El\s.{{5,600}}?\bescribi{_O_ACUTE}"
    r"|.{1,200}?\b(?:schreef|wrote|schrieb)\s(?:op|on|am)\s.{5,200}"
    r"|\d{4}-\d\d-\d\d\s.{5,100}<[^<>]{3,200}>"
    r")\s{0,2}:",
)
_DATE_OR_ADDRESS = re.compile(r"\d|@")
_SEPARATOR = re.compile(
    r"[-_*\s]{2,60}(?:original (?:message|appointment)|oorspronkelijke? (?:bericht|e-?mail)"
    rf"|urspr{_U_UMLAUT}ngliche (?:nachricht|e-?mail)|message d['\u2019]origine|message original"
    r"|mensaje original|reply message)[-_*\s]{1,60}(?:(?:from|van|von|de)\s?:.{0,200})?",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"[-_*\s]{0,60}(?:(?:begin )?forwarded message|begin doorgestuurd bericht|doorgestuurd bericht"
    r"|weitergeleitete nachricht|anfang der weitergeleiteten nachricht"
    rf"|(?:d{_E_ACUTE}but du )?message transf{_E_ACUTE}r{_E_ACUTE}"
    r"|mensaje reenviado|inicio del mensaje reenviado)\s{0,3}:?[-_*\s]{0,60}",
    re.IGNORECASE,
)
_FROM = re.compile(r"[*\s]{0,4}(?:from|van|von|de)[*\s]{0,3}:[*\s]{0,3}\S", re.IGNORECASE)
_SUBJECT = re.compile(
    r"[*\s]{0,4}(?:subject|onderwerp|betreff|objet|asunto)[*\s]{0,3}:", re.IGNORECASE
)
_SENT_OR_TO = re.compile(
    rf"[*\s]{{0,4}}(?:sent|date|verzonden|datum|gesendet|envoy{_E_ACUTE}|enviado(?: el)?|fecha"
    r"|to|aan|an|à|para|pour)[*\s]{0,3}:",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_*=]{5,200}")
_DEVICE = re.compile(
    r"(?:sent (?:from|with|via)|get|download|verzonden (?:vanaf|vanuit|via|met)"
    r"|verstuurd (?:vanaf|vanuit|via|met)|gesendet (?:von|mit|aus)|von|diese nachricht wurde von"
    rf"|envoy{_E_ACUTE}e? (?:de|depuis|à partir)|t{_E_ACUTE}l{_E_ACUTE}charger|obtenir"
    r"|enviado (?:desde|con)|obtener|outlook (?:voor|für))\b.{0,60}?"
    r"\b(?:iphone|ipad|android|ios|samsung|galaxy|huawei|xiaomi|outlook|yahoo|gmail|proton|mail"
    r"|mobiele?|mobile|mobiltelefon|handy|smartphone|telefoon|t[eé]l[eé]phone|m[oó]vil|windows|tablet)\b",
    re.IGNORECASE,
)
_LONGEST_DEVICE_LINE = 120


class Mark(Enum):
    BLANK = "blank"
    TEXT = "text"
    QUOTE = "quote"


class Marks:
    """Says of each line of a mail what it is."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._tries = 0

    def all(self) -> list[Mark]:
        marks: list[Mark] = []
        while len(marks) < len(self._lines):
            marks += self._next(len(marks))
        return marks

    def _next(self, index: int) -> list[Mark]:
        """The marks of this line and of those that it decides about."""
        line = self._lines[index].strip()
        if not line:
            return [Mark.BLANK]
        if line[0] == ">" or (line[0] in "-_*=" and _RULE.fullmatch(line)):
            return [Mark.QUOTE]
        if len(line) > _LONGEST_LINE or not _triggers(line):
            return [Mark.TEXT]
        return self._suspect(index, line)

    def _suspect(self, index: int, line: str) -> list[Mark]:
        left = len(self._lines) - index
        if _FORWARD.fullmatch(line):
            # What is forwarded is what the sender wants read.
            return [Mark.TEXT] * left
        if _SEPARATOR.fullmatch(line) or self._is_header(index):
            return [Mark.QUOTE] * left
        length = self._attribution(index)
        if not length:
            return [Mark.TEXT]
        return [Mark.QUOTE] * (length if self._quoted_after(index + length) else left)

    def _is_header(self, index: int) -> bool:
        """Whether the quoted message's own From, Sent, To and Subject begin here, as in Outlook."""
        if not _FROM.match(self._lines[index]):
            return False
        after = [
            line[:_LONGEST_LINE] for line in self._lines[index + 1 : index + 1 + _HEADER_LINES]
        ]
        # The subject is asked for as well: an order may well say "Van: Utrecht, Aan: Gent".
        return any(map(_SUBJECT.match, after)) and any(map(_SENT_OR_TO.match, after))

    def _attribution(self, index: int) -> int:
        """Over how many lines "On ... X wrote:" runs from here; 0 when it is none."""
        text = ""
        for length, line in enumerate(self._lines[index : index + _ATTRIBUTION_LINES], start=1):
            if not line.strip() or len(line) > _LONGEST_LINE or self._tries > _MOST_TRIES:
                return 0
            text = f"{text} {line.strip()}".lstrip()
            if text.endswith(":") and _DATE_OR_ADDRESS.search(text):
                self._tries += 1
                if _ATTRIBUTION.fullmatch(text):
                    return length
        return 0

    def _quoted_after(self, index: int) -> bool:
        """Whether the quote that was announced is marked line by line."""
        for line in self._lines[index : index + _ATTRIBUTION_LINES]:
            if line.strip():
                return line.lstrip().startswith(">")
        return False

    @staticmethod
    def is_device_line(line: str) -> bool:
        """Whether this is what a device adds: "Sent from my iPhone" and its like."""
        line = line.strip()
        return len(line) <= _LONGEST_DEVICE_LINE and _DEVICE.match(line) is not None


def _triggers(line: str) -> bool:
    return _TRIGGER.match(line) is not None or any(word in line for word in _WROTE)
