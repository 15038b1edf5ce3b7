"""Runs two models over recorded contacts: what is now, and what would have happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.store.recorded import Recorded
from routing.analysis.staff import Staff
from routing.decide import Learned, decide
from routing.decision import Decision
from routing.model import Model
from routing.replay.kept import Promising
from routing.replay.result import Replay, Replayed
from routing.replay.side import Cells, Placed, Player, Terms, contact_of
from routing.replay.tally import Tally
from routing.staffing.arrivals import Arrivals, Kind, Stream, place_of, zone_of
from routing.tree import ANY


class Replayer:
    """Takes what was recorded in as many parts as wanted and keeps what differs. The same contacts,
    models and staff give the same replay.

    `until` is when the picture is taken: what is not answered by then is late when it is due.
    `learned` suggests topics to both models alike. `zone`: in whose week arrivals are counted, that
    of the first business hours unless said otherwise.
    """

    def __init__(
        self,
        before: Model,
        after: Model,
        staff: Staff,
        *,
        since: datetime,
        until: datetime,
        learned: Learned | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        self._versions = (before.version, after.version)
        self._staff = staff
        self._span = (since, until)
        self._learned = learned
        self._zone = zone or zone_of(before)
        self._cells = Cells(before, after, learned)
        promising = Promising()
        self._before = Player(before, staff, promising)
        self._after = Player(after, staff, promising)
        self._tally = Tally()

    def tallied(self, recorded: Iterable[Recorded]) -> Tally:
        """These contacts added up, to be taken here or by a replayer of the same in another
        process."""
        tally = Tally()
        for work in recorded:
            before, after = terms = self._terms(work)
            tally.add(_replayed(work, *self._placed(work, before, after)))
            self._count(work, terms, tally.arrived)
        return tally

    def _count(self, work: Recorded, terms: tuple[Terms, Terms], arrived: Arrivals) -> None:
        place = place_of(work.at, self._zone)
        for one, streams in zip(terms, (arrived.before, arrived.after), strict=True):
            side = one.side
            kind = Kind(work.channel, side.topic, side.target_group)
            streams[Stream(place, side.role, kind, *one.answer)] += 1
        if work.held is not None:
            arrived.held[Kind(work.channel, work.about or ANY, terms[0].side.target_group)].append(
                work.held
            )

    def take(self, tally: Tally) -> None:
        """Parts are taken in the order of the contacts, as the first of each kind is shown."""
        self._tally.merge(tally)

    def replayed(self, work: Recorded) -> Replayed:
        """One contact by both models; it is not added up."""
        return _replayed(work, *self._placed(work, *self._terms(work)))

    def _terms(self, work: Recorded) -> tuple[Terms, Terms]:
        before, after = self._cells.of(contact_of(work))
        return self._before.terms(before, work), self._after.terms(after, work)

    def _placed(self, work: Recorded, old: Terms, new: Terms) -> tuple[Placed, Placed]:
        before = old.placed(work, self._span[1])
        if old.promises == new.promises:
            return before, before._replace(side=new.side)
        return before, new.placed(work, self._span[1])

    def result(self) -> Replay:
        """What it comes to so far."""
        since, until = self._span
        pairs = self._tally.pairs()
        return Replay(
            since=since,
            until=until,
            versions=self._versions,
            total=self._tally.counts.total(),
            moved=sum(pair.count for pair in pairs),
            pairs=pairs,
            breaches=self._tally.breaches(),
            unhandled=self._tally.unhandled(),
            refused=self._tally.refused(),
            roles=self._tally.roles(),
            channels=self._tally.channels(),
            topics=self._tally.topics(),
            changes=tuple(sorted(self._tally.changes, key=lambda one: one.at)),
            members_known=self._staff.members is not None,
            learned=self._learned.version if self._learned else 0,
            arrived=self._tally.arrived,
        )


def _replayed(work: Recorded, before: Placed, after: Placed) -> Replayed:
    return Replayed(
        interaction_id=work.interaction_id,
        conversation_id=work.conversation_id,
        at=work.at,
        channel=work.channel,
        direction=work.direction,
        subject=work.subject,
        before=before,
        after=after,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """One contact side by side: the whole decisions, with their reasons, and what came of them."""

    replayed: Replayed
    before: Decision
    after: Decision


def opened(
    work: Recorded,
    before: Model,
    after: Model,
    staff: Staff,
    until: datetime,
    *,
    learned: Learned | None = None,
) -> Opened:
    contact = contact_of(work)
    replayer = Replayer(before, after, staff, since=work.at, until=until, learned=learned)
    return Opened(
        replayer.replayed(work),
        decide(contact, before, learned),
        decide(contact, after, learned),
    )
