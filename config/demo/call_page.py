"""What a customer's phone does with calls: dial, press keys, speak after the tone, hang up."""

from urllib.parse import urlencode

from aiohttp import web

from agent_ui.texts import Texts
from config.demo.addresses import ALWAYS, PHONE
from config.demo.compose import field
from config.demo.pages import Pages, see_other
from config.demo.twilio.calls import Calls
from connectors.shared.twilio.numbers import to_e164
from hub.http import Route

HOME = "/demo/phone"
KEYS = "123456789*0#"
_LONGEST_SPEECH = 200
LINES = {PHONE: "office", ALWAYS: "always"}


class CallPage:
    """`calls` are shown by the page of the phone; here is what its buttons do."""

    def __init__(self, pages: Pages, calls: Calls) -> None:
        self._pages = pages
        self._calls = calls

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("POST", f"{HOME}/call", guard(self._dial)),
            Route("POST", f"{HOME}/key", guard(self._press)),
            Route("POST", f"{HOME}/say", guard(self._say)),
            Route("POST", f"{HOME}/message", guard(self._leave_message)),
            Route("POST", f"{HOME}/answer", guard(self._answer)),
            Route("POST", f"{HOME}/ring-out", guard(self._ring_out)),
            Route("POST", f"{HOME}/hang-up", guard(self._hang_up)),
        ]

    async def _dial(self, request: web.Request, _texts: Texts) -> web.Response:
        form = await request.post()
        number, line = to_e164(field(form, "number"), "NL"), field(form, "line")
        if not number or line not in LINES:
            raise web.HTTPBadRequest
        newest = self._calls.of(number)
        if newest is None or newest.is_over:
            self._calls.dial(number, line)
        return _back(number)

    async def _press(self, request: web.Request, _texts: Texts) -> web.Response:
        form = await request.post()
        number, key = to_e164(field(form, "number"), "NL"), field(form, "key")
        if len(key) != 1 or key not in KEYS:
            raise web.HTTPBadRequest
        call = self._calls.of(number)
        if call is not None and not call.is_over:
            self._calls.press(call, key)
        return _back(number)

    async def _say(self, request: web.Request, _texts: Texts) -> web.Response:
        form = await request.post()
        number, text = to_e164(field(form, "number"), "NL"), field(form, "text").strip()
        call = self._calls.of(number)
        if call is not None and call.hears and text:
            self._calls.speak(call, text[:_LONGEST_SPEECH])
        return _back(number)

    async def _leave_message(self, request: web.Request, _texts: Texts) -> web.Response:
        number = to_e164(field(await request.post(), "number"), "NL")
        call = self._calls.of(number)
        if call is not None:
            self._calls.leave_message(call)
        return _back(number)

    async def _answer(self, request: web.Request, _texts: Texts) -> web.Response:
        number = to_e164(field(await request.post(), "number"), "NL")
        call = self._calls.of(number)
        if call is not None and call.rings:
            self._calls.pick_up_now(call)
        return _back(number)

    async def _ring_out(self, request: web.Request, _texts: Texts) -> web.Response:
        number = to_e164(field(await request.post(), "number"), "NL")
        call = self._calls.of(number)
        if call is not None and call.rings:
            await self._calls.ring_out(call)
        return _back(number)

    async def _hang_up(self, request: web.Request, _texts: Texts) -> web.Response:
        number = to_e164(field(await request.post(), "number"), "NL")
        call = self._calls.of(number)
        if call is not None:
            await self._calls.hang_up(call)
        return _back(number)


def _back(number: str) -> web.Response:
    return see_other(f"{HOME}?{urlencode({'number': number})}#call")
