"""Which numbers a pattern finds, which patterns are refused, and that none can be made slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.interaction import Channel, Direction
from interaction_models import HEAD, model_of, problems_of
from routing.contact import Contact
from routing.definition import Pattern
from routing.patterns import BadPattern, Patterns, compiled
from routing.recognise import chosen

FITS = {
    "digits": ("INV-######", "See inv-203144.", ["INV-203144"]),
    "twice": ("INV-##", "INV-12 INV-34", ["INV-12", "INV-34"]),
    "letters": ("3S@@#{9,12}", "3SAB1234567890", ["3SAB1234567890"]),
    "a letter or a digit": ("A-???", "a-1b2", ["A-1B2"]),
    "a range takes all": ("NL#{2,4}", "nl123", ["NL123"]),
    "a blank": ("order ####", "Order  1234", ["ORDER 1234"]),
    "over a line end": ("order ####", "order\n1234", ["ORDER 1234"]),
    "in a file name": ("INV-######", "scan_INV-203144.pdf", ["INV-203144"]),
    "digits alone": ("#{8}", "12345678", ["12345678"]),
    "letters beyond ASCII": ("@@-##", "éß-12", ["ÉSS-12"]),
    "an expression is no expression": ("ab.*1", "abb1 ab.*1", ["AB.*1"]),
}
MISSES = {
    "a longer number": ("######", "1234567"),
    "a longer word": ("INV-######", "XINV-203144"),
    "a letter after it": ("INV-######", "INV-203144a"),
    "too few": ("#{8,10}", "1234567"),
    "too many": ("#{8,10}", "12345678901"),
    "digits of another script": ("######", "\u0661\u0662\u0663\u0664\u0665\u0666"),
}
REFUSED = {
    "#{4}#{2,3}1": "After the range of #",
    "?{1,3}##": "After the range of ?",
    "a{1,3}A#": "After the range of a",
    "#{0}12": "A count",
    "#{3,2}12": "A count",
    "#{41}": "A count",
    "##": "almost everything",
    "-###": "begins and ends",
    "###-": "begins and ends",
    "abc": "no digit",
    "#" * 61: "too long",
}


def found(pattern: str, text: str) -> list[str]:
    patterns = Patterns()
    patterns.add("bill", [Pattern(pattern=pattern)])
    return [hit.value for hit in patterns.hits(text)]


@pytest.mark.parametrize(("pattern", "text", "values"), FITS.values(), ids=FITS)
def test_a_pattern_finds_what_it_describes(pattern: str, text: str, values: list[str]) -> None:
    assert found(pattern, text) == values


@pytest.mark.parametrize(("pattern", "text"), MISSES.values(), ids=MISSES)
def test_a_pattern_finds_nothing_else(pattern: str, text: str) -> None:
    assert found(pattern, text) == []


@pytest.mark.parametrize(("pattern", "said"), REFUSED.items())
def test_a_pattern_that_cannot_work_is_refused_with_its_line(pattern: str, said: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(said)):
        compiled(pattern)
    (problem,) = problems_of(_model(f"patterns: ['{pattern}']"))
    assert said in problem.what
    assert problem.line == _line_of("bill:")


@pytest.mark.parametrize("kind", ["images", "xml", ".", ".x y"])
def test_an_unknown_kind_of_file_is_refused(kind: str) -> None:
    (problem,) = problems_of(_model(f"attachments: ['{kind}']"))
    assert "is no kind of file" in problem.what


def test_an_unknown_reference_is_refused() -> None:
    (problem,) = problems_of(_model("patterns: [{pattern: '###', reference: oder}]"))
    assert problem.what_to_do == "Did you mean 'order'?"


@given(
    st.text(alphabet="#@?{}1,3aB- .*+(", min_size=1, max_size=20),
    st.text(alphabet="01aB- .", max_size=60),
)
def test_any_pattern_is_refused_or_matches_without_going_back(pattern: str, text: str) -> None:
    try:
        expression = compiled(pattern)
    except BadPattern:
        return
    # Possessive counts cannot be given back, so each place in a text is tried once.
    assert not re.search(r"(?<!\\)\}(?!\+)", expression.pattern)
    for value in found(pattern, text):
        assert re.search(re.escape(value), " ".join(text.split()), re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "files", "topic"),
    [
        ("INV-123 order", (), "bill"),
        ("ORD-123", (), "order"),
        ("ORD-123 late", (), "bill/late"),
        ("", ("photo.JPG",), "bill/late"),
        ("ORD-123", ("invoice.xml",), "order"),
        ("", ("invoice.xml",), "bill"),
    ],
)
def test_a_pattern_outranks_words_and_words_a_number_to_look_up_and_that_a_file(
    text: str, files: tuple[str, ...], topic: str
) -> None:
    head = _model("patterns: [INV-###], attachments: [.xml]")
    head = head.replace(
        "bill/late: {", "bill/late: {rules: {words: [late], attachments: [image]}, "
    )
    rules = "words: [order], patterns: [{pattern: ORD-###, reference: order}]"
    head = head.replace("  order: {", f"  order: {{rules: {{{rules}}}, ")
    contact = Contact(Direction.INBOUND, Channel.EMAIL, text=text, attachments=files)
    assert chosen(model_of(head=head).recogniser.findings(contact))[-1].topic == topic


def _model(rules: str) -> str:
    return HEAD.replace("  bill: {", f"  bill: {{rules: {{{rules}}}, ")


def _line_of(start: str) -> int:
    return next(n for n, line in enumerate(HEAD.splitlines(), 1) if line.strip().startswith(start))


def test_a_pattern_of_letters_or_digits_finds_letters_beside_one_that_wants_digits() -> None:
    patterns = Patterns()
    patterns.add("code", [Pattern(pattern="?{8}")])
    patterns.add("invoice", [Pattern(pattern="INV-####")])
    assert [hit.value for hit in patterns.hits("ref abcdefgh")] == ["ABCDEFGH"]
    assert [hit.value for hit in patterns.hits("see inv-1234.")] == ["INV-1234"]
