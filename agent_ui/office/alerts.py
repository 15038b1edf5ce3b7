"""What a supervisor should know now: conditions with thresholds, looked at in a snapshot. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from hub.store.health import Part
from hub.store.presence import AVAILABLE
from hub.store.wall import Cell, Sending, Wall

BAD, NEAR = "bad", "near"
WALL = "/console/wall"
HEALTH = "/console/admin/health"
LOCKS = "/console/admin/audit?action=sign_in.locked"
DEAD_LETTERS = "/console/admin/dead-letters"

_FEWEST_ANSWERS = 10
"""A share of fewer says nothing."""
_UNROUTED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Thresholds:
    """From when on an alert is shown; 0: never."""

    live_minutes: int = 2
    written_minutes: int = 240
    level_percent: int = 80
    silent_hours: int = 24
    failed_messages: int = 3

    @classmethod
    def chosen(cls, kept: Mapping[str, Any]) -> "Thresholds":
        known = {name: int(kept[name]) for name in cls.__dataclass_fields__ if name in kept}
        return cls(**known)


@dataclass(frozen=True)
class Alert:
    """`kind` is a key of `words.ALERTS`, `values` fill its text: lengths of time in seconds, roles
    and channels by their names. `href`: where to look, or to act."""

    kind: str
    tone: str
    href: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What the alerts are found in. `mailboxes`: by account, when the last mail came in; None: none
    for a long time. `unrouted`: when the oldest contact without a route came. `locked`: as whom
    somebody tried to sign in too often."""

    wall: Wall
    sending: Sequence[Sending] = ()
    mailboxes: Mapping[str, datetime | None] = field(default_factory=dict)
    parts: Sequence[Part] = ()
    dead: int = 0
    unrouted: datetime | None = None
    locked: Sequence[str] = ()


def alerts_of(seen: Seen, limits: Thresholds) -> list[Alert]:
    """The worst first."""
    found = [
        *_parts(seen),
        *_unhandled(seen),
        *(Alert("locked", NEAR, LOCKS, {"name": name}) for name in seen.locked),
        *_waiting(seen.wall, limits),
        *_nobody(seen.wall),
        *_answers(seen.wall, limits),
        *_sending(seen, limits),
        *_mailboxes(seen, limits),
    ]
    return sorted(found, key=lambda alert: alert.tone != BAD)


def items_at(figure: str, **only: str) -> str:
    """Where the items behind a figure are."""
    given = {name: value for name, value in only.items() if value}
    return f"{WALL}/items?{urlencode({'figure': figure} | given)}"


def _parts(seen: Seen) -> list[Alert]:
    silent = sorted({part.process for part in seen.parts if part.is_silent(seen.wall.at)})
    failing = [p for p in seen.parts if p.problem and p.process not in silent]
    return [
        *(Alert("gone", BAD, HEALTH, {"process": process}) for process in silent),
        *(Alert("part", BAD, HEALTH, {"part": p.name, "problem": p.problem}) for p in failing),
    ]


def _unhandled(seen: Seen) -> list[Alert]:
    found = []
    if seen.dead:
        found.append(Alert("dead", BAD, DEAD_LETTERS, {"n": seen.dead}))
    if seen.unrouted and seen.wall.at - seen.unrouted > _UNROUTED_AFTER:
        time = (seen.wall.at - seen.unrouted).total_seconds()
        found.append(Alert("unrouted", BAD, HEALTH, {"time": time}))
    return found


def _waiting(wall: Wall, limits: Thresholds) -> list[Alert]:
    """Who is on the line or in a chat, and anything else; who hung up waits like who wrote."""
    found = []
    for cell in wall.cells:
        only = {"role": cell.role, "channel": cell.channel}
        for kind, tone, figure, since, minutes in (
            ("live", BAD, "present", cell.present_since, limits.live_minutes),
            ("written", NEAR, "waiting", cell.oldest, limits.written_minutes),
        ):
            if since is None or not minutes or (kind == "written" and since == cell.present_since):
                continue
            waited = wall.at - since
            if waited > timedelta(minutes=minutes):
                values = {**only, "time": waited.total_seconds()}
                found.append(Alert(kind, tone, items_at(figure, **only), values))
    return found


def _nobody(wall: Wall) -> list[Alert]:
    """Live work waits for a role that nobody takes work for."""
    served = {role for seat in wall.seats if seat.state == AVAILABLE for role in seat.roles}
    return [
        Alert(
            "nobody",
            BAD,
            items_at("present", role=cell.role, channel=cell.channel),
            {"role": cell.role, "channel": cell.channel, "n": cell.present},
        )
        for cell in wall.cells
        if cell.present and cell.role not in served
    ]


def _answers(wall: Wall, limits: Thresholds) -> list[Alert]:
    total: Cell = wall.all
    found = []
    if total.late:
        found.append(Alert("late", BAD, items_at("late"), {"n": total.late}))
    if total.soon:
        found.append(Alert("soon", NEAR, items_at("soon"), {"n": total.soon}))
    level, due = total.service_level, total.in_time + total.too_late
    if level is not None and due >= _FEWEST_ANSWERS and level * 100 < limits.level_percent:
        values = {"percent": round(level * 100), "target": limits.level_percent}
        found.append(Alert("level", NEAR, items_at("too_late"), values))
    return found


def _sending(seen: Seen, limits: Thresholds) -> list[Alert]:
    return [
        Alert(
            "sending",
            BAD,
            HEALTH,
            {"channel": one.channel, "failed": one.failed, "n": one.count, "error": one.error},
        )
        for one in seen.sending
        if limits.failed_messages and one.failed >= limits.failed_messages
    ]


def _mailboxes(seen: Seen, limits: Thresholds) -> list[Alert]:
    found = []
    for account, last in seen.mailboxes.items() if limits.silent_hours else ():
        if last is None:
            found.append(Alert("silent_long", NEAR, HEALTH, {"account": account}))
        elif seen.wall.at - last > timedelta(hours=limits.silent_hours):
            time = (seen.wall.at - last).total_seconds()
            found.append(Alert("silent", NEAR, HEALTH, {"account": account, "time": time}))
    return found
