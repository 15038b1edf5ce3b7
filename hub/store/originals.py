"""What came in, byte by byte: small mails are kept in the store, large ones in the blob store.

When they are old, nothing needs the originals of mails that were read whole any more (`expiry`
removes the small ones, `let_go` frees the large); that of a mail that could not be read whole is
all there is of it, and stays. The bytes of a blob are shared: those that are an attachment as well
stay.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from hub.interaction import Channel
from hub.store.among import among
from hub.store.tables import attachments, interactions, originals


class Original(NamedTuple):
    """Its bytes, or None and the name of the blob that has them."""

    conversation_id: str
    channel: Channel
    content: bytes | None
    sha256: str


def original(connection: Connection, interaction_id: str) -> Original | None:
    """What came in as this contact; None when it is gone, or there never was one."""
    columns = interactions.c
    row = connection.execute(
        select(columns.conversation_id, columns.channel, originals.c.content, columns.raw_sha256)
        .outerjoin(originals, originals.c.interaction_id == columns.id)
        .where(columns.id == interaction_id)
    ).one_or_none()
    if row is None or (row.content is None and not row.raw_sha256):
        return None
    return Original(row.conversation_id, Channel(row.channel), row.content, row.raw_sha256)


def let_go(connection: Connection, hashes: Sequence[str], *, before: datetime) -> set[str]:
    """Those of these blobs that were the original of contacts from before then, and nothing else.

    From here on no contact points to them. A blob that no contact knows is not among them: the
    store may be the wrong one, or older than the blobs.
    """
    columns = interactions.c
    is_original = (columns.raw_sha256 != "", among(columns.raw_sha256, hashes))
    rows = connection.execute(
        select(columns.raw_sha256, columns.received_at, columns.problem).where(*is_original)
    ).all()
    named = {row.raw_sha256 for row in rows}
    needed = {row.raw_sha256 for row in rows if row.problem or row.received_at >= before}
    attached = select(attachments.c.sha256).where(among(attachments.c.sha256, named))
    free = named - needed - set(connection.execute(attached).scalars())
    connection.execute(
        update(interactions)
        .where(columns.raw_sha256 != "", among(columns.raw_sha256, free))
        .values(raw_sha256="")
    )
    return free
