"""Tries what the settings name, for `loket check`, without calling anybody."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.phone.settings import LineSettings, PhoneSettings
from connectors.phone.twiml import CALL, STATUS
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.webhook import Guard
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable


async def check(settings: PhoneSettings, api: TwilioApi, guard: Guard) -> list[Finding]:
    """The address, each number's webhooks, and whether anybody can be rung."""
    findings = [_address(settings, guard), _agents(settings)]
    tries = [_number(each, api, guard) for each in settings.numbers.values()]
    return findings + list(await asyncio.gather(*tries))


def _address(settings: PhoneSettings, guard: Guard) -> Finding:
    address = guard.address("")
    if urlsplit(address).scheme != "https" and not settings.twilio.is_stand_in:
        hint = "Set hub.http.public_url or twilio.public_url to the https address of this Loket."
        return Finding("phone: webhooks", ok=False, what=f"{address} is not https", hint=hint)
    return Finding("phone: webhooks", ok=True, what=f"come to {guard.address(CALL)}")


def _agents(settings: PhoneSettings) -> Finding:
    if settings.browser is not None:
        what = f"rung in the browser, or at {len(settings.agents)} numbers of the settings"
        return Finding("phone: agents", ok=True, what=what)
    if settings.agents:
        return Finding("phone: agents", ok=True, what=f"{len(settings.agents)} can be rung")
    hint = "Give agents their phone numbers in connectors.phone.agents, by login."
    return Finding("phone: agents", ok=False, what="nobody can be rung", hint=hint)


async def _number(line: LineSettings, api: TwilioApi, guard: Guard) -> Finding:
    part = f"phone: {line.number}"
    listing = api.client.incoming_phone_numbers.list_async(phone_number=line.number, limit=1)
    try:
        found: Sequence[object] = await api.ask(listing)
    except Unavailable as error:
        return Finding(part, ok=False, what=str(error), hint=error.hint)
    except (Retry, Rejected) as error:
        return Finding(part, ok=False, what=str(error), hint="see the network")
    if not found:
        return Finding(part, ok=False, what="is not in this account", hint="see numbers")
    for field, path, what in (
        ("voice_url", CALL, "a call comes in"),
        ("status_callback", STATUS, "call status changes"),
    ):
        url, wanted = str(getattr(found[0], field, "") or ""), guard.address(path)
        method = str(getattr(found[0], _METHOD[field], "") or "POST")
        if url.split("#", 1)[0] != wanted or method != "POST":
            hint = f"In Twilio, set “{what}” of the number to {wanted} by HTTP POST."
            return Finding(part, ok=False, what=f"{what}: {url or 'nowhere'}", hint=hint)
    return Finding(part, ok=True, what="its calls come here")


_METHOD = {"voice_url": "voice_method", "status_callback": "status_callback_method"}
