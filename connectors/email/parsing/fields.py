"""The header fields of a mail or a part, by name. Knows nothing of what they mean."""

from collections.abc import Iterator

from connectors.email.parsing.charsets import decode
from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.words import decode_words


class Fields:
    """Field names are kept in lower case, values as the bytes that came."""

    def __init__(self, pairs: list[tuple[str, bytes]]) -> None:
        self._values: dict[str, list[bytes]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)
        self.doubtful = False
        """Whether a value that was asked for held bytes of an unknown charset."""

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> set[str]:
        return set(self._values)

    def all(self, name: str) -> Iterator[str]:
        """Each value of this name as unfolded text, encoded words still in it."""
        return map(self._text, self._values.get(name, ()))

    def get(self, name: str) -> str:
        """The first value of this name, or empty."""
        return next(self.all(name), "")

    def line(self, name: str, limit: int) -> str:
        """The first value as clean text for people."""
        # An encoded character takes up to twelve bytes.
        return clean_line(decode_words(self.get(name)[: limit * 12 + 12]), limit)

    def _text(self, value: bytes) -> str:
        text, doubt = decode(value, "utf-8")
        self.doubtful = self.doubtful or doubt
        return text.replace("\r", "").replace("\n", "").strip()
