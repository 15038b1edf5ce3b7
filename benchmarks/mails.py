"""The mails that the benchmarks send: 2 KB each, all different, and the same in every run.

Every second one is plain text, the others carry the text a second time as HTML, as mail programs
do. Each opens a conversation of its own, which is the dearest thing a mail can do to a hub.
"""

import functools
import re
from textwrap import wrap

ACCOUNT = "contact@organisation.example"
CONTENT = 1830
"""Bytes below the header, which takes the rest of the 2 KB."""
SENDERS = 2000

_MATTERS = (
    ("Bestelling te laat", "Mijn bestelling van vorige week is nog niet geleverd."),
    ("Factuur klopt niet", "Op de factuur staat een bedrag dat ik niet herken."),
    ("Koffiemachine lekt", "De machine lekt sinds gisteren en geeft een foutcode."),
    ("Refund please", "I returned two bags of beans and wait for the refund."),
    ("Klacht", "Ik ben teleurgesteld over het antwoord dat ik kreeg."),
    ("Vraag over openingstijden", "Tot hoe laat kan ik op zaterdag bij u terecht?"),
    ("Contract opzeggen", "Ik wil het leasecontract aan het eind van het jaar opzeggen."),
    ("Hallo", "Kunt u mij terugbellen? Het gaat over iets van de vorige keer."),
)
MATTERS = len(_MATTERS)
"""After so many mails, what they are about comes again."""

_FILLING = (
    "Ik heb het al eens eerder geprobeerd en toen werd het netjes opgelost, dus ik hoop dat het "
    "nu weer lukt. Alvast bedankt voor de moeite en een vriendelijke groet uit Utrecht."
)
_NUMBER = re.compile(r"bench-(\d+)@")


def message_id(number: int) -> str:
    return f"<bench-{number}@customer.example>"


def number_in(text: str) -> int:
    """Which mail a text that holds its Message-ID is about."""
    found = _NUMBER.search(text)
    assert found is not None
    return int(found[1])


def sender(number: int) -> str:
    return f"customer{number % SENDERS}@customer.example"


def subject(number: int) -> str:
    return f"{_MATTERS[number % len(_MATTERS)][0]} {number}"


def text(number: int) -> str:
    """What the mail says, without its clothing."""
    return "\n".join(_filled(_MATTERS[number % len(_MATTERS)][1], CONTENT))


def mail(number: int) -> bytes:
    """One whole mail with CRLF line ends; no line begins with a dot."""
    header = (
        f"From: Customer {number % SENDERS} <{sender(number)}>",
        f"To: Contact <{ACCOUNT}>",
        f"Subject: {subject(number)}",
        f"Message-ID: {message_id(number)}",
        "Date: Sun, 22 Nov 2026 10:00:00 +0100",
        "MIME-Version: 1.0",
        "",
    )
    return "\r\n".join(header).encode() + _content(number % len(_MATTERS))


@functools.cache  # the generator must not take the processor from what it measures
def _content(matter: int) -> bytes:
    text = _MATTERS[matter][1]
    return _alternative(text) if matter % 2 else _plain(text)


def _plain(text: str) -> bytes:
    return _joined(["Content-Type: text/plain; charset=utf-8", "", *_filled(text, CONTENT - 50)])


def _alternative(text: str) -> bytes:
    lines = _filled(text, (CONTENT - 220) // 2)
    head = ['Content-Type: multipart/alternative; boundary="b1"', ""]
    plain = ["--b1", "Content-Type: text/plain; charset=utf-8", "", *lines]
    html = ["--b1", "Content-Type: text/html; charset=utf-8", "", "<html><body><p>", *lines]
    return _joined([*head, *plain, *html, "</p></body></html>", "--b1--"])


def _filled(text: str, room: int) -> list[str]:
    while len(text) < room:
        text = f"{text} {_FILLING}"
    return wrap(text[:room], 72)


def _joined(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode()
