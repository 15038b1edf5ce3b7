"""Checks passwords beside everything else: slow on purpose, so a flood of tries must starve nobody.

Argon2 takes a tenth of a second and 64 MB. The threads here are the only ones that do it, and they
give way to all others.
"""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from hub.errors import Retry
from hub.store.agents import LONGEST_PASSWORD, password_fits

MOST_WAITING = 50
_NICENESS = 4  # about a third of what others get: a person waits for it


class PasswordChecks:
    """One lane for who signed in from their address before, and one for everybody else.

    So a flood from addresses that nobody knows holds up only those who are new as well.
    """

    def __init__(self) -> None:
        self._lanes = {familiar: _Lane() for familiar in (False, True)}

    def refuse_when_full(self, *, familiar: bool) -> None:
        """Raises Retry when so many wait that one more would wait too long."""
        if self._lanes[familiar].waiting >= MOST_WAITING:
            raise Retry("too many sign-ins at once", after=5)

    async def fits(self, password_hash: str, password: str, *, familiar: bool) -> bool:
        return await self._lanes[familiar].check(password_hash, password[:LONGEST_PASSWORD])

    def stop(self) -> None:
        for lane in self._lanes.values():
            lane.stop()


class _Lane:
    def __init__(self) -> None:
        self.waiting = 0
        self._thread = ThreadPoolExecutor(1, "password-checks", initializer=_give_way)

    async def check(self, password_hash: str, password: str) -> bool:
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, password_fits, password_hash, password
            )
        finally:
            self.waiting -= 1

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    """Let this thread, and those that Argon2 starts from it, run where others leave room."""
    if sys.platform == "linux":  # elsewhere niceness is the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
