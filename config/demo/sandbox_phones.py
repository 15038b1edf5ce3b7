"""The sandbox's phones: customers' handsets, and the cloud between them and Loket."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.demo import example
from config.demo.addresses import ALWAYS, MOBILE, PHONE
from config.demo.twilio.account import Account, Number
from config.demo.twilio.api import Api
from config.demo.twilio.call import Call
from config.demo.twilio.calls import Calls
from config.demo.twilio.calls_api import CallsApi
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.files import Files
from config.demo.twilio.keeping import Keeping
from connectors.messaging.receive import MESSAGE_PATH
from connectors.phone.twiml import CALL, STATUS
from hub.http import Route

PREFIX = "/demo/twilio"
ACCOUNT_SID = "AC" + "5a" * 16
_PACE = 0.06  # seconds that a voice takes for a character
_PICK_UP_SECONDS = 3
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


def phone_settings(public_url: str, auth_token: str) -> dict[str, Any]:
    """The section `connectors.phone` of the demo: every agent has a phone, which picks up."""
    return {
        "twilio": _twilio(public_url, auth_token),
        "numbers": {
            "office": {"number": PHONE, "language": "nl"},
            "always": {"number": ALWAYS, "language": "en", "always_open": True},
        },
        "agents": {login: number for number, (login, _name) in agents_phones().items()},
    }


def agents_phones() -> dict[str, tuple[str, str]]:
    """By number: the login and the name of the agent whose phone it is."""
    return {
        f"+3161000{place:04}": (agent.login, agent.name)
        for place, agent in enumerate(example.agents(), 1)
    }


def connector_settings(public_url: str, auth_token: str) -> dict[str, Any]:
    """The section `connectors.messaging` of the demo."""
    return {
        "twilio": _twilio(public_url, auth_token),
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


def _twilio(public_url: str, auth_token: str) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT_SID,
        "auth_token": auth_token,
        "api_url": public_url + PREFIX,
    }


def _fate(call: Call) -> str:
    """Agents' phones pick up by themselves; others ring until somebody does."""
    return "answer" if call.recipient in agents_phones() else "ring"


class SandboxPhones:
    """`cloud` plays Twilio's part under PREFIX, over HTTP and with real signatures."""

    def __init__(self, public_url: str, auth_token: str, folder: Path) -> None:
        numbers = [Number(MOBILE, sms_url=public_url + MESSAGE_PATH, whatsapp=True)]
        voice, status = public_url + CALL, public_url + STATUS
        numbers += [Number(n, voice_url=voice, status_callback=status) for n in (PHONE, ALWAYS)]
        templates = {each.sid: each.text for each in TEMPLATES.values()}
        account = Account(ACCOUNT_SID, auth_token, {n.number: n for n in numbers}, templates)
        files, keeping = Files(folder / _FILES), Keeping(folder / _MESSAGES)
        url = public_url + PREFIX
        self.cloud = Cloud(account, url, files, keeping)
        self.calls = Calls(
            account, url, files, self.cloud.webhooks, pace=_PACE, pick_up=_PICK_UP_SECONDS
        )
        self.calls.fate = _fate
        api = Api(self.cloud, PREFIX)
        self._routes = [*api.routes(), *CallsApi(self.calls, files, account, api, PREFIX).routes()]

    def routes(self) -> list[Route]:
        return self._routes

    async def stop(self) -> None:
        await self.calls.stop()
        await self.cloud.stop()
