"""What was posted becomes known: parcels, orders and timelines follow. Behind the answer, by as
many processes as there are, each post by one of them."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from hub.deliveries import NewEvent
from hub.errors import Retry
from hub.store import Database, partner_posts, tracking
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

TOGETHER = 20
LOOK_SECONDS = 5.0
"""A process that died may have left posts behind, of which nobody else was told."""


class Handling:
    """`told` is called after each commit."""

    def __init__(self, database: Database, told: Callable[[], None]) -> None:
        self._database = database
        self._told = told
        self._news = asyncio.Event()
        self._task = Supervised("partner posts", self._run)

    def wake(self) -> None:
        self._news.set()

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                while await self._handle_some():
                    self._told()
            except Retry as error:
                log.info("partner_posts.waiting", reason=error.detail)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()

    async def _handle_some(self) -> int:
        """Gives how many; of some that cannot be handled together, each alone."""
        try:
            return await self._database.write(_handle)
        except Retry:
            raise
        except Exception:
            ids = await self._database.write(_next)
            for post_id in ids:
                await self._handle_alone(post_id)
            return len(ids)

    async def _handle_alone(self, post_id: str) -> None:
        try:
            await self._database.write(lambda c: _handle(c, (post_id,)))
        except Retry:
            raise
        except Exception as error:
            log.exception("partner_posts.failed", receipt=post_id)
            reason = f"{type(error).__name__}: {error}"
            await self._database.write(lambda c: partner_posts.failed(c, post_id, reason))


def _next(connection: Connection) -> list[str]:
    return [post_id for post_id, _ in partner_posts.waiting(connection, limit=TOGETHER)]


def _handle(connection: Connection, among_ids: Sequence[str] = ()) -> int:
    """Handle some posts; gives how many."""
    posts = partner_posts.waiting(connection, limit=TOGETHER, among_ids=among_ids)
    if not posts:
        return 0
    events = [(post_id, NewEvent.model_validate(raw)) for post_id, raws in posts for raw in raws]
    kept = tracking.record(connection, [event for _, event in events])
    outcomes: dict[str, Counter[str]] = {post_id: Counter() for post_id, _ in posts}
    for (post_id, _), one in zip(events, kept, strict=True):
        outcomes[post_id]["new" if one.new else "known"] += 1
    partner_posts.done(connection, outcomes)
    return len(posts)
