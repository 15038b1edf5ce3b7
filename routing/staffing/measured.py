"""How long a contact takes: measured where enough were handled, a common value where not.

The median of what was recorded, since one contact that was forgotten over the weekend says nothing
about the others; what cannot be the work of one contact is cut off. Looked for from the narrowest
that has enough of them: topic and target group, the topic and what lies below it, the topics above
it, the whole channel.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from hub.interaction import Channel
from routing.staffing.arrivals import Held, Kind
from routing.tree import ANY, ancestors

LEAST = 20
"""So many contacts are enough to trust their median."""

USUAL: Mapping[Channel, int] = {
    Channel.PHONE: 240,
    Channel.SMS: 180,
    Channel.WHATSAPP: 300,
    Channel.CHAT: 600,
    Channel.EMAIL: 360,
    Channel.PORTAL: 360,
    Channel.PARTNER: 120,
    Channel.MANUAL: 300,
}
"""Seconds of work for one contact, until enough of them are measured."""

SHORTEST = 10
LONGEST = 2 * 3600
"""Seconds. Shorter is a click, longer is work that somebody kept while doing something else."""


class Source(StrEnum):
    """Where a time comes from. `given`: by whoever asks."""

    MOMENT = "moment"
    TOPIC = "topic"
    CHANNEL = "channel"
    USUAL = "usual"
    GIVEN = "given"


class Time(NamedTuple):
    """`contacts`: of how many it is the median. `topic` and `group`: of what, `any` for all."""

    seconds: float
    source: Source
    contacts: int
    topic: str = ANY
    group: str = ANY


class Times:
    """`given` goes before everything measured, channel by channel."""

    def __init__(self, held: Held, given: Mapping[Channel, float] | None = None) -> None:
        self._given = given or {}
        self._held: dict[Kind, list[int]] = defaultdict(list)
        for kind, seconds in held.items():
            cut = [min(max(one, SHORTEST), LONGEST) for one in seconds]
            self._held[kind] += cut
            for topic in ancestors(kind.topic):
                self._held[Kind(kind.channel, topic, "")] += cut
        self._known: dict[Kind, Time] = {}

    def of(self, kind: Kind) -> Time:
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = self._find(kind)
        return found

    def _find(self, kind: Kind) -> Time:
        if kind.channel in self._given:
            return Time(self._given[kind.channel], Source.GIVEN, 0)
        for source, wider in _from_narrow_to_wide(kind):
            seconds = self._held.get(wider, ())
            if len(seconds) >= LEAST:
                group = wider.group or ANY
                return Time(median(seconds), source, len(seconds), wider.topic, group)
        return Time(USUAL[kind.channel], Source.USUAL, 0)


def _from_narrow_to_wide(kind: Kind) -> Iterable[tuple[Source, Kind]]:
    """An empty group stands for all of them, and for all topics below."""
    yield Source.MOMENT, kind
    for topic in ancestors(kind.topic):
        source = Source.CHANNEL if topic == ANY else Source.TOPIC
        yield source, Kind(kind.channel, topic, "")
