"""A customer's own requests: all of them on whatever channel, one, a new one, and going on."""

import asyncio
from http import HTTPStatus

from aiohttp import web

from connectors.portal.guard import see_other
from connectors.portal.pages import Pages
from connectors.portal.settings import PortalSettings
from connectors.portal.visit import Visit
from hub import clock
from hub.asking import ANSWER, LONGEST_ANSWER, AskedTopic, Question
from hub.connector import ConnectorContext
from hub.downloads import download_headers
from hub.errors import Rejected
from hub.interaction import (
    Accepted,
    Arrival,
    Channel,
    DeliveryState,
    Party,
    PointKind,
    Thread,
    Verification,
)
from hub.limits import Buckets
from hub.store import portal_views
from hub.store.portal_views import Request
from hub.store.threads import TOKEN_PURPOSE

ACCOUNT = "portal"
LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200


class Requests:
    def __init__(self, settings: PortalSettings, context: ConnectorContext, pages: Pages) -> None:
        self._settings = settings
        self._context = context
        self._pages = pages
        self._messages = Buckets(settings.messages_per_minute)

    async def index(self, visit: Visit) -> web.Response:
        found = await self._context.database.read(
            lambda c: portal_views.requests(c, visit.customer.id)
        )
        return self._pages.page(visit, "requests.html", requests=found)

    async def show(self, visit: Visit) -> web.Response:
        request = await self._own(visit)
        said = await self._context.database.read(lambda c: portal_views.messages(c, request.id))
        page = self._pages.page(
            visit, "request.html", request=request, messages=said, form_id=clock.new_id()
        )
        for message in said:
            if message.unread:
                await self._context.report(message.id, DeliveryState.READ)
        return page

    async def go_on(self, visit: Visit) -> web.Response:
        """Another message in a request of theirs."""
        request = await self._own(visit)
        await self._accept(
            visit,
            text=await visit.field("text"),
            form_id=await visit.field("form_id"),
            thread=Thread(token=self._context.tokens.sign(TOKEN_PURPOSE, request.id)),
            subject=request.subject,
        )
        return see_other(f"/portal/requests/{request.id}#last")

    async def new(self, visit: Visit) -> web.Response:
        """First the topic; then what must be known about it, and what they want to say."""
        topics = self._topics(visit)
        chosen = _chosen(topics, visit.request.query.get("topic", ""))
        return self._pages.page(
            visit,
            "new_request.html",
            topics=topics,
            chosen=chosen,
            questions=_questions(chosen),
            form_id=clock.new_id(),
        )

    async def begin(self, visit: Visit) -> web.Response:
        chosen = _chosen(self._topics(visit), await visit.field("topic"))
        if chosen is None or not chosen.allowed:
            raise Rejected("topic", "Choose a subject from the list.", status=422)
        answers = {
            ANSWER + question.name: await visit.field(f"q-{question.name}")
            for question in _questions(chosen)
        }
        title = chosen.title[visit.texts.language]
        accepted = await self._accept(
            visit,
            text=await visit.field("text"),
            form_id=await visit.field("form_id"),
            thread=Thread(),
            subject=" ".join((await visit.field("subject")).split())[:LONGEST_SUBJECT] or title,
            topic=chosen.topic,
            details={
                name: answer
                for name, value in answers.items()
                if (answer := value.strip()[:LONGEST_ANSWER])
            },
        )
        return see_other(f"/portal/requests/{accepted.conversation_id}")

    async def file(self, visit: Visit) -> web.StreamResponse:
        """A file of a message of theirs, as bytes to keep: never by the type that it claims."""
        key = visit.request.match_info["id"]
        found = await self._context.database.read(
            lambda c: portal_views.file_of(c, visit.customer.id, key)
        )
        if found is None:
            raise web.HTTPNotFound
        name, sha256 = found
        headers = download_headers(name, "application/octet-stream")
        return web.FileResponse(self._context.blobs.path(sha256), headers=headers)

    async def ask_to_erase(self, visit: Visit) -> web.Response:
        accepted = await self._accept(
            visit,
            text=visit.texts("I ask you to erase what you know about me."),
            form_id=clock.new_id(),
            thread=Thread(),
            subject=visit.texts("Erase my data"),
        )
        return see_other(f"/portal/requests/{accepted.conversation_id}")

    async def trouble(self, visit: Visit, where: str) -> None:
        """A page failed this customer: who runs the portal hears of it without being asked, once
        an hour for each page, however often they ask for it."""
        page = visit.request.path
        resource = visit.request.match_info.route.resource
        hour = f"{clock.now():%Y-%m-%dT%H}"
        await self._context.intake.accept(
            _arrival(
                visit,
                external_id=f"{resource.canonical if resource else page} {hour}",
                subject=f"Portal: {page}",
                text=f"The page {page} failed while this customer used it. In the log: {where}",
                topic=self._settings.trouble_topic,
            )
        )

    async def _accept(
        self, visit: Visit, *, text: str, form_id: str, thread: Thread, subject: str,
        topic: str = "", details: dict[str, str] | None = None,
    ) -> Accepted:  # fmt: skip
        """Keep it. The same form sent twice is one message."""
        if wait := self._messages.take(visit.customer.id, asyncio.get_running_loop().time()):
            raise Rejected("too_often", "Too many messages. Wait a minute.", status=429, after=wait)
        text = text.strip()
        if not text:
            raise Rejected("empty", "Write something first.", status=422)
        if len(text) > LONGEST_TEXT:
            detail = f"Make it shorter: at most {LONGEST_TEXT} characters."
            raise Rejected("too_long", detail, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        arrival = _arrival(
            visit, external_id=form_id[:100] or clock.new_id(), subject=subject, text=text,
            topic=topic,
        )  # fmt: skip
        return await self._context.intake.accept(
            arrival.model_copy(update={"thread": thread, "details": details or {}})
        )

    async def _own(self, visit: Visit) -> Request:
        key = visit.request.match_info["id"]
        found = await self._context.database.read(
            lambda c: portal_views.request(c, visit.customer.id, key)
        )
        if found is None:
            raise web.HTTPNotFound
        return found

    def _topics(self, visit: Visit) -> list[AskedTopic]:
        asked = self._context.ask(Channel.PORTAL, visit.customer.target_group, clock.now())
        return [topic for topic in asked if topic.topic]


def _arrival(visit: Visit, *, external_id: str, subject: str, text: str, topic: str) -> Arrival:
    customer = visit.customer
    return Arrival(
        channel=Channel.PORTAL,
        account=ACCOUNT,
        external_id=f"{customer.id}:{external_id}",
        sender=Party(kind=PointKind.PORTAL, value=customer.id, name=customer.name),
        subject=subject,
        text=text,
        language=visit.texts.language,
        topic=topic,
        about=customer.id,
        occurred_at=clock.now(),
        verification=Verification.VERIFIED,
    )


def _chosen(topics: list[AskedTopic], topic: str) -> AskedTopic | None:
    return next((one for one in topics if one.topic == topic), None)


def _questions(chosen: AskedTopic | None) -> list[Question]:
    """What we do not know of who has signed in."""
    return [one for one in chosen.questions if not one.of_customer] if chosen else []
