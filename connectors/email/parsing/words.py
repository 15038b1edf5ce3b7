"""Encoded words in header fields: `=?utf-8?B?...?=` (RFC 2047)."""

import binascii
import re

from connectors.email.parsing.charsets import decode

WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?="
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")


def decode_words(text: str) -> str:
    """The text with its encoded words decoded; what is not decodable stays as it is."""
    if "=?" not in text:
        return text
    # Some senders split a character over two words: neighbours are joined before decoding.
    pieces: list[tuple[str, bytes]] = []
    position = 0
    for word in _WORD.finditer(text):
        between = text[position : word.start()]
        charset, data = _word(word)
        if between.strip() or (between and not (pieces and pieces[-1][0])):
            pieces.append(("", between.encode("utf-8", "surrogatepass")))
        if pieces and charset and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + data)
        else:
            pieces.append((charset, data))
        position = word.end()
    pieces.append(("", text[position:].encode("utf-8", "surrogatepass")))
    return "".join(decode(data, charset or "utf-8")[0] for charset, data in pieces)


def _word(word: re.Match[str]) -> tuple[str, bytes]:
    """(charset, bytes); an empty charset marks a word that is left as it is."""
    charset = word[1].partition("*")[0].lower()
    content = word[3].encode("utf-8", "replace")
    if word[2] in "qQ":
        return charset, binascii.a2b_qp(content, header=True)
    try:
        return charset, binascii.a2b_base64(content.rstrip(b"= ") + b"==")
    except binascii.Error:
        return "", word[0].encode("utf-8", "replace")
