"""Who is asking: a guest in a browser, or a customer who signed in."""

from dataclasses import dataclass

from aiohttp import web

from connectors.portal.member import Member
from hub.http import field_of, form_of
from hub.store.customers import Customer
from hub.store.portal_sign_in import Session
from hub.texts import Texts

FORM_TOKEN = "form_token"  # noqa: S105 (a name, not a secret)
SESSION_COOKIE = "loket_portal"
BROWSER_COOKIE = "loket_portal_browser"
OIDC_COOKIE = "loket_portal_oidc"
LANGUAGE_COOKIE = "loket_portal_language"
KNOWN_COOKIE = "loket_portal_known"
"""Proves that this browser signed in before, and as which address; says that to nobody else."""


@dataclass(frozen=True)
class Guest:
    """`form_token` proves that a form is one of ours; `browser` is the browser's own id."""

    request: web.Request
    texts: Texts
    browser: str
    form_token: str

    async def field(self, name: str) -> str:
        """A text field of the form; empty when it is missing or a file."""
        return field_of(await form_of(self.request), name)


@dataclass(frozen=True)
class Visit(Guest):
    session: Session
    member: Member

    @property
    def customer(self) -> Customer:
        return self.member.customer
