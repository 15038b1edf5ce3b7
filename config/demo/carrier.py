"""The carrier of the demo: posts what happens to parcels, signed, over HTTP as a real one does."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from standardwebhooks.webhooks import Webhook

from config.demo.trade import CARRIER
from hub import clock
from hub.deliveries import EventKind

SOURCE = "https://snelpost.example/parcels"
SECONDS = 15


def carrier_secret(secret: str) -> str:
    """The signing secret of the demo's carrier: one per installation, like `secret`."""
    digest = hashlib.sha256(f"carrier {secret}".encode()).digest()
    return "whsec_" + base64.b64encode(digest).decode()


@dataclass(frozen=True)
class Told:
    """What the carrier posted, and what it was answered. `status` 0: nobody answered."""

    status: int
    sent: str
    answer: str


class Carrier:
    def __init__(self, public_url: str, secret: str) -> None:
        self._address = f"{public_url}/api/partners/v1/{CARRIER}/events"
        self._webhook = Webhook(secret)

    async def tell(
        self, tracking: str, kind: EventKind, *, text: str = "", expected: datetime | None = None
    ) -> Told:
        now = clock.now()
        body = json.dumps(_event(tracking, kind, now, text, expected), indent=2)
        message_id = clock.new_id()
        headers = {
            "Content-Type": "application/cloudevents+json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(message_id, now, body),
        }
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=SECONDS)) as http,
                http.post(self._address, data=body.encode(), headers=headers) as answer,
            ):
                return Told(answer.status, body, await answer.text())
        except (ClientError, TimeoutError) as error:
            return Told(0, body, str(error))


def _event(
    tracking: str, kind: EventKind, now: datetime, text: str, expected: datetime | None
) -> dict[str, Any]:
    data = {"text": text, "expected_until": expected.isoformat() if expected else None}
    return {
        "specversion": "1.0",
        "id": clock.new_id(),
        "source": SOURCE,
        "type": f"example.snelpost.delivery.{kind.value}",
        "subject": tracking,
        "time": now.isoformat(),
        "data": {name: value for name, value in data.items() if value},
    }
