"""A customer's orders and parcels: see them, order again under an agreement, change one's mind."""

from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from connectors.portal import words
from connectors.portal.guard import see_other
from connectors.portal.member import refuse_right
from connectors.portal.pages import Pages
from connectors.portal.visit import Visit
from hub import clock
from hub.connector import ConnectorContext
from hub.deliveries import Delivery
from hub.errors import Rejected
from hub.http import field_of, form_of
from hub.interaction import Channel
from hub.orders import Order, Wanted, terms_of
from hub.store import deliveries, ordering, orders, tracking
from hub.store.customers import Agreement

MOST_ORDERS = 50
_MOST = 100_000


class Orders:
    def __init__(self, context: ConnectorContext, pages: Pages) -> None:
        self._context = context
        self._database = context.database
        self._pages = pages

    async def index(self, visit: Visit) -> web.Response:
        found = await self._database.read(
            lambda c: orders.of_customers(c, visit.member.parties, limit=MOST_ORDERS)
        )
        parcels = await self._database.read(
            lambda c: deliveries.of_orders(c, [order.id for order in found])
        )
        by_order: dict[str, list[Delivery]] = {}
        for parcel in parcels:
            by_order.setdefault(parcel.order_id or "", []).append(parcel)
        return self._pages.page(
            visit,
            "orders.html",
            orders=found,
            parcels=by_order,
            agreements=[one for one in _priced(visit) if visit.member.may_order_under(one.id)],
        )

    async def show(self, visit: Visit) -> web.Response:
        return await self._page(visit, await self._own(visit))

    async def cancel(self, visit: Visit) -> web.Response:
        order = await self._own(visit)
        if not visit.member.may_change(order):
            refuse_right()
        version, reason = _number(await visit.field("version")), await visit.field("reason")
        try:
            await self._database.write(
                lambda c: ordering.cancel(
                    c,
                    order.id,
                    version=version,
                    actor=visit.customer.id,
                    reason=reason,
                )
            )
        except Rejected as error:
            return await self._page(visit, await self._own(visit), problem=error)
        self._context.wake()
        return see_other(f"/portal/orders/{order.id}")

    async def prefer(self, visit: Visit) -> web.Response:
        """How a parcel is to be brought."""
        order = await self._own(visit)
        parcels = await self._database.read(lambda c: deliveries.of_orders(c, [order.id]))
        key, version = await visit.field("parcel"), _number(await visit.field("version"))
        parcel = next((one for one in parcels if one.id == key), None)
        wish = await visit.field("leave_with")
        if parcel is None or wish not in words.WISHES:
            raise web.HTTPNotFound
        if not visit.member.may_receive(parcel.customer_id or order.customer_id):
            refuse_right()
        try:
            await self._database.write(
                lambda c: tracking.prefer(
                    c,
                    parcel.id,
                    version=version,
                    wishes={"leave_with": wish},
                    actor=visit.customer.id,
                )
            )
        except Rejected as error:
            return await self._page(visit, order, problem=error)
        self._context.wake()
        return see_other(f"/portal/orders/{order.id}")

    async def new(self, visit: Visit) -> web.Response:
        return self._form(visit, await self._agreement(visit))

    async def place(self, visit: Visit) -> web.Response:
        agreement = await self._agreement(visit)
        form = await form_of(visit.request)
        given = {
            name.removeprefix("n-"): field_of(form, name) for name in form if name.startswith("n-")
        }
        try:
            wanted = [_wanted(sku, text) for sku, text in given.items() if text.strip("0 ")]
            details = ordering.Details(
                reference=await visit.field("reference"), note=await visit.field("note")
            )
            order = await self._database.write(
                lambda c: ordering.place(
                    c,
                    customer_id=visit.customer.id,
                    agreement_id=agreement.id,
                    wanted=wanted,
                    channel=Channel.PORTAL,
                    actor=visit.customer.id,
                    details=details,
                )
            )
        except Rejected as error:
            return self._form(visit, agreement, problem=error, given=given)
        self._context.wake()
        return see_other(f"/portal/orders/{order.id}")

    async def _page(
        self, visit: Visit, order: Order, *, problem: Rejected | None = None
    ) -> web.Response:
        parcels = await self._database.read(lambda c: deliveries.of_orders(c, [order.id]))
        events = await self._database.read(
            lambda c: deliveries.events_of(c, [parcel.id for parcel in parcels])
        )
        terms = await self._database.read(lambda c: ordering.terms_for(c, order))
        return self._pages.page(
            visit,
            "order.html",
            status=problem.status if problem else HTTPStatus.OK,
            order=order,
            parcels=parcels,
            events=events,
            refused=ordering.why_not(order, terms, clock.now()),
            problem=problem.detail if problem else "",
        )

    def _form(
        self, visit: Visit, agreement: Agreement, *, problem: Rejected | None = None,
        given: dict[str, str] | None = None,
    ) -> web.Response:  # fmt: skip
        return self._pages.page(
            visit,
            "new_order.html",
            status=problem.status if problem else HTTPStatus.OK,
            agreement=agreement,
            terms=terms_of(agreement.details),
            given=given or {},
            problem=problem.detail if problem else "",
        )

    async def _agreement(self, visit: Visit) -> Agreement:
        wanted = visit.request.match_info["id"]
        found = next((one for one in _priced(visit) if one.id == wanted), None)
        if found is None:
            raise web.HTTPNotFound
        if not visit.member.may_order_under(found.id):
            refuse_right()
        return found

    async def _own(self, visit: Visit) -> Order:
        key = visit.request.match_info["id"]
        found = await self._database.read(lambda c: orders.by_ids(c, [key]))
        if not found or found[0].customer_id not in visit.member.parties:
            raise web.HTTPNotFound
        return found[0]


def _priced(visit: Visit) -> list[Agreement]:
    """The agreements that say what can be ordered."""
    return [one for one in visit.customer.agreements if _prices(one)]


def _prices(agreement: Agreement) -> bool:
    try:
        return bool(terms_of(agreement.details).prices)
    except Rejected:
        return False


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 (no version is longer)


def _wanted(sku: str, text: str) -> Wanted:
    number = _number(text.strip())
    if not 1 <= number <= _MOST:
        raise Rejected("quantity", "Write a whole number of pieces.", status=422)
    try:
        return Wanted(sku=sku, quantity=number)
    except ValidationError as error:  # no form of ours sends such an article
        raise Rejected("article", "Choose from the list.", status=422) from error
