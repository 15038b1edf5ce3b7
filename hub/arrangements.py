"""Contact arrangements: what we do for a target group when we reach out ourselves.

Which channels, how often at most, and at which hours not. How fast we answer is not here: the model
lays it down for the group, and an agreement may ask for less time. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from hub.interaction import Channel, Frozen

ALL = ""
"""The group of an arrangement that holds for whoever no other holds for."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Arrangement(Frozen):
    """`channels`: in order of preference; none is any. At most `most` messages in so many `days`;
    None is no limit. Quiet from the one hour until the other. `en`, `nl`: for agents."""

    channels: tuple[Channel, ...] = ()
    most: Annotated[int, Field(ge=1, le=100)] | None = None
    days: int = Field(default=7, ge=1, le=365)
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    en: Words = ""
    nl: Words = ""

    @model_validator(mode="after")
    def _is_quiet_for_a_while(self) -> "Arrangement":
        given = [one is not None for one in (self.quiet_from, self.quiet_until)]
        if any(given) and (not all(given) or self.quiet_from == self.quiet_until):
            raise ValueError("quiet")
        return self

    def in_language(self, language: str) -> str:
        return (self.nl or self.en) if language == "nl" else (self.en or self.nl)

    def allowed_from(self, at: datetime, zone: tzinfo) -> datetime:
        """That moment, or the end of the quiet hours that it lies in."""
        if self.quiet_from is None or self.quiet_until is None:
            return at
        local = at.astimezone(zone)
        begins, ends = self.quiet_from, self.quiet_until
        over_night = begins > ends
        is_quiet = (
            local.hour >= begins or local.hour < ends if over_night else begins <= local.hour < ends
        )
        if not is_quiet:
            return at
        day = local.date() + timedelta(days=1 if over_night and local.hour >= begins else 0)
        return datetime.combine(day, time(ends), zone)


class Why(StrEnum):
    """Why something was not sent."""

    CHANNEL = "channel"
    OFTEN = "often"


@dataclass(frozen=True)
class InForce:
    """The arrangement that holds for a customer, by which group."""

    group: str
    arrangement: Arrangement


def nearest(found: Mapping[str, Arrangement], group: str) -> InForce | None:
    """That of the group, of the one that it lies under, or the one for everybody."""
    path = group
    while path:
        if path in found:
            return InForce(path, found[path])
        path = path.rpartition("/")[0]
    return InForce(ALL, found[ALL]) if ALL in found else None


def refusal(arrangement: Arrangement, channels: Sequence[Channel], lately: int) -> Why | None:
    """Why nothing may be sent by any of these; `lately`: what was sent in its days."""
    if channels and not allowed(arrangement, channels):
        return Why.CHANNEL
    return Why.OFTEN if arrangement.most is not None and lately >= arrangement.most else None


def allowed(arrangement: Arrangement, channels: Sequence[Channel]) -> list[Channel]:
    """Those that we reach out by, the preferred first."""
    wanted = arrangement.channels
    return [one for one in wanted if one in channels] if wanted else list(channels)
