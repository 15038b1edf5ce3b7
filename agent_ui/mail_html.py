"""The HTML of a mail as a document for a sandboxed frame. Pure, and run in a worker.

It was made safe when it came in; it is made safe again here, last of all, because the rules may
have become stricter since.
"""

from collections.abc import Mapping

import nh3
from selectolax.lexbor import LexborHTMLParser

LONGEST = 2_000_000

_TAGS = nh3.ALLOWED_TAGS | {"font", "center"}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "img": {"src", "alt", "title", "width", "height"},
    "a": {"href", "title"},
}
_IMAGE = "data:image/"
_STYLE = (
    "html{color-scheme:light}"
    "body{margin:16px;font:15px/1.5 system-ui,sans-serif;color:#1c2024;background:#fff;"
    "overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
    "blockquote{margin:0 0 0 8px;padding-left:12px;border-left:3px solid #d5d9de}"
)


def document(html: str, images: Mapping[str, str], *, remote: bool) -> str:
    """`images`: data addresses of the mail's own images by content id; `remote`: also show images
    that the sender's server would learn of."""
    body = nh3.clean(
        _with_images(html[:LONGEST], images, remote=remote),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return (
        f'<!doctype html><html lang=""><head><meta charset="utf-8"><title>Mail</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _with_images(html: str, images: Mapping[str, str], *, remote: bool) -> str:
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        attributes = image.attributes
        source = images.get(attributes.get("data-cid") or "", "")
        if remote and not source:
            source = attributes.get("data-remote-src") or ""
        if source:
            image.attrs["src"] = source
    return tree.body.inner_html or "" if tree.body else ""


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Data addresses are for pictures only."""
    if value.strip().lower().startswith("data:"):
        picture = tag == "img" and name == "src" and value.startswith(_IMAGE)
        return value if picture and not value.startswith(_IMAGE + "svg") else None
    return value
