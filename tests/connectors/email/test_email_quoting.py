"""What a person wrote now, apart from what they quote: the habits of many mail programs.

Each sample is the text of a mail; `%% quoted` and `%% text` lines say what the lines below are.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.parsing.quoting import separate

SAMPLES = sorted((Path(__file__).parent / "samples" / "quoting").glob("*.txt"))


def read_sample(path: Path) -> tuple[str, str, str]:
    """(the whole text, what is new in it, what is quoted)"""
    parts: dict[str, list[str]] = {"text": [], "quoted": []}
    part = "text"
    whole = []
    for line in path.read_text().split("\n"):
        if line.startswith("%% "):
            part = line[3:]
        else:
            parts[part].append(line)
            whole.append(line)
    return (
        "\n".join(whole),
        "\n".join(parts["text"]).strip(),
        "\n".join(parts["quoted"]).strip("\n"),
    )


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_sample(path: Path) -> None:
    whole, new, quoted = read_sample(path)
    separated = separate(whole)
    assert separated.text.strip() == new
    assert separated.quoted.strip("\n") == quoted


def test_there_are_many_samples() -> None:
    assert len(SAMPLES) >= 30


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_trailing_blanks_change_nothing(path: Path) -> None:
    whole, new, _ = read_sample(path)
    padded = "\n".join(f"{line} " if line != "--" else line for line in whole.split("\n"))
    assert separate(padded).text.replace(" \n", "\n").strip() == new


def test_a_forwarded_message_is_content() -> None:
    whole, _, _ = read_sample(SAMPLES[0])
    assert separate(whole, forwarded=True).text == whole


@given(st.text(alphabet="aO\n>:- @1", max_size=400))
def test_nothing_is_lost(text: str) -> None:
    separated = separate(text)
    kept = separated.text + separated.quoted
    assert sorted("".join(kept.split())) == sorted("".join(text.split()))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        *("On ", "On On\n", "Op ma 3 schreef:\n", "Op schreef 1:\n", "Op 1 schreef schreef ", "> "),
        *("-- \n", "-----", "From: x\nSubject: y\n", "Am 1 schrieb x schrieb\n", ">", "Le 1 a "),
        *("El 1 escribió\n", "x wrote on 1 wrote on\n", "Van: ", "Sent from my ", "\n", " "),
    ],
)
def test_a_megabyte_of_the_same_ends(unit: str) -> None:
    """Anything worse than linear would take far longer than the time this test has."""
    assert separate(unit * (1_000_000 // len(unit)))
