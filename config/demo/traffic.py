"""The traffic generator: customers who mail and chat through the real doors, once asked for."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from config.demo import example
from config.demo.chat_visitor import ChatFailed, Visit, visit
from config.demo.example import Writer
from config.demo.letters import (
    Draft,
    PostOffice,
    Refused,
    draft_of,
    made_up_numbers,
    reply_to,
    said_on,
)
from config.demo.mailbox import Mail, Mailbox

log = structlog.get_logger(__name__)

MOST_PER_MINUTE = 600
MOST_CHATS = 8
MOST_MESSAGES = 5_000
"""A generator that was forgotten stops by itself before it fills the disk."""

_CHAT_PAUSE = 4.0
_ANSWERS_REMEMBERED = 2_000


@dataclass(frozen=True)
class TrafficState:
    """`problem`: why the last message could not be sent; empty when it could."""

    per_minute: int
    mails: int
    chats: int
    failed: int
    problem: str


class Traffic:
    """`visit_url` is where the chat's doors are."""

    def __init__(self, mailbox: Mailbox, post: PostOffice, visit_url: str) -> None:
        self._mailbox = mailbox
        self._post = post
        self._visit_url = visit_url
        self._chance = random.SystemRandom()
        self._deck: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._answered: dict[str, None] = {}
        self._per_minute = self._mails = self._chats = self._failed = 0
        self._problem = ""
        self._paced = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._visits: set[asyncio.Task[None]] = set()

    def state(self) -> TrafficState:
        return TrafficState(self._per_minute, self._mails, self._chats, self._failed, self._problem)

    async def set_rate(self, per_minute: int) -> None:
        """So many messages a minute from now on; 0 stops."""
        if per_minute <= 0:
            await self._end()
            return
        self._per_minute = min(per_minute, MOST_PER_MINUTE)
        self._paced.set()
        if self._task is None or self._task.done():
            self._mails = self._chats = self._failed = 0
            self._task = asyncio.create_task(self._run(), name="demo-traffic")

    async def stop(self) -> None:
        """Send nothing more; a mail that is on its way goes out."""
        await self._end()
        if self._task is not None:
            await self._task

    async def _end(self) -> None:
        """Chats that are going on end. A mail that is on its way is not cancelled: its connection
        would not let go of it for as long as it waits for an answer."""
        self._per_minute = 0
        self._paced.set()
        visits = list(self._visits)
        for visit_task in visits:
            visit_task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _run(self) -> None:
        while self._per_minute and self._mails + self._chats + self._failed < MOST_MESSAGES:
            await self._report(self._next_deed()())
            if self._per_minute:
                await self._pause(60 / self._per_minute)
        self._per_minute = 0

    async def _pause(self, seconds: float) -> None:
        """Until it is time for the next message, or another rate is set."""
        self._paced.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._paced.wait()

    async def _report(self, deed: Coroutine[Any, Any, None]) -> None:
        try:
            await deed
        except (Refused, ChatFailed) as error:
            self._failed += 1
            self._problem = str(error)
            log.warning("demo.traffic_refused", error=str(error))

    def _next_deed(self) -> Callable[[], Coroutine[Any, Any, None]]:
        """From a shuffled deck, so that every kind turns up within its length."""
        if not self._deck:
            self._deck = [
                *[self._customer_mails] * 11,
                *[self._stranger_mails] * 3,
                *[self._customer_answers] * 3,
                *[self._customer_is_away] * 1,
                *[self._visitor_chats] * 4,
            ]
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    async def _customer_mails(self) -> None:
        await self._mail(self._chance.choice(example.writers()))

    async def _stranger_mails(self) -> None:
        stranger = self._chance.choice(example.messages().strangers)
        name = stranger.name.lower().replace(" ", ".").replace("'", "")
        mail = f"{name}{self._chance.randrange(100, 1000)}@elders.example"
        await self._mail(stranger.model_copy(update={"mail": mail}))

    async def _mail(self, writer: Writer) -> None:
        letters = [m for m in example.messages().mails if m.language == writer.language]
        await self._send(draft_of(self._chance.choice(letters), writer, self._chance))

    async def _customer_answers(self) -> None:
        """Answer a mail of ours that has no answer yet; without one, write a new mail."""
        mail = self._unanswered()
        if mail is None:
            await self._customer_mails()
            return
        language = _language_of(mail)
        follow_ups = [f for f in example.messages().follow_ups if f.language == language]
        text = self._chance.choice(follow_ups).text
        await self._send(reply_to(mail, text, said_on(mail, language)))

    async def _customer_is_away(self) -> None:
        """Answer a mail of ours as a machine does; without one, write a new mail."""
        mail = self._unanswered()
        if mail is None:
            await self._customer_mails()
            return
        language = _language_of(mail)
        absence = next(a for a in example.messages().absences if a.language == language)
        subject = absence.subject.format(subject=mail.subject)
        await self._send(
            Draft(
                sender=mail.person,
                sender_name=mail.person_name,
                to=mail.answer_to,
                subject=subject,
                text=absence.text,
                in_reply_to=mail.message_id,
                references=mail.message_id,
                automatic=True,
            )
        )

    def _unanswered(self) -> Mail | None:
        found = [m for m in self._mailbox.from_us() if m.id not in self._answered and m.answer_to]
        if not found:
            return None
        mail = self._chance.choice(found)
        self._answered[mail.id] = None
        while len(self._answered) > _ANSWERS_REMEMBERED:
            del self._answered[next(iter(self._answered))]
        return mail

    async def _send(self, draft: Draft) -> None:
        await self._post.send(draft)
        self._mails += 1
        self._problem = ""

    async def _visitor_chats(self) -> None:
        """Begin a chat; it goes on beside the mails. With too many going on, write a mail."""
        if len(self._visits) >= MOST_CHATS:
            await self._customer_mails()
            return
        task = asyncio.create_task(self._report(self._visit()), name="demo-visitor")
        self._visits.add(task)
        task.add_done_callback(self._visits.discard)

    async def _visit(self) -> None:
        chat = self._chance.choice(example.messages().chats)
        names = [w.name for w in example.messages().strangers if w.language == chat.language]
        numbers = made_up_numbers(self._chance)
        self._chats += 1
        plan = Visit(
            name=self._chance.choice(names),
            language=chat.language,
            lines=tuple(line.format_map(numbers) for line in chat.lines),
            thanks=chat.thanks,
            pause=_CHAT_PAUSE,
        )
        await visit(self._visit_url, plan)


def _language_of(mail: Mail) -> str:
    """The language of a customer we know; strangers answer in English."""
    return next((w.language for w in example.writers() if w.mail == mail.person), "en")
