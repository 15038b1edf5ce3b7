"""Tries what the settings name, for `loket check`, without calling anybody."""

import asyncio
from collections.abc import Sequence

from connectors.phone.settings import LineSettings, PhoneSettings
from connectors.phone.twiml import CALL, STATUS
from connectors.shared.twilio.checking import address, trouble
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.webhook import Guard
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable
from hub.texts import Said


async def check(settings: PhoneSettings, api: TwilioApi, guard: Guard) -> list[Finding]:
    """The address, each number's webhooks, and whether anybody can be rung."""
    reached = address(Said("phone: webhooks"), settings.twilio, guard, CALL)
    findings = [reached, _agents(settings)]
    tries = [_number(each, api, guard) for each in settings.numbers.values()]
    return findings + list(await asyncio.gather(*tries))


def _agents(settings: PhoneSettings) -> Finding:
    part, known = Said("phone: agents"), len(settings.agents)
    if settings.browser is not None:
        what = Said("rung in the browser, or at {n} numbers of the settings", n=known)
        return Finding(part, ok=True, what=what)
    if known:
        return Finding(part, ok=True, what=Said("{n} can be rung", n=known))
    hint = Said("Give agents their phone numbers in connectors.phone.agents, by login.")
    return Finding(part, ok=False, what=Said("nobody can be rung"), hint=hint)


async def _number(line: LineSettings, api: TwilioApi, guard: Guard) -> Finding:
    part = Said("phone: {number}", number=line.number)
    listing = api.client.incoming_phone_numbers.list_async(phone_number=line.number, limit=1)
    try:
        found: Sequence[object] = await api.ask(listing)
    except (Unavailable, Retry, Rejected) as error:
        return trouble(part, error, Said("see the network"))
    if not found:
        what = Said("is not in this account")
        return Finding(part, ok=False, what=what, hint=Said("see numbers"))
    for field, path, told in (
        ("voice_url", CALL, "a call comes in"),
        ("status_callback", STATUS, "call status changes"),
    ):
        url, wanted = str(getattr(found[0], field, "") or ""), guard.address(path)
        method = str(getattr(found[0], _METHOD[field], "") or "POST")
        if url.split("#", 1)[0] != wanted or method != "POST":
            hint = Said(
                "In Twilio, set “{setting}” of the number to {address} by HTTP POST.",
                setting=told,
                address=wanted,
            )
            what = Said("{setting}: {address}", setting=told, address=url or Said("nowhere"))
            return Finding(part, ok=False, what=what, hint=hint)
    return Finding(part, ok=True, what=Said("its calls come here"))


_METHOD = {"voice_url": "voice_method", "status_callback": "status_callback_method"}
