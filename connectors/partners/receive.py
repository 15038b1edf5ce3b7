"""The doors for partners: what they post is proved, read and kept before it is answered."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.partners import formats
from connectors.partners.driver import Driver
from connectors.partners.formats import READERS
from connectors.partners.formats.reading import Post, Read
from connectors.partners.proof import Proof
from connectors.partners.ring import KeyRing
from connectors.partners.settings import PartnerSettings, PartnersSettings
from hub import clock
from hub.addresses import one_client
from hub.connector import ConnectorContext
from hub.deliveries import DeliveryEvent, NewEvent, Tracking
from hub.errors import Rejected
from hub.http import PROBLEM_TYPE, Route
from hub.interaction import Channel
from hub.isolation import WorkerFailed
from hub.limits import Buckets
from hub.shared_limits import SharedBuckets
from hub.store import deliveries, partner_posts, punctuality
from hub.store.partner_posts import NewPost, Receipt
from hub.store.punctuality import Performance

log = structlog.get_logger(__name__)

ROOT = "/api/partners/v1/{partner}"
_PER_PAGE = 500
_MOST_DAYS = 366
_LONGEST_ASK = 4096
_SHOWN_COMPLAINTS = 100
_UNPROVED_PER_MINUTE = 60
"""From one address: who fails more often is told to wait."""
_NOBODY = PartnerSettings()
"""Nothing proves that one is nobody."""


class Doors:
    """`wake` is called when something was kept; `ring` has the keys that were made in the
    console."""

    def __init__(
        self,
        settings: PartnersSettings,
        context: ConnectorContext,
        wake: Callable[[], None],
        ring: KeyRing,
    ) -> None:
        self._settings = settings
        self._ring = ring
        self._database = context.database
        self._refused = context.metrics.refused
        self._workers = context.workers
        self._proof = Proof(settings, context.hub.http.trusted_proxies)
        titles = {name: one.title or name for name, one in settings.partners.items()}
        self._driver = Driver(settings, context, titles)
        self._wake = wake
        self._unproved = Buckets(_UNPROVED_PER_MINUTE)
        self._requests = {
            name: SharedBuckets(context.database, "partner", partner.per_minute)
            for name, partner in settings.partners.items()
        }

    def routes(self) -> Sequence[Route]:
        limit = self._settings.body_limit
        return [
            Route("POST", f"{ROOT}/{{format:{'|'.join(READERS)}}}", self._post, body_limit=limit),
            Route("GET", f"{ROOT}/events", self._events),
            Route("GET", f"{ROOT}/receipts/{{id}}", self._receipt),
            Route("GET", f"{ROOT}/performance", self._performance),
            Route("POST", f"{ROOT}/driver-links", self._driver_link, body_limit=_LONGEST_ASK),
            *self._driver.routes(),
        ]

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        name, partner = await self._admit(request, body)
        form = request.match_info["format"]
        headers = {key.casefold(): value for key, value in request.headers.items()}
        read = await self._read(form, Post(name, body, headers, partner.status_codes))
        receipt = await self._keep(name, form, headers.get("webhook-id", ""), body, read)
        if not receipt.duplicate:
            self._wake()
        log.info(
            "partner.posted",
            partner=name,
            receipt=receipt.id,
            events=receipt.events,
            complaints=len(receipt.complaints),
            duplicate=receipt.duplicate,
        )
        return _answer(receipt)

    async def _read(self, form: str, post: Post) -> Read:
        """What a stranger wrote is taken apart where it can do no harm."""
        try:
            read = await self._workers.run(formats.read, form, post)
        except WorkerFailed as error:
            raise Rejected("malformed", "The body is too tangled to be read.") from error
        if read.malformed:
            raise Rejected("malformed", read.malformed)
        if len(read.events) > self._settings.most_events:
            raise Rejected(
                "too_large",
                f"Send at most {self._settings.most_events} events in one post.",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        if not read.events and not read.complaints:
            raise Rejected("empty", "There is no event in the body.")
        return read

    async def _keep(
        self, name: str, form: str, message_id: str, body: bytes, read: Read
    ) -> Receipt:
        post = NewPost(
            partner=name,
            message_id=message_id[:200],
            sha256=hashlib.sha256(body).hexdigest(),
            format=form,
            body=body,
            events=[event.model_dump(mode="json") for event in self._believed(name, read.events)],
            complaints=[asdict(complaint) for complaint in read.complaints],
        )
        return await self._database.write(lambda c: partner_posts.keep(c, post))

    def _believed(self, name: str, events: Sequence[NewEvent]) -> Sequence[NewEvent]:
        """Whoever says that a parcel is of some order has its customer told, and makes work of it:
        only partners that we trust with it do."""
        if self._settings.partners[name].names_orders:
            return events
        return [event.model_copy(update={"order_number": ""}) for event in events]

    async def _events(self, request: web.Request) -> web.Response:
        """What we have of this partner, so that it can see what it must send again."""
        name, _ = await self._admit(request, request.path_qs.encode())
        after = _after(request.query.get("since", ""), request.query.get("after", ""))
        found = await self._database.read(
            lambda c: deliveries.of_partner(c, name, after=after, limit=_PER_PAGE + 1)
        )
        page = found[:_PER_PAGE]
        following = page[-1].id if len(found) > _PER_PAGE else None
        return web.json_response({"events": [_shown(event) for event in page], "next": following})

    async def _receipt(self, request: web.Request) -> web.Response:
        name, _ = await self._admit(request, request.path_qs.encode())
        key = request.match_info["id"]
        found = await self._database.read(lambda c: partner_posts.receipt(c, name, key))
        if found is None:
            raise Rejected("no_receipt", "You have no receipt with this id.", status=404)
        return web.json_response(_as_json(found))

    async def _performance(self, request: web.Request) -> web.Response:
        """How this partner did, against what was agreed with it."""
        name, partner = await self._admit(request, request.path_qs.encode())
        until = clock.now()
        since = until - timedelta(days=_days(request.query.get("days", "30")))
        found = await self._database.read(lambda c: punctuality.performance(c, name, since, until))
        return web.json_response(_performed(found, since, until, partner.in_time_share))

    async def _driver_link(self, request: web.Request) -> web.Response:
        """A page for the driver who stands at the door with this parcel."""
        body = await request.read()
        name, _ = await self._admit(request, body)
        asked = _asked_link(body)
        found = await self._database.read(lambda c: deliveries.of_tracking(c, asked.tracking))
        parcel = next((one for one in found if one.partner == name), None)
        if parcel is None:
            raise Rejected("no_parcel", "You have no parcel with this number.", status=404)
        url, until = self._driver.link(parcel, name, timedelta(hours=asked.hours))
        told = {"url": url, "expires_at": until.isoformat()}
        return web.json_response(told, status=HTTPStatus.CREATED)

    async def _admit(self, request: web.Request, signed: bytes) -> tuple[str, PartnerSettings]:
        """The partner that it is from. Raises Rejected, which tells a stranger only that nothing
        was proved: not even which partners there are."""
        name = request.match_info["partner"]
        partner = self._settings.partners.get(name, _NOBODY)
        now = asyncio.get_running_loop().time()
        try:
            self._proof.check(request, partner, signed, self._ring.of(name))
        except Rejected as error:
            self._refused.labels(Channel.PARTNER.value, error.code).inc()
            if wait := self._unproved.take(one_client(request.remote or ""), now):
                raise _too_often(wait) from error
            raise
        if wait := await self._requests[name].take(name):
            self._refused.labels(Channel.PARTNER.value, "too_often").inc()
            raise _too_often(wait)
        return name, partner


class _AskedLink(BaseModel):
    """For which parcel, and how long it works."""

    model_config = ConfigDict(extra="forbid")

    tracking: Tracking
    hours: int = Field(24, ge=1, le=72)


def _asked_link(body: bytes) -> _AskedLink:
    try:
        return _AskedLink.model_validate_json(body)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the body"
        detail = f'{where}: send {{"tracking": "3S1", "hours": 24}}; at most 72 hours.'
        raise Rejected("malformed", detail) from error


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= _MOST_DAYS:
        return int(text[:4])
    raise Rejected("days", f"Write days from 1 to {_MOST_DAYS}.")


def _performed(
    found: Performance, since: datetime, until: datetime, agreed: float | None
) -> dict[str, Any]:
    share = found.share_in_time
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "delivered": found.delivered,
        "in_time": found.in_time,
        "late": found.late,
        "without_promise": found.unpromised,
        "share_in_time": None if share is None else round(share, 4),
        "agreed_share": agreed,
        "as_agreed": None if share is None or agreed is None else share >= agreed,
        "failures": found.failures,
        "last_failures": [
            {
                "tracking": one.tracking,
                "kind": one.kind.value,
                "at": one.at.isoformat(),
                "place": one.place,
                "text": one.text,
            }
            for one in found.last
        ],
    }


def _too_often(wait: float) -> Rejected:
    return Rejected("too_often", "Too many requests. Wait, then go on.", status=429, after=wait)


def _after(since: str, after: str) -> str:
    """The id after which to list: `after` is one that we gave, `since` a time of ISO 8601."""
    if after or not since:
        return after
    # In a query a plus sign is a blank, and who writes +01:00 means the sign.
    try:
        return clock.first_id(formats.time_of(since.replace(" ", "+")))
    except ValueError as error:
        raise Rejected("since", "Write since as 2026-11-29T08:00:00Z.") from error


def _answer(receipt: Receipt) -> web.Response:
    if receipt.complaints:
        return _complain(receipt)
    status = HTTPStatus.OK if receipt.duplicate else HTTPStatus.ACCEPTED
    return web.json_response(_as_json(receipt), status=status)


def _complain(receipt: Receipt) -> web.Response:
    """What is wrong in which event (RFC 9457); what was right is kept."""
    problem = {
        "type": "about:blank",
        "title": "Some events are wrong" if receipt.events else "Not accepted",
        "status": int(HTTPStatus.UNPROCESSABLE_ENTITY),
        "detail": f"{receipt.events} events were kept. Mend the others and send them again; "
        "sending all of them again does no harm.",
        "errors": list(receipt.complaints[:_SHOWN_COMPLAINTS]),
    }
    return web.json_response(
        problem | _as_json(receipt),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        content_type=PROBLEM_TYPE,
    )


def _as_json(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt": receipt.id,
        "received_at": receipt.received_at.isoformat(),
        "accepted": receipt.events,
        "refused": len({complaint["event"] for complaint in receipt.complaints}),
        "duplicate": receipt.duplicate,
        "state": receipt.state,
        **({"outcome": dict(receipt.outcome)} if receipt.outcome else {}),
    }


def _shown(event: DeliveryEvent) -> dict[str, Any]:
    """`id` is ours, to go on after; `event` and `source` are the sender's own."""
    return {
        "id": event.id,
        "event": event.details.get("id") or event.external_id,
        "source": event.details.get("source", ""),
        "delivery": event.delivery_id,
        "kind": event.kind.value,
        "occurred_at": event.occurred_at.isoformat(),
        "received_at": event.received_at.isoformat(),
    }
