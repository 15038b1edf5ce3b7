"""Tries what the settings name, for `loket check`, without receiving or sending anything."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.messaging.receive import MESSAGE_PATH
from connectors.messaging.settings import MessagingSettings, NumberSettings, TemplateSettings
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.webhook import Guard
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable


async def check(settings: MessagingSettings, api: TwilioApi, guard: Guard) -> list[Finding]:
    """The account, the address, each number's webhook, and each template."""
    findings = [_address(settings, guard)]
    try:
        await api.ask(api.client.api.v2010.accounts(settings.twilio.account_sid).fetch_async())
    except (Unavailable, Retry, Rejected) as error:
        hint = error.hint if isinstance(error, Unavailable) else "see account_sid and the network"
        return [*findings, Finding("messaging: Twilio", ok=False, what=str(error), hint=hint)]
    findings.append(Finding("messaging: Twilio", ok=True, what="the account lets us in"))
    tries = [_number(each, api, guard) for each in settings.numbers.values() if each.sms]
    services = {each.messaging_service for each in settings.numbers.values()} - {""}
    tries += [_service(sid, settings, api) for sid in sorted(services)]
    tries += [_template(name, each, api) for name, each in settings.templates.items()]
    return findings + list(await asyncio.gather(*tries))


def _address(settings: MessagingSettings, guard: Guard) -> Finding:
    address = guard.address("")
    if urlsplit(address).scheme != "https" and not settings.twilio.is_stand_in:
        hint = "Set hub.http.public_url or twilio.public_url to the https address of this Loket."
        return Finding("messaging: webhooks", ok=False, what=f"{address} is not https", hint=hint)
    return Finding("messaging: webhooks", ok=True, what=f"come to {guard.address(MESSAGE_PATH)}")


async def _number(number: NumberSettings, api: TwilioApi, guard: Guard) -> Finding:
    part, wanted = f"messaging: {number.number}", guard.address(MESSAGE_PATH)
    listing = api.client.incoming_phone_numbers.list_async(phone_number=number.number, limit=1)
    try:
        found: Sequence[object] = await api.ask(listing)
    except (Unavailable, Retry, Rejected) as error:
        return Finding(part, ok=False, what=str(error), hint="see the network")
    if not found:
        return Finding(part, ok=False, what="is not in this account", hint="see numbers")
    url = str(getattr(found[0], "sms_url", "") or "")
    method = str(getattr(found[0], "sms_method", "") or "POST")
    if url.split("#", 1)[0] != wanted or method != "POST":
        hint = f"In Twilio, let the number's incoming messages go to {wanted} by HTTP POST."
        return Finding(part, ok=False, what=f"its messages go to {url or 'nowhere'}", hint=hint)
    return Finding(part, ok=True, what="its messages come here")


async def _service(sid: str, settings: MessagingSettings, api: TwilioApi) -> Finding:
    """Whether all numbers that it may choose are ours to receive on."""
    part = f"messaging: service {sid}"
    listing = api.client.messaging.v1.services(sid).phone_numbers.list_async()
    try:
        pool: Sequence[object] = await api.ask(listing)
    except (Unavailable, Retry, Rejected) as error:
        return Finding(part, ok=False, what=str(error), hint="see messaging_service")
    numbers = {str(getattr(one, "phone_number", "")) for one in pool}
    missing = sorted(numbers - {each.number for each in settings.numbers.values()})
    if missing:
        hint = f"Add {missing[0]} to connectors.messaging.numbers, or take it out of the service."
        return Finding(part, ok=False, what="sends from a number we do not have", hint=hint)
    return Finding(part, ok=True, what=f"sends from {len(numbers)} of our numbers")


async def _template(name: str, template: TemplateSettings, api: TwilioApi) -> Finding:
    part = f"messaging: template {name}"
    try:
        await api.ask(api.client.content.v1.contents(template.content_sid).fetch_async())
    except (Unavailable, Retry, Rejected) as error:
        return Finding(part, ok=False, what=str(error), hint="see its content_sid")
    return Finding(part, ok=True, what="Twilio knows it")
