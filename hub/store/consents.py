"""What customers said about being written to: by contact point, channel and purpose.

Lines are only added; the newest for a purpose counts. Who said nothing may be answered (`service`)
and gets no bulk mail (`marketing`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from hub import clock
from hub.interaction import Channel
from hub.store.among import among_named
from hub.store.tables import consents


class Purpose(StrEnum):
    SERVICE = "service"
    """Answers, and what the customer must know of an order."""
    MARKETING = "marketing"


KEYWORD = "keyword"
"""The source of a line: the customer sent STOP, START or a word like it."""

_UNLESS_SAID = {Purpose.SERVICE: True, Purpose.MARKETING: False}


@dataclass(frozen=True)
class Said:
    """One line. `words`: what the customer said; `text_version`: of what we had told them."""

    point: str
    channel: Channel
    purpose: Purpose
    granted: bool
    source: str
    at: datetime
    words: str = ""
    text_version: str = ""
    interaction_id: str | None = None
    agent_id: str | None = None


def add(connection: Connection, lines: Iterable[Said]) -> None:
    rows = [
        {
            "id": clock.new_id(),
            "point": line.point,
            "channel": line.channel.value,
            "purpose": line.purpose.value,
            "granted": line.granted,
            "source": line.source,
            "words": line.words,
            "text_version": line.text_version,
            "interaction_id": line.interaction_id,
            "agent_id": line.agent_id,
            "at": line.at,
        }
        for line in lines
    ]
    if rows:
        connection.execute(insert(consents), rows)


def said(connection: Connection, points: Iterable[str]) -> dict[tuple[str, Channel, Purpose], Said]:
    """The newest line for each (contact point, channel, purpose)."""
    rows = connection.execute(_SAID, {"points": list(points)})
    return {
        (row.point, Channel(row.channel), Purpose(row.purpose)): Said(
            row.point,
            Channel(row.channel),
            Purpose(row.purpose),
            row.granted,
            row.source,
            row.at,
            row.words,
            row.text_version,
            row.interaction_id,
            row.agent_id,
        )
        for row in rows
    }


_SAID = (
    select(consents)
    .where(among_named(consents.c.point, "points"))
    .order_by(consents.c.at, consents.c.id)
)


def allows(
    connection: Connection, channel: Channel, point: str, purpose: Purpose = Purpose.SERVICE
) -> bool:
    """Whether this contact point may be written to over this channel."""
    line = said(connection, [point]).get((point, channel, purpose))
    return _UNLESS_SAID[purpose] if line is None else line.granted


@dataclass(frozen=True)
class Keyword:
    """STOP, START or a word like it: what the customer wrote, and where."""

    point: str
    channel: Channel
    words: str
    text_version: str = ""
    interaction_id: str | None = None


def stop(connection: Connection, keyword: Keyword) -> None:
    """The customer wants nothing more over this channel, for no purpose."""
    ended = [p for p in Purpose if allows(connection, keyword.channel, keyword.point, p)]
    add(connection, (_line(keyword, purpose, granted=False) for purpose in ended))


def start(connection: Connection, keyword: Keyword) -> None:
    """The customer takes their STOP back: what it ended begins again, and nothing else."""
    newest = said(connection, [keyword.point])
    lines = [newest.get((keyword.point, keyword.channel, purpose)) for purpose in Purpose]
    again = [line.purpose for line in lines if line and line.source == KEYWORD and not line.granted]
    add(connection, (_line(keyword, purpose, granted=True) for purpose in again))


def _line(keyword: Keyword, purpose: Purpose, *, granted: bool) -> Said:
    return Said(
        keyword.point,
        keyword.channel,
        purpose,
        granted,
        source=KEYWORD,
        at=clock.now(),
        words=keyword.words,
        text_version=keyword.text_version,
        interaction_id=keyword.interaction_id,
    )
