"""One visitor's socket, from its hello to its close.

Two tasks share it: one reads what the visitor says and answers after the store has it; the other
sends, whenever it is woken, what the store has and the widget has not. There is no queue to
overflow: what is not sent yet is in the store, and a widget that does not read is let go.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import WSMsgType, web

from connectors.chat import frames
from connectors.chat.attendance import Attendance
from connectors.chat.clean import clean_language
from connectors.chat.desk import Desk
from connectors.chat.ending import Ending
from connectors.chat.frames import Ack, Pong, Refused, ServerFrame, Status, TryAgain, Welcome
from connectors.chat.live import Live, wake
from connectors.chat.parse import (
    About,
    AboutPage,
    Email,
    Frame,
    Hello,
    Message,
    Ping,
    Rate,
    Seen,
    Transcript,
    Typing,
    parse_frame,
)
from connectors.chat.visitor import Visitor
from hub.errors import Rejected, Retry
from hub.events import ChatActivity, ChatSign
from hub.limits import Bucket

log = structlog.get_logger(__name__)

PROTOCOL_ERROR = 4400
NEW_SESSION = 4401
REPLACED = 4409
TOO_FAST = 4429
RESTARTING = 1012

FRAMES_PER_MINUTE = 600
SIGNS_PER_MINUTE = 60
"""Of typing, and of going to another page: what is more is passed over in silence."""
SEND_SECONDS = 20.0
STORE_PAUSE = 2.0
GATHER = 0.01
"""One message is several events: what comes within so many seconds is read at once."""


@dataclass(frozen=True)
class Services:
    """What all connections of a process share."""

    desk: Desk
    ending: Ending
    attendance: Attendance
    live: Live


class Connection:
    """`abort` ends it without a word, for a widget that does not listen."""

    def __init__(
        self,
        services: Services,
        *,
        socket: web.WebSocketResponse,
        visitor: Visitor,
        hello: Hello,
        abort: Callable[[], None],
    ) -> None:
        self.visitor = visitor
        self.conversation_id = ""
        self.seen = 0
        self.sent = hello.last
        self._services = services
        self._desk = services.desk
        self._socket = socket
        self._about: AboutPage = hello
        self._abort = abort
        self._address = ""
        self._reported = 0
        self._status = Status()
        self._activity: ChatActivity | None = None
        self._has_news = False
        self._may_stand_otherwise = False
        self._news = asyncio.Event()
        self._frames = Bucket(FRAMES_PER_MINUTE)
        self._signs = Bucket(SIGNS_PER_MINUTE)

    def wake(self, *, standing: bool = False) -> None:
        self._has_news = True
        self._may_stand_otherwise |= standing
        self._news.set()

    def show(self, activity: ChatActivity) -> None:
        self._activity = activity
        self._news.set()

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)

    async def run(self) -> None:
        """Serve until the socket closes."""
        await self._send(Welcome(session=self.visitor.session))
        self.wake(standing=True)
        try:
            async with asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(self._send_news())
                await self._read()
                sender.cancel()
        finally:
            if self.conversation_id:
                self._services.attendance.left(self.conversation_id)

    # What the store has goes out.

    async def _send_news(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._send_activity()
                if self._has_news:
                    await asyncio.sleep(GATHER)
                    await self._catch_up()
            except Retry:
                self.wake(standing=True)
                await asyncio.sleep(STORE_PAUSE)

    async def _send_activity(self) -> None:
        activity, self._activity = self._activity, None
        if activity is not None:
            on = activity.what is ChatSign.TYPING
            await self._send(frames.Typing(name=activity.name, on=on))

    async def _catch_up(self) -> None:
        standing, self._may_stand_otherwise = self._may_stand_otherwise, False
        self._has_news = False
        while True:
            address = self._address
            news = await self._desk.news(self.visitor, self.sent, standing=standing)
            if news is None:
                return
            if self._address == address:  # else one was given meanwhile, which this may not know
                self._address = news.chat.address
            if self.conversation_id != news.chat.conversation_id:
                self._services.live.bind(self, news.chat.conversation_id)
                await self._say_here()
            for line in news.page.lines:
                await self._send(line)
            self.sent = news.page.upto
            if not news.page.more:
                break
        if news.standing is not None:
            await self._tell_status(await self._desk.status(news.standing))

    async def _tell_status(self, status: Status) -> None:
        if status != self._status:
            self._status = status
            await self._send(status)

    # What the visitor says comes in.

    async def _read(self) -> None:
        async for frame in self._socket:
            if self._frames.take(asyncio.get_running_loop().time()):
                await self.close(TOO_FAST)
            elif frame.type is not WSMsgType.TEXT:
                await self.close(PROTOCOL_ERROR)
            else:
                await self._hear(frame.data)

    async def _hear(self, data: str) -> None:
        try:
            frame = parse_frame(data)
        except Rejected:
            await self.close(PROTOCOL_ERROR)
            return
        await self._do(frame)
        await self._report_seen()

    async def _do(self, frame: Frame) -> None:
        match frame:
            case Message():
                await self._answer(frame.id, self._keep(frame))
            case Email():
                await self._answer(frame.id, self._keep_address(frame))
            case Rate():
                await self._answer(frame.id, self._rate(frame))
            case Transcript():
                await self._answer(frame.id, self._mail_transcript(frame))
            case Seen():
                self.seen = max(self.seen, min(frame.sequence, self.sent))
            case Typing():
                await self._sign(ChatSign.TYPING if frame.on else ChatSign.STOPPED)
            case About():
                await self._go_to(frame)
            case Ping():
                await self._send(Pong())
            case Hello():
                await self.close(PROTOCOL_ERROR)

    async def _answer(self, request_id: str, keeping: Awaitable[int]) -> None:
        """Do what was asked and say how it went; an ack means that it is kept."""
        answer: ServerFrame
        try:
            answer = Ack(id=request_id, sequence=await keeping)
        except Rejected as error:
            answer = Refused(id=request_id, code=error.code)
        except Retry as error:
            answer = TryAgain(id=request_id, after=error.after or STORE_PAUSE)
        except Exception:
            # The widget would bring the same message again and again, and none behind it.
            log.exception("chat.failed")
            answer = Refused(id=request_id, code="failed")
        await self._send(answer)

    async def _keep(self, message: Message) -> int:
        sequence = await self._desk.keep(self.visitor, self._about, message, self._address)
        wake(self._services.live.of(self.visitor.id))
        return sequence

    async def _keep_address(self, email: Email) -> int:
        self._address = await self._desk.keep_address(self.visitor, email.address)
        return 0

    async def _rate(self, rate: Rate) -> int:
        self._desk.take_turn(self.visitor)
        await self._services.ending.rate(self.visitor, rate)
        return 0

    async def _mail_transcript(self, asked: Transcript) -> int:
        self._desk.take_turn(self.visitor)
        language = clean_language(self._about.language)
        await self._services.ending.mail_transcript(self.visitor, asked, language)
        return 0

    async def _go_to(self, about: About) -> None:
        self._about = about
        if self.conversation_id and not self._too_many_signs():
            with contextlib.suppress(Retry):  # the next page tells again
                await self._say_here()

    async def _say_here(self) -> None:
        await self._services.attendance.arrived(self.conversation_id, self.visitor, self._about)

    async def _sign(self, what: ChatSign) -> None:
        if self.conversation_id and not self._too_many_signs():
            await self._services.attendance.tell(self.conversation_id, what)

    def _too_many_signs(self) -> bool:
        return self._signs.take(asyncio.get_running_loop().time()) > 0

    async def _report_seen(self) -> None:
        """When the hub cannot take it now, the next frame tries again: a ping comes anyway."""
        seen = self.seen
        if seen <= self._reported or not self.conversation_id:
            return
        try:
            await self._desk.report_shown(self.conversation_id, self.visitor, seen)
        except Retry:
            return
        self._reported = seen

    async def _send(self, frame: ServerFrame) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(frame.model_dump_json())
        except ConnectionError:
            return  # it went away; reading ends as well
        except TimeoutError:
            log.info("chat.slow_reader")
            self._abort()
