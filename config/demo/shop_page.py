"""The web shop of the example organisation: a page that carries the chat, as customers see it."""

from dataclasses import dataclass

from aiohttp import web

from agent_ui.texts import N_, Texts
from config.demo.addresses import CHAT_SITE
from config.demo.pages import Pages
from hub.http import Route


@dataclass(frozen=True)
class _Product:
    """`picture` is a file under static/; `price` in cents."""

    name: str
    about: str
    unit: str
    price: int
    picture: str


_HOUSE = N_("Round and dark, for espresso.")
_ETHIOPIA = N_("Light, with fruit and flowers.")
_DECAF = N_("All the taste, none of the buzz.")
_BARISTA = N_("Espresso machine with grinder.")
_MOKA = N_("Stove-top pot for two cups.")
_OFFICE = N_("For up to 40 people, service included.")

_PRODUCTS = (
    _Product("Huismelange", _HOUSE, N_("1 kg"), 1950, "bag-house.svg"),
    _Product("Ethiopia", _ETHIOPIA, N_("1 kg"), 2275, "bag-ethiopia.svg"),
    _Product("Cafeïnevrij", _DECAF, N_("500 g"), 1195, "bag-decaf.svg"),
    _Product("Barista One", _BARISTA, N_("each"), 74900, "machine.svg"),
    _Product("Moka Duo", _MOKA, N_("each"), 3995, "moka.svg"),
    _Product("Office 40", _OFFICE, N_("a month"), 12900, "office.svg"),
)


class ShopPage:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [Route("GET", "/demo/shop", self._pages.guard(self._show))]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        return self._pages.page(
            request, texts, "shop.html", products=_PRODUCTS, price=_price, chat_site=CHAT_SITE
        )


def _price(cents: int, language: str) -> str:
    text = f"{cents / 100:.2f}"
    return text.replace(".", ",") if language == "nl" else text
