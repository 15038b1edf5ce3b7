"""When somebody is there for a contact: the responsible role or those that back it up."""

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta

from hub.interaction import Channel
from routing.analysis.staff import Member, Staff
from routing.analysis.stretches import Stretches, both, less, open_stretches, together
from routing.analysis.survey import NOT_WRITTEN
from routing.definition import Definition
from routing.hours.calendar import Opening

_AHEAD = timedelta(days=366)


class Duty:
    """The year after the picture of the staff was taken, from the midnight (UTC) before it."""

    def __init__(self, definition: Definition, staff: Staff) -> None:
        self._definition = definition
        self._staff = staff
        self.start = datetime.combine(staff.at.astimezone(UTC), time(), UTC)
        self.end = self.start + _AHEAD
        self._roles: dict[str, Stretches] = {}
        self._chains: dict[tuple[str, ...], Stretches] = {}
        self._channels: dict[Channel, Stretches] = {}
        self._waits: dict[tuple[str | None, tuple[str, ...]], Opening | None] = {}

    def zone(self, role: str) -> str:
        """The time zone of a role's hours."""
        name = self._definition.roles[role].hours
        return "UTC" if name is None else self._definition.hours[name].time_zone

    def anybody(self, chain: tuple[str, ...]) -> bool:
        """Whether one of these roles has a member, as far as is known."""
        return any(self._members(role) != () for role in chain)

    def chain(self, role: str, backup: object) -> tuple[str, ...]:
        """The role, who backs it up by the rows, and who backs those up, each once."""
        roles = self._definition.roles
        found = [role]
        following = roles[role].backup if backup is NOT_WRITTEN or backup == role else backup
        while isinstance(following, str) and following not in found and following in roles:
            found.append(following)
            following = roles[following].backup
        return tuple(found)

    def on_duty(self, chain: tuple[str, ...]) -> Stretches:
        """When anybody of these roles is there."""
        if chain not in self._chains:
            self._chains[chain] = together(self._role(role) for role in chain)
        return self._chains[chain]

    def open(self, channel: Channel) -> Stretches:
        if channel not in self._channels:
            use = self._definition.channels[channel]
            self._channels[channel] = self._hours(use.hours)
        return self._channels[channel]

    def uncovered(self, channel: Channel, chain: tuple[str, ...]) -> Stretches:
        """When the channel is open and nobody is there."""
        return less(self.open(channel), self.on_duty(chain))

    def longest_wait(self, channel: Channel, chain: tuple[str, ...]) -> Opening | None:
        """The longest that a contact must wait for somebody to be there at all, from the moment it
        comes in. It ends with the year where nobody comes any more."""
        key = self._definition.channels[channel].hours, chain
        if key not in self._waits:
            nobody = less((Opening(self.start, self.end),), self.on_duty(chain))
            ends = [closed.end for closed in nobody]
            waits = (
                Opening(arrivals.start, ends[bisect_right(ends, arrivals.start)])
                for arrivals in both(self.open(channel), nobody)
            )
            self._waits[key] = max(waits, key=_length, default=None)
        return self._waits[key]

    def _role(self, role: str) -> Stretches:
        if role not in self._roles:
            hours = self._hours(self._definition.roles[role].hours)
            members = self._members(role)
            if members is not None and all(member.hours for member in members):
                own = together(
                    open_stretches(member.hours, self.start, self.end) for member in members
                )
                hours = both(hours, own)
            self._roles[role] = hours
        return self._roles[role]

    def _members(self, role: str) -> tuple[Member, ...] | None:
        known = self._staff.members
        return None if known is None else known.get(role, ())

    def _hours(self, name: str | None) -> Stretches:
        hours = None if name is None else self._definition.hours[name]
        return open_stretches(hours, self.start, self.end)


def _length(opening: Opening) -> timedelta:
    return opening.end - opening.start
