"""What came in, byte by byte: small mails are kept in the store, large ones in the blob store.

When they are old, nothing needs the originals of mails that were read whole any more. Bytes are
shared: those of a blob that is an attachment as well stay, and so do those of a mail that could not
be read whole, because there is nothing else of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, or_, select, update

from hub.store.among import among
from hub.store.tables import attachments, interactions, originals

AT_ONCE = 500


def content(connection: Connection, sha256: str) -> bytes | None:
    """The original with this hash; None when it is large, or gone."""
    found: bytes | None = connection.execute(
        select(originals.c.content).where(originals.c.sha256 == sha256)
    ).scalar_one_or_none()
    return found


def forget(connection: Connection, before: datetime) -> int:
    """Remove originals of the store from before then, at most AT_ONCE; gives how many."""
    columns = interactions.c
    needed = exists().where(
        columns.raw_sha256 != "",  # the index has these alone
        columns.raw_sha256 == originals.c.sha256,
        or_(columns.problem != "", columns.received_at >= before),
    )
    oldest = select(originals.c.sha256).where(originals.c.kept_at < before, ~needed)
    free = connection.execute(oldest.order_by(originals.c.kept_at).limit(AT_ONCE)).scalars().all()
    connection.execute(delete(originals).where(among(originals.c.sha256, free)))
    _no_longer_named(connection, free)
    return len(free)


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
    _no_longer_named(connection, free)
    return free


def _no_longer_named(connection: Connection, hashes: Collection[str]) -> None:
    column = interactions.c.raw_sha256
    connection.execute(
        update(interactions).where(column != "", among(column, hashes)).values(raw_sha256="")
    )
