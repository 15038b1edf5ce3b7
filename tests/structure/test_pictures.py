"""Every picture of Loket in README and docs is one that `make pictures` makes."""

import re
from pathlib import Path

from shots import SHOTS

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
PACKAGES = ("hub", "connectors", "routing", "agent_ui", "config")
SHOWN = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
PICTURE = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MOST_BYTES = 150_000


def test_a_picture_that_is_shown_is_made_by_the_script() -> None:
    shown = {picture for page in pages() for picture in pictures_of(page)}
    assert shown == {IMAGES / f"{name}.png" for name in SHOTS}


def test_there_is_no_other_picture_than_those_and_none_is_large() -> None:
    assert {path.stem for path in IMAGES.iterdir()} == set(SHOTS)
    assert [path.name for path in IMAGES.iterdir() if path.stat().st_size > MOST_BYTES] == []


def pages() -> list[Path]:
    folders = (ROOT / name for name in ("docs", *PACKAGES))
    return [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]


def pictures_of(page: Path) -> set[Path]:
    """Those of our own; a drawing (SVG) shows no page."""
    addresses = [first or second for first, second in SHOWN.findall(page.read_text("utf-8"))]
    return {
        (page.parent / address).resolve()
        for address in addresses
        if "://" not in address and address.endswith(PICTURE)
    }
