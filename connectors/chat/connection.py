"""One visitor's socket, from its hello to its close.

Two tasks share it: one reads what the visitor says and answers after the store has it; the other
sends, whenever it is woken, what the store has and the widget has not. There is no queue to
overflow: what is not sent yet is in the store, and a widget that does not read is let go.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import WSMsgType, web

from connectors.chat.desk import Desk
from connectors.chat.frames import Ack, Pong, Refused, ServerFrame, TryAgain, Welcome
from connectors.chat.live import Live, wake
from connectors.chat.parse import Email, Hello, Message, Ping, Seen, parse_frame
from connectors.chat.visitor import Visitor
from connectors.shared.limits import Bucket
from hub.errors import Rejected, Retry

log = structlog.get_logger(__name__)

PROTOCOL_ERROR = 4400
NEW_SESSION = 4401
REPLACED = 4409
TOO_FAST = 4429
RESTARTING = 1012

FRAMES_PER_MINUTE = 600
SEND_SECONDS = 20.0
STORE_PAUSE = 2.0


class Connection:
    """`abort` ends it without a word, for a widget that does not listen."""

    def __init__(
        self,
        desk: Desk,
        live: Live,
        *,
        socket: web.WebSocketResponse,
        visitor: Visitor,
        hello: Hello,
        abort: Callable[[], None],
    ) -> None:
        self.visitor = visitor
        self.conversation_id = ""
        self.seen = 0
        self._desk = desk
        self._live = live
        self._socket = socket
        self._hello = hello
        self._abort = abort
        self._address = ""
        self._sent = hello.last
        self._reported = 0
        self._news = asyncio.Event()
        self._frames = Bucket(FRAMES_PER_MINUTE)

    def wake(self) -> None:
        self._news.set()

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)

    async def run(self) -> None:
        """Serve until the socket closes."""
        await self._send(Welcome(session=self.visitor.session))
        self.wake()
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(self._send_news())
            await self._read()
            sender.cancel()

    # What the store has goes out.

    async def _send_news(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._catch_up()
            except Retry:
                self.wake()
                await asyncio.sleep(STORE_PAUSE)

    async def _catch_up(self) -> None:
        address = self._address
        chat = await self._desk.find_chat(self.visitor)
        if chat is None:
            return
        if self._address == address:  # else one was given meanwhile, which this may not know
            self._address = chat.address
        if self.conversation_id != chat.conversation_id:
            self._live.bind(self, chat.conversation_id)
        more = True
        while more:
            page = await self._desk.lines_after(chat, self.visitor, self._sent)
            for line in page.lines:
                await self._send(line)
            self._sent, more = page.upto, page.more

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
        match frame:
            case Message():
                await self._answer(frame.id, self._keep(frame))
            case Email():
                await self._answer(frame.id, self._keep_address(frame))
            case Seen():
                self.seen = max(self.seen, min(frame.sequence, self._sent))
            case Ping():
                await self._send(Pong())
            case Hello():
                await self.close(PROTOCOL_ERROR)
        await self._report_seen()

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
        sequence = await self._desk.keep(self.visitor, self._hello, message, self._address)
        wake(self._live.of(self.visitor.id))
        return sequence

    async def _keep_address(self, email: Email) -> int:
        self._address = await self._desk.keep_address(self.visitor, email)
        return 0

    async def _report_seen(self) -> None:
        """When the hub cannot take it now, the next frame tries again: a ping comes anyway."""
        seen = self.seen
        if seen <= self._reported or not self.conversation_id:
            return
        try:
            await self._desk.report_shown(self.conversation_id, seen)
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
