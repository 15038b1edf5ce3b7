"""The web shop of the example organisation: a page that carries the chat, as customers see it."""

from dataclasses import dataclass

from aiohttp import web

from agent_ui.texts import N_, Texts
from config.demo import example
from config.demo.addresses import CHAT_SITE
from config.demo.pages import Pages, see_other
from connectors.chat.visitor import proof_of
from hub.http import Route
from hub.locales import number

_PATH = "/demo/shop"
_COOKIE = "demo_shopper"


@dataclass(frozen=True)
class _Product:
    """`picture` is a file under static/; `price` in cents; `topic`: what a question is about."""

    name: str
    about: str
    unit: str
    price: int
    picture: str
    topic: str


_HOUSE = N_("Round and dark, for espresso.")
_ETHIOPIA = N_("Light, with fruit and flowers.")
_DECAF = N_("All the taste, none of the buzz.")
_BARISTA = N_("Espresso machine with grinder.")
_MOKA = N_("Stove-top pot for two cups.")
_OFFICE = N_("For up to 40 people, service included.")

_PRODUCTS = (
    _Product("Huismelange", _HOUSE, N_("1 kg"), 1950, "bag-house.svg", "order"),
    _Product("Ethiopia", _ETHIOPIA, N_("1 kg"), 2275, "bag-ethiopia.svg", "order"),
    _Product("Cafeïnevrij", _DECAF, N_("500 g"), 1195, "bag-decaf.svg", "order"),
    _Product("Barista One", _BARISTA, N_("each"), 74900, "machine.svg", "machine"),
    _Product("Moka Duo", _MOKA, N_("each"), 3995, "moka.svg", "machine"),
    _Product("Office 40", _OFFICE, N_("a month"), 12900, "office.svg", "machine"),
)


class ShopPage:
    """`secret` is what the shop and Loket share: with it the shop vouches for who is signed in."""

    def __init__(self, pages: Pages, secret: str) -> None:
        self._pages = pages
        self._secret = secret
        self._shoppers = {one.mail: one for one in example.shoppers()}

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("GET", _PATH, guard(self._show)),
            Route("POST", f"{_PATH}/sign-in", guard(self._sign_in)),
            Route("POST", f"{_PATH}/sign-out", guard(self._sign_out)),
        ]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        shopper = self._shoppers.get(request.cookies.get(_COOKIE, ""))
        return self._pages.page(
            request,
            texts,
            "shop.html",
            products=_PRODUCTS,
            price=_price,
            chat_site=CHAT_SITE,
            shopper=shopper,
            proof=proof_of(self._secret, shopper.mail) if shopper else "",
            shoppers=self._shoppers.values(),
        )

    async def _sign_in(self, request: web.Request, _texts: Texts) -> web.Response:
        """Whoever one likes: it is a made-up shop."""
        response = see_other(_PATH)
        chosen = (await request.post()).get("shopper", "")
        if chosen in self._shoppers:
            response.set_cookie(_COOKIE, str(chosen), path=_PATH, httponly=True, samesite="Lax")
        return response

    async def _sign_out(self, _request: web.Request, _texts: Texts) -> web.Response:
        response = see_other(_PATH)
        response.del_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Lax")
        return response


def _price(cents: int, language: str) -> str:
    return number(cents / 100, language, 2)
