"""The part of the REST API that is about calls and their recordings."""

from collections.abc import Sequence

from aiohttp import web

from config.demo.twilio.account import Account
from config.demo.twilio.api import BODY_LIMIT, Api, page_of
from config.demo.twilio.call import Call
from config.demo.twilio.calls import Calls
from config.demo.twilio.files import Files
from config.demo.twilio.message import API_VERSION
from config.demo.twilio.refusals import Refusal
from hub.http import Route

_LONGEST_RING = 600


class CallsApi:
    """`api` is where its callers sign in; `prefix` is where its paths begin."""

    def __init__(
        self, calls: Calls, files: Files, account: Account, api: Api, prefix: str = ""
    ) -> None:
        self._calls = calls
        self._files = files
        self._account = account
        self._api = api
        self._prefix = prefix

    def routes(self) -> Sequence[Route]:
        account = f"{self._prefix}/{API_VERSION}/Accounts/{self._account.sid}"
        guarded, one = self._api.guarded, f"{account}/Calls/{{sid}}.json"
        return (
            Route("POST", f"{account}/Calls.json", guarded(self._create), body_limit=BODY_LIMIT),
            Route("GET", one, guarded(self._fetch)),
            Route("POST", one, guarded(self._update), body_limit=BODY_LIMIT),
            Route("GET", f"{account}/Conferences.json", guarded(self._conferences)),
            Route(
                "POST",
                f"{account}/Conferences/{{sid}}/Participants/{{call}}.json",
                guarded(self._participant),
                body_limit=BODY_LIMIT,
            ),
            Route(
                "POST",
                f"{account}/Calls/{{sid}}/Recordings.json",
                guarded(self._record),
                body_limit=BODY_LIMIT,
            ),
            Route(
                "POST",
                f"{account}/Calls/{{sid}}/Recordings/{{recording}}.json",
                guarded(self._pause),
                body_limit=BODY_LIMIT,
            ),
            Route("DELETE", f"{account}/Recordings/RE{{file}}.json", guarded(self._forget)),
            Route("GET", f"{account}/Recordings/RE{{file}}", guarded(self._recording)),
        )

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        to, sender, url, callback = (
            str(form.get(name, "")) for name in ("To", "From", "Url", "StatusCallback")
        )
        timeout = str(form.get("Timeout", "60"))
        if not timeout.isdecimal() or not 1 <= int(timeout) <= _LONGEST_RING:
            raise Refusal(20001, "Timeout")
        call = self._calls.create(to, sender, url, callback, timeout=int(timeout))
        return web.json_response(call.resource(self._account.sid), status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._one(request).resource(self._account.sid))

    async def _update(self, request: web.Request) -> web.Response:
        call, form = self._one(request), await request.post()
        status, document = str(form.get("Status", "")), str(form.get("Twiml", ""))
        await self._calls.update(call, status=status, document=document)
        return web.json_response(call.resource(self._account.sid))

    async def _conferences(self, request: web.Request) -> web.Response:
        name, status = (request.query.get(field, "") for field in ("FriendlyName", "Status"))
        shown = [each.resource() for each in self._calls.conferences(name, status)]
        return web.json_response(page_of("conferences", shown))

    async def _participant(self, request: web.Request) -> web.Response:
        conference = self._calls.conference(request.match_info["sid"])
        who = conference.inside.get(request.match_info["call"])
        if who is None:
            raise Refusal(20404, request.path)
        form = {name: str(value) for name, value in (await request.post()).items()}
        conference.update(who, form)
        return web.json_response(who.resource(conference.sid, self._account.sid))

    async def _record(self, request: web.Request) -> web.Response:
        call, form = self._one(request), await request.post()
        callback = str(form.get("RecordingStatusCallback", ""))
        recording = self._calls.record(call, callback)
        return web.json_response(recording.resource(call.sid, self._account.sid), status=201)

    async def _pause(self, request: web.Request) -> web.Response:
        call, form = self._one(request), await request.post()
        status = str(form.get("Status", ""))
        recording = call.recording
        is_it = recording is not None and request.match_info["recording"] in (
            recording.sid,
            "Twilio.CURRENT",
        )
        if recording is None or not is_it:
            raise Refusal(20404, request.path)
        if status not in ("paused", "in-progress", "stopped"):
            raise Refusal(20001, "Status")
        recording.status = status
        return web.json_response(recording.resource(call.sid, self._account.sid))

    async def _forget(self, request: web.Request) -> web.Response:
        if not self._files.remove(f"ME{request.match_info['file']}"):
            raise Refusal(20404, request.path)
        return web.Response(status=204)

    async def _recording(self, request: web.Request) -> web.Response:
        name = request.match_info["file"].removesuffix(".mp3")
        content = self._files.content(f"ME{name}")
        if content is None:
            raise Refusal(20404, request.path)
        return web.Response(body=content, content_type="audio/x-wav")

    def _one(self, request: web.Request) -> Call:
        call = self._calls.by_sid.get(request.match_info["sid"])
        if call is None:
            raise Refusal(20404, request.path)
        return call
