"""The mail addresses that an agent types behind "Cc" and "Forward to"."""

import re
from email.utils import parseaddr

from hub.errors import Rejected
from hub.interaction import Party, PointKind

_ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\].]+(\.[^\s@<>\"(),:;\\\[\].]+)+"
)
_LONGEST, _MOST = 254, 20


def parties(text: str) -> tuple[Party, ...]:
    """Each once, in their order. Raises Rejected for what is no address, naming it."""
    given = [part for part in re.split(r"[,;\n]", text) if part.strip()]
    found: dict[str, Party] = {}
    for part in given:
        name, address = parseaddr(part.strip())
        if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST:
            raise Rejected("bad_address", f"“{part.strip()[:100]}” is not a mail address.")
        value = address.lower()
        found.setdefault(value, Party(kind=PointKind.EMAIL, value=value, name=name[:200]))
    if len(found) > _MOST:
        raise Rejected("many_addresses", f"A mail goes to at most {_MOST} others.")
    return tuple(found.values())
