"""Twilio's cloud on a port of this machine, which misbehaves when told to, and its account."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from config.demo.twilio.account import Account, Number
from config.demo.twilio.api import Api
from config.demo.twilio.calls import Calls
from config.demo.twilio.calls_api import CallsApi
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.files import Files
from config.demo.twilio.intelligence_api import IntelligenceApi
from config.demo.twilio.keeping import Keeping
from connectors.messaging.settings import MessagingSettings
from connectors.shared.twilio.settings import TwilioSettings
from servers.process import free_port

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "the token of the tests"
KEY_SID, KEY_SECRET = "SK" + "0123456789abcdef" * 2, "the secret of the key of the tests"
OURS = "+31203080000"
DUTCH, ENGLISH = "GA" + "0" * 31 + "1", "GA" + "0" * 31 + "2"
"""Services that write out."""
SERVICE_SID = "MG" + "0" * 32
TEMPLATE_SID = "HX" + "0" * 32
TEMPLATE = "Hello {{1}}, your order {{2}} is on its way."


def messaging_settings(**changes: Any) -> MessagingSettings:
    """One number for SMS and WhatsApp, and one template."""
    values = {
        "twilio": {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN},
        "numbers": {"main": {"number": OURS, "whatsapp": True, "per_second": 1000}},
        "price_per_segment": 0.075,
        "templates": {
            "shipped": {
                "content_sid": TEMPLATE_SID,
                "title": "Order on its way",
                "title_nl": "Bestelling onderweg",
                "text": TEMPLATE,
                "variables": ("name", "order"),
            }
        },
    }
    return MessagingSettings.model_validate(values | changes)


class CloudServer:
    """`troubles`: what happens to the next requests that send, after Twilio took them: "drop" and
    "stall" leave them without an answer, a number is the status of the answer."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.number = Number(OURS, whatsapp=True)
        account = Account(
            ACCOUNT_SID,
            AUTH_TOKEN,
            {OURS: self.number},
            templates={TEMPLATE_SID: TEMPLATE},
            services={SERVICE_SID: [OURS]},
            keys={KEY_SID: KEY_SECRET},
        )
        self.files = files = Files(folder)
        self.cloud = Cloud(account, self.url, files, Keeping())
        self.calls = Calls(account, self.url, files, self.cloud.webhooks)
        api = Api(self.cloud)
        self.intelligence = IntelligenceApi(files, {DUTCH: "nl-NL", ENGLISH: "en-GB"}, api)
        self._routes = [
            *api.routes(),
            *CallsApi(self.calls, files, account, api).routes(),
            *self.intelligence.routes(),
        ]
        self.troubles: deque[str | int] = deque()
        self.lists_nothing = False
        self.released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def settings(self, **changes: Any) -> TwilioSettings:
        values = {
            "account_sid": ACCOUNT_SID,
            "auth_token": AUTH_TOKEN,
            "api_url": self.url,
            "timeout": 5,
        }
        return TwilioSettings.model_validate(values | changes)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._trouble])
        for route in self._routes:
            app.router.add_route(route.method, route.path, route.handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        self.released.set()
        await self.calls.stop()
        await self.cloud.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _trouble(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.method == "GET" and self.lists_nothing:
            return web.Response(status=503)
        sends = request.method == "POST"
        trouble = self.troubles.popleft() if sends and self.troubles else ""
        if trouble in (503, 429):  # before anything is taken
            headers = {"Retry-After": "7"} if trouble == 429 else {}
            return web.json_response({"code": 20429}, status=int(trouble), headers=headers)
        response: web.StreamResponse = await handler(request)
        if trouble == "stall":
            await self.released.wait()
        if trouble == "late":  # every webhook about it overtakes the answer
            await self.cloud.settled()
        if trouble == "drop":
            assert request.transport is not None
            request.transport.abort()
        return response if isinstance(trouble, str) else web.Response(status=trouble, text="oops")


@asynccontextmanager
async def running_cloud(folder: Path) -> AsyncIterator[CloudServer]:
    server = CloudServer(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
