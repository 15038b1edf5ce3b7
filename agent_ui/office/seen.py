"""Two people at one form: what somebody saw when they opened it goes back with it, so that nobody
undoes unseen what somebody else changed meanwhile."""

import hashlib
import json
from dataclasses import asdict, is_dataclass
from typing import Any

from hub.errors import Rejected

FIELD = "seen"


def mark(shown: object) -> str:
    """Another one for whatever else is shown."""
    plain = json.dumps(shown, sort_keys=True, default=_plain)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def is_other(given: str, now: object) -> bool:
    """Whether it is not as it was shown. Who shows nothing first, such as a program, gives no
    mark."""
    return bool(given) and given != mark(now)


def check(given: str, now: object) -> None:
    """Raises Rejected if it is not as it was shown."""
    if is_other(given, now):
        raise Rejected("changed_meanwhile", "Somebody else changed this meanwhile.", status=409)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
