"""What kind of file it is by its first bytes; what its sender claims counts for nothing."""

OTHER = "application/octet-stream"
HEAD = 16


def image_type(head: bytes) -> str:
    """The type of a picture that browsers show and that can hold no script; else empty."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def content_type(head: bytes) -> str:
    return image_type(head) or OTHER
