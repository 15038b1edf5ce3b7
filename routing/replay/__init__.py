"""What would have happened: recorded contacts by another model than the one that routed them."""

from routing.replay.kept import Kept
from routing.replay.replayer import Opened, Replayer, opened
from routing.replay.result import Line, Pair, Replay, Replayed, Turn, What
from routing.replay.side import Nobody, Placed, Side
from routing.replay.tally import Tally

__all__ = [
    "Kept",
    "Line",
    "Nobody",
    "Opened",
    "Pair",
    "Placed",
    "Replay",
    "Replayed",
    "Replayer",
    "Side",
    "Tally",
    "Turn",
    "What",
    "opened",
]
