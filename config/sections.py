"""What the sections of the connectors say to the other parts of a process."""

from collections.abc import Callable
from typing import Any

from agent_ui.softphone import Softphone
from config.installed import installed
from config.settings import Settings
from connectors.messaging.composing import MessagingComposing
from connectors.phone.browser import TOKEN_SECONDS
from hub import webhooks
from hub.composing import Composing
from hub.connector import ConnectorKind
from hub.interaction import Channel

MESSAGING = (Channel.SMS, Channel.WHATSAPP)


def default_accounts(settings: Settings) -> dict[Channel, str]:
    """From which of our accounts to write on a channel that a conversation has not used yet."""
    email: Any = getattr(settings.connectors, "email", None)
    accounts = list(email.accounts.values()) if email is not None else []
    found = {Channel.EMAIL: accounts[0].address} if accounts else {}
    messaging: Any = getattr(settings.connectors, "messaging", None)
    if messaging is not None:
        found |= {channel: messaging.first(channel) for channel in MESSAGING}
    return {channel: account for channel, account in found.items() if account}


def mailboxes(settings: Settings) -> tuple[str, ...]:
    """The addresses that mail is taken in for: read from a mailbox, or handed to our listener."""
    email: Any = getattr(settings.connectors, "email", None)
    if email is None:
        return ()
    accounts = email.accounts.values()
    return tuple(one.address for one in accounts if one.imap is not None or email.listen)


def composing(settings: Settings) -> dict[Channel, Composing]:
    """What may be written over channels that have rules: needs no running connector."""
    messaging: Any = getattr(settings.connectors, "messaging", None)
    if messaging is None:
        return {}
    return dict.fromkeys(MESSAGING, MessagingComposing(messaging))


def webhook_rules(settings: Settings) -> webhooks.Rules | None:
    """What other systems may be told at; None where nobody is told of events."""
    section: Any = getattr(settings.connectors, "webhooks", None)
    return None if section is None else webhooks.Rules(allow_private=section.allow_private)


def partner_titles(settings: Settings) -> dict[str, str]:
    """The partners that may post, and what they are called."""
    section: Any = getattr(settings.connectors, "partners", None)
    known = {} if section is None else section.partners
    return {name: one.title or name for name, one in known.items()}


def phone_number(settings: Settings) -> Callable[[str], str] | None:
    """How a number that an agent types becomes one with its country; None without a phone."""
    phone: Any = getattr(settings.connectors, "phone", None)
    return phone.typed if phone is not None else None


def softphone(settings: Settings) -> Softphone | None:
    """Phones in the agents' browsers, where they are set up."""
    phone: Any = getattr(settings.connectors, "phone", None)
    if phone is None or phone.browser is None:
        return None
    return Softphone(
        phone.browser.sdk_url,
        phone.browser.hosts,
        phone.in_browser,
        phone.phone_of,
        phone.browser_token,
        TOKEN_SECONDS,
    )


def enabled(settings: Settings) -> list[tuple[ConnectorKind, Any]]:
    """The connectors whose section is there, with it."""
    sections = [(kind, getattr(settings.connectors, kind.name)) for kind in installed()]
    return [(kind, section) for kind, section in sections if section is not None]
