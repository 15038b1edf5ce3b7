"""A customer's phone: text Loket by SMS or WhatsApp, call it, and see the answers come in."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web
from aiohttp.web_request import FileField

from agent_ui.texts import N_, Texts
from config.demo import example
from config.demo.addresses import ALWAYS, MOBILE, PHONE
from config.demo.call_page import HOME, KEYS
from config.demo.compose import field
from config.demo.pages import Pages, see_other
from config.demo.sandbox_phones import agents_phones
from config.demo.twilio.calls import Calls
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.message import WHATSAPP, File, Message
from connectors.shared.twilio.numbers import to_e164
from hub.http import Route

BODY_LIMIT = 12_000_000
CHANNELS = ("sms", "whatsapp")


@dataclass(frozen=True)
class _Phone:
    """`name` is that of a customer of the example who has this number."""

    number: str
    name: str = ""
    last: Message | None = None


@dataclass(frozen=True)
class _Problem:
    text: str
    answer: str = ""


class HandsetPage:
    def __init__(self, pages: Pages, cloud: Cloud, calls: Calls) -> None:
        self._pages = pages
        self._cloud = cloud
        self._calls = calls

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("GET", HOME, guard(self._show)),
            Route("POST", HOME, guard(self._send), body_limit=BODY_LIMIT),
            Route("GET", HOME + "/version", guard(self._version)),
            Route("GET", HOME + "/files/{sid:ME[0-9a-f]{32}}", guard(self._file)),
        ]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        typed = request.query.get("number", "")
        number = to_e164(typed, "NL")
        if typed and not number:
            problem = _Problem(N_("This is not a phone number. Write one like 06 12345678."))
            return self._page(request, texts, self._phones()[0].number, problem=problem)
        return self._page(request, texts, number or self._phones()[0].number)

    async def _send(self, request: web.Request, texts: Texts) -> web.Response:
        form = await request.post()
        number, text = to_e164(field(form, "number"), "NL"), field(form, "text")
        channel, upload = field(form, "channel"), form.get("file")
        if not number or channel not in CHANNELS:
            raise web.HTTPBadRequest
        files = [self._kept(upload)] if isinstance(upload, FileField) and upload.filename else []
        if not text and not files:
            problem = _Problem(N_("Write something first."))
            return self._page(request, texts, number, channel=channel, problem=problem)
        prefix = WHATSAPP if channel == "whatsapp" else ""
        extra = {"ProfileName": _name(number) or number} if prefix else {}
        answer = await self._cloud.text(
            prefix + number, prefix + MOBILE, text, files=files, extra=extra
        )
        if not answer.ok:
            problem = _Problem(N_("Loket did not take the message."), self._cloud.problem)
            return self._page(request, texts, number, channel=channel, problem=problem)
        return see_other(f"{HOME}?{urlencode({'number': number, 'channel': channel})}#newest")

    async def _version(self, _request: web.Request, _texts: Texts) -> web.Response:
        headers = {"Cache-Control": "no-store"}
        return web.json_response({"version": self._shown()}, headers=headers)

    async def _file(self, request: web.Request, _texts: Texts) -> web.Response:
        sid = request.match_info["sid"]
        content = self._cloud.files.content(sid)
        if content is None:
            raise web.HTTPNotFound
        name = quote(request.query.get("name", "file"), safe="")
        # Never by the type that the sender claims: this is the origin of the console.
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    def _shown(self) -> str:
        """Grows with all that the page shows."""
        return f"{self._cloud.version}.{self._calls.version}"

    def _kept(self, upload: FileField) -> File:
        with upload.file as file:
            return self._cloud.files.put(file.read(), upload.content_type, upload.filename)

    def _phones(self) -> list[_Phone]:
        """The phones that are called, those that were used, the last one first, and then the
        customers'."""
        texted, agents = self._cloud.handsets(), agents_phones()
        called = [n for n in self._calls.up() if n not in agents]
        used = [
            _Phone(n, _name(n), self._cloud.of(n)[-1] if n in texted else None)
            for n in dict.fromkeys([*called, *texted])
        ]
        known = {phone.number for phone in used}
        rest = [_Phone(w.phone, w.name) for w in example.writers() if w.phone]
        return used + [phone for phone in rest if phone.number not in known]

    def _agents_phones(self) -> list[_Phone]:
        """Those that are up first."""
        found = [_Phone(number, name) for number, (_, name) in agents_phones().items()]
        return sorted(found, key=lambda phone: not self._is_up(phone.number))

    def _is_up(self, number: str) -> bool:
        call = self._calls.of(number)
        return call is not None and not call.is_over

    def _page(
        self,
        request: web.Request,
        texts: Texts,
        number: str,
        *,
        channel: str = "",
        problem: _Problem | None = None,
    ) -> web.Response:
        messages = self._cloud.of(number)
        asked = channel or request.query.get("channel", "")
        newest = "whatsapp" if messages and messages[-1].is_whatsapp else "sms"
        values: dict[str, Any] = {
            "number": number,
            "name": _name(number),
            "messages": messages,
            "channel": asked if asked in CHANNELS else newest,
            "phones": self._phones(),
            "ours": MOBILE,
            "problem": problem,
            "version": self._shown(),
            "call": self._calls.of(number),
            "agent_phone": number in agents_phones(),
            "agents": [(p, self._is_up(p.number)) for p in self._agents_phones()],
            "up": self._calls.up(),
            "keys": KEYS,
            "office": PHONE,
            "always": ALWAYS,
        }
        self._cloud.read(number)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
        return self._pages.page(request, texts, "handset.html", status=status, **values)


def _name(number: str) -> str:
    agents = {number: name for number, (_, name) in agents_phones().items()}
    return next((w.name for w in example.writers() if w.phone == number), agents.get(number, ""))
