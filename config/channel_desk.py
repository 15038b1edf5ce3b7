"""Answers what the console's page of channels asks, with the settings and the connectors' own
checks."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from agent_ui.channel_desk import Kind, Mailbox, Tried, Way
from config.installed import installed
from config.settings import Settings
from connectors.email.added import SIDES, name_of, with_secrets
from connectors.email.check import check as check_mail
from connectors.email.parsing.addresses import canonical_address
from connectors.email.settings import EmailSettings
from hub.connector import Connector, Finding
from hub.errors import LoketError, Rejected
from hub.sealing import Sealing
from hub.store import Database, added_mailboxes
from hub.store.added_mailboxes import PURPOSE
from hub.texts import Said
from hub.tokens import Tokens

CHECK_SECONDS = 60


class Channels:
    """`connectors` gives those that run in this process; what is missing there is made to be
    checked, and let go of."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        connectors: Callable[[], Mapping[str, Connector]],
    ) -> None:
        self._settings = settings
        self._database = database
        self._connectors = connectors

    def kinds(self) -> Sequence[Kind]:
        found = []
        for kind in installed():
            section = getattr(self._settings.connectors, kind.name, None)
            ways = _WAYS.get(kind.name, _nothing)(section, self._url) if section else ()
            found.append(Kind(kind.name, section is not None, tuple(ways)))
        return found

    async def check(self, name: str) -> Sequence[Finding]:
        connector = self._connectors().get(name)
        if connector is None:
            what = Said("It does not run in this process.")
            hint = Said("Run `loket check` where it does.")
            return [Finding(name, ok=False, what=what, hint=hint)]
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                found = await connector.check()
        except TimeoutError:
            what = Said("No answer within a minute.")
            return [Finding(name, ok=False, what=what, hint=Said("Try again."))]
        except LoketError as error:
            return [Finding(name, ok=False, what=str(error))]
        return found or [Finding(name, ok=True, what=Said("There is nothing to try."))]

    async def try_mailbox(self, typed: Mailbox) -> Tried:
        account, secrets = _account(typed), _secrets(typed)
        for side in SIDES:
            if side in account:
                inside = bool(self._email and self._email.allow_inside)
                account[side] = with_secrets(account[side], secrets, allow_inside=inside)
        shared = self._email.smtp if self._email else None
        try:
            settings = EmailSettings.model_validate(
                {"accounts": {name_of("new"): account}, "smtp": shared}
            )
        except ValidationError as error:
            return Tried(
                [Finding(_place(one), ok=False, what=_wrong(one)) for one in error.errors()]
            )
        return Tried(await check_mail(settings, self._database), _lines(typed))

    async def added(self) -> Sequence[str]:
        found = await self._database.read(added_mailboxes.listed)
        return [one.address for one in found]

    async def add_mailbox(self, typed: Mailbox, *, by: str) -> Tried:
        if self._email is None:
            raise Rejected("no_email", "Mail is not switched on in the settings.", status=409)
        tried = await self.try_mailbox(typed)
        if not all(one.ok for one in tried.findings):
            return tried
        address = canonical_address(typed.address)
        owned = {account.address for account in self._email.accounts.values()}
        if address in owned:
            raise Rejected("mailbox_there", "This mailbox is there already.", status=409)
        sealing = Sealing(Tokens(self._settings.hub.secret.get_secret_value()), PURPOSE)
        sealed = sealing.seal(address, json.dumps(_secrets(typed)))
        account = {**_account(typed), "address": address}
        await self._database.write(
            lambda c: added_mailboxes.add(c, address, account, sealed, by=by)
        )
        return tried

    async def remove_mailbox(self, address: str, *, by: str) -> None:
        await self._database.write(lambda c: added_mailboxes.remove(c, address, by=by))

    @property
    def _email(self) -> EmailSettings | None:
        return getattr(self._settings.connectors, "email", None)

    @property
    def _url(self) -> str:
        return self._settings.hub.http.public_url


def _nothing(_section: Any, _url: str) -> Sequence[Way]:
    return ()


def _mail(section: Any, _url: str) -> Sequence[Way]:
    return [
        Way(
            account.address,
            (
                ("in", _server(account.imap) or _listener(section)),
                ("out", _server(account.smtp or section.smtp)),
            ),
        )
        for account in section.accounts.values()
    ]


def _server(server: Any) -> str:
    return f"{server.host}:{server.port} ({server.tls})" if server else ""


def _listener(section: Any) -> str:
    listen = section.listen
    return f"{listen.protocol} {listen.host}:{listen.port}" if listen else ""


def _texts(section: Any, _url: str) -> Sequence[Way]:
    return [
        Way(one.number, (("sms", _yes(one.sms)), ("whatsapp", _yes(one.whatsapp))))
        for one in section.numbers.values()
    ]


def _phones(section: Any, _url: str) -> Sequence[Way]:
    return [Way(one.number, (("language", one.language),)) for one in section.numbers.values()]


def _chats(section: Any, url: str) -> Sequence[Way]:
    return [
        Way(
            key,
            (("pages", ", ".join(site.origins) or "-"),),
            f'<script src="{url}/chat/loket-chat.js" data-site="{key}" async></script>',
        )
        for key, site in section.sites.items()
    ]


def _partners(section: Any, _url: str) -> Sequence[Way]:
    return [Way(one.title or name, ()) for name, one in section.partners.items()]


def _yes(on: bool) -> str:
    return "on" if on else "off"


_WAYS: Mapping[str, Callable[[Any, str], Sequence[Way]]] = {
    "email": _mail,
    "messaging": _texts,
    "phone": _phones,
    "chat": _chats,
    "partners": _partners,
}


def _account(typed: Mailbox) -> dict[str, Any]:
    """As settings are written, without secrets."""
    account: dict[str, Any] = {"address": typed.address, "from_name": typed.name}
    sides = (
        ("imap", typed.imap_host, typed.imap_port, typed.imap_tls),
        ("smtp", typed.smtp_host, typed.smtp_port, typed.smtp_tls),
    )
    for name, host, port, tls in sides:
        if host:
            account[name] = {"host": host, "user": typed.user, "tls": tls, "timeout": 15}
            account[name] |= {"port": port} if port else {}
            if typed.token_url:
                account[name]["oauth"] = {
                    "token_url": typed.token_url,
                    "client_id": typed.client_id,
                    "scope": typed.scope,
                }
    if typed.folder and "imap" in account:
        account["imap"]["folder"] = typed.folder
    return account


def _secrets(typed: Mailbox) -> dict[str, str]:
    names = ("password", "client_secret", "refresh_token")
    return {name: getattr(typed, name) for name in names}


def _place(error: Any) -> str:
    return " ".join(str(part) for part in error["loc"][2:]) or Said("mailbox")


def _wrong(error: Any) -> str:
    """In words of ours where somebody may well have typed it so."""
    field, said = str(error["loc"][-1]), str(error["msg"])
    if "tls = none" in said:
        return Said("Without TLS only a server on this machine is asked: choose TLS or STARTTLS.")
    return _TYPED.get(field, said)


_TYPED = {
    "address": Said("Write a mail address, like support@example.org."),
    "port": Said("Write the port as a number from 1 to 65535."),
    "token_url": Said("Write an address that begins with https://."),
}


def _lines(typed: Mailbox) -> str:
    """As settings are written; the password comes from the environment."""
    name = "".join(c for c in typed.address.partition("@")[0] if c.isalnum()) or "mail"
    lines = [f"[connectors.email.accounts.{name}]", f"address = {_quoted(typed.address)}"]
    sides = (
        ("imap", typed.imap_host, typed.imap_port, typed.imap_tls),
        ("smtp", typed.smtp_host, typed.smtp_port, typed.smtp_tls),
    )
    for side, host, port, tls in sides:
        if host:
            variable = (
                f"LOKET_CONNECTORS__EMAIL__ACCOUNTS__{name.upper()}__{side.upper()}__PASSWORD"
            )
            lines += ["", f"[connectors.email.accounts.{name}.{side}]", f"host = {_quoted(host)}"]
            lines += [f"port = {port}"] if port else []
            lines += [f"tls = {_quoted(tls)}", f"user = {_quoted(typed.user)}"]
            lines += [f"# password: in {variable}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    kept = "".join(c for c in text if c.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
