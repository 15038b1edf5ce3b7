"""The messages of the account: what handsets and the API send, and what becomes of it.

Everything Twilio would refuse is refused with its code; every message goes through the documented
states, each of which is told by webhook.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from config.demo.twilio.account import Account
from config.demo.twilio.files import Files
from config.demo.twilio.keeping import Keeping
from config.demo.twilio.message import (
    FROM_API,
    FROM_TWIML,
    INBOUND,
    WHATSAPP,
    File,
    Message,
    new_sid,
)
from config.demo.twilio.optout import OptOuts
from config.demo.twilio.parameters import of_inbound, of_status
from config.demo.twilio.refusals import Refusal
from config.demo.twilio.sending import Sending, filled, refuse
from config.demo.twilio.webhooks import Answer, Webhooks
from routing.forms.safe_xml import read_xml
from routing.model_file.problem import BrokenModel

WINDOW = timedelta(hours=24)
_FETCH_SECONDS = 20
_FILE_LIMIT = 16_777_216


@dataclass(frozen=True)
class Fate:
    """What becomes of a message that was taken: the states that follow, and why it fails."""

    states: tuple[str, ...] = ("sent", "delivered")
    error_code: int | None = None


class Cloud:
    """`fate` says what becomes of each message; tests change it. `api_url` is how the API's own
    addresses begin, `version` grows with each change."""

    def __init__(self, account: Account, api_url: str, files: Files, keeping: Keeping) -> None:
        self.account = account
        self.api_url = api_url.rstrip("/")
        self.files = files
        self.messages: dict[str, Message] = {m.sid: m for m in keeping.load()}
        self.fate: Callable[[Message], Fate] = lambda _message: Fate()
        self.problem = ""
        self.version = 0
        self.webhooks = Webhooks(account.auth_token)
        self.opt_outs = OptOuts()
        self._keeping = keeping
        self._tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.stop()

    async def settled(self) -> None:
        """Wait until every message has met its fate."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def of(self, handset: str) -> list[Message]:
        """The messages of one phone, the oldest first."""
        return sorted((m for m in self.messages.values() if m.handset == handset), key=_order)

    def handsets(self) -> list[str]:
        """The phones that were used, the last one first."""
        newest = sorted(self.messages.values(), key=_order, reverse=True)
        return list(dict.fromkeys(message.handset for message in newest))

    # From a handset

    async def text(
        self,
        sender: str,
        recipient: str,
        body: str,
        *,
        files: Sequence[File] = (),
        extra: Mapping[str, str] | None = None,
        note: str = "",
    ) -> Answer:
        """A customer sends a message to one of our numbers; gives the webhook's answer."""
        sid = new_sid("MM" if files else "SM")
        message = Message(
            sid, INBOUND, sender, recipient, body, "received", files=list(files), note=note
        )
        self._keep(message)
        number = self.account.numbers[recipient.removeprefix(WHATSAPP)]
        if not message.is_whatsapp:
            answer = self.opt_outs.heard(message.handset, number.number, body)
            if answer:
                self._keep(_reply(message, answer, "delivered"))
        return await self.deliver(message, number.sms_url, extra or {})

    async def deliver(self, message: Message, url: str, extra: Mapping[str, str]) -> Answer:
        """Post the webhook of an inbound message; send what its answer says."""
        answer = await self.webhooks.post(url, {**self._inbound(message), **extra})
        if not answer.ok:
            self.problem = f"{url}: {answer.status or 'no answer'}"
            self.version += 1
            return answer
        self.problem = ""
        for text in _said(answer):
            reply = _reply(message, text, "queued")
            self._keep(reply)
            self._meet_fate(reply)
        return answer

    def read(self, handset: str) -> None:
        """The customer looks at the phone: WhatsApp tells that what came was read."""
        for message in self.of(handset):
            unread = message.direction != INBOUND and message.status == "delivered"
            if message.is_whatsapp and unread:
                self._spawn(self._pass(message, Fate(("read",))))

    # From the API

    async def create(self, sending: Sending) -> Message:
        """Take a message to send, or raise the Refusal that Twilio would answer."""
        refuse(sending, self.account, self.opt_outs)
        body = sending.body
        if sending.content_sid:
            body = filled(self.account.templates[sending.content_sid], sending.content_variables)
        files = [await self._fetch(url) for url in sending.media_urls]
        message = Message(
            new_sid("MM" if files else "SM"),
            FROM_API,
            sending.sender,
            sending.recipient,
            body,
            "queued",
            files=files,
            callback=sending.callback,
        )
        self._keep(message)
        if self._window_closed(message, is_template=bool(sending.content_sid)):
            self._spawn(self._pass(message, Fate(("failed",), 63016)))
        else:
            self._meet_fate(message)
        return message

    def _window_closed(self, message: Message, *, is_template: bool) -> bool:
        if not message.is_whatsapp or is_template:
            return False
        since = datetime.now(UTC) - WINDOW
        return not any(
            m.direction == INBOUND and m.sender == message.recipient and m.at > since
            for m in self.messages.values()
        )

    async def _fetch(self, url: str) -> File:
        """Media goes out by address: the cloud fetches it."""
        timeout = ClientTimeout(total=_FETCH_SECONDS)
        try:
            async with ClientSession(timeout=timeout) as session, session.get(url) as response:
                response.raise_for_status()
                content = await response.content.read(_FILE_LIMIT)
                kind = response.content_type
        except (ClientError, TimeoutError, OSError) as error:
            raise Refusal(21620, url) from error
        return self.files.put(content, kind, urlsplit(url).path.rpartition("/")[2])

    # What becomes of it

    def _meet_fate(self, message: Message) -> None:
        self._spawn(self._pass(message, self.fate(message)))

    async def _pass(self, message: Message, fate: Fate) -> None:
        for state in fate.states:
            message.status, message.updated_at = state, datetime.now(UTC)
            message.error_code = fate.error_code if state in ("failed", "undelivered") else None
            self._keep(message)
            if message.callback:
                parameters = of_status(message, self.account.sid)
                await self.webhooks.post(message.callback, parameters)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _keep(self, message: Message) -> None:
        self.messages[message.sid] = message
        self._keeping.keep(message)
        self.version += 1

    def _inbound(self, message: Message) -> dict[str, str]:
        addresses = [self.media_url(message, file) for file in message.files]
        return of_inbound(message, self.account.sid, addresses)

    def media_url(self, message: Message, file: File) -> str:
        account = self.account.sid
        path = f"/2010-04-01/Accounts/{account}/Messages/{message.sid}/Media/{file.sid}"
        return self.api_url + path


def _reply(message: Message, text: str, status: str) -> Message:
    return Message(new_sid("SM"), FROM_TWIML, message.recipient, message.sender, text, status)


def _said(answer: Answer) -> list[str]:
    """The texts of <Message> in a TwiML answer."""
    if "xml" not in answer.content_type or not answer.body.strip():
        return []
    try:
        response = read_xml(answer.body, "TwiML")
    except BrokenModel:
        return []
    found = [m.first("Body") or m for m in response.all("Message")]
    return [text for element in found if (text := element.text.strip())]


def _order(message: Message) -> tuple[datetime, str]:
    return message.at, message.sid
