"""Which pages may use a site's chat. The browser says by `Origin` where a page is from.

The chat knows its visitors by a token that the page sends, never by a cookie, so a page that lies
about its origin (only a program can) gains nothing.
"""

from aiohttp import web

from connectors.chat.settings import ChatSettings
from hub.addresses import one_client
from hub.errors import Rejected
from hub.http import host_of


def site_of(request: web.Request, settings: ChatSettings, own_origin: str) -> str:
    """The key of the site whose chat this is; Rejected when the page may not use it."""
    key = request.query.get("site", "")
    site = settings.sites.get(key)
    if site is None:
        raise Rejected("unknown_site", "There is no chat with this site key.", status=404)
    origin = request.headers.get("Origin", "")
    own = origin == own_origin or host_of(origin) == request.host
    if not own and not (origin and site.allows(origin)):
        raise Rejected("origin", "This page may not use this chat.", status=403)
    return key


def cors(request: web.Request) -> dict[str, str]:
    """Headers that let the asking page, which `site_of` has let in, read the answer."""
    return {"Access-Control-Allow-Origin": request.headers["Origin"], "Vary": "Origin"}


def address_of(request: web.Request) -> str:
    """Who connects, for the limits: behind proxies, see `hub.http.trusted_proxies`."""
    return one_client(request.remote or "")
