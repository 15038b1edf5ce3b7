"""Where a list goes on: opaque to programs, so that what is in it may change."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from hub.errors import Rejected

T = TypeVar("T")

_LONGEST_PART = 100


def cursor_of(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def parts_of(cursor: str, count: int) -> list[str] | None:
    """What `cursor_of` was given; None for the beginning. Raises Rejected for none of ours."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _no_cursor() from error
    if not isinstance(found, list) or len(found) != count or not all(map(_is_part, found)):
        raise _no_cursor()
    return found


def _is_part(part: object) -> bool:
    return isinstance(part, str) and len(part) <= _LONGEST_PART and part.isprintable()


def page(
    found: Sequence[T], limit: int, at: Callable[[T], str | tuple[str, ...]]
) -> tuple[Sequence[T], str]:
    """The first `limit` of what was found (one more than that was asked for), and where the rest
    begins; "" for nowhere. `at`: the place of one, in one part or several."""
    if len(found) <= limit:
        return found, ""
    place = at(found[limit - 1])
    return found[:limit], cursor_of(*((place,) if isinstance(place, str) else place))


def _no_cursor() -> Rejected:
    return Rejected("cursor", "Send `next_cursor` of the page before, as it was given.", status=422)
