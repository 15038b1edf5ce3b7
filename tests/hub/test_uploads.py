"""What a file is, its content says; what is shown of a picture was made anew from its pixels."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from hub.isolation import Workers
from hub.thumbnails import SIDE
from hub.uploads import Examined, examine

PAGE = b"<script>alert(1)</script>"


def picture(form: str = "PNG", size: tuple[int, int] = (900, 600), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, form, **options)
    return content.getvalue()


def archive(*names: str, mimetype: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return content.getvalue()


def flood() -> bytes:
    """A PNG of a few bytes that says it has a thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def look(folder: Path, content: bytes, name: str) -> Examined | None:
    file = folder / "upload"
    file.write_bytes(content)
    return examine(str(file), name)


WORD = archive("[Content_Types].xml", "word/document.xml")
TAKEN = {
    "a picture": (picture(), "beans.png", "beans.png", "image/png"),
    "a photo": (picture("JPEG"), "IMG_1.JPG", "IMG_1.JPG", "image/jpeg"),
    "a picture with another name": (
        picture("WEBP"),
        "invoice.pdf",
        "invoice.pdf.webp",
        "image/webp",
    ),
    "a document": (b"%PDF-1.7 ...", "invoice.pdf", "invoice.pdf", "application/pdf"),
    "a letter": (WORD, "letter.docx", "letter.docx", None),
    "an open document": (
        archive("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
        "letter.odt",
        "letter.odt",
        "application/vnd.oasis.opendocument.text",
    ),
    "text": ("één\ttwee\n".encode(), "notes.csv", "notes.csv", "text/plain"),
    "text that is called a page": (b"alert(1)", "run.html", "run.html.txt", "text/plain"),
    "a path": (b"x", "..\\..\\etc/passwd.txt", "etc_passwd.txt", "text/plain"),
    "a name that hides its end": (b"x", "cod\u202etxt.exe", "codtxt.exe.txt", "text/plain"),
    "no name": (picture("GIF"), "", "file.gif", "image/gif"),
}
REFUSED = {
    "a page": PAGE,
    "a page behind a mark": b"\xef\xbb\xbf \n<!doctype html>",
    "a drawing that can hold scripts": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "a program": b"MZ\x90\x00" + bytes(100),
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "an archive": archive("run.exe"),
    "a document with macros": archive("[Content_Types].xml", "word/x", "word/vbaProject.bin"),
    "a broken archive": WORD[:40],
    "half a picture": picture()[:200],
    "a picture in name alone": b"\xff\xd8\xff" + PAGE,
    "nothing": b"",
}


@pytest.mark.parametrize(("content", "given", "name", "kind"), TAKEN.values(), ids=TAKEN.keys())
def test_what_is_taken_has_its_kind_and_a_safe_name(
    tmp_path: Path, content: bytes, given: str, name: str, kind: str | None
) -> None:
    found = look(tmp_path, content, given)
    assert found is not None
    assert found.filename == name
    assert kind is None or found.content_type == kind
    assert bool(found.thumbnail) == found.content_type.startswith("image/")


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_can_do_harm_is_refused_whatever_it_is_called(tmp_path: Path, content: bytes) -> None:
    assert look(tmp_path, content, "holiday.png") is None


def test_only_pixels_of_a_picture_get_into_what_is_shown(tmp_path: Path) -> None:
    """A file that is a picture and a page at once, with where it was taken in it."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # lies on its side
    both = picture("JPEG", exif=exif.tobytes(), comment=PAGE) + PAGE
    found = look(tmp_path, both, "photo.jpg")
    assert found is not None
    assert PAGE not in found.thumbnail
    assert b"taken at home" not in found.thumbnail
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert small.size == (SIDE * 2 // 3, SIDE)
        assert small.format == "WEBP"


async def test_a_picture_with_too_many_pixels_is_kept_and_never_opened(tmp_path: Path) -> None:
    file = tmp_path / "flood"
    file.write_bytes(flood())
    async with Workers(1, seconds=5) as workers:
        found = await workers.run(examine, str(file), "flood.png")
    assert found == Examined("flood.png", "image/png")
