"""The page on which a driver, at the door of a customer, says what happened there.

Its link is signed, for one parcel and a short time: who has it may say something about that parcel
and see nothing of the customer.
"""

import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from connectors.partners.settings import PartnersSettings
from hub import clock
from hub.connector import ConnectorContext
from hub.deliveries import Delivery, EventKind
from hub.errors import Rejected
from hub.http import Route, field_of, form_of
from hub.interaction import Arrival, Channel, Party, PointKind, Thread, Verification
from hub.shared_limits import SharedBuckets
from hub.store import deliveries
from hub.templating import environment_of
from hub.texts import N_, all_texts, preferred

PATH = "/partner/driver"
LONGEST_TEXT = 2000
_PURPOSE = "driver link"
_BETWEEN = "~"
_PER_MINUTE = 10
_FOLDER = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
REPORTS = {
    "refused": N_("The customer refused it"),
    "absent": N_("Nobody was there"),
    "address": N_("The address is wrong"),
    "damaged": N_("The parcel is damaged"),
    "other": N_("Something else"),
}


@dataclass(frozen=True)
class _Link:
    partner: str
    delivery_id: str


class Driver:
    """`titles`: what partners are called."""

    def __init__(
        self, settings: PartnersSettings, context: ConnectorContext, titles: dict[str, str]
    ) -> None:
        self._settings = settings
        self._context = context
        self._titles = titles
        self._reports = SharedBuckets(context.database, "driver", _PER_MINUTE)
        self._texts = all_texts(_FOLDER / "locale")
        self._style = (_FOLDER / "static" / "driver.css").read_text(encoding="utf-8")
        self._template = environment_of(_FOLDER / "templates").get_template("driver.html")

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{PATH}/driver.css", self._css),
            Route("GET", PATH + "/{token}", self._form),
            Route("POST", PATH + "/{token}", self._report),
        ]

    def link(self, parcel: Delivery, partner: str, lifetime: timedelta) -> tuple[str, datetime]:
        """The address of the page for this parcel, and until when it works."""
        until = clock.now() + lifetime
        named = _BETWEEN.join((partner, parcel.id, str(int(until.timestamp()))))
        token = self._context.tokens.sign(_PURPOSE, named)
        base = self._context.hub.http.public_url.rstrip("/")
        return f"{base}{PATH}/{token}", until

    async def _css(self, _request: web.Request) -> web.Response:
        kind = mimetypes.types_map[".css"]
        headers = {"Cache-Control": "max-age=3600"}
        return web.Response(text=self._style, content_type=kind, headers=headers)

    async def _form(self, request: web.Request) -> web.Response:
        parcel, _ = await self._parcel(request)
        return self._page(request, parcel)

    async def _report(self, request: web.Request) -> web.Response:
        parcel, link = await self._parcel(request)
        if parcel is None or link is None:
            return self._page(request, None)
        if wait := await self._reports.take(parcel.id):
            raise Rejected("too_often", "Wait a minute.", status=429, after=wait)
        form = await form_of(request)
        what, text = field_of(form, "what"), field_of(form, "text").strip()[:LONGEST_TEXT]
        call = field_of(form, "call") == "yes"
        phone = " ".join(field_of(form, "phone").split())[:40]
        if what not in REPORTS or (what == "other" and not text):
            problem = N_("Say what happened: choose one, and write a line for something else.")
            return self._page(request, parcel, problem=problem, text=text, phone=phone)
        said = _Said(what, text, call=call, phone=phone)
        form_id = field_of(form, "form_id")[:100] or clock.new_id()
        await self._context.intake.accept(self._arrival(parcel, link, said, form_id))
        return self._page(request, parcel, done=True)

    async def _parcel(self, request: web.Request) -> tuple[Delivery | None, _Link | None]:
        """What the link is for; None when it is none of ours, or its time is over."""
        named = self._context.tokens.verify(_PURPOSE, request.match_info["token"])
        parts = named.split(_BETWEEN) if named else []
        if len(parts) != 3:  # noqa: PLR2004 (as `link` makes it)
            return None, None
        partner, delivery_id, until = parts
        if datetime.fromtimestamp(int(until), UTC) <= clock.now():
            return None, None
        found = await self._context.database.read(lambda c: deliveries.by_ids(c, [delivery_id]))
        return (found[0], _Link(partner, delivery_id)) if found else (None, None)

    def _arrival(self, parcel: Delivery, link: _Link, said: "_Said", form_id: str) -> Arrival:
        title = self._titles.get(link.partner, link.partner)
        lines = [said.text, f"{title} · {parcel.tracking}", parcel.order_number]
        # What was ticked is said to who reads it, in their own language.
        about = {"delivery": parcel.id, "report": said.what, "tracking": parcel.tracking}
        about |= {"order": parcel.order_number} | (
            {"call": said.phone or "yes"} if said.call else {}
        )
        name = f"delivery:{parcel.id}"
        return Arrival(
            channel=Channel.PARTNER,
            account=link.partner,
            external_id=f"driver:{parcel.id}:{form_id}",
            sender=Party(kind=PointKind.PARTNER, value=link.partner, name=title),
            subject=" · ".join(filter(None, (title, parcel.tracking, parcel.order_number))),
            text="\n".join(filter(None, lines)),
            topic=self._context.topic_of_event(EventKind.EXCEPTION),
            about=parcel.customer_id or "",
            occurred_at=clock.now(),
            verification=Verification.VERIFIED,
            thread=Thread(own=(name,), references=(name,)),
            details=about,
        )

    def _page(
        self, request: web.Request, parcel: Delivery | None, *, done: bool = False,
        problem: str = "", text: str = "", phone: str = "",
    ) -> web.Response:  # fmt: skip
        language = preferred(accept=request.headers.get("Accept-Language", ""))
        status = HTTPStatus.OK if parcel else HTTPStatus.GONE
        body = self._template.render(
            _=self._texts[language], parcel=parcel, done=done, reports=REPORTS, problem=problem,
            text=text, phone=phone, form_id=clock.new_id(), style=f"{PATH}/driver.css",
            organisation=self._context.hub.organisation, longest=LONGEST_TEXT,
        )  # fmt: skip
        return web.Response(
            text=body,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else status,
            content_type="text/html",
            headers=dict(_HEADERS),
        )


@dataclass(frozen=True)
class _Said:
    what: str
    text: str
    call: bool
    phone: str
