"""The start page: what to do first, who can sign in, and the switch of the traffic generator."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from aiohttp import web

from agent_ui.texts import Texts
from config.demo.addresses import ADDRESSES, HOST
from config.demo.pages import Pages, see_other
from config.demo.sign_ins import SignIn
from config.demo.traffic import Traffic
from hub.errors import Rejected
from hub.http import Route
from routing.model import Model

RATES = (0, 6, 20, 60)
"""Messages a minute that the buttons offer."""


class StartPage:
    def __init__(
        self,
        pages: Pages,
        traffic: Traffic,
        smtp_port: int,
        sign_ins: Callable[[], Sequence[SignIn]],
        model: Model,
    ) -> None:
        self._pages = pages
        self._traffic = traffic
        self._smtp_port = smtp_port
        self._sign_ins = sign_ins
        self._model = model

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("GET", "/", guard(self._show)),
            Route("GET", "/demo/traffic", guard(self._state)),
            Route("POST", "/demo/traffic", guard(self._switch)),
        ]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        return self._pages.page(
            request,
            texts,
            "start.html",
            traffic=self._traffic.state(),
            rates=RATES,
            sign_ins=self._sign_ins(),
            role_titles=self._role_titles(texts.language),
            addresses=ADDRESSES,
            smtp_host=HOST,
            smtp_port=self._smtp_port,
            command=_command(self._smtp_port),
        )

    def _role_titles(self, language: str) -> dict[str, str]:
        return {
            name: role.title.nl if language == "nl" else role.title.en
            for name, role in self._model.roles.items()
        }

    async def _state(self, _request: web.Request, _texts: Texts) -> web.Response:
        return web.json_response(
            asdict(self._traffic.state()), headers={"Cache-Control": "no-store"}
        )

    async def _switch(self, request: web.Request, _texts: Texts) -> web.Response:
        per_minute = str((await request.post()).get("per_minute", ""))
        if not (per_minute.isascii() and per_minute.isdigit()):
            raise Rejected("bad_rate", "Say how many messages a minute, as a whole number.")
        await self._traffic.set_rate(int(per_minute))
        return see_other("/#traffic")


def _command(smtp_port: int) -> str:
    """Sends one mail, with nothing but Python."""
    ours = ADDRESSES[0]
    mail = (
        f"From: you@example.org\\r\\nTo: {ours}\\r\\nSubject: Where is my parcel?\\r\\n\\r\\n"
        "Order 480123 has not arrived yet."
    )
    send = f"smtplib.SMTP('{HOST}', {smtp_port}).sendmail('you@example.org', '{ours}', '{mail}')"
    return f'python3 -c "import smtplib; {send}"'
