"""The sandbox's phones: customers' handsets, and the cloud between them and Loket."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.demo.addresses import MOBILE
from config.demo.twilio.account import Account, Number
from config.demo.twilio.api import Api
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.files import Files
from config.demo.twilio.keeping import Keeping
from connectors.messaging.receive import MESSAGE_PATH
from hub.http import Route

PREFIX = "/demo/twilio"
ACCOUNT_SID = "AC" + "5a" * 16
_MESSAGES, _FILES = "sandbox-phones.jsonl", "sandbox-phone-files"


@dataclass(frozen=True)
class Template:
    """One that WhatsApp approved, as far as the sandbox goes."""

    sid: str
    title: str
    title_nl: str
    text: str
    variables: tuple[str, ...]


TEMPLATES = {
    "shipped": Template(
        sid="HX" + "01" * 16,
        title="Order on its way",
        title_nl="Bestelling onderweg",
        text="Hello {{1}}, your order {{2}} is on its way. Reply to this message with questions.",
        variables=("name", "order"),
    ),
    "answer": Template(
        sid="HX" + "02" * 16,
        title="We have an answer for you",
        title_nl="Wij hebben een antwoord voor u",
        text="Hallo {{1}}, wij hebben een antwoord op uw vraag. Stuur OK, dan sturen wij het.",
        variables=("naam",),
    ),
}


def connector_settings(public_url: str, auth_token: str) -> dict[str, Any]:
    """The section `connectors.messaging` of the demo."""
    return {
        "twilio": {
            "account_sid": ACCOUNT_SID,
            "auth_token": auth_token,
            "api_url": public_url + PREFIX,
        },
        "numbers": {"mobile": {"number": MOBILE, "whatsapp": True, "per_second": 10}},
        "price_per_segment": 0.075,
        "templates": {
            name: {
                "content_sid": each.sid,
                "title": each.title,
                "title_nl": each.title_nl,
                "text": each.text,
                "variables": each.variables,
            }
            for name, each in TEMPLATES.items()
        },
    }


class SandboxPhones:
    """`cloud` plays Twilio's part under PREFIX, over HTTP and with real signatures."""

    def __init__(self, public_url: str, auth_token: str, folder: Path) -> None:
        number = Number(MOBILE, sms_url=public_url + MESSAGE_PATH, whatsapp=True)
        templates = {each.sid: each.text for each in TEMPLATES.values()}
        account = Account(ACCOUNT_SID, auth_token, {MOBILE: number}, templates)
        files, keeping = Files(folder / _FILES), Keeping(folder / _MESSAGES)
        self.cloud = Cloud(account, public_url + PREFIX, files, keeping)

    def routes(self) -> list[Route]:
        return list(Api(self.cloud, PREFIX).routes())

    async def stop(self) -> None:
        await self.cloud.stop()
