"""A customer sees where they are signed in, in words and not in what browsers send."""

import pytest

from connectors.portal.browsers import browser_of

APPLE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"(X11; Linux x86_64) {APPLE} HeadlessChrome/141 Safari/537", "Chrome Linux"),
        (f"(Windows NT 10.0) {APPLE} Chrome/141 Safari/537 Edg/141", "Edge Windows"),
        (f"(Linux; Android 15) {APPLE} Chrome/141 Mobile Safari/537", "Chrome Android"),
        (f"(iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE} Safari/604.1", "Safari iPhone"),
        ("(Macintosh; Intel Mac OS X 15.0; rv:145.0) Firefox/145.0", "Firefox macOS"),
        ("curl/8.0", " "),
    ],
)  # fmt: skip
def test_what_a_browser_is_called(user_agent: str, words: str) -> None:
    assert " ".join(browser_of(user_agent)) == words
