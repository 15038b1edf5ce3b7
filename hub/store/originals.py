"""The raw bytes of mails that were read whole: when they are old, nothing needs them any more.

Bytes are shared. Those that are an attachment as well stay, and so do those of a mail that could
not be read whole, because there is nothing else of it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub.store.among import among
from hub.store.tables import attachments, interactions


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
    originals = {row.raw_sha256 for row in rows}
    needed = {row.raw_sha256 for row in rows if row.problem or row.received_at >= before}
    attached = select(attachments.c.sha256).where(among(attachments.c.sha256, originals))
    free = originals - needed - set(connection.execute(attached).scalars())
    connection.execute(
        update(interactions)
        .where(columns.raw_sha256 != "", among(columns.raw_sha256, free))
        .values(raw_sha256="")
    )
    return free
