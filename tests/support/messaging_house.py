"""A running SMS and WhatsApp connector with all it stands on, beside Twilio's cloud."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from builders import TOKENS
from config.demo.twilio.webhooks import Answer
from connectors.messaging.connector import MessagingConnector
from connectors.messaging.receive import MESSAGE_PATH, STATUS_PATH
from hub.interaction import Channel, Party, PointKind
from hub.outbound import Outbound
from hub.replies import Reply, add_reply
from hub.store.tables import interactions, outbound
from twilio_cloud import OURS, messaging_settings
from twilio_house import TwilioHouse
from waiting import eventually

THEIRS = "+31612345678"


@dataclass
class House(TwilioHouse):
    async def start(self) -> None:
        twilio = self.cloud.settings().model_dump()
        self.settings = messaging_settings(**({"twilio": twilio} | self.changes))
        context = self.stand_on()
        connectors: dict[Channel, Any] = {}
        self.outbound = Outbound(
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            metrics=self.metrics,
            connectors=connectors,
            wake=self.relay.wake,
        )
        self.connector = MessagingConnector(
            self.settings, replace(context, report=self.outbound.report)
        )
        for channel in self.connector.sends:
            connectors[channel] = self.connector
            for lane in ("", ".bulk"):
                topic = f"message.send.{channel}{lane}"
                self.bus.subscribe(f"send.{channel}{lane}", [topic], self.outbound.handle)
        self.cloud.number.sms_url = self.origin + MESSAGE_PATH
        await self.open(self.connector, self.outbound)

    # What a customer does

    async def text(self, body: str, *, sender: str = THEIRS, **more: Any) -> Answer:
        return await self.cloud.cloud.text(sender, OURS, body, **more)

    async def whatsapp(self, body: str, *, sender: str = THEIRS, **more: Any) -> Answer:
        return await self.cloud.cloud.text(f"whatsapp:{sender}", f"whatsapp:{OURS}", body, **more)

    async def post(
        self, form: dict[str, str], path: str = MESSAGE_PATH, *, signature: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """A webhook as somebody sends it; gives the status, and the problem if it is one."""
        status, body = await self.send(path, form, signature)
        return status, json.loads(body) if body.startswith("{") else {}

    async def status(self, sid: str, state: str, **more: str) -> int:
        form = {
            "AccountSid": self.settings.twilio.account_sid,
            "MessageSid": sid,
            "MessageStatus": state,
            "From": OURS,
            "To": THEIRS,
        }
        return (await self.post(form | more, STATUS_PATH))[0]

    # What our side does and sees

    async def answer(self, text: str, **changes: Any) -> str:
        """An agent answers the newest message; gives the id."""
        newest = (await self.received())[-1]
        values: dict[str, Any] = {
            "conversation_id": newest.conversation_id,
            "channel": newest.channel,
            "account": OURS,
            "to": (Party(kind=PointKind.PHONE, value=newest.sender["value"]),),
            "text": text,
        }
        reply = Reply.model_validate(values | changes)
        interaction_id = await self.database.write(lambda c: add_reply(c, reply))
        self.relay.wake()
        return interaction_id

    async def sent(self) -> list[Any]:
        wanted = (
            select(interactions, outbound)
            .join(outbound, outbound.c.interaction_id == interactions.c.id)
            .order_by(interactions.c.id)
        )
        return await self.rows(wanted)

    async def reaches(self, interaction_id: str, *states: str) -> Any:
        """Wait until a message of ours is in one of these states."""

        async def look() -> Any:
            [row] = [r for r in await self.sent() if r.interaction_id == interaction_id]
            return row if row.state in states else None

        return await eventually(look)


open_house = House.running
