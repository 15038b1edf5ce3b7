"""A customer's own requests: all of them on whatever channel, one, a new one, and going on."""

from collections.abc import Collection

from aiohttp import web
from sqlalchemy import Connection

from connectors.portal.guard import see_other
from connectors.portal.pages import Pages
from connectors.portal.visit import Visit
from connectors.portal.writing import Writing, chosen_of, must_be_own, questions_of
from hub import clock
from hub.connector import ConnectorContext
from hub.downloads import download_headers
from hub.http import form_of
from hub.interaction import Attachment, DeliveryState
from hub.orders import Order
from hub.references import Reference
from hub.store import deliveries, links, orders, portal_views
from hub.store.portal_views import Request
from hub.taking import take_all


class Requests:
    def __init__(self, writing: Writing, context: ConnectorContext, pages: Pages) -> None:
        self._writing = writing
        self._context = context
        self._pages = pages

    async def index(self, visit: Visit) -> web.Response:
        found = await self._context.database.read(
            lambda c: portal_views.requests(c, visit.member.sight)
        )
        return self._pages.page(visit, "requests.html", requests=found)

    async def show(self, visit: Visit) -> web.Response:
        request = await self._seen(visit)
        said = await self._context.database.read(lambda c: portal_views.messages(c, request.id))
        about = await self._context.database.read(
            lambda c: _orders_of(c, request.id, visit.member.parties)
        )
        answer_by = await self._context.database.read(
            lambda c: portal_views.answer_by(c, request) if not request.colleague else None
        )
        page = self._pages.page(
            visit,
            "request.html",
            request=request,
            about=about,
            answer_by=answer_by,
            messages=said,
            form_id=clock.new_id(),
        )
        for message in said:
            if message.unread and not request.colleague:
                await self._context.report(message.id, DeliveryState.READ)
        return page

    async def go_on(self, visit: Visit) -> web.Response:
        """Another message in a request of theirs."""
        request = await self._seen(visit)
        must_be_own(request)
        await self._writing.go_on(
            visit.customer,
            request,
            language=visit.texts.language,
            text=await visit.field("text"),
            form_id=await visit.field("form_id"),
            files=await self._files(visit),
        )
        return see_other(f"/portal/requests/{request.id}#last")

    async def new(self, visit: Visit) -> web.Response:
        """First the topic; then what must be known about it, and what they want to say."""
        topics = self._writing.topics(visit.customer)
        chosen = chosen_of(topics, visit.request.query.get("topic", ""))
        order = await self._order(visit, visit.request.query.get("order", ""))
        return self._pages.page(
            visit,
            "new_request.html",
            topics=topics,
            chosen=chosen,
            questions=questions_of(chosen, order),
            order=order,
            form_id=clock.new_id(),
        )

    async def begin(self, visit: Visit) -> web.Response:
        topic = await visit.field("topic")
        chosen = chosen_of(self._writing.topics(visit.customer), topic)
        answers = {one.name: await visit.field(f"q-{one.name}") for one in questions_of(chosen)}
        accepted = await self._writing.begin(
            visit.customer,
            language=visit.texts.language,
            topic=topic,
            text=await visit.field("text"),
            subject=await visit.field("subject"),
            answers=answers,
            form_id=await visit.field("form_id"),
            files=await self._files(visit),
            order=await self._order(visit, await visit.field("order")),
        )
        return see_other(f"/portal/requests/{accepted.conversation_id}")

    async def _order(self, visit: Visit, key: str) -> Order | None:
        """The order that they ask about, if it is one that they see."""
        found = await self._context.database.read(lambda c: orders.by_ids(c, [key] if key else []))
        return next((one for one in found if one.customer_id in visit.member.parties), None)

    async def _files(self, visit: Visit) -> tuple[Attachment, ...]:
        form = await form_of(visit.request)
        # They are kept before the message is looked at, and stay when it is refused.
        if any(getattr(one, "filename", "") for one in form.getall("file", [])):
            await self._writing.take_file(visit.customer)
        return await take_all(form, self._context.blobs, self._context.workers)

    async def file(self, visit: Visit) -> web.StreamResponse:
        """A file of a message of theirs, as bytes to keep: never by the type that it claims."""
        key = visit.request.match_info["id"]
        found = await self._context.database.read(
            lambda c: portal_views.file_of(c, visit.member.sight, key)
        )
        if found is None:
            raise web.HTTPNotFound
        name, sha256 = found
        headers = download_headers(name, "application/octet-stream")
        return web.FileResponse(self._context.blobs.path(sha256), headers=headers)

    async def ask_to_erase(self, visit: Visit) -> web.Response:
        accepted = await self._writing.keep(
            visit.customer,
            language=visit.texts.language,
            text=visit.texts("I ask you to erase what you know about me."),
            form_id=clock.new_id(),
            subject=visit.texts("Erase my data"),
        )
        return see_other(f"/portal/requests/{accepted.conversation_id}")

    async def trouble(self, visit: Visit, where: str) -> None:
        """A page failed this customer. The same page for another thing is the same page."""
        resource = visit.request.match_info.route.resource
        await self._writing.trouble(
            visit.customer,
            language=visit.texts.language,
            where=where,
            place=resource.canonical if resource else visit.request.path,
        )

    async def _seen(self, visit: Visit) -> Request:
        key = visit.request.match_info["id"]
        found = await self._context.database.read(
            lambda c: portal_views.request(c, visit.member.sight, key)
        )
        if found is None:
            raise web.HTTPNotFound
        return found


def _orders_of(
    connection: Connection, conversation_id: str, parties: Collection[str]
) -> list[Order]:
    """The orders that it is about, by themselves or by a parcel, of those that they see."""
    linked = links.of_conversation(connection, conversation_id)
    parcels = deliveries.by_ids(connection, linked.get(Reference.TRACKING, []))
    ids = [*linked.get(Reference.ORDER, []), *(one.order_id for one in parcels if one.order_id)]
    return [one for one in orders.by_ids(connection, ids) if one.customer_id in parties]
