"""The interaction model for programs: its versions, and what holds for a contact."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.model_desk import Trial, Unreadable
from hub.api.operation import Call, Operation, Shape
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import models
from hub.store.agents import Agent
from hub.store.models import Version as Stored


class Version(Shape):
    """One is `live`; the others are draft, checked, signed, replaced or withdrawn."""

    number: int
    state: str
    title: str
    note: str
    sha256: str = Field(description="of its text")
    created_at: datetime
    changed_at: datetime
    effective_from: datetime | None
    activated_at: datetime | None


class Versions(Shape):
    """The newest first."""

    items: list[Version]


class VersionText(Version):
    text: str = Field(description="YAML, as written")


class Contact(Shape):
    """A contact that might come: what is left out is not known of it."""

    group: str = Field("", max_length=200, description="target group, as b2b/key-account")
    direction: Literal["inbound", "outbound"] = "inbound"
    channel: Channel = Channel.EMAIL
    topic: str = Field("", max_length=200, description="as the customer states it")
    account: str = Field("", max_length=320)
    sender: str = Field("", max_length=320)
    subject: str = Field("", max_length=500)
    text: str = Field("", max_length=20_000)
    language: Literal["en", "nl"] = Field("en", description="of the reasons")
    version: int | None = Field(None, ge=1, le=999_999, description="nothing: the live one")


class Effective(Shape):
    """What holds for this contact, and why. `handling`: role, deadlines (in seconds), required
    information, steps, results, authority …, as docs/interaction-model.md names them, with the row
    that each came from."""

    version: int
    role: str
    topic: str
    reasons: list[str]
    handling: dict[str, Any]


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    effective = _Effective(context)
    return [
        Operation(
            "GET", "/model/versions", "listModelVersions", "model", "List its versions",
            "model:read", Versions, read=_versions,
        ),
        Operation(
            "GET", "/model/versions/{number}", "readModelVersion", "model",
            "Read a version, or `live`", "model:read", VersionText, read=_version,
        ),
        Operation(
            "GET", "/model/effective", "readEffective", "model", "What holds for a contact",
            "model:read", Effective, asks=Contact, look=effective.look,
        ),
    ]  # fmt: skip


class _Effective:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    async def look(self, call: Call[Agent]) -> Effective:
        asked: Contact = call.query
        number = asked.version or await self._live()
        trial = Trial(
            group=asked.group,
            direction=asked.direction,
            channel=asked.channel,
            topic=asked.topic,
            account=asked.account,
            sender=asked.sender,
            subject=asked.subject,
            text=asked.text,
        )
        try:
            decision = await self._context.models.decision(number, trial)
        except Unreadable as error:
            detail = "This version cannot be read."
            raise Rejected("unreadable", detail, status=HTTPStatus.CONFLICT) from error
        return Effective(
            version=number,
            role=decision["role"],
            topic=decision["topic"],
            reasons=self._context.explain(decision, asked.language),
            handling=decision,
        )

    async def _live(self) -> int:
        found = await self._context.database.read(models.live_number)
        if found is None:
            raise Rejected("no_model", "No version is live.", status=HTTPStatus.CONFLICT)
        return found


def _versions(connection: Connection, call: Call[Agent]) -> Versions:  # noqa: ARG001
    found = sorted(models.listed(connection), key=lambda one: -one.number)
    return Versions(items=[Version(**_values(one)) for one in found])


def _version(connection: Connection, call: Call[Agent]) -> VersionText:
    wanted = call.path["number"]
    if wanted == "live":
        number = models.live_number(connection) or 0
    else:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0  # noqa: PLR2004 (no version is longer)
    found = models.find(connection, number)
    return VersionText(**_values(found), text=models.text_of(connection, number))


def _values(stored: Stored) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in Version.model_fields}
