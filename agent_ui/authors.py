"""Who wrote an entry of a conversation, as people call them."""

from agent_ui.texts import N_, Texts
from agent_ui.words import UNREADABLE_POINTS
from hub.interaction import PointKind
from hub.store.timeline import Entry

_UNNAMED = {PointKind.VISITOR: N_("Visitor")}


def author(texts: Texts, entry: Entry) -> str:
    """Their name, as they gave it or as we know it; else their address, if it says something.

    A mail without a name may be from a machine, or from anybody who uses the address.
    """
    sender = entry.sender
    known = "" if sender.kind is PointKind.EMAIL else entry.customer_name
    if name := sender.name or known:
        return name
    if sender.kind in UNREADABLE_POINTS:
        return texts(_UNNAMED.get(sender.kind, N_("The customer")))
    return sender.value
