"""Recordings of phone calls: a sound in the conversation, until it is old enough to be removed."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from hub.interaction import Attachment
from hub.replies import add_event
from hub.store import calls
from hub.store.among import among
from hub.store.calls import Call
from hub.store.tables import attachments, interactions
from hub.store.tables import calls as table

ON = "on"
PAUSED = "paused"
FAILED = "failed"
KEPT = "kept"
REMOVED = "removed"
"""Where the recording of a call is; empty: there is none."""

EVENT = "recording"
"""What its event in a conversation is called."""
_AT_ONCE = 100


def consents(connection: Connection, call: Call, consent: str) -> bool:
    """What the customer said of being recorded: once."""
    return calls.change(connection, call.sid, table.c.consent == "", {"consent": consent})


def is_now(connection: Connection, call: Call, state: str) -> bool:
    return calls.change(
        connection, call.sid, table.c.recording == call.recording, {"recording": state}
    )


def keep(connection: Connection, call_id: str, sound: Attachment | None, seconds: str) -> bool:
    """Put it in the conversation of its call, once; without a sound it is told that there is none.
    False when the call is not known, or has it already."""
    call = calls.get(connection, call_id)
    if call is None or call.recording in (KEPT, REMOVED):
        return False
    entry = add_event(
        connection,
        conversation_id=call.conversation_id,
        details={"event": EVENT, "call": call_id, "seconds": seconds},
        agent_id=None,
        agent_name="",
        attachments=(sound,) if sound is not None else (),
    )
    values = {"recording": KEPT if sound is not None else FAILED, "recording_entry": entry}
    return calls.change(connection, call_id, table.c.recording == call.recording, values)


def let_go(connection: Connection, before: datetime) -> tuple[int, set[str]]:
    """Take the sounds of calls from before then out of their conversations; gives how many, and
    which blobs nothing needs any more."""
    old = connection.execute(
        select(table.c.sid, table.c.recording_entry)
        .where(table.c.recording == KEPT, table.c.created_at < before)
        .order_by(table.c.created_at)
        .limit(_AT_ONCE)
    ).all()
    entries = [row.recording_entry for row in old]
    sounds = set(
        connection.execute(
            delete(attachments)
            .where(among(attachments.c.interaction_id, entries))
            .returning(attachments.c.sha256)
        ).scalars()
    )
    connection.execute(
        update(table).where(among(table.c.sid, [row.sid for row in old])).values(recording=REMOVED)
    )
    kept = select(attachments.c.sha256).where(among(attachments.c.sha256, sounds))
    raw = select(interactions.c.raw_sha256).where(
        interactions.c.raw_sha256 != "", among(interactions.c.raw_sha256, sounds)
    )
    needed = {*connection.execute(kept).scalars(), *connection.execute(raw).scalars()}
    return len(old), sounds - needed
