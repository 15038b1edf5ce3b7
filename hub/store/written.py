"""What an agent wrote before, found by the name that their form gave it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from hub.interaction import Channel, InteractionKind, Party
from hub.store.inserting import digest
from hub.store.tables import attachments, interactions


@dataclass(frozen=True)
class Written:
    """`to`: whom it went to, nobody for a note; `files`: how many went along."""

    kind: InteractionKind
    channel: Channel
    account: str
    to: tuple[Party, ...]
    text: str
    details: Mapping[str, str]
    files: int


def find(connection: Connection, agent_id: str, once: str) -> Written | None:
    """None when they wrote nothing under this name."""
    row = connection.execute(_FOUND, {"key": key_of(agent_id, once)}).one_or_none()
    if row is None:
        return None
    return Written(
        kind=InteractionKind(row.kind),
        channel=Channel(row.channel),
        account=row.account,
        to=tuple(Party.model_validate(one) for one in row.recipients),
        text=row.text,
        details=row.details,
        files=row.files,
    )


def key_of(agent_id: str, once: str) -> str:
    """By which nothing of the same name is stored a second time."""
    return digest("once", agent_id, once)


_OF = interactions.c
_FILES = (
    select(func.count())
    .select_from(attachments)
    .where(attachments.c.interaction_id == _OF.id)
    .scalar_subquery()
)
_FOUND = select(
    _OF.kind,
    _OF.channel,
    _OF.account,
    _OF.recipients,
    _OF.text,
    _OF.details,
    _FILES.label("files"),
).where(_OF.dedupe_key == bindparam("key"))
