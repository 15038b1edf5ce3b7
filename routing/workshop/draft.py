"""The text of the model that a session makes: the same for the same cards, with headings."""

from collections.abc import Mapping

from hub.workshop import Board, Kind, where_of
from hub.workshop.vocabulary import ANY
from routing.forms.yaml_writer import plain_to_yaml
from routing.workshop.to_model import Made

_WIDTH = 96
_ABOVE: Mapping[str, str] = {
    "roles": "Who can be responsible.",
    "hours": "When roles are there and channels are open, in local time.",
    "channels": "The channels in use.",
    "target_groups": "Which customers: what holds for a group holds for all under it.",
    "topics": "What contacts are about, and how that is recognised.",
    "moments": "The rows, wide ones first: each settles what it writes and inherits the rest.",
}


def draft_text(board: Board, made: Made) -> str:
    rows: dict[int, str] = {}
    last = ""
    for place, card in enumerate(made.rows):
        heading = _heading(board, card)
        if heading != last:
            rows[place] = f"--- {heading} ".ljust(_WIDTH, "-")
            last = heading
    return plain_to_yaml(made.sections, _ABOVE, rows)


def _heading(board: Board, row: str) -> str:
    """The topic at the top that a row is about, on one line: YAML takes no control characters, in
    comments neither, and a comment has no way to escape them."""
    topic = where_of(row).topic
    if topic == ANY:
        return "What holds for every contact"
    top = board.line(board.get(f"{Kind.TOPIC}.{topic}"))[0]
    return " ".join("".join(c if c.isprintable() else " " for c in top.title("en")).split())
