"""A running e-mail connector with what it stands on: store, blobs, workers, intake."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

import stores
from connectors.email.connector import EmailConnector
from connectors.email.settings import EmailSettings
from hub import clock
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.intake import Intake
from hub.interaction import Channel, Direction, Interaction, Party, PointKind
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.outgoing import OutgoingFile, OutgoingMessage
from hub.settings import BusSettings, HubSettings
from hub.store import Blobs, Database, originals
from hub.store.database import open_database
from hub.store.sending import to_interaction
from hub.store.tables import attachments, conversations, interactions
from hub.tokens import Tokens
from waiting import eventually

TOKENS = Tokens("mail-tests-mail-tests-mail-tests-mail")
CONVERSATION = "01932d9e-7a6b-7c2d-8e3f-4a5b6c7d8e9f"
TOKEN = TOKENS.sign("conversation", CONVERSATION)
SUPPORT = "support@acme.example"
SALES = "sales@acme.example"
JAN = "jan@customer.example"
ACCOUNTS = {"support": {"address": SUPPORT, "from_name": "Acme"}, "sales": {"address": SALES}}


class MailHouse:
    """One process of Loket that does mail. `connector` may be stopped and started."""

    def __init__(self, database: Database, folder: Path, workers: Workers) -> None:
        self.database = database
        self.blobs = Blobs(folder / "blobs")
        self.metrics = Metrics()
        self.reports: list[tuple[str, str]] = []
        self._workers = workers
        self.connector: EmailConnector

    def build(self, settings: Mapping[str, Any]) -> EmailConnector:
        context = ConnectorContext(
            hub=HubSettings(organisation="Acme"),
            intake=Intake(self.database, TOKENS, self.metrics, wake=lambda: None),
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            bus=open_bus(BusSettings(), self.database, _bury),
            workers=self._workers,
            metrics=self.metrics,
            report=self._report,
            wake=lambda: None,
        )
        self.connector = EmailConnector(EmailSettings.model_validate(settings), context)
        return self.connector

    @property
    def port(self) -> int:
        return self.connector.listen_port

    async def kept(self) -> list[Interaction]:
        """All that was taken in: conversations in the order they began, each from its start."""

        def work(connection: Connection) -> list[Interaction]:
            rows = connection.execute(
                select(interactions)
                .join(conversations, conversations.c.id == interactions.c.conversation_id)
                .order_by(conversations.c.number, interactions.c.sequence)
            ).all()
            files = connection.execute(select(attachments)).all()
            return [
                to_interaction(row, [file for file in files if file.interaction_id == row.id])
                for row in rows
            ]

        return await self.database.read(work)

    async def original(self, interaction: Interaction) -> bytes:
        """The mail as it came in."""
        kept = await self.database.read(lambda c: originals.original(c, interaction.id))
        assert kept is not None
        return kept.content or self.blobs.path(kept.sha256).read_bytes()

    async def subjects(self) -> list[str]:
        return [interaction.subject for interaction in await self.kept()]

    async def wait_for(self, count: int) -> list[Interaction]:
        """What was taken in, once it is `count` contacts."""

        async def enough() -> bool:
            return await stores.count(self.database, interactions) >= count

        await eventually(enough)
        return await self.kept()

    async def _report(self, interaction_id: str, state: str) -> None:
        self.reports.append((interaction_id, state))


@asynccontextmanager
async def mail_house(
    store_url: str,
    folder: Path,
    *,
    settings: Mapping[str, Any],
    workers: Workers,
) -> AsyncIterator[MailHouse]:
    """A house whose connector runs."""
    database = open_database(store_url)
    house = MailHouse(database, folder, workers)
    house.build(settings)
    try:
        await house.connector.start()
        yield house
    finally:
        await house.connector.stop()
        await database.close()


def mail(
    text: str = "Where is my order?",
    *,
    subject: str = "A question",
    sender: str = JAN,
    to: str = SUPPORT,
    message_id: str | None = "",
    files: Sequence[bytes] = (),
    **headers: str,
) -> bytes:
    """A mail as it goes over the wire. Without a Message-ID when that is None."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    if message_id is not None:
        message["Message-ID"] = message_id or make_msgid(domain="customer.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename="file.bin"
        )
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def reply_message(
    *to: str, files: tuple[OutgoingFile, ...] = (), **changes: Any
) -> OutgoingMessage:
    """A reply of ours in a conversation of two mails."""
    values: dict[str, Any] = {
        "id": clock.new_id(),
        "conversation_id": CONVERSATION,
        "customer_id": clock.new_id(),
        "sequence": 3,
        "channel": Channel.EMAIL,
        "account": SUPPORT,
        "direction": Direction.OUTBOUND,
        "external_id": "reply-1@acme.example",
        "sender": Party(kind=PointKind.PORTAL, value="loket"),
        "recipients": tuple(Party(kind=PointKind.EMAIL, value=a) for a in to or (JAN,)),
        "subject": "AW: Re: Où est ma commande? [#10007]",
        "text": "On its way.\n\nGreetings",
        "occurred_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "received_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    }
    return OutgoingMessage(
        interaction=Interaction.model_validate(values | changes),
        conversation_number=10007,
        token=TOKEN,
        references=("first@customer.example", "second@customer.example"),
        files=files,
    )


async def _bury(letters: Sequence[DeadLetter]) -> None:
    raise AssertionError(f"dead letters: {letters}")
