"""Mailboxes that were added in the console, as settings: the account, with its secrets opened."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from pydantic import ValidationError

from connectors.email.settings import EmailSettings
from hub.errors import Unavailable
from hub.sealing import Sealing
from hub.store.added_mailboxes import PURPOSE, AddedMailbox
from hub.tokens import Tokens

log = structlog.get_logger(__name__)

SIDES = ("imap", "smtp")

_ADDED = "console "


def name_of(address: str) -> str:
    """Of an account that the settings do not have, among those that they have."""
    return f"{_ADDED}{address}"


def is_added(name: str) -> bool:
    return name.startswith(_ADDED)


def with_added(
    settings: EmailSettings, added: Sequence[AddedMailbox], tokens: Tokens
) -> tuple[EmailSettings, dict[str, str]]:
    """The settings with these too, and why some cannot be used, by address. One that the settings
    have themselves is theirs."""
    sealing, problems = Sealing(tokens, PURPOSE), dict[str, str]()
    accounts: dict[str, Any] = dict(settings.accounts)
    for one in added:
        try:
            account = opened(one, sealing, allow_inside=settings.allow_inside)
            whole = {**accounts, name_of(one.address): account}
            settings = EmailSettings.model_validate({**_fields(settings), "accounts": whole})
            accounts = whole
        except Unavailable as error:
            problems[one.address] = str(error)
        except ValidationError as error:
            problems[one.address] = "; ".join(found["msg"] for found in error.errors())
    for address, problem in problems.items():
        log.warning("mailbox.not_usable", account=address, problem=problem)
    return settings, problems


def opened(one: AddedMailbox, sealing: Sealing, *, allow_inside: bool) -> dict[str, Any]:
    """The account as settings are written. Raises Unavailable."""
    secrets = json.loads(sealing.open(one.address, one.sealed))
    account = dict(one.account)
    for side in SIDES:
        if side in account:
            account[side] = with_secrets(account[side], secrets, allow_inside=allow_inside)
    return account


def with_secrets(
    server: Mapping[str, Any], secrets: Mapping[str, str], *, allow_inside: bool
) -> dict[str, Any]:
    """A server with what signs in to it: a password, or what gets a token."""
    whole: dict[str, Any] = {**server, "public_only": not allow_inside}
    if oauth := server.get("oauth"):
        tokens = {name: secrets[name] for name in ("client_secret", "refresh_token")}
        return whole | {"oauth": {**oauth, **tokens}}
    return whole | {"password": secrets.get("password", "")}


def _fields(settings: EmailSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in EmailSettings.model_fields}
