"""Who wrote an entry of a conversation, as people call them."""

from agent_ui.texts import N_, Texts
from agent_ui.words import UNREADABLE_POINTS
from hub.interaction import PointKind
from hub.store.timeline import Entry

_UNNAMED = {PointKind.VISITOR: N_("Visitor")}


def author(texts: Texts, entry: Entry) -> str:
    """Their name, as they gave it or as we know it; else their address, if it says something."""
    sender = entry.sender
    if name := sender.name or entry.customer_name:
        return name
    if sender.kind in UNREADABLE_POINTS:
        return texts(_UNNAMED.get(sender.kind, N_("The customer")))
    return sender.value
