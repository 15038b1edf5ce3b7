"""Files and mail of strangers: shown or handed over, never run."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from agent_ui.content import content_type
from agent_ui.mail_html import document
from builders import mail_arrival
from console_house import House, Page, Person
from hub.downloads import disposition
from hub.interaction import Attachment, Verification
from hub.store.tables import attachments

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (SVG, "application/octet-stream"),
        (b"<html><script>", "application/octet-stream"),
        (b"%PDF-1.7", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_first_bytes_say_what_it_is(head: bytes, kind: str) -> None:
    assert content_type(head) == kind


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("offer.pdf", "attachment; filename=\"offer.pdf\"; filename*=UTF-8''offer.pdf"),
        (
            "offerte é.pdf",
            "attachment; filename=\"offerte _.pdf\"; filename*=UTF-8''offerte%20%C3%A9.pdf",
        ),
        ("../../etc/passwd", "attachment; filename=\"etcpasswd\"; filename*=UTF-8''etcpasswd"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        (
            "invoice\u202efdp.exe",
            "attachment; filename=\"invoicefdp.exe\"; filename*=UTF-8''invoicefdp.exe",
        ),
    ],
)
def test_a_download_is_called_as_its_sender_called_it(filename: str, header: str) -> None:
    assert disposition(filename) == header


@given(st.text(max_size=300))
def test_no_file_name_breaks_the_header(filename: str) -> None:
    header = disposition(filename)
    assert re.fullmatch(
        r'attachment; filename="[ !#-\[\]-~]+"; filename\*=UTF-8\'\'[\w%.~-]+', header
    )


async def send_file(house: House, person: Person, name: str, body: bytes, kind: str) -> Page:
    """A customer mails a file; gives the answer to a download of it."""
    sha256, size = house.blobs.put(body)
    file = Attachment(id="x", filename=name, content_type=kind, size=size, sha256=sha256)
    await house.receive(mail_arrival(attachments=(file,)))
    [row] = await house.rows(attachments)
    return await person.get(f"/console/files/{row.id}")


async def test_a_script_dressed_as_a_picture_is_only_a_download(house: House, anna: Person) -> None:
    page = await send_file(house, anna, "logo.svg", SVG, "image/svg+xml; x")
    assert page.body.encode() == SVG
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"].startswith("attachment;")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in page.headers["Content-Security-Policy"]


async def test_a_file_whose_bytes_are_gone_is_not_there(house: House, anna: Person) -> None:
    sha256, size = house.blobs.put(b"x")
    file = Attachment(id="x", filename="a", content_type="text/plain", size=size, sha256=sha256)
    await house.receive(mail_arrival(attachments=(file,)))
    house.blobs.path(sha256).unlink()
    [row] = await house.rows(attachments)
    assert (await anna.get(f"/console/files/{row.id}")).status == 404


@pytest.mark.parametrize("large", [False, True])
async def test_the_original_of_a_mail_that_was_not_read_whole_is_a_download(
    house: House, anna: Person, large: bool
) -> None:
    raw = b"From: jan@klant.example\r\n\r\n<script>alert(1)</script>"
    kept = {"raw_sha256": house.blobs.put(raw)[0]} if large else {"original": raw}
    accepted = await house.receive(mail_arrival(problem="reading it took too long", **kept))
    conversation = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    path = f"/console/interactions/{accepted.interaction_id}/original"
    assert f'href="{path}"' in conversation.body
    page = await anna.get(path)
    assert page.body.encode() == raw
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="original.eml"')
    assert "sandbox" in page.headers["Content-Security-Policy"]


async def test_an_original_that_is_gone_is_not_offered(house: House, anna: Person) -> None:
    accepted = await house.receive(mail_arrival(problem="reading it took too long"))
    conversation = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    path = f"/console/interactions/{accepted.interaction_id}/original"
    assert path not in conversation.body
    assert (await anna.get(path)).status == 404


async def test_a_mail_says_whether_its_sender_is_verified(house: House, anna: Person) -> None:
    said = {}
    for verification in Verification:
        mail = await house.receive(mail_arrival(verification=verification))
        page = await anna.get(f"/console/conversations/{mail.conversation_id}")
        said[verification.value] = page.text(".entry-head .badge")
    assert said == {
        "verified": "Sender verified",
        "unverified": "Sender not verified",
        "failed": "Sender is not who it says",
    }


async def test_mail_comes_in_a_locked_frame(house: House, anna: Person) -> None:
    html = '<p>Hi</p><img data-remote-src="https://tracker.example/1.png"><script>x</script>'
    accepted = await house.receive(mail_arrival(html=html))
    path = f"/console/interactions/{accepted.interaction_id}/html"
    page = await anna.get(path)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert "tracker" not in page.body
    assert "script>" not in page.body
    asked = await anna.get(path, params={"images": "1"})
    assert 'src="https://tracker.example/1.png"' in asked.body
    assert "img-src data: https: http:" in asked.headers["Content-Security-Policy"]


async def test_a_mail_carries_its_own_pictures(house: House, anna: Person) -> None:
    files = []
    for name, body in (("logo", PNG), ("fake", SVG)):
        sha256, size = house.blobs.put(body)
        kind = {"content_type": "image/png", "inline": True, "content_id": name}
        files.append(Attachment(id="x", filename=name, size=size, sha256=sha256, **kind))
    html = '<img data-cid="logo"><img data-cid="fake" alt="fake">'
    accepted = await house.receive(mail_arrival(html=html, attachments=tuple(files)))
    page = await anna.get(f"/console/interactions/{accepted.interaction_id}/html")
    assert 'src="data:image/png;base64,iVBORw0KGgo' in page.body
    assert "svg" not in page.body


HOSTILE = [
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "<img data-remote-src='javascript:pwned()'>",
    "<img data-remote-src='data:image/svg+xml,<svg onload=pwned()>'>",
    '<a href="javascript:pwned()">x</a>',
    '<a href="data:text/html,<script>pwned()</script>">x</a>',
    "<iframe src=//evil.example></iframe>",
    "<form action=//evil.example><input name=q></form>",
    "<style>@import '//evil.example'</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<svg><script>pwned()</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=pwned()>'>",
    "<noscript><p title='</noscript><img src=x onerror=pwned()>'>",
    "</body></html><script>pwned()</script>",
    "<link rel=stylesheet href=//evil.example/x.css>",
]


@pytest.mark.parametrize("html", HOSTILE)
@pytest.mark.parametrize("remote", [False, True])
def test_nothing_that_runs_or_calls_home_is_left(html: str, remote: bool) -> None:
    made = document(html, {"a": "data:image/png;base64,AA=="}, remote=remote)
    tree = LexborHTMLParser(made)
    assert {node.tag for node in tree.css("body *")} <= {"img", "a", "p", "table", "tbody"}
    for node in tree.css("body *"):
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            assert (
                not (value or "").lower().startswith(("javascript:", "data:text", "data:image/svg"))
            )


@given(st.text(), st.booleans())
def test_any_text_becomes_a_document(html: str, remote: bool) -> None:
    assert document(html, {}, remote=remote).startswith("<!doctype html>")


async def test_a_mail_without_a_date_says_so_quietly(house: House, anna: Person) -> None:
    mail = await house.receive(mail_arrival(details={"undated": "1"}))
    page = await anna.get(f"/console/conversations/{mail.conversation_id}")
    assert "Time of receipt" in page.text(".entry-head")
    assert not page.has(".entry .notice")
