"""A page on which a newcomer is the carrier: tell Loket what happens to a parcel."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from agent_ui.texts import N_, Texts
from config.demo import example
from config.demo.carrier import Carrier
from config.demo.pages import Pages
from config.demo.trade import tracking_of
from hub import clock
from hub.deliveries import EventKind
from hub.http import Route

KINDS = {
    EventKind.EXCEPTION: N_("It is delayed"),
    EventKind.ATTEMPTED: N_("Nobody was at home"),
    EventKind.DAMAGED: N_("It is damaged"),
    EventKind.IN_TRANSIT: N_("It is on its way"),
    EventKind.OUT_FOR_DELIVERY: N_("The driver has it"),
    EventKind.DELIVERED: N_("It was delivered"),
    EventKind.RETURNED: N_("It goes back"),
    EventKind.LOST: N_("It is lost"),
}
_LONGEST_TEXT = 500
_LONGEST_NUMBER = 64
_LATER = timedelta(days=2)


class CarrierPage:
    def __init__(self, pages: Pages, carrier: Carrier) -> None:
        self._pages = pages
        self._carrier = carrier

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("GET", "/demo/carrier", guard(self._show)),
            Route("POST", "/demo/carrier", guard(self._tell)),
        ]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        first = {"tracking": _parcels()[0][0], "kind": "exception", "text": ""}
        return self._page(request, texts, form=first)

    async def _tell(self, request: web.Request, texts: Texts) -> web.Response:
        sent = await request.post()
        form = {name: str(sent.get(name, "")) for name in ("tracking", "kind", "text")}
        tracking = form["tracking"].strip()[:_LONGEST_NUMBER]
        if form["kind"] not in set(KINDS) or not tracking:
            raise web.HTTPBadRequest
        told = await self._carrier.tell(
            tracking,
            EventKind(form["kind"]),
            text=form["text"].strip()[:_LONGEST_TEXT],
            expected=clock.now() + _LATER if form["kind"] == EventKind.EXCEPTION else None,
        )
        status = HTTPStatus.OK if told.status else HTTPStatus.BAD_GATEWAY
        return self._page(request, texts, form=form, told=told, status=status)

    def _page(
        self, request: web.Request, texts: Texts, *, form: dict[str, str], told: object = None,
        status: int = HTTPStatus.OK,
    ) -> web.Response:  # fmt: skip
        return self._pages.page(
            request,
            texts,
            "carrier.html",
            status=status,
            form=form,
            told=told,
            kinds=KINDS,
            parcels=_parcels(),
        )


def _parcels() -> list[tuple[str, str]]:
    """(number, whose) of the parcels that are not there yet, then the others."""
    writers = {writer.mail: writer.name for writer in example.writers()}
    found = [
        (sold.parcel == "delivered", sold.days, tracking_of(sold), writers.get(mail, mail))
        for mail, orders in example.sales().orders.items()
        for sold in orders
        if sold.parcel
    ]
    return [(number, name) for _, _, number, name in sorted(found)]
