"""The door to reading mails: in workers, and with less ambition each time a worker is lost."""

import asyncio
from collections.abc import Sequence

from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import (
    ONLY_BEGINNING,
    WITHOUT_LAYOUT,
    bare_mail,
    parse_mail,
    parse_together,
)
from connectors.email.raw import RawContent
from hub.batching import Batcher
from hub.isolation import Failure, WorkerFailed, Workers

MOST_TOGETHER = 16
_WHY = {
    Failure.TIMEOUT: "reading it took too long",
    Failure.CRASHED: "reading it crashed",
    Failure.MEMORY: "reading it took too much memory",
}

_Mail = tuple[RawContent, ReadOptions]


class MailReader:
    """Never fails over what a mail holds.

    Small mails that wait at the same time go to a worker together: the way there and back costs
    about as much as reading one.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._small = Batcher[_Mail, ParsedMail](
            self._read_together, most=MOST_TOGETHER, runs=workers.count
        )

    async def read(self, raw: RawContent, options: ReadOptions) -> ParsedMail:
        """Raises OSError when the disk fails, WorkerFailed when no worker survives it."""
        if isinstance(raw, bytes):
            return await self._small.submit((raw, options))
        return await self._read_alone(raw, options)

    async def _read_together(self, mails: Sequence[_Mail]) -> Sequence[ParsedMail | Exception]:
        if len(mails) > 1:
            try:
                return await self._workers.run(parse_together, mails)
            except WorkerFailed:
                pass  # one of them did it: each alone shows which
        alone = (self._read_alone(raw, options) for raw, options in mails)
        return await asyncio.gather(*alone, return_exceptions=True)  # type: ignore[return-value]

    async def _read_alone(self, raw: RawContent, options: ReadOptions) -> ParsedMail:
        try:
            return await self._workers.run(parse_mail, raw, options)
        except WorkerFailed as failed:
            problem = f"{_WHY[failed.reason]}: {WITHOUT_LAYOUT}"
        # HTML is what parsers lose their way in, so the second try leaves it alone.
        try:
            return await self._workers.run(parse_mail, raw, options.modest(problem))
        except WorkerFailed as failed:
            problem = f"{_WHY[failed.reason]}: {ONLY_BEGINNING}"
        return await self._workers.run(bare_mail, raw, options, problem)
