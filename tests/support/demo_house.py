"""The demo's pages and sandbox on their own; a real mail server plays Loket's listener."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from aiohttp.test_utils import TestClient, TestServer

from config.demo import Demo, DemoContext
from config.demo.carrier import carrier_secret
from config.settings import DEFAULT_MODEL
from hub.http import build_app
from hub.metrics import Metrics
from hub.settings import HttpSettings
from routing.model_file import load_model
from servers.process import free_port

CUSTOMER = "sanne.devries@postvak.example"
OURS = "info@vandalenkoffie.example"
TOKEN_ADDRESS = "info+c-abc@vandalenkoffie.example"


@dataclass
class House:
    demo: Demo
    client: TestClient  # type: ignore[type-arg]

    @property
    def origin(self) -> str:
        return str(self.client.make_url("")).rstrip("/")

    async def text(self, path: str) -> str:
        async with self.client.get(path) as response:
            assert response.status == 200, await response.text()
            return await response.text()

    async def answer(self, to: str = CUSTOMER, text: str = "It comes tomorrow.") -> EmailMessage:
        """Loket sends a mail to this customer."""
        mail = answer_to(to, text)
        await self.deliver(mail, to)
        return mail

    async def deliver(self, mail: EmailMessage | bytes, *to: str) -> None:
        await aiosmtplib.send(
            mail,
            sender=OURS,
            recipients=list(to),
            hostname="127.0.0.1",
            port=self.demo.sink_port,
            start_tls=False,
        )


@asynccontextmanager
async def open_house(folder: Path, smtp_port: int) -> AsyncIterator[House]:
    demo = Demo(
        DemoContext(
            organisation="Van Dalen Koffie",
            public_url=f"http://127.0.0.1:{free_port()}",  # nobody is there
            smtp_port=smtp_port,
            sink_port=0,
            folder=folder,
            carrier_secret=carrier_secret("made up"),
            model=load_model(DEFAULT_MODEL),
            auth_token="the token of the demo",
        )
    )
    app = build_app(
        HttpSettings(), demo.routes(), metrics=Metrics(), readiness=_ready, refresh=_nothing
    )
    await demo.start()
    try:
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            yield House(demo, client)
    finally:
        await demo.stop()


def answer_to(customer: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Van Dalen Koffie <{OURS}>"
    mail["To"] = customer
    mail["Reply-To"] = TOKEN_ADDRESS
    mail["Subject"] = "Re: Where is my parcel?"
    mail["Date"] = "Sat, 21 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = "<second@vandalenkoffie.example>"
    mail["References"] = "<first@postvak.example>"
    mail.set_content(text)
    return mail


def read(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...
