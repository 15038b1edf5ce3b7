"""Tries what the settings name, for `loket check`, without receiving or sending anything."""

import asyncio
from collections.abc import Sequence

from connectors.messaging.receive import MESSAGE_PATH
from connectors.messaging.settings import MessagingSettings, NumberSettings, TemplateSettings
from connectors.shared.twilio.checking import address, trouble
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.webhook import Guard
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable
from hub.texts import Said


async def check(settings: MessagingSettings, api: TwilioApi, guard: Guard) -> list[Finding]:
    """The account, the address, each number's webhook, and each template."""
    findings = [address(Said("messaging: webhooks"), settings.twilio, guard, MESSAGE_PATH)]
    try:
        await api.ask(api.client.api.v2010.accounts(settings.twilio.account_sid).fetch_async())
    except (Unavailable, Retry, Rejected) as error:
        hint = Said("see account_sid and the network")
        return [*findings, trouble(Said("messaging: Twilio"), error, hint)]
    findings.append(
        Finding(Said("messaging: Twilio"), ok=True, what=Said("the account lets us in"))
    )
    tries = [_number(each, api, guard) for each in settings.numbers.values() if each.sms]
    services = {each.messaging_service for each in settings.numbers.values()} - {""}
    tries += [_service(sid, settings, api) for sid in sorted(services)]
    tries += [_template(name, each, api) for name, each in settings.templates.items()]
    return findings + list(await asyncio.gather(*tries))


async def _number(number: NumberSettings, api: TwilioApi, guard: Guard) -> Finding:
    part = Said("messaging: {number}", number=number.number)
    wanted = guard.address(MESSAGE_PATH)
    listing = api.client.incoming_phone_numbers.list_async(phone_number=number.number, limit=1)
    try:
        found: Sequence[object] = await api.ask(listing)
    except (Unavailable, Retry, Rejected) as error:
        return trouble(part, error, Said("see the network"))
    if not found:
        what = Said("is not in this account")
        return Finding(part, ok=False, what=what, hint=Said("see numbers"))
    url = str(getattr(found[0], "sms_url", "") or "")
    method = str(getattr(found[0], "sms_method", "") or "POST")
    if url.split("#", 1)[0] != wanted or method != "POST":
        hint = Said(
            "In Twilio, let the number's incoming messages go to {address} by HTTP POST.",
            address=wanted,
        )
        what = Said("its messages go to {address}", address=url or Said("nowhere"))
        return Finding(part, ok=False, what=what, hint=hint)
    return Finding(part, ok=True, what=Said("its messages come here"))


async def _service(sid: str, settings: MessagingSettings, api: TwilioApi) -> Finding:
    """Whether all numbers that it may choose are ours to receive on."""
    part = Said("messaging: service {name}", name=sid)
    listing = api.client.messaging.v1.services(sid).phone_numbers.list_async()
    try:
        pool: Sequence[object] = await api.ask(listing)
    except (Unavailable, Retry, Rejected) as error:
        return trouble(part, error, Said("see messaging_service"))
    numbers = {str(getattr(one, "phone_number", "")) for one in pool}
    missing = sorted(numbers - {each.number for each in settings.numbers.values()})
    if missing:
        hint = Said(
            "Add {number} to connectors.messaging.numbers, or take it out of the service.",
            number=missing[0],
        )
        what = Said("sends from a number we do not have")
        return Finding(part, ok=False, what=what, hint=hint)
    return Finding(part, ok=True, what=Said("sends from {n} of our numbers", n=len(numbers)))


async def _template(name: str, template: TemplateSettings, api: TwilioApi) -> Finding:
    part = Said("messaging: template {name}", name=name)
    try:
        await api.ask(api.client.content.v1.contents(template.content_sid).fetch_async())
    except (Unavailable, Retry, Rejected) as error:
        return trouble(part, error, Said("see its content_sid"))
    return Finding(part, ok=True, what=Said("Twilio knows it"))
