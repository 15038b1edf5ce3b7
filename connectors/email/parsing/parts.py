"""One part of a mail: what its fields say it is, and where its content went."""

from dataclasses import dataclass, field

from connectors.email.mail import MailFile
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.filenames import clean_filename, default_filename
from connectors.email.parsing.limits import ID_CHARS
from connectors.email.parsing.parameters import parse_parameters

BODY_TYPES = ("text/plain", "text/html")
# Read for what they say about another message, and attached as well.
REPORT_TYPES = ("message/delivery-status", "message/rfc822", "text/rfc822-headers")
_TYPE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-")


@dataclass(slots=True)
class Part:
    """`body`: the content of a text body, or the beginning of a report. `file`: of all else."""

    fields: Fields
    content_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    children: list["Part"] = field(default_factory=list)
    body: bytes = b""
    cut: bool = False
    file: MailFile | None = None

    @classmethod
    def of(cls, fields: Fields, default_type: str) -> "Part":
        content_type, parameters = parse_parameters(fields.get("content-type"))
        disposition, more = parse_parameters(fields.get("content-disposition"))
        filename = clean_filename(more.get("filename") or parameters.get("name", ""))
        content_type = _well_formed(content_type, default_type)
        return cls(fields, content_type, parameters, disposition, filename)

    @property
    def boundary(self) -> bytes:
        """What separates the parts of this multipart; empty when it is none."""
        if not self.content_type.startswith("multipart/"):
            return b""
        return self.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()

    @property
    def content_id(self) -> str:
        return self.fields.line("content-id", ID_CHARS).strip("<> ")

    def is_body(self, parent: "Part | None") -> bool:
        """Whether this is text to show, rather than a file."""
        if self.content_type not in BODY_TYPES or self.disposition == "attachment":
            return False
        if parent is None:
            return True
        # Texts beside the root of a multipart/related are its resources (RFC 2387).
        resource = parent.content_type == "multipart/related" and bool(parent.children)
        return not self.filename and not resource

    def as_file(self, sha256: str, size: int) -> MailFile:
        content_id = self.content_id
        return MailFile(
            filename=self.filename or default_filename(self.content_type),
            content_type=self.content_type,
            size=size,
            sha256=sha256,
            inline=self.disposition == "inline" or (bool(content_id) and not self.disposition),
            content_id=content_id,
        )


def _well_formed(content_type: str, default_type: str) -> str:
    if not content_type:
        return default_type
    main, _, sub = content_type.partition("/")
    well_formed = main and sub and set(main + sub) <= _TYPE_CHARACTERS
    # RFC 2045, 5.2: what cannot be read is plain text.
    return content_type if well_formed else "text/plain"
