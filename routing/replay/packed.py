"""A replay as it is kept: what it came to as JSON, and apart the contacts that differ, packed.

What customers wrote is not in it: subjects are read from the contacts by whoever may see them.
Many contacts have few outcomes, so each outcome is written once.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from hub.interaction import Channel, Direction
from routing.replay.result import Replay, Replayed
from routing.replay.side import Placed
from routing.staffing.arrivals import Arrivals


class _Outcome(NamedTuple):
    channel: Channel
    direction: Direction
    before: Placed
    after: Placed


_OUTCOMES = TypeAdapter(list[_Outcome])
_REPLAY = TypeAdapter(Replay)


def summary_of(found: Replay) -> dict[str, Any]:
    """All but the contacts, and but what staffing is worked out from."""
    summary: dict[str, Any] = _REPLAY.dump_python(
        replace(found, changes=(), arrived=Arrivals()), mode="json"
    )
    return summary


def read_summary(summary: dict[str, Any]) -> Replay:
    """Raises ValidationError for what another release wrote otherwise."""
    return _REPLAY.validate_python(summary)


def pack(changes: Sequence[Replayed]) -> bytes:
    """Line by line, so that other threads have their turn meanwhile."""
    places: dict[_Outcome, int] = {}
    lines = [_line(one, places) for one in changes]
    packer = zlib.compressobj(1)
    parts = [packer.compress(_OUTCOMES.dump_json(list(places)) + b"\n")]
    parts += [packer.compress(line) for line in lines]
    return b"".join(parts) + packer.flush()


def unpack(content: bytes) -> Iterator[Replayed]:
    head, *lines = zlib.decompress(content).splitlines()
    outcomes = _OUTCOMES.validate_json(head)
    for line in lines:
        interaction_id, conversation_id, at, place = json.loads(line)
        outcome = outcomes[place]
        yield Replayed(
            interaction_id=interaction_id,
            conversation_id=conversation_id,
            at=datetime.fromtimestamp(at / 1e6, UTC),
            channel=outcome.channel,
            direction=outcome.direction,
            subject="",
            before=outcome.before,
            after=outcome.after,
        )


def _line(one: Replayed, places: dict[_Outcome, int]) -> bytes:
    outcome = _Outcome(one.channel, one.direction, one.before, one.after)
    place = places.setdefault(outcome, len(places))
    at = round(one.at.timestamp() * 1e6)
    written = json.dumps([one.interaction_id, one.conversation_id, at, place])
    return written.encode() + b"\n"
