"""The mails that we write: nothing that somebody typed becomes a header, and threads hold."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.build import OutgoingMail, build_mail
from connectors.email.building.body import to_html
from connectors.email.parsing.addresses import Mailbox
from hub.errors import Rejected
from hub.interaction import Automatic
from hub.outgoing import OutgoingFile

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)


def outgoing(**changes: Any) -> OutgoingMail:
    mail: dict[str, Any] = {
        "sender": Mailbox("service@winkel.example", "Winkel"),
        "to": (Mailbox("jan@klant.example", "Jan"),),
        "subject": "Re: Vraag",
        "text": "Beste Jan,\n\nHet komt morgen.",
        "message_id": "answer.1@winkel.example",
        "date": NOW,
    }
    return OutgoingMail(**(mail | changes))


def built(**changes: Any) -> EmailMessage:
    message = message_from_bytes(build_mail(outgoing(**changes)), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def header_lines(**changes: Any) -> list[str]:
    header = build_mail(outgoing(**changes)).split(b"\r\n\r\n")[0].decode("ascii")
    return header.split("\r\n")


def test_a_plain_answer() -> None:
    message = built(
        in_reply_to="<q@klant.example>", references=("a@klant.example", "<q@klant.example>")
    )
    assert message["From"] == "Winkel <service@winkel.example>"
    assert message["To"] == "Jan <jan@klant.example>"
    assert message["Message-ID"] == "<answer.1@winkel.example>"
    assert message["In-Reply-To"] == "<q@klant.example>"
    assert message["References"] == "<a@klant.example> <q@klant.example>"
    assert message["Date"] == "Tue, 03 Nov 2026 10:00:00 +0000"
    assert message["Auto-Submitted"] is None
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert plain.get_content() == "Beste Jan,\r\n\r\nHet komt morgen.\r\n"
    assert "<p>Beste Jan,</p><p>Het komt morgen.</p>" in html.get_content()


INJECTIONS = ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0\r\n", "\r\n "]


@pytest.mark.parametrize("line_end", INJECTIONS)
def test_nothing_typed_becomes_a_header(line_end: str) -> None:
    evil = f"x{line_end}Bcc: victim@bank.example"
    changes: dict[str, Any] = {
        "subject": evil,
        "sender": Mailbox("service@winkel.example", evil),
        "to": (Mailbox("jan@klant.example", evil),),
        "message_id": f"a{line_end}Bcc:victim@bank.example",
        "in_reply_to": evil,
        "references": (evil, "ok@klant.example"),
    }
    message = built(**changes)
    assert message["Bcc"] is None
    assert message["In-Reply-To"] is None
    assert message["References"] == "<ok@klant.example>"
    assert "x Bcc: victim@bank.example" in message["Subject"]


@given(st.text(max_size=200))
def test_no_subject_or_name_adds_a_header(text: str) -> None:
    plain = {line.partition(":")[0] for line in header_lines() if line[:1] != " "}
    lines = header_lines(subject=text, sender=Mailbox("a@b.example", text))
    assert {line.partition(":")[0] for line in lines if line[:1] != " "} == plain


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: x@y.example", 'a"; filename="b', "a\0b\u2028c.txt", "é" * 200]
)
def test_no_file_name_adds_a_header(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    kind = 'text/plain"\r\nBcc: x@y.example'
    message = built(files=(OutgoingFile(name, kind, path),))
    (attachment,) = message.iter_attachments()
    assert set(attachment.keys()) == {
        "Content-Type",
        "Content-Disposition",
        "Content-Transfer-Encoding",
    }
    assert attachment.get_content_type() == "application/octet-stream"


def test_an_encoded_word_that_somebody_typed_stays_what_it_is() -> None:
    typed = "=?utf-8?q?a=0D=0ABcc:_victim@bank.example?="
    lines = header_lines(subject=typed)
    assert not any(line.lower().startswith("bcc") for line in lines)
    assert message_from_bytes(build_mail(outgoing(subject=typed)), policy=default)["Bcc"] is None


def test_long_references_are_folded_and_capped_at_both_ends() -> None:
    ids = tuple(f"{number:03}.{'x' * 90}@klant.example" for number in range(50))
    message = built(references=ids)
    kept = message["References"].split()
    assert kept == [f"<{i}>" for i in (ids[0], *ids[-19:])]
    assert all(len(line) < 200 for line in header_lines(references=ids))


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@c.example", "a@b.example\r\nBcc: x@y.example"]
)
def test_an_address_that_cannot_be_mailed_is_refused(address: str) -> None:
    with pytest.raises(Rejected) as refused:
        build_mail(outgoing(to=(Mailbox(address),)))
    assert refused.value.code == "bad_address"


def test_an_address_beyond_ascii() -> None:
    assert built(to=(Mailbox("jan@exámple.example"),))["To"] == "jan@xn--exmple-qta.example"
    with pytest.raises(Rejected, match=r"renée@klant\.example"):
        build_mail(outgoing(to=(Mailbox("renée@klant.example"),)))


def test_without_an_address_it_is_refused() -> None:
    with pytest.raises(Rejected):
        build_mail(outgoing(to=()))


@pytest.mark.parametrize(
    ("automatic", "declared"),
    [(Automatic.REPLY, "auto-replied"), (Automatic.GENERATED, "auto-generated")],
)
def test_automatic_mail_says_so(automatic: Automatic, declared: str) -> None:
    message = built(automatic=automatic)
    assert message["Auto-Submitted"] == declared
    assert message["Precedence"] == "bulk"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_the_way_back() -> None:
    message = built(reply_to="service+c-abc@winkel.example", marker="abc.def")
    assert message["Reply-To"] == "service+c-abc@winkel.example"
    plain, html = message.iter_parts()
    assert plain.get_content().endswith("\r\n\r\n[loket:abc.def]\r\n")
    assert "[loket:abc.def]" in html.get_content()


def test_copies() -> None:
    assert built(cc=(Mailbox("a@b.example"), Mailbox("c@d.example", "C")))["Cc"] == (
        "a@b.example, C <c@d.example>"
    )


def test_the_html_that_was_written_is_sent() -> None:
    _, html = built(html="<p>Het komt <b>morgen</b>.</p>").iter_parts()
    assert "<p>Het komt <b>morgen</b>.</p>" in html.get_content()


def test_files_are_attached_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 1_000)
    message = built(
        files=(
            OutgoingFile("reçu.pdf", "application/pdf", path),
            OutgoingFile("brief.eml", "message/rfc822", path),
        )
    )
    assert message.get_content_type() == "multipart/mixed"
    first, second = message.iter_attachments()
    assert first.get_filename() == "reçu.pdf"
    assert first.get_content() == path.read_bytes()
    assert second.get_content_type() == "application/octet-stream"


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        build_mail(outgoing(files=(OutgoingFile("a", "text/plain", tmp_path / "gone"),)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc", "<p>a<br>\nb</p><p>c</p>"),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
        (
            "zie https://a.example/?x=1&y=2.",
            '<p>zie <a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a>.</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ('https://a.example/"onclick="x', None),
        ("", ""),
    ],
)
def test_text_as_html(text: str, html: str | None) -> None:
    assert html is None or to_html(text) == html
    assert 'onclick="' not in to_html(text)


def test_a_quoted_original_is_a_quote_in_html_as_well() -> None:
    html = to_html("Ja.\n\nU schreef:\n> Kan dat?\n> Graag.")
    assert html.startswith("<p>Ja.</p><p>U schreef:</p><blockquote ")
    assert html.endswith("><p>Kan dat?<br>\nGraag.</p></blockquote>")
