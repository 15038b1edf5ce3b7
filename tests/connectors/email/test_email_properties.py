"""What holds for any bytes whatever, and what survives being written and read again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.email.arrival import arrival_of
from connectors.email.build import OutgoingMail, build_mail
from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import parse_mail
from connectors.email.parsing.addresses import Mailbox, canonical_address, parse_mailboxes
from connectors.email.parsing.parameters import parse_parameters
from connectors.email.parsing.words import decode_words
from examples import examples
from hub.outgoing import OutgoingFile
from hub.store import Blobs

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
SAMPLES = [path.read_bytes() for path in (Path(__file__).parent / "samples/mails").glob("*.eml")]
ADDRESS = re.compile(r"[^\s@<>]+@[a-z0-9_.-]+")
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")

# The folder is shared by all examples on purpose: blobs are only ever added.
in_one_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=examples(60),
)


def read(raw: bytes, folder: Path) -> ParsedMail:
    path = folder / "raw.eml"
    path.write_bytes(raw)
    return parse_mail(path, ReadOptions(blobs=folder / "blobs", trusted=("mx.winkel.example",)))


def assert_sound(mail: ParsedMail) -> None:
    assert "reading it failed" not in mail.problem
    whole = arrival_of(mail, account="service@winkel.example", received_at=NOW).model_dump_json()
    assert "\\u0000" not in whole
    whole.encode()
    boxes = (*mail.to, *mail.cc, *mail.reply_to, *([mail.sender] if mail.sender.address else []))
    assert all(ADDRESS.fullmatch(box.address) for box in boxes)
    assert not any(UNFIT.search(box.name) for box in boxes)
    assert mail.message_id
    assert all(mail.references)
    for file in mail.attachments:
        assert file.filename.strip()
        assert not set(file.filename) & set('/\\:*?"<>|\r\n\t')


FIELD = st.sampled_from(
    [
        *(
            "From: ",
            "To: ",
            "Cc: ",
            "Subject: ",
            "Date: ",
            "Message-ID: ",
            "References: ",
            "Reply-To: ",
        ),
        *("In-Reply-To: ", "Return-Path: ", "Authentication-Results: mx.winkel.example; "),
        *("Content-Type: text/plain; charset=", "Content-Type: multipart/mixed; boundary=b\n"),
        *("Content-Type: multipart/report; boundary=b\n", "Content-Type: message/rfc822\n"),
        *(
            "Content-Type: message/delivery-status\n",
            "Content-Type: text/html\n",
            "--b\n",
            "--b--\n",
        ),
        *(
            "Content-Disposition: attachment; filename=",
            "Content-Transfer-Encoding: base64\n",
            "\n",
        ),
        *(
            "Content-Transfer-Encoding: quoted-printable\n",
            "Auto-Submitted: ",
            "X-Failed-Recipients: ",
        ),
        *(
            "Action: failed\n",
            "Final-Recipient: rfc822; a@b\n",
            "<a@b.example>",
            "=?utf-8?b?",
            "?=",
        ),
    ]
)
SOUP = st.lists(st.one_of(FIELD, st.text(max_size=20), st.just("\n\n")), max_size=40)


@in_one_folder
@given(raw=st.binary(max_size=2_000))
def test_any_bytes_give_a_sound_mail(raw: bytes, tmp_path: Path) -> None:
    assert_sound(read(raw, tmp_path))


@in_one_folder
@given(soup=SOUP)
def test_any_soup_of_mail_gives_a_sound_mail(soup: list[str], tmp_path: Path) -> None:
    assert_sound(read("".join(soup).encode("utf-8", "replace"), tmp_path))


@in_one_folder
@given(data=st.data())
def test_a_damaged_sample_gives_a_sound_mail(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=10))
    assert_sound(read(bytes(raw), tmp_path))


@given(st.text(max_size=300))
@example('"a" <b@c.example>, (d) e@f.example; g: h@i.example;')
def test_any_address_field_gives_well_formed_addresses(field: str) -> None:
    for box in parse_mailboxes(field):
        assert box.address == canonical_address(box.address)
        assert not UNFIT.search(box.name)


@given(st.text(max_size=300))
def test_any_field_can_be_decoded(field: str) -> None:
    decode_words(field).encode("utf-8", "surrogatepass")
    parse_parameters(field)


@given(st.text(alphabet="a;=*\"\\'0%é ", max_size=200))
def test_any_parameters_can_be_read(field: str) -> None:
    parse_parameters("x; " + field)


LINE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=60)
NAME = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\"'"), max_size=40
).map(str.strip)
ASCII_ID = st.from_regex(r"[a-zA-Z0-9.$+_-]{1,150}@[a-z0-9.-]{1,80}", fullmatch=True)
LOCAL = st.from_regex(r"[a-z0-9](?:[a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True)
BOX = st.builds(Mailbox, LOCAL.map(lambda local: f"{local}@klant.example"), NAME)


@in_one_folder
@given(
    subject=st.lists(LINE, min_size=1, max_size=12).map(" ".join),
    lines=st.lists(LINE, min_size=1, max_size=10),
    sender=BOX,
    to=st.lists(BOX, min_size=1, max_size=4, unique_by=lambda box: box.address),
    ids=st.lists(ASCII_ID, min_size=1, max_size=15, unique=True),
    filename=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40),
    content=st.binary(max_size=300),
)
def test_what_is_built_reads_back(
    *,
    subject: str,
    lines: list[str],
    sender: Mailbox,
    to: list[Mailbox],
    ids: list[str],
    filename: str,
    content: bytes,
    tmp_path: Path,
) -> None:
    attached = tmp_path / "attached"
    attached.write_bytes(content)
    raw = build_mail(
        OutgoingMail(
            sender=sender,
            to=tuple(to),
            subject=subject,
            text="Beste,\n" + "\n".join(lines),
            message_id=ids[0],
            date=NOW,
            in_reply_to=ids[-1],
            references=tuple(ids),
            files=(OutgoingFile(f"{filename}.bin", "application/x-test", attached),),
        )
    )
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = read(raw, tmp_path)
    assert mail.problem == ""
    assert mail.subject == subject
    assert (mail.sender, mail.to) == (sender, tuple(to))
    assert mail.message_id == ids[0]
    assert mail.references == tuple(dict.fromkeys(reversed(ids)))
    assert mail.sent_at == NOW
    assert sorted(_letters(mail.text + mail.quoted)) == sorted(_letters("Beste," + "".join(lines)))
    (file,) = mail.attachments
    assert Blobs(tmp_path / "blobs").path(file.sha256).read_bytes() == content
    assert file.content_type == "application/x-test"


@in_one_folder
@given(
    subject=LINE,
    text=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200),
    html=st.booleans(),
    content=st.binary(max_size=200),
)
def test_what_the_standard_library_builds_is_read(
    subject: str, text: str, html: bool, content: bytes, tmp_path: Path
) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Jan", "jan", "klant.example")
    message["Subject"] = "s" + subject.replace("=?", "")
    message["Date"] = NOW
    message.set_content(text)
    if html:
        message.add_alternative("<p>Hoi</p>", subtype="html")
    message.add_attachment(content, maintype="image", subtype="png", filename="é.png")
    mail = read(message.as_bytes(), tmp_path)
    assert (mail.text + mail.quoted).strip() == text.strip()
    assert mail.html == ("<p>Hoi</p>\n" if html else "")
    assert [(file.filename, file.size) for file in mail.attachments] == [("é.png", len(content))]


@pytest.mark.parametrize("raw", SAMPLES, ids=range(len(SAMPLES)))
def test_the_standard_library_sees_the_same_files(raw: bytes, tmp_path: Path) -> None:
    """As a check on our reading of structure by an independent one."""
    message = message_from_bytes(raw)
    texts = ("text/plain", "text/html")
    theirs = [
        part.get_content_type()
        for part in _leaves(message)
        if part.get_content_type() not in texts or part.get_filename()
    ]
    assert [file.content_type for file in read(raw, tmp_path).attachments] == theirs


def _letters(text: str) -> str:
    return "".join(text.split())


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content; a message within the message counts as one."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.get_payload():
        assert isinstance(part, Message)
        yield from _leaves(part)
