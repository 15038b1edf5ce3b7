"""Puts the API together: every operation, its door, and the document that describes it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection

from agent_ui.api import (
    agreements,
    contacts,
    conversations,
    customer_fields,
    customers,
    desk,
    files,
    identity,
    model,
    needed,
    overseeing,
    regroup,
    rules,
    sharing,
    tasks,
    together,
    trade,
    webhooks,
    work,
)
from agent_ui.api.scopes import SCOPES
from agent_ui.context import ConsoleContext
from hub.api.door import Door
from hub.api.openapi import About, document
from hub.api.operation import Operation
from hub.api.page import reference
from hub.http import Route
from hub.store import agents
from hub.store.agents import Agent
from hub.store.api_tokens import Token

ABOUT = About(
    title="Loket API",
    base="/api/v1",
    description=(
        "What agents do in the console, by the same rules. A token acts for an agent: it sees "
        "what that agent sees, and does what its scopes allow. Lists go on with next_cursor; a "
        "request with an Idempotency-Key is done once, however often it is sent; who changes a "
        "thing sends the ETag that they read as If-Match. Times are UTC (RFC 3339)."
    ),
    scopes=SCOPES,
)


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    return [
        *customers.operations(),
        *customer_fields.operations(),
        *identity.operations(),
        *sharing.operations(),
        *regroup.operations(),
        *conversations.operations(context),
        *contacts.operations(context),
        *files.operations(context),
        *work.operations(context),
        *needed.operations(),
        *together.operations(),
        *tasks.operations(context),
        *desk.operations(context),
        *overseeing.operations(context),
        *agreements.operations(),
        *trade.operations(),
        *model.operations(context),
        *rules.operations(context),
        *webhooks.operations(context),
    ]


def described() -> dict[str, Any]:
    """The OpenAPI document. To describe an operation takes nothing of what it works on."""
    return document(ABOUT, operations(cast("ConsoleContext", None)))


def api_routes(context: ConsoleContext) -> list[Route]:
    found = operations(context)
    door = Door[Agent](
        ABOUT.base,
        context.database,
        partial(_agent_of, context.supervisor_roles),
        context.wake,
        per_minute=context.settings.api_requests_per_minute,
    )
    return [*reference(ABOUT, found), *door.routes(found)]


def _agent_of(
    supervisor_roles: frozenset[str], connection: Connection, token: Token
) -> Agent | None:
    found = agents.find(connection, token.agent_id) if token.agent_id else None
    return found and replace(found, supervisor=not found.roles.isdisjoint(supervisor_roles))
