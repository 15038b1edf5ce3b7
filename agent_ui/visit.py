"""Who is asking: what each view gets instead of a bare request."""

import re
from dataclasses import dataclass

from aiohttp import web

from agent_ui.sessions import form_token
from agent_ui.texts import Texts
from hub.http import field_of, form_of
from hub.store.agents import Agent
from hub.store.sessions import token_hash

PART_HEADER = "X-Loket-Part"
FORM_TOKEN = "form_token"  # noqa: S105 (the name of a form field)
_ID = re.compile(r"[0-9a-f-]{1,36}")
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Guest:
    """Somebody who has not signed in."""

    request: web.Request
    texts: Texts

    @property
    def wants_part(self) -> bool:
        """Whether a script of the page asks, which replaces a part of it."""
        return PART_HEADER in self.request.headers

    async def field(self, name: str) -> str:
        """A text field of the form; empty when it is missing or a file."""
        return field_of(await form_of(self.request), name)

    async def fields(self, name: str) -> list[str]:
        """All text fields of this name."""
        given = (await form_of(self.request)).getall(name, [])
        return [value.replace("\0", "") for value in given if isinstance(value, str)]

    @property
    def agent(self) -> Agent | None:
        return None

    @property
    def form_token(self) -> str:
        return ""


@dataclass(frozen=True)
class Visit(Guest):
    """A signed-in agent."""

    known: Agent
    token: str

    @property
    def agent(self) -> Agent:
        return self.known

    @property
    def form_token(self) -> str:
        return form_token(self.token)

    @property
    def session(self) -> str:
        return token_hash(self.token)

    @property
    def id(self) -> str:
        """The id in the address of the page."""
        return checked_id(self.request.match_info["id"])


def checked_id(text: str) -> str:
    """Raises HTTPNotFound for what cannot be an id."""
    if not _ID.fullmatch(text):
        raise web.HTTPNotFound
    return text


def number(text: str) -> int:
    """A count from a form or an address; 0 for what is none."""
    return int(text) if _COUNT.fullmatch(text) else 0
