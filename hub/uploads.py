"""What a file that a stranger uploads really is: its kind by content, a safe name, a small picture.

Only `examine` opens it, in a worker process: decoders are where pictures attack. What browsers may
show of a picture is the small one, made anew from its pixels; the file itself is only downloaded.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

THUMBNAIL_TYPE = "image/webp"
_NAME_CHARACTERS = 150
_MOST_MEMBERS = 5_000
_UNSAFE = re.compile(r'[/\\:*?"<>|]+')
_TEXT_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Kind:
    """`suffixes`: the endings that fit, the first for a name without one of them."""

    content_type: str
    suffixes: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """`thumbnail` is a small WebP; empty for what is no picture, or too large a one to open."""

    filename: str
    content_type: str
    thumbnail: bytes = b""


_PICTURES = {
    "PNG": Kind("image/png", (".png",)),
    "JPEG": Kind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
    "GIF": Kind("image/gif", (".gif",)),
    "WEBP": Kind("image/webp", (".webp",)),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCX = Kind(_OFFICE + "wordprocessingml.document", (".docx",))
_XLSX = Kind(_OFFICE + "spreadsheetml.sheet", (".xlsx",))
_PPTX = Kind(_OFFICE + "presentationml.presentation", (".pptx",))
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_PDF = Kind("application/pdf", (".pdf",))
_HEIC = Kind("image/heic", (".heic", ".heif"))
_MP4 = Kind("video/mp4", (".mp4", ".m4v", ".mov"))
_TEXT = Kind("text/plain", (".txt", ".csv", ".log", ".md"))


def examine(path: str, filename: str) -> Examined | None:
    """None for a kind of file that we do not take: programs, pages, archives, what is broken."""
    file = Path(path)
    with file.open("rb") as stream:
        head = stream.read(32)
    picture = _picture_format(head)
    if picture:
        return _picture(file, picture, filename)
    kind = _kind(file, head)
    return Examined(safe_name(filename, kind), kind.content_type) if kind else None


def safe_name(filename: str, kind: Kind) -> str:
    """The name without path, controls or reordering marks, with an ending that tells its kind."""
    name = unicodedata.normalize("NFC", filename[-4096:])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(" ._")
    own = next((s for s in kind.suffixes if name.lower().endswith(s)), "")
    stem, suffix = name[: len(name) - len(own)], name[len(name) - len(own) :]
    return (stem[:_NAME_CHARACTERS].strip(" .") or "file") + (suffix or kind.suffixes[0])


def _picture_format(head: bytes) -> str:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    return ""


def _picture(file: Path, picture: str, filename: str) -> Examined | None:
    # Only a worker, which looks into pictures, loads the decoders.
    from hub.thumbnails import Broken, thumbnail_of  # noqa: PLC0415

    kind = _PICTURES[picture]
    found = Examined(safe_name(filename, kind), kind.content_type)
    try:
        return replace(found, thumbnail=thumbnail_of(file, picture))
    except Broken:
        return None


def _kind(file: Path, head: bytes) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return _PDF
    if head.startswith(b"PK\x03\x04"):
        return _document(file)
    if head[4:8] == b"ftyp":
        return _HEIC if head[8:12] in (b"heic", b"heix", b"mif1") else _MP4
    return _TEXT if _is_text(file) else None


def _document(file: Path) -> Kind | None:
    """An office document by the list of its members; nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:_MOST_MEMBERS])
            first = archive.infolist()[0]
    except (zipfile.BadZipFile, IndexError, ValueError, NotImplementedError, OSError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    if first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED:
        return _open_document(file, first)
    if "[Content_Types].xml" not in names:
        return None
    members = {"word/": _DOCX, "xl/": _XLSX, "ppt/": _PPTX}
    return next((k for prefix, k in members.items() if _has(names, prefix)), None)


def _has(names: set[str], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in names)


def _open_document(file: Path, mimetype: zipfile.ZipInfo) -> Kind | None:
    with file.open("rb") as stream:
        content = stream.read(200)
    at = 30 + len(mimetype.filename)
    for name, suffix in _OPEN_DOCUMENTS.items():
        if content[at : at + mimetype.file_size] == name:
            return Kind(name.decode(), (suffix,))
    return None


def _is_text(file: Path) -> bool:
    """Text that says nothing to a browser or a shell."""
    content = file.read_bytes()
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start or start.startswith((b"<", b"#!")) or _TEXT_CONTROLS.search(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
