"""HTML of strangers, made safe to show: nothing runs, submits, or loads before it is asked to.

The sanitizer has the last word: what is changed in the tree before goes through it as well.
"""

import re
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.email.parsing.clean import clean_text
from connectors.email.parsing.html_text import hides
from connectors.email.parsing.limits import ID_CHARS

# Never svg, math, style, iframe, noscript, title, textarea or form: their contents are read by
# other rules than HTML's, and that is where sanitizers get it wrong.
_TAGS = """
    a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike
    strong sub sup table tbody td tfoot th thead tr tt u ul var wbr
"""
_DROPPED_WITH_CONTENT = """
    applet audio canvas embed iframe math noembed noframes object option plaintext script select
    style svg template textarea title video xmp
"""
_CELL = {"align", "valign", "bgcolor", "width", "height", "colspan", "rowspan"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"data-remote-src", "data-cid", "alt", "width", "height"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "tr": {"align", "valign", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "col": {"span", "width"},
}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags=set(_DROPPED_WITH_CONTENT.split()),
    attributes=_ATTRIBUTES,
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener noreferrer",
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
)
_REMOTE = re.compile(r"(https?:)?//[^\s]{1,4000}", re.IGNORECASE)
_DOT = ("0", "1", "0px", "1px")


def safe_html(html: str) -> str:
    """What may be put into a page. Give it only what `html_guard` calls tame."""
    document = LexborHTMLParser(html)
    if document.body is None:
        return ""
    # Nothing runs scripts here, so what is meant for that case is what to show.
    document.unwrap_tags(["noscript"])
    # Styles do not survive, so what a style hides has to go before them. The innermost goes first:
    # with a node go all below it.
    for node in reversed(document.body.css("[style*=none i]")):
        if hides(node.attributes.get("style") or ""):
            node.decompose()
    for image in document.body.css("img"):
        _disarm(image)
    safe = _CLEANER.clean(document.body.inner_html or "")
    # Never cut here: half a tag would take part of the page with it.
    return clean_text(safe, len(safe))


def _disarm(image: LexborNode) -> None:
    """Move the address to where no browser looks; the console puts it back when asked to."""
    source = (image.attributes.get("src") or "").strip()
    for name in ("src", "data-remote-src", "data-cid"):
        if name in image.attributes:
            del image.attrs[name]
    if source[:4].lower() == "cid:":
        image.attrs["data-cid"] = unquote(source[4:])[:ID_CHARS]
    elif _REMOTE.fullmatch(source) and not _tells_on_the_reader(image):
        image.attrs["data-remote-src"] = f"https:{source}" if source.startswith("//") else source
    elif not image.attributes.get("alt"):
        image.decompose()


def _tells_on_the_reader(image: LexborNode) -> bool:
    """A picture of one pixel is there to report that the mail was opened."""
    return image.attributes.get("width") in _DOT or image.attributes.get("height") in _DOT
