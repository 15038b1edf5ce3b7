"""Takes in what arrives in one mailbox, and keeps doing so: the way in by IMAP.

What was taken in is known by UIDVALIDITY and UID in the store, never by flags: people and other
programs may read the same mailbox. A full comparison now and then finds what slipped through.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from connectors.email.credentials import Credentials
from connectors.email.imap.client import ImapClient, imap_date
from connectors.email.imap.fetch import fetch_mails
from connectors.email.imap.session import signed_in
from connectors.email.imap.wire import ImapError
from connectors.email.receive import MailReceiver, RawMail, ReadMail
from connectors.email.settings import ImapSettings
from hub import clock
from hub.errors import Retry, Unavailable
from hub.isolation import WorkerFailed
from hub.store import Blobs, Database, mailboxes
from hub.store.mailboxes import Outcome, Place

log = structlog.get_logger(__name__)

TOGETHER = 50
FORGOTTEN_TOGETHER = 500
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# A refused password is not tried often: providers lock accounts for that.
PAUSE_FOR_A_PERSON = 300.0
# A mail over which the connection was lost so often is left alone until the next comparison.
MOST_FAILURES = 2
_LOST = (ImapError, OSError, TimeoutError)


@dataclass
class Counts:
    """What a mailbox holds, and how much of that was taken in."""

    in_mailbox: int = 0
    taken_in: int = 0


class Mailbox:
    """One folder of one account. `problem` says why nothing comes in; empty when it does.

    `mark_days`: how long the mark of a mail that is gone is kept; 0 is for ever.
    """

    def __init__(
        self,
        address: str,
        settings: ImapSettings,
        *,
        size_limit: int,
        mark_days: int,
        receiver: MailReceiver,
        blobs: Blobs,
        database: Database,
    ) -> None:
        self.address = address
        self.problem = ""
        self.counts = Counts()
        self._settings = settings
        self._credentials = Credentials(settings, address)
        self._size_limit = size_limit
        self._mark_days = mark_days
        self._receiver = receiver
        self._blobs = blobs
        self._database = database
        self._pause = FIRST_PAUSE
        self._together = TOGETHER
        self._failures: Counter[int] = Counter()

    async def run(self) -> None:
        """Endless. A mailbox that is away is waited for; said once when lost, once when back."""
        while True:
            try:
                await self._follow()
            except Unavailable as error:
                await self._wait(str(error), PAUSE_FOR_A_PERSON)
            except Retry as error:
                await self._wait(error.detail, self._next_pause())
            except _LOST as error:
                what = str(error) or "no answer"
                await self._wait(f"{self._settings.host}: {what}", self._next_pause())

    def _next_pause(self) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause

    async def _wait(self, problem: str, seconds: float) -> None:
        if not self.problem:
            log.warning("mailbox.lost", account=self.address, problem=problem)
        self.problem = problem
        await asyncio.sleep(seconds * random.uniform(0.8, 1.2))  # noqa: S311 (not a secret)

    async def _follow(self) -> None:
        async with signed_in(self._settings, self._credentials) as client:
            while True:
                place = await self._open(client)
                await self._compare(client, place)
                self._is_well()
                await self._follow_until_rescan(client, place)
                self._failures.clear()

    def _is_well(self) -> None:
        if self.problem:
            log.info("mailbox.back", account=self.address)
        self.problem = ""
        self._pause = FIRST_PAUSE
        self._together = TOGETHER

    async def _open(self, client: ImapClient) -> Place:
        settings = self._settings
        folder = await client.open(settings.folder, readonly=not settings.mark_seen)
        place = Place(self.address, settings.folder, folder.uid_validity)
        if await self._database.read(partial(mailboxes.last_uid, place=place)) is None:
            log.info("mailbox.new", account=self.address, uid_validity=folder.uid_validity)
            await self._database.write(partial(mailboxes.start_over, place=place))
        return place

    async def _compare(self, client: ImapClient, place: Place) -> None:
        """Take in all that is there and was not taken in, whatever the cursor says."""
        there = set(await client.search(self._since("ALL")))
        taken = await self._database.read(partial(mailboxes.taken, place=place))
        self.counts.in_mailbox, self.counts.taken_in = len(there), len(there & taken)
        await self._take(client, place, sorted(there - taken))
        await self._forget_gone(place, there)
        log.info(
            "mailbox.compared",
            account=self.address,
            in_mailbox=self.counts.in_mailbox,
            taken_in=self.counts.taken_in,
        )

    async def _forget_gone(self, place: Place, there: set[int]) -> None:
        """A comparison needs the marks of what is there, and a UID never comes back."""
        if not self._mark_days:
            return
        moment = clock.now() - timedelta(days=self._mark_days)
        old = partial(mailboxes.taken_before, place=place, moment=moment)
        gone = sorted(await self._database.read(old) - there)
        for start in range(0, len(gone), FORGOTTEN_TOGETHER):
            uids = gone[start : start + FORGOTTEN_TOGETHER]
            await self._database.write(partial(mailboxes.forget, place=place, uids=uids))

    async def _follow_until_rescan(self, client: ImapClient, place: Place) -> None:
        time = asyncio.get_running_loop().time
        rescan_at = time() + self._settings.rescan
        while (left := rescan_at - time()) > 0:
            if "IDLE" in client.capabilities:
                await client.idle(min(left, self._settings.idle))
            else:
                await asyncio.sleep(min(left, self._settings.poll))
                await client.noop()
            await self._take_new(client, place)

    async def _take_new(self, client: ImapClient, place: Place) -> None:
        last = await self._database.read(partial(mailboxes.last_uid, place=place)) or 0
        # `*` is the last message, also when its UID is lower than what we ask from.
        found = await client.search(self._since(f"UID {last + 1}:*"))
        new = [uid for uid in found if uid > last]
        self.counts.in_mailbox += len(new)
        await self._take(client, place, new)

    def _since(self, criteria: str) -> str:
        since = self._settings.since
        return f"{criteria} SINCE {imap_date(since)}" if since else criteria

    async def _take(self, client: ImapClient, place: Place, uids: Sequence[int]) -> None:
        waiting = [uid for uid in uids if self._failures[uid] < MOST_FAILURES]
        while waiting:
            batch, waiting = waiting[: self._together], waiting[self._together :]
            mails = await self._fetch(client, batch)
            outcomes = await self._keep(mails)
            await self._database.write(
                partial(mailboxes.record, place=place, outcomes=outcomes, up_to=batch[-1])
            )
            self.counts.taken_in += len(outcomes)
            if self._settings.mark_seen and outcomes:
                await client.mark_seen(outcomes)

    async def _fetch(self, client: ImapClient, batch: Sequence[int]) -> dict[int, RawMail]:
        try:
            return await fetch_mails(client, batch, size_limit=self._size_limit, blobs=self._blobs)
        except _LOST:
            # One mail may be what the server or the way stumbles over: find out which.
            self._together = 1
            if len(batch) == 1:
                self._failures[batch[0]] += 1
                log.warning("mailbox.mail_not_fetched", account=self.address, uid=batch[0])
            raise

    async def _keep(self, mails: dict[int, RawMail]) -> dict[int, Outcome]:
        """Read together, then handed in together in the mailbox's order."""
        read = await asyncio.gather(*map(self._read_one, mails, mails.values()))
        readable = {uid: mail for uid, mail in zip(mails, read, strict=True) if mail}
        kept = await asyncio.gather(*map(self._keep_one, readable, readable.values()))
        return {uid: outcome for uid, outcome in zip(readable, kept, strict=True) if outcome}

    async def _read_one(self, uid: int, mail: RawMail) -> ReadMail | None:
        """None when no worker survives it: the others go on, the next comparison tries again."""
        try:
            return await self._receiver.read(mail)
        except WorkerFailed:
            log.exception("mailbox.mail_not_read", account=self.address, uid=uid)
            return None

    async def _keep_one(self, uid: int, mail: ReadMail) -> Outcome | None:
        """None when it could not be kept, for reasons of its own."""
        try:
            accepted = await self._receiver.keep(mail, self.address)
        except Retry:
            raise
        except Exception:
            log.exception("mailbox.mail_not_kept", account=self.address, uid=uid)
            return None
        return "duplicate" if accepted.duplicate else "accepted"
