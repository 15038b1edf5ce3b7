"""A visitor of the web chat, for the traffic generator: speaks the widget's protocol."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType

from config.demo.addresses import CHAT_SITE
from hub import clock
from hub.errors import LoketError

ANSWER_SECONDS = 10
PATIENCE_SECONDS = 240


class ChatFailed(LoketError):
    """The chat did not take what the visitor said."""


@dataclass(frozen=True)
class Visit:
    """What one visitor says, and with what pause between the lines."""

    name: str
    language: str
    lines: tuple[str, ...]
    thanks: str
    pause: float


async def visit(public_url: str, plan: Visit, *, patience: float = PATIENCE_SECONDS) -> None:
    """Say the lines, wait for an answer, say thanks, leave. Raises ChatFailed."""
    timeout = ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with ClientSession(headers={"Origin": public_url}, timeout=timeout) as http:
            async with http.post(_url(public_url, "sessions"), json={}) as response:
                response.raise_for_status()
                session = await response.json()
            async with http.ws_connect(_url(public_url, "socket")) as socket:
                await _talk(_Talk(socket, plan.name), session["token"], plan, patience)
    except (ClientError, TimeoutError) as error:
        raise ChatFailed(f"The chat does not answer: {error or type(error).__name__}") from error


async def _talk(talk: "_Talk", token: str, plan: Visit, patience: float) -> None:
    await talk.send({"type": "hello", "token": token, "language": plan.language})
    await talk.until("welcome", ANSWER_SECONDS)
    for line in plan.lines:
        await talk.say(line)
        await asyncio.sleep(plan.pause)
    try:
        answer = await talk.until("message", patience, side="us")
    except TimeoutError:
        return  # nobody was there; visitors leave
    await talk.send({"type": "seen", "sequence": answer["sequence"]})
    await asyncio.sleep(plan.pause)
    await talk.say(plan.thanks)


class _Talk:
    def __init__(self, socket: ClientWebSocketResponse, name: str) -> None:
        self._socket = socket
        self._name = name

    async def send(self, frame: Mapping[str, object]) -> None:
        await self._socket.send_json(frame)

    async def say(self, text: str) -> None:
        """Send one line and wait until it is kept."""
        frame = {"type": "message", "id": clock.new_id(), "text": text, "name": self._name}
        await self.send(frame)
        await self.until("ack", ANSWER_SECONDS)

    async def until(self, kind: str, seconds: float, **wanted: object) -> dict[str, Any]:
        """The next frame of this kind; others are passed over, a refusal is an error."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self._receive()
                if frame["type"] in ("refused", "retry"):
                    raise ChatFailed(f"The chat refused a message: {frame}")
                if frame["type"] == kind and wanted.items() <= frame.items():
                    return frame

    async def _receive(self) -> dict[str, Any]:
        message = await self._socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise ChatFailed(f"The chat closed the connection ({self._socket.close_code}).")
        frame: dict[str, Any] = message.json()
        return frame


def _url(public_url: str, door: str) -> str:
    return f"{public_url.rstrip('/')}/chat/{door}?site={CHAT_SITE}"
