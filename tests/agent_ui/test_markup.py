"""The marks that an agent sets in a mail, and what must never come of them."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from agent_ui.markup import to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello\nthere\n\nBye", "<p>Hello<br>there</p>\n<p>Bye</p>"),
        ("**Now** and *soon*", "<p><strong>Now</strong> and <em>soon</em></p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2) two", "<ol><li>one</li><li>two</li></ol>"),
        ("Do:\n- one", "<p>Do:</p>\n<ul><li>one</li></ul>"),
        ("> said", "<blockquote>said</blockquote>"),
        ("5*3*2 = 30", "<p>5*3*2 = 30</p>"),
        ("", ""),
    ],
)
def test_marks_become_html(text: str, html: str) -> None:
    assert to_html(text) == html


def test_links_are_links() -> None:
    found = to_html("[Our shop](https://shop.example/a?b=1&c=2) or https://x.example.")
    assert found.count("<a ") == 2
    assert 'href="https://shop.example/a?b=1&amp;c=2"' in found
    assert ">https://x.example</a>." in found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '[x](https://a.example/"onclick="alert(1))',
        "[x](javascript:alert(1))",
        "**<img src=x onerror=alert(1)>**",
    ],
)
def test_nothing_that_is_typed_runs(text: str) -> None:
    found = LexborHTMLParser(to_html(text))
    assert not found.css("script, img, [onclick], [onerror], [href^=javascript]")
