"""A message in the cloud, and its form in the API. What the other end holds is a handset."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from hub.segments import count

INBOUND = "inbound"
FROM_API = "outbound-api"
FROM_TWIML = "outbound-reply"
WHATSAPP = "whatsapp:"
E164 = re.compile(r"\+[1-9]\d{6,14}")
API_VERSION = "2010-04-01"


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


@dataclass
class File:
    sid: str
    content_type: str
    name: str = ""


@dataclass
class Message:
    """`sender` and `recipient` are addresses: a number, or `whatsapp:` and a number."""

    sid: str
    direction: str
    sender: str
    recipient: str
    body: str
    status: str
    files: list[File] = field(default_factory=list)
    callback: str = ""
    error_code: int | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    note: str = ""
    """What the handset shows besides: a place, the button that was pressed."""

    @property
    def is_whatsapp(self) -> bool:
        return self.sender.startswith(WHATSAPP)

    @property
    def segments(self) -> int:
        return 1 if self.is_whatsapp else max(1, count(self.body).segments)

    @property
    def handset(self) -> str:
        """The number of the phone in the customer's hands."""
        address = self.sender if self.direction == INBOUND else self.recipient
        return address.removeprefix(WHATSAPP)

    def resource(self, account_sid: str) -> dict[str, Any]:
        """As the API shows it."""
        uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{self.sid}"
        is_out = self.status not in ("accepted", "queued")
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": format_datetime(self.at),
            "date_sent": format_datetime(self.at) if is_out else None,
            "date_updated": format_datetime(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.files)),
            "num_segments": str(self.segments),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }
