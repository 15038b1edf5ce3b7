"""Mails made to break a reader: something readable comes out of each, and says what was wrong."""

import base64
from pathlib import Path

import pytest

from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import parse_mail

HEAD = b"From: a@b.example\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <1@b.example>\n"


def read(raw: bytes, folder: Path) -> ParsedMail:
    path = folder / "raw.eml"
    path.write_bytes(raw)
    mail = parse_mail(path, ReadOptions(blobs=folder / "blobs"))
    assert "reading it failed" not in mail.problem
    return mail


def text_mail(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
    fields = f"Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return HEAD + fields.encode("latin-1") + body


@pytest.mark.parametrize(
    "charset",
    [
        *(
            "klingon",
            "rot13",
            "zlib",
            "base64",
            "hex",
            "idna",
            "punycode",
            "unicode_escape",
            "mbcs",
        ),
        *(
            "undefined",
            "utf-8\\0",
            "x" * 500,
            "../../etc/passwd",
            "utf_8_sig",
            "utf-7",
            "\xff",
            "'",
            "",
        ),
        *(
            "utf-16",
            "utf-32",
            "iso-2022-kr",
            "hz",
            "cp037",
            "raw_unicode_escape",
            "a.b",
            "utf-8*nl",
        ),
    ],
)
def test_a_charset_that_lies_still_gives_text(charset: str, tmp_path: Path) -> None:
    mail = read(
        text_mail(f'text/plain; charset="{charset}"', b"Caf\xc3\xa9 +ADw- \xff\xfe"), tmp_path
    )
    assert mail.text
    mail.text.encode()


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        (b"Caf\xc3\xa9", "klingon", "Café"),
        (b"Caf\xe9", "klingon", "Café"),
        (b"Caf\xe9", "utf-8", "Café"),
        (b"\xc0\xafover", "utf-8", "À¯over"),
        (b"Caf\xc3\xa9, na\xc3\xafef \xff", "utf-8", "Café, naïef \ufffd"),
    ],
)
def test_what_was_guessed_is_said(body: bytes, charset: str, text: str, tmp_path: Path) -> None:
    mail = read(text_mail(f"text/plain; charset={charset}", body), tmp_path)
    assert mail.text == text
    assert "decoded with doubt" in mail.problem


def test_an_undeclared_charset_that_is_utf_8_is_no_problem(tmp_path: Path) -> None:
    assert read(HEAD + "\nCafé".encode(), tmp_path).text == "Café"
    assert read(HEAD + "\nCafé".encode(), tmp_path).problem == ""


def test_nested_too_deep_is_kept_raw(tmp_path: Path) -> None:
    raw = HEAD
    for level in range(1_000):
        raw += f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n".encode()
    mail = read(raw + b"\nDeep down.", tmp_path)
    assert "nested too deep" in mail.problem
    (kept,) = mail.attachments
    assert b"Deep down." in (tmp_path / "blobs" / kept.sha256[:2] / kept.sha256).read_bytes()


def test_of_20_000_parts_the_first_are_shown(tmp_path: Path) -> None:
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 20_000 + b"--b--\n"
    mail = read(raw, tmp_path)
    assert mail.text.startswith("x\n\nx\n\nx")
    assert "more than 1000 parts" in mail.problem


def test_of_many_files_the_first_are_kept(tmp_path: Path) -> None:
    part = b"--b\nContent-Type: image/png\n\nx\n"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 300 + b"--b--\n"
    mail = read(raw, tmp_path)
    assert len(mail.attachments) == 250
    assert "more than 250 files" in mail.problem


def test_100_000_header_fields(tmp_path: Path) -> None:
    mail = read(HEAD + b"X-Filler: x\n" * 100_000 + b"Subject: late\n\nText.", tmp_path)
    assert mail.sender.address == "a@b.example"
    assert mail.text == "Text."
    assert "header is too long" in mail.problem


def test_50_000_references_leave_the_nearest(tmp_path: Path) -> None:
    ids = b" ".join(b"<%d@b.example>" % number for number in range(50_000))
    mail = read(HEAD + b"In-Reply-To: <>\nReferences: " + ids + b"\n\nText.", tmp_path)
    assert mail.references == tuple(f"{number}@b.example" for number in range(49_999, 49_949, -1))


def test_20_000_recipients_leave_the_first(tmp_path: Path) -> None:
    to = b", ".join(b"Name %d <u%d@b.example>" % (number, number) for number in range(20_000))
    mail = read(HEAD + b"To: " + to + b"\n\nText.", tmp_path)
    assert len(mail.to) == 200
    assert mail.to[0].address == "u0@b.example"


def test_a_million_characters_of_subject_are_cut_visibly(tmp_path: Path) -> None:
    mail = read(HEAD + b"Subject: " + b"s" * 1_000_000 + b"\n\nText.", tmp_path)
    assert mail.subject.startswith("sss")
    assert mail.subject.endswith("[…]")
    assert len(mail.subject) < 1_100


def test_one_line_of_10_megabytes(tmp_path: Path) -> None:
    mail = read(HEAD + b"\n" + b"x" * 10_000_000, tmp_path)
    assert mail.text.startswith("xxx")
    assert len(mail.text) < 1_000_100
    assert "cut" in mail.problem


def test_a_megabyte_of_nested_elements_falls_back_to_text(tmp_path: Path) -> None:
    html = b"<div>" * 200_000 + b"Hello" + b"</div>" * 200_000
    mail = read(text_mail("text/html; charset=utf-8", html), tmp_path)
    assert mail.text == "Hello"
    assert mail.html == ""
    assert "nested too deep" in mail.problem


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n\r\n", b"\0", b"\0" * 5_000, b"\xff\xfe\xfd"])
def test_hardly_anything(raw: bytes, tmp_path: Path) -> None:
    mail = read(raw, tmp_path)
    assert mail.message_id.endswith("@missing.invalid")
    assert mail.problem


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    assert "the mail is empty" in read(b"", tmp_path).problem


def test_binary_garbage_is_shown(tmp_path: Path) -> None:
    mail = read(bytes(range(256)) * 1_000, tmp_path)
    assert "\0" not in mail.text
    assert "ABC" in mail.text


def test_nul_bytes_are_taken_out_everywhere(tmp_path: Path) -> None:
    raw = (
        b"From: a\0b@c.example\nTo: \0x <x@y.example>\nSubject: s\0t\nMessage-ID: <i\0d@x>\n"
        b"Date: Tue, 3 Nov 2026 10:00:00 +0100\nContent-Type: text/html\n\n<p>a\0b&#0;c</p>"
    )
    mail = read(raw, tmp_path)
    assert "\0" not in repr(mail).replace("\\x00", "\0")
    assert mail.subject == "st"
    assert "NUL" in mail.problem


def test_lone_surrogates_never_come_out(tmp_path: Path) -> None:
    raw = text_mail("text/plain; charset=utf-7", b"+2AA- and =?utf-7?q?+2AA-?=")
    mail = read(raw.replace(b"From:", b"Subject: =?utf-7?q?+2AA-?=\nFrom:"), tmp_path)
    (mail.text + mail.subject).encode()


def test_8_bit_header_fields(tmp_path: Path) -> None:
    mail = read(b"From: Ren\xe9 <r@b.example>\nSubject: Caf\xc3\xa9\n\nText.", tmp_path)
    assert mail.sender.name == "René"
    assert mail.subject == "Café"


@pytest.mark.parametrize(
    "date",
    [
        *("", "yesterday", "Thu, 32 Foo 9999 99:99:99 +9999", "Tue, 3 Nov 1871 10:00:00 +0100"),
        *("Tue, 3 Nov 9871 10:00:00 +0100", "3 Nov 2026 10:00:00 +999999999999999", "0" * 100_000),
        *("Mon, 1 Jan 1980 00:00:00 +0000", "1 1 1 1 1 1 1", "Tue, 3 Nov 2026 25:61:61"),
    ],
)
def test_an_absurd_date_is_none(date: str, tmp_path: Path) -> None:
    mail = read(f"From: a@b.example\nDate: {date}\n\nText.".encode(), tmp_path)
    assert mail.sent_at is None
    assert mail.problem == ""


@pytest.mark.parametrize("written", ["", "<>", "<<<>>>", "< >", "<\t>", '"', "<a b>"])
def test_a_missing_message_id_is_made_from_the_bytes(written: str, tmp_path: Path) -> None:
    one = read(f"From: a@b.example\nMessage-ID: {written}\n\nOne.".encode(), tmp_path)
    two = read(f"From: a@b.example\nMessage-ID: {written}\n\nTwo.".encode(), tmp_path)
    assert one.message_id == f"sha256-{one.raw_sha256}@missing.invalid"
    assert one.message_id != two.message_id
    assert "" not in one.references


@pytest.mark.parametrize(
    "written",
    [
        *("", "nobody", "<>", "@", "a@", "@b", "(" * 5_000, "<" * 5_000, '"' * 5_001, "a@b@c"),
        *("a@" + "b" * 300, "x" * 100 + "@b.example", "a@-b.example", "a@b..example", "\\" * 5_000),
        *('"a b"@c.example', "a\u202e@b.example", "=?utf-8?q?a=40b.example?=", "," * 100_000),
    ],
)
def test_an_unusable_sender_is_nobody(written: str, tmp_path: Path) -> None:
    mail = read(f"From: {written}\nSubject: s\n\nText.".encode(), tmp_path)
    assert mail.sender.address == ""
    assert "no usable sender" in mail.problem


@pytest.mark.parametrize(
    "body",
    [
        b"--b\nContent-Type: text/plain\n\nIn a part that never ends",
        b"In no part at all, In a part",
        b"--b\n--b\n--b\n\nIn a part\n--b--\n--b--\nafter",
        b"--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nIn a part\n--b--\n",
        b"--b  \t\n\nIn a part\n--b--  \n",
        b"--b\nno header here\n\nIn a part",
    ],
)
def test_broken_boundaries_lose_no_text(body: bytes, tmp_path: Path) -> None:
    mail = read(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + body, tmp_path)
    assert "In a part" in mail.text


@pytest.mark.parametrize("boundary", ["", '""', "x" * 2_000, '"  "'])
def test_without_a_usable_boundary_all_is_one_text(boundary: str, tmp_path: Path) -> None:
    raw = HEAD + f"Content-Type: multipart/mixed; boundary={boundary}\n\n--\n\nText.".encode()
    mail = read(raw, tmp_path)
    assert "Text." in mail.text
    assert "not separated" in mail.problem


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (b"SGVsbG8", "Hello"),
        (b"SGVsbG8=\n-- \nlist footer", "Hello"),
        (b"S G V\ns*b\x00G8=", "Hello"),
        (b"=" * 100_000, ""),
        (b"A", ""),
    ],
)
def test_broken_base64(encoded: bytes, text: str, tmp_path: Path) -> None:
    assert read(text_mail("text/plain", encoded, "base64"), tmp_path).text == text


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (b"a=3", "a=3"),
        (b"a=ZZb=", "a=ZZb"),
        (b"a=\nb", "ab"),
        (b"=" * 65_535 + b"41", "A"),
        (b"x" * 65_535 + b"=41", "A"),
        (b"x" * 65_534 + b"=41", "A"),
    ],
)
def test_broken_quoted_printable(encoded: bytes, text: str, tmp_path: Path) -> None:
    assert read(text_mail("text/plain", encoded, "quoted-printable"), tmp_path).text.endswith(text)


def test_an_encoded_message_inside_is_kept_decoded(tmp_path: Path) -> None:
    inner = base64.encodebytes(b"Subject: inner\n\nText.")
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n"
    mail = read(raw + b"Content-Transfer-Encoding: base64\n\n" + inner + b"--b--\n", tmp_path)
    (kept,) = mail.attachments
    assert kept.filename == "message.eml"
    assert kept.size == len(b"Subject: inner\n\nText.")


def test_a_mail_that_pretends_to_be_answered_by_nobody(tmp_path: Path) -> None:
    mail = read(HEAD + b"In-Reply-To: <> <\t> <<>>\nReferences: \n\nText.", tmp_path)
    assert mail.references == ()


def test_text_is_cut_with_a_visible_mark(tmp_path: Path) -> None:
    mail = read(HEAD + b"\n" + b"word " * 300_000, tmp_path)
    assert len(mail.text) < 1_000_100
    assert mail.text.endswith("the rest is in the original mail]")
