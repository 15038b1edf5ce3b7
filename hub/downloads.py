"""Headers under which a stranger's file can be given out without harm."""

from urllib.parse import quote

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download_headers(filename: str, content_type: str) -> dict[str, str]:
    """A download that nothing opens inside the page's origin, whatever is in it."""
    return {
        "Content-Type": content_type,
        "Content-Disposition": disposition(filename),
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def disposition(filename: str) -> str:
    """A download under the sender's name for it (RFC 6266), without what could break the header
    or hide what kind of file it is."""
    shown = "".join(c for c in filename if c.isprintable() and c not in '/\\"').strip(" .")
    shown = shown[-150:] or "file"
    plain = shown.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"
