"""The account that the cloud knows: its secrets, its numbers and its templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.demo.twilio.message import new_sid


@dataclass
class Number:
    """One of our numbers. The addresses are where its webhooks go."""

    number: str
    sms_url: str = ""
    voice_url: str = ""
    status_callback: str = ""
    whatsapp: bool = False
    sid: str = field(default_factory=lambda: new_sid("PN"))


@dataclass
class Account:
    """`templates`: the approved texts of WhatsApp, by content SID, with {{1}} for what is put in.
    `keys`: API keys with their secrets. `services`: Messaging Services by SID, with their pools."""

    sid: str
    auth_token: str
    numbers: Mapping[str, Number]
    templates: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def lets_in(self, user: str, password: str) -> bool:
        known = {self.sid: self.auth_token, **self.keys}
        return user in known and known[user] == password
