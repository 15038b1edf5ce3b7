"""What a session says that a model cannot say: left out, and told beside the card."""

from hub.interaction import Frozen
from routing.analysis.finding import Text


class Remark(Frozen):
    """`field` is empty for the whole card."""

    card: str
    field: str
    text: Text


def remark(card: str, field: str, en: str, nl: str) -> Remark:
    return Remark(card=card, field=field, text=Text(en=en, nl=nl))
