"""The settings page tells what the code reads."""

from pathlib import Path

from config import reference


def test_the_page_is_the_one_in_the_code() -> None:
    """Run `loket settings > docs/settings.md` after changing a setting."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text() == reference.document()


def test_secrets_are_marked_and_have_no_default() -> None:
    [line] = [line for line in reference.document().splitlines() if "`hub.secret`" in line]
    assert "| *secret*" in line
    assert line.split("|")[2].strip() == ""
