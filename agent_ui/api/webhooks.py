"""Subscriptions of other systems to events, for programs."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from hub.api.cursors import page, parts_of
from hub.api.operation import Answer, Call, Nothing, Operation, Paging, Shape
from hub.errors import Rejected
from hub.store import webhooks
from hub.store.agents import Agent
from hub.store.webhooks import Sent
from hub.store.webhooks import Webhook as Stored
from hub.webhooks import LONGEST_URL, TOPICS, Rules

_EVENTS = "such as order.changed; none: all, also those to come"


class Webhook(Shape):
    """`disabled`: nobody there took anything for more than a day, as `problem` says."""

    id: str
    url: str
    topics: list[str] = Field(description=_EVENTS)
    description: str
    state: str = Field(description="active, paused or disabled")
    problem: str
    created_at: datetime
    failing_since: datetime | None


class Webhooks(Shape):
    """`topics`: what can be subscribed to."""

    items: list[Webhook]
    topics: list[str]


class NewWebhook(Shape):
    url: str = Field(max_length=LONGEST_URL, description="https, and on the internet")
    topics: list[str] = Field(default_factory=list, max_length=50, description=_EVENTS)
    description: str = Field("", max_length=500)


class WebhookChange(Shape):
    """What is not named stays as it is. `active` lets a disabled one go on."""

    url: str | None = Field(None, max_length=LONGEST_URL)
    topics: list[str] | None = Field(None, max_length=50)
    description: str | None = Field(None, max_length=500)
    state: Literal["active", "paused"] | None = None


class MadeWebhook(Webhook):
    """`secret` signs what is sent (Standard Webhooks); it is not shown again."""

    secret: str


class Delivery(Shape):
    """One event on its way to a webhook. `status`: of the last answer, 0 for none."""

    id: str
    event_id: str
    topic: str
    state: str = Field(description="waiting, delivered or failed")
    attempts: int
    status: int
    error: str
    created_at: datetime
    due_at: datetime | None
    done_at: datetime | None


class Deliveries(Shape):
    """The newest first."""

    items: list[Delivery]
    next_cursor: str


_TAG, _SCOPE = "webhooks", "webhooks:write"


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    """What an address may be is what this deployment allows."""
    one, acts = "/webhooks/{id}", _Acts(context)
    return [
        Operation(
            "GET", "/webhooks", "listWebhooks", _TAG, "List subscriptions", _SCOPE, Webhooks,
            read=_list,
        ),
        Operation(
            "POST", "/webhooks", "addWebhook", _TAG, "Tell an address of events", _SCOPE,
            MadeWebhook, takes=NewWebhook, write=acts.add, status=HTTPStatus.CREATED,
        ),
        Operation("GET", one, "readWebhook", _TAG, "Read one", _SCOPE, Webhook, read=_one),
        Operation(
            "PATCH", one, "changeWebhook", _TAG, "Change, pause or resume it", _SCOPE, Webhook,
            takes=WebhookChange, state=_locked, write=acts.change,
        ),
        Operation("DELETE", one, "removeWebhook", _TAG, "End it", _SCOPE, None, write=_remove),
        Operation(
            "POST", one + "/secret", "changeWebhookSecret", _TAG,
            "Another secret; both sign for a day", _SCOPE, MadeWebhook, write=_rotate,
        ),
        Operation(
            "GET", one + "/deliveries", "listWebhookDeliveries", _TAG, "What was sent", _SCOPE,
            Deliveries, asks=Paging, read=_log,
        ),
        Operation(
            "POST", one + "/deliveries/{delivery}/redeliver", "redeliver", _TAG, "Send it again",
            _SCOPE, Delivery, takes=Nothing, write=_redeliver,
        ),
    ]  # fmt: skip


class _Acts:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    def add(self, connection: Connection, call: Call[Agent]) -> Answer:
        body: NewWebhook = call.body
        webhook_id, secret = webhooks.add(
            connection,
            url=body.url,
            topics=body.topics,
            description=body.description,
            rules=self._rules(),
            by=call.caller.id,
        )
        return _made(connection, webhook_id, secret)

    def change(self, connection: Connection, call: Call[Agent]) -> Answer:
        given = call.body.model_dump(exclude_none=True)
        rules, by = self._rules(), call.caller.id
        webhooks.change(connection, call.id, given, rules=rules, by=by)
        return Answer(_one(connection, call))

    def _rules(self) -> Rules:
        if self._context.webhooks is None:
            detail = "Nobody is told of events here: add [connectors.webhooks] to the settings."
            raise Rejected("webhooks_off", detail, status=HTTPStatus.CONFLICT)
        return self._context.webhooks


def _list(connection: Connection, call: Call[Agent]) -> Webhooks:  # noqa: ARG001
    items = [Webhook(**_values(one)) for one in webhooks.listed(connection)]
    return Webhooks(items=items, topics=list(TOPICS))


def _one(connection: Connection, call: Call[Agent]) -> Webhook:
    return Webhook(**_values(webhooks.find(connection, call.id)))


def _locked(connection: Connection, call: Call[Agent]) -> Webhook:
    return Webhook(**_values(webhooks.find(connection, call.id, lock=True)))


def _remove(connection: Connection, call: Call[Agent]) -> Answer:
    webhooks.remove(connection, call.id, by=call.caller.id)
    return Answer(None)


def _rotate(connection: Connection, call: Call[Agent]) -> Answer:
    secret = webhooks.rotate(connection, call.id, by=call.caller.id)
    return _made(connection, call.id, secret)


def _made(connection: Connection, webhook_id: str, secret: str) -> Answer:
    values = _values(webhooks.find(connection, webhook_id))
    return Answer(MadeWebhook(**values, secret=secret), location=f"/webhooks/{webhook_id}")


def _log(connection: Connection, call: Call[Agent]) -> Deliveries:
    webhooks.find(connection, call.id)
    asked: Paging = call.query
    parts = parts_of(asked.cursor, 1)
    before = parts[0] if parts else ""
    found = webhooks.log_of(connection, call.id, before=before, limit=asked.limit + 1)
    some, following = page(found, asked.limit, lambda one: one.id)
    return Deliveries(items=[_shown(one) for one in some], next_cursor=following)


def _redeliver(connection: Connection, call: Call[Agent]) -> Answer:
    delivery = call.path["delivery"]
    sent = webhooks.redeliver(connection, call.id, delivery, by=call.caller.id)
    return Answer(_shown(sent))


def _values(stored: Stored) -> dict[str, Any]:
    return vars(stored) | {"topics": list(stored.topics)}


def _shown(sent: Sent) -> Delivery:
    return Delivery(**{name: getattr(sent, name) for name in Delivery.model_fields})
