"""The REST API over HTTP: who signs in, what they ask, and Twilio's answers in its own form.

Each resource has its routes here; those of calls come beside them.
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from config.demo.twilio.account import Account
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.message import API_VERSION
from config.demo.twilio.refusals import Refusal
from config.demo.twilio.sending import Sending
from hub.http import Handler, Route

BODY_LIMIT = 1_048_576
_MOST_LISTED = 1000

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """`prefix` is where its paths begin."""

    def __init__(self, cloud: Cloud, prefix: str = "") -> None:
        self._cloud = cloud
        self._prefix = prefix

    def routes(self) -> Sequence[Route]:
        account = f"{self._prefix}/{API_VERSION}/Accounts/{self._cloud.account.sid}"
        messages = f"{account}/Messages"
        return (
            Route("GET", f"{account}.json", self.guarded(self._account)),
            Route("POST", f"{messages}.json", self.guarded(self._create), body_limit=BODY_LIMIT),
            Route("GET", f"{messages}.json", self.guarded(self._list)),
            Route("GET", f"{messages}/{{sid}}.json", self.guarded(self._message)),
            Route("GET", f"{messages}/{{sid}}/Media.json", self.guarded(self._media_of)),
            Route("GET", f"{messages}/{{sid}}/Media/{{file}}", self.guarded(self._media)),
            Route("GET", f"{account}/IncomingPhoneNumbers.json", self.guarded(self._numbers)),
            Route("GET", f"{self._prefix}/v1/Content/{{sid}}", self.guarded(self._content)),
            Route(
                "GET",
                f"{self._prefix}/v1/Services/{{sid}}/PhoneNumbers",
                self.guarded(self._pool),
            ),
            Route("GET", f"{self._prefix}/media/{{key}}", self._file),
        )

    def guarded(self, answer: Answering) -> Handler:
        """Only for who signs in; refusals in Twilio's form."""

        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                self._sign_in(request)
                return await answer(request)
            except Refusal as refusal:
                return refusal.response()

        return handler

    def _sign_in(self, request: web.Request) -> None:
        kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = b64decode(encoded).decode().partition(":")
        except ValueError:
            raise Refusal(20003) from None
        if kind != "Basic" or not self._cloud.account.lets_in(user, password):
            raise Refusal(20003)

    async def _account(self, _request: web.Request) -> web.Response:
        sid = self._cloud.account.sid
        body = {"sid": sid, "status": "active", "type": "Full", "friendly_name": "Sandbox"}
        return web.json_response(body)

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        message = await self._cloud.create(_sending(form, self._cloud.account))
        return web.json_response(message.resource(self._cloud.account.sid), status=201)

    async def _message(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        message = self._cloud.messages.get(sid)
        if message is None:
            raise Refusal(20404, request.path)
        return web.json_response(message.resource(self._cloud.account.sid))

    async def _list(self, request: web.Request) -> web.Response:
        """The newest first; `DateSent>` is a day, as Twilio filters."""
        wanted, found = request.query, list(self._cloud.messages.values())
        if "To" in wanted:
            found = [m for m in found if m.recipient == wanted["To"]]
        if "From" in wanted:
            found = [m for m in found if m.sender == wanted["From"]]
        if "DateSent>" in wanted:
            found = [m for m in found if m.at.isoformat() >= wanted["DateSent>"][:10]]
        found.sort(key=lambda m: m.at, reverse=True)
        size = min(int(wanted.get("PageSize", "50")), _MOST_LISTED)
        shown = [m.resource(self._cloud.account.sid) for m in found[:size]]
        return web.json_response(page_of("messages", shown))

    async def _media_of(self, request: web.Request) -> web.Response:
        message = self._cloud.messages.get(request.match_info["sid"])
        if message is None:
            raise Refusal(20404, request.path)
        base = f"/{API_VERSION}/Accounts/{self._cloud.account.sid}/Messages/{message.sid}/Media"
        shown = [
            {
                "sid": file.sid,
                "parent_sid": message.sid,
                "account_sid": self._cloud.account.sid,
                "content_type": file.content_type,
                "uri": f"{base}/{file.sid}.json",
            }
            for file in message.files
        ]
        return web.json_response(page_of("media_list", shown))

    async def _media(self, request: web.Request) -> web.Response:
        """As with "enforce HTTP auth on media": a short-lived address elsewhere."""
        sid = request.match_info["file"]
        if self._cloud.files.content(sid) is None:
            raise Refusal(20404, request.path)
        address = f"{self._cloud.api_url}/media/{self._cloud.files.passed(sid)}"
        return web.Response(status=307, headers={"Location": address})

    async def _file(self, request: web.Request) -> web.Response:
        content = self._cloud.files.by_pass(request.match_info["key"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="application/octet-stream")

    async def _numbers(self, request: web.Request) -> web.Response:
        wanted = request.query.get("PhoneNumber", "")
        shown = [
            {
                "sid": number.sid,
                "account_sid": self._cloud.account.sid,
                "phone_number": number.number,
                "sms_url": number.sms_url,
                "sms_method": "POST",
                "voice_url": number.voice_url,
                "voice_method": "POST",
                "status_callback": number.status_callback,
                "status_callback_method": "POST",
                "capabilities": {"sms": True, "mms": True, "voice": True},
            }
            for number in self._cloud.account.numbers.values()
            if wanted in ("", number.number)
        ]
        return web.json_response(page_of("incoming_phone_numbers", shown))

    async def _pool(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        if sid not in self._cloud.account.services:
            raise Refusal(20404, request.path)
        shown = [{"phone_number": n, "service_sid": sid} for n in self._cloud.account.services[sid]]
        meta = {"key": "phone_numbers", "next_page_url": None, "page": 0, "page_size": 50}
        return web.json_response({"phone_numbers": shown, "meta": meta})

    async def _content(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        if sid not in self._cloud.account.templates:
            raise Refusal(20404, request.path)
        text = self._cloud.account.templates[sid]
        body = {"sid": sid, "language": "en", "types": {"twilio/text": {"body": text}}}
        return web.json_response(body)


def _sending(form: MultiMapping[Any], account: Account) -> Sending:
    """A Messaging Service chooses a number of its pool."""

    def field(name: str) -> str:
        return str(form.get(name, ""))

    service = field("MessagingServiceSid")
    return Sending(
        recipient=field("To"),
        sender=field("From") or next(iter(account.services.get(service, ())), ""),
        service=service,
        body=field("Body"),
        media_urls=tuple(str(url) for url in form.getall("MediaUrl", [])),
        callback=field("StatusCallback"),
        content_sid=field("ContentSid"),
        content_variables=field("ContentVariables"),
    )


def page_of(name: str, shown: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: list(shown),
        "page": 0,
        "page_size": len(shown),
        "first_page_uri": "",
        "next_page_uri": None,
        "previous_page_uri": None,
        "uri": "",
        "start": 0,
        "end": max(0, len(shown) - 1),
    }
