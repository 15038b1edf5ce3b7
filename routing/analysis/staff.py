"""Who holds which role, as a frozen picture: what an analysis knows of people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from routing.hours.definition import Hours


@dataclass(frozen=True)
class Member:
    """`skills`: skill -> level, None when it is not known. `hours`: their own working hours; None
    for all hours of the role."""

    login: str
    skills: Mapping[str, int] | None = None
    hours: Hours | None = None


@dataclass(frozen=True)
class Staff:
    """`at`: when the picture was taken, with a zone; the year after it is looked at. `members`:
    role -> who holds it; None when that is not known. `menus`: topics that a form or a menu offers.
    """

    at: datetime
    members: Mapping[str, tuple[Member, ...]] | None = None
    menus: frozenset[str] = field(default_factory=frozenset)
