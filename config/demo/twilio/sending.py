"""A request to send a message, and what Twilio refuses of it at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.demo.twilio.account import Account
from config.demo.twilio.message import E164, WHATSAPP
from config.demo.twilio.optout import OptOuts
from config.demo.twilio.refusals import Refusal

LONGEST_BODY = 1600
_CANNOT_TEXT = "+15005550009"  # of Twilio's own test numbers
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Sending:
    """As the API takes it."""

    recipient: str
    sender: str
    body: str = ""
    media_urls: tuple[str, ...] = ()
    callback: str = ""
    content_sid: str = ""
    content_variables: str = ""
    service: str = ""


def refuse(sending: Sending, account: Account, opt_outs: OptOuts) -> None:
    """Raise the Refusal that Twilio would answer."""
    _refuse_addresses(sending, account)
    _refuse_content(sending, account)
    is_sms = not sending.sender.startswith(WHATSAPP)
    if is_sms and opt_outs.blocks(sending.recipient, sending.sender):
        raise Refusal(21610)


def filled(template: str, variables: str) -> str:
    """The text of a template with its values, given as JSON; Refusal when one is missing."""
    values = _variables(variables) if variables else {}
    if any(name not in values for name in _PLACE.findall(template)):
        raise Refusal(21656)
    return _PLACE.sub(lambda place: values[place[1]], template)


def _refuse_addresses(sending: Sending, account: Account) -> None:
    to, sender = sending.recipient, sending.sender
    if not to:
        raise Refusal(21604)
    if sending.service and sending.service not in account.services:
        raise Refusal(20404, sending.service)
    if not sender:
        raise Refusal(21703 if sending.service else 21603)
    if not E164.fullmatch(to.removeprefix(WHATSAPP)):
        raise Refusal(21211, to)
    number = account.numbers.get(sender.removeprefix(WHATSAPP))
    is_whatsapp = sender.startswith(WHATSAPP)
    if is_whatsapp and (number is None or not number.whatsapp):
        raise Refusal(63007)
    if number is None or is_whatsapp != to.startswith(WHATSAPP):
        raise Refusal(21606, sender)
    if to == sender:
        raise Refusal(21266, to)
    if to == _CANNOT_TEXT:
        raise Refusal(21614, to)


def _refuse_content(sending: Sending, account: Account) -> None:
    if not (sending.body or sending.media_urls or sending.content_sid):
        raise Refusal(21602)
    if len(sending.body) > LONGEST_BODY:
        raise Refusal(21617)
    if sending.callback and not is_web(sending.callback):
        raise Refusal(21609, sending.callback)
    if sending.content_sid and sending.content_sid not in account.templates:
        raise Refusal(20404, sending.content_sid)
    if sending.content_variables:
        _variables(sending.content_variables)
    wrong = [url for url in sending.media_urls if not is_web(url)]
    if wrong:
        raise Refusal(21620, wrong[0])


def _variables(text: str) -> Mapping[str, str]:
    try:
        values = json.loads(text)
    except ValueError:
        raise Refusal(21656) from None
    if not isinstance(values, dict) or not all(isinstance(v, str) and v for v in values.values()):
        raise Refusal(21656)
    return values


def is_web(url: str) -> bool:
    """Whether this is an address that can be called."""
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)
