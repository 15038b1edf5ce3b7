"""Places in canned replies: filled in, said otherwise, or told of."""

import pytest

from agent_ui.places import UNNAMED, filled_in, left_in, unknown_in
from agent_ui.texts import LANGUAGES

KNOWN = {"first_name": "Jan", "customer": "", "subject": "", "number": "#7", "erp": "a|b"}


@pytest.mark.parametrize(
    ("language", "text", "filled"),
    [
        ("en", "Dear {first_name}, {number}", "Dear Jan, #7"),
        ("en", "Dear {first_name|friend},", "Dear Jan,"),
        ("en", "Dear {customer},", "Dear customer,"),
        ("nl", "Beste {customer},", "Beste klant,"),
        ("en", "Dear {customer|Sir or Madam},", "Dear Sir or Madam,"),
        ("en", "Hello{customer|}, {erp}", "Hello, a|b"),
        ("en", "About {subject}, {since}", "About {subject}, {since}"),
        ("en", "About {subject|your message}", "About your message"),
        ("en", 'Set {"a": 1} or {x: 2}', 'Set {"a": 1} or {x: 2}'),
    ],
)
def test_what_is_known_is_filled_in_and_nobody_is_called_nothing(
    language: str, text: str, filled: str
) -> None:
    assert filled_in(text, language, KNOWN) == filled


def test_every_language_has_a_name_for_who_has_none() -> None:
    assert UNNAMED.keys() == set(LANGUAGES)


def test_what_names_nothing_is_found_as_it_is_written_and_once() -> None:
    texts = ["{naem} {number} {naem}", "{First Name} {number|1} {customer|} { x } {1} {a: b}"]
    assert unknown_in(texts, ("number", "customer")) == ["{naem}", "{First Name}"]


def test_what_is_still_to_be_filled_in_is_found() -> None:
    assert left_in("Dear {naem}, {a|b c} {naem} for (i) { return; }") == ["{naem}", "{a|b c}"]
