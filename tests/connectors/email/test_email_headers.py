"""Addresses, encoded words and parameters as mail programs write them, right and wrong."""

import pytest

from connectors.email.parsing.addresses import Mailbox, canonical_address, parse_mailboxes
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.filenames import clean_filename
from connectors.email.parsing.identifiers import (
    body_markers,
    message_id,
    plus_tokens,
    references,
    subject_number,
)
from connectors.email.parsing.parameters import parse_parameters
from connectors.email.parsing.words import decode_words

JAN = Mailbox("jan@klant.example", "Jan de Vries")


def fields(**values: str) -> Fields:
    return Fields([(name.replace("_", "-"), value.encode()) for name, value in values.items()])


@pytest.mark.parametrize(
    ("field", "boxes"),
    [
        ("Jan de Vries <jan@klant.example>", [JAN]),
        ('"Vries, Jan de" <JAN@Klant.Example>', [Mailbox("jan@klant.example", "Vries, Jan de")]),
        ("jan@klant.example (Jan de Vries)", [JAN]),
        ("Jan de Vries jan@klant.example", [JAN]),
        ("'Jan de Vries' <jan@klant.example>", [JAN]),
        ("=?utf-8?q?Jan_de_Vries?= <jan@klant.example>", [JAN]),
        ('"=?utf-8?B?SmFuIGRlIFZyaWVz?=" <jan@klant.example>', [JAN]),
        ("=?utf-8?q?Vries=2C_Jan?= <j@k.example>", [Mailbox("j@k.example", "Vries, Jan")]),
        ("<mailto:jan@klant.example>", [Mailbox("jan@klant.example")]),
        ("<@route.example:jan@klant.example>", [Mailbox("jan@klant.example")]),
        ("jan@klant.example, <piet@klant.example>; bad, x@y.example.", None),
        ("Groep: jan@klant.example, piet@klant.example;", None),
        ("jan@exámple.example", [Mailbox("jan@xn--exmple-qta.example")]),
        ('"A \\"B\\" C" <a@b.example>', [Mailbox("a@b.example", 'A "B" C')]),
        (
            "jan@klant.example <piet@klant.example>",
            [Mailbox("piet@klant.example", "jan@klant.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("a@b.example, A@B.example", [Mailbox("a@b.example")]),
        ("root@localhost", [Mailbox("root@localhost")]),
        ("a\u202eb <a@b.example>", [Mailbox("a@b.example", "ab")]),
    ],
)
def test_mailboxes(field: str, boxes: list[Mailbox] | None) -> None:
    found = parse_mailboxes(field)
    if boxes is None:
        assert [box.address for box in found][:2] == ["jan@klant.example", "piet@klant.example"]
    else:
        assert list(found) == boxes


@pytest.mark.parametrize(
    "address", ["a@b@c.example", "a b@c.example", "a@", "@b", "a@.example", ""]
)
def test_no_address(address: str) -> None:
    assert canonical_address(address) == ""


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("plain", "plain"),
        ("=?iso-8859-1?Q?Caf=E9_x?=", "Café x"),
        ("=?utf-8?B?4oKs?= =?utf-8?B?4oKs?=", "€€"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€"),
        ("=?utf-8*nl?q?caf=C3=A9?=", "café"),
        ("=?utf-8?x?no?=", "=?utf-8?x?no?="),
        ("=?utf-8?B?!!!?=", ""),
        ("=?utf-8?B?A?=", "=?utf-8?B?A?="),
        ("=?klingon?q?caf=C3=A9?=", "café"),
        ("=?windows-1252?q?=80_5?=", "€ 5"),
    ],
)
def test_encoded_words(field: str, text: str) -> None:
    assert decode_words(field) == text


@pytest.mark.parametrize(
    ("field", "value", "parameters"),
    [
        ("text/plain; charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('Text/HTML ; Charset = "utf-8"', "text/html", {"charset": "utf-8"}),
        ("a/b; name*=utf-8''caf%C3%A9.txt", "a/b", {"name": "café.txt"}),
        ("a/b; name*1=b; name*0=a; name*2*=%20c", "a/b", {"name": "ab c"}),
        ("a/b; name*0*=iso-8859-1''%E9; name*1=x", "a/b", {"name": "éx"}),
        ('a/b; name="a;b\\"c"', "a/b", {"name": 'a;b"c'}),
        ('a/b; name="unterminated', "a/b", {"name": "unterminated"}),
        ("a/b; name=one; name=two", "a/b", {"name": "one"}),
        ("a/b; name=plain; name*=utf-8''better", "a/b", {"name": "better"}),
        ("", "", {}),
        (";;;", "", {}),
    ],
)
def test_parameters(field: str, value: str, parameters: dict[str, str]) -> None:
    assert parse_parameters(field) == (value, parameters)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\temp\\a.exe", "C_temp_a.exe"),
        ("a\r\nb\0c.txt", "a bc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", ""),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 400, "x" * 150),
        ("e\u0301te\u0301.txt", "été.txt"),
    ],
)
def test_file_names(written: str, name: str) -> None:
    assert clean_filename(written) == name


def test_the_ids_a_mail_answers_are_nearest_first_and_each_once() -> None:
    found = references(fields(in_reply_to="<c@x> <a@x>", references="<a@x> <b@x>\n <c@x>"))
    assert found == ("c@x", "a@x", "b@x")


def test_an_id_without_brackets_counts_when_it_looks_like_one() -> None:
    assert message_id(fields(message_id="a@x.example"), "0") == "a@x.example"
    assert message_id(fields(message_id="nonsense"), "0") == "sha256-0@missing.invalid"


def test_tokens_are_found_in_addresses_whatever_case_and_separator() -> None:
    token = "abcdefghijklmnop.qrstuvwxyz"
    assert plus_tokens([f"A <s+c-{token.upper()}@x.example>, b@c.example"]) == (token,)
    assert plus_tokens([f"s-c-{token}@x.example", f"s+c-{token}@x.example"]) == (token,)
    assert plus_tokens(["marc-cools@x.example", "s+c-short@x.example"]) == ()


def test_markers_and_numbers() -> None:
    assert body_markers("text\n> [loket:abc.DEF-1]\n[loket:]") == ("abc.DEF-1",)
    assert subject_number("Re: [#123] vraag") == 123
    assert subject_number("[#] [#x] [#1234567890123456789]") is None


def test_many_quotation_marks_without_an_end_are_read_at_once() -> None:
    """Each could begin a name that goes on to the end of the field; minutes, once."""
    assert parse_mailboxes('"' + '\\"' * 31_000) == ()
    assert parse_mailboxes('"Jan <jan@example.org>') == (Mailbox("jan@example.org", "Jan"),)
