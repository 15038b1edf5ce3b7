"""HTML to text as a person would type it: paragraphs, lists, and `>` before what is quoted."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SPACE = re.compile(r"\s+")
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none", re.IGNORECASE)
_SKIPPED = frozenset(
    ["head", "math", "script", "select", "style", "svg", "template", "textarea", "title"]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_PARAGRAPHS = _HEADINGS | {"blockquote", "dl", "figure", "ol", "p", "pre", "table", "ul"}
_LINES = frozenset(["center", "dd", "div", "dt", "hr", "li", "tr"]) | {
    *("article", "footer", "header", "main", "section"),
}
_CELLS = frozenset(["td", "th"])
_LISTS = frozenset(["ul", "ol"])
_BLOCKS = _PARAGRAPHS | _LINES
_BLANK_LINES = re.compile(r"\n{3,}")
_UNNUMBERED = -1
_MOST_INDENT = 5


def html_text(html: str) -> str:
    """Give it only what `html_guard` calls tame."""
    document = LexborHTMLParser(html)
    if document.body is None:
        return ""
    text = _Text()
    _walk(document.body, text)
    return text.result()


def _walk(root: LexborNode, text: "_Text") -> None:
    """Without recursion: the tree is as deep as its sender liked."""
    node = root.first_child
    while node is not None:
        if text.enter(node):
            if node.first_child is not None:
                node = node.first_child
                continue
            text.leave(node)
        while node.next is None:
            parent = node.parent
            if parent is None or parent.mem_id == root.mem_id:
                return
            node = parent
            text.leave(node)
        node = node.next


class _Text:
    """Takes the beginnings and ends of nodes in order, and writes lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._blank: str | None = None
        self._quotes = 0
        self._preformatted = 0
        self._lists: list[int] = []

    def enter(self, node: LexborNode) -> bool:
        """Take the beginning of a node. False when its children are not wanted."""
        tag = node.tag or ""
        if tag == "-text":
            self._write(node.text_content or "")
            return False
        if tag in _SKIPPED or tag[:1] in "-!" or _hidden(node):
            return False
        if tag == "br":
            self._end_line(even_empty=True)
        elif tag == "img":
            self._write(node.attributes.get("alt") or "")
        elif tag in _CELLS:
            self._write(" ")
        elif tag in _BLOCKS:
            self._end_line()
            self._want_blank(tag)
            self._open(tag)
        return True

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag not in _BLOCKS:
            return
        self._end_line()
        if tag == "blockquote":
            self._quotes -= 1
        elif tag == "pre":
            self._preformatted -= 1
        elif tag in _LISTS:
            self._lists.pop()
        self._want_blank(tag)

    def result(self) -> str:
        self._end_line()
        return _BLANK_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def _open(self, tag: str) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._preformatted += 1
        elif tag in _LISTS:
            self._lists.append(_UNNUMBERED if tag == "ul" else 0)
        elif tag == "li":
            self._line = self._bullet()

    def _bullet(self) -> str:
        indent = "  " * (min(len(self._lists), _MOST_INDENT) - 1)
        if not self._lists or self._lists[-1] == _UNNUMBERED:
            return f"{indent}- "
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1]}. "

    def _want_blank(self, tag: str) -> None:
        # A list within a list goes on without a gap.
        if tag in _PARAGRAPHS and not self._lists:
            self._blank = self._prefix().rstrip()

    def _write(self, text: str) -> None:
        if self._preformatted:
            *whole, text = text.split("\n")
            for line in whole:
                self._line += line
                self._end_line(even_empty=True)
        else:
            text = _SPACE.sub(" ", text)
            if not self._line or self._line[-1] == " ":
                text = text.lstrip(" ")
        self._line += text

    def _end_line(self, *, even_empty: bool = False) -> None:
        line, self._line = self._line.rstrip(), ""
        if not line and not even_empty:
            return
        if self._blank is not None and self._lines:
            self._lines.append(self._blank)
        self._blank = None
        self._lines.append((self._prefix() + line).rstrip())

    def _prefix(self) -> str:
        return "> " * min(self._quotes, _MOST_INDENT)


def hides(style: str) -> bool:
    """Whether an element with this style is not shown."""
    return _HIDDEN.search(style) is not None


def _hidden(node: LexborNode) -> bool:
    return hides(node.attributes.get("style") or "")
