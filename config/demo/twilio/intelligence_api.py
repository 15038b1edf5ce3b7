"""The part of the REST API that writes recordings out: Conversational Intelligence, version 2."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.demo.twilio.api import BODY_LIMIT, Api
from config.demo.twilio.files import Files
from config.demo.twilio.refusals import Refusal
from hub import clock
from hub.http import Route

SAID: Mapping[str, Sequence[tuple[int, str]]] = {
    "nl-NL": ((1, "Met Anna van Van Dalen."), (2, "Dag, mijn machine lekt."), (2, "Alweer.")),
    "en-GB": ((1, "This is Anna."), (2, "Hello, my machine is leaking.")),
}
"""What everybody says here, by language: the channel, and the sentence."""


@dataclass
class Transcript:
    """It is done when it was looked at once."""

    sid: str
    service: str
    source: str
    language: str
    status: str = "queued"

    def resource(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "service_sid": self.service,
            "status": self.status,
            "language_code": self.language,
            "channel": {"media_properties": {"source_sid": self.source}},
        }


class IntelligenceApi:
    """`services`: the language of each, by SID."""

    def __init__(self, files: Files, services: Mapping[str, str], api: Api) -> None:
        self.transcripts: dict[str, Transcript] = {}
        self._files = files
        self._services = services
        self._api = api

    def routes(self) -> Sequence[Route]:
        guarded, one = self._api.guarded, "/v2/Transcripts/{sid}"
        return (
            Route("POST", "/v2/Transcripts", guarded(self._create), body_limit=BODY_LIMIT),
            Route("GET", "/v2/Transcripts", guarded(self._list)),
            Route("GET", one, guarded(self._fetch)),
            Route("GET", f"{one}/Sentences", guarded(self._sentences)),
            Route("DELETE", one, guarded(self._delete)),
        )

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        service = str(form.get("ServiceSid", ""))
        channel = json.loads(str(form.get("Channel", "{}")))
        source = str(channel.get("media_properties", {}).get("source_sid", ""))
        if service not in self._services:
            raise Refusal(20404, service)
        if self._files.content(f"ME{source[2:]}") is None:
            raise Refusal(20001, "Channel")
        sid = "GT" + clock.new_secret().encode().hex()[:32]
        made = Transcript(sid, service, source, self._services[service])
        self.transcripts[sid] = made
        return web.json_response(made.resource(), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        source = request.query.get("SourceSid", "")
        found = [one for one in self.transcripts.values() if source in ("", one.source)]
        return _page("transcripts", [one.resource() for one in found])

    async def _fetch(self, request: web.Request) -> web.Response:
        one = self._one(request)
        one.status = "completed" if one.status == "in-progress" else "in-progress"
        return web.json_response(one.resource())

    async def _sentences(self, request: web.Request) -> web.Response:
        said = SAID[self._one(request).language]
        shown = [
            {"media_channel": channel, "sentence_index": place, "transcript": text}
            for place, (channel, text) in enumerate(said)
        ]
        return _page("sentences", shown)

    async def _delete(self, request: web.Request) -> web.Response:
        del self.transcripts[self._one(request).sid]
        return web.Response(status=204)

    def _one(self, request: web.Request) -> Transcript:
        found = self.transcripts.get(request.match_info["sid"])
        if found is None:
            raise Refusal(20404, request.path)
        return found


def _page(key: str, shown: list[dict[str, Any]]) -> web.Response:
    meta = {"key": key, "page": 0, "page_size": 50, "next_page_url": None}
    return web.json_response({key: shown, "meta": meta})
