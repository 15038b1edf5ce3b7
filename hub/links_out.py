"""Links to other systems for each customer: templates of administrators, filled in with what is
known of the customer. Every value is encoded, and none says on which host a link ends up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.store import choices, customer_fields
from hub.store.customers import Customer

CHOICE = "links_out"
NAMES = ("number", "name", "email", "phone", "organisation", "id")
"""What a template may name, in braces, beside the fields that administrators added."""
MOST = 20
LONGEST = 500
_LONGEST_TITLE = 60
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class LinkOut:
    title: str
    url: str


def of_customer(connection: Connection, customer: Customer) -> list[LinkOut]:
    """Those for which everything that they name is known."""
    known = _known(customer)
    found = []
    for one in templates(connection):
        names = _PLACE.findall(one.url)
        # A dot alone would lead to another page of the other system.
        if all(known.get(name, "").strip(".") for name in names):
            url = _PLACE.sub(lambda place: quote(known[place[1]], safe=""), one.url)
            found.append(LinkOut(one.title, url))
    return found


def names(connection: Connection) -> list[str]:
    """All that a template may name; a field that was archived does no harm in an old one."""
    return [*NAMES, *customer_fields.by_key(connection)]


def templates(connection: Connection, *, lock: bool = False) -> list[LinkOut]:
    """`lock`: for who is about to change them."""
    said = choices.value(connection, CHOICE, lock=lock).get("links", [])
    return [LinkOut(one["title"], one["url"]) for one in said]


def keep(connection: Connection, links: Sequence[LinkOut], *, by: str) -> None:
    """Raises Rejected."""
    if len(links) > MOST:
        raise Rejected("too_many_links", f"At most {MOST}.", status=422)
    known = names(connection)
    for one in links:
        check(one, known)
    chosen: Mapping[str, Any] = {"links": [{"title": o.title, "url": o.url} for o in links]}
    choices.keep(connection, CHOICE, chosen, by=by)


def check(link: LinkOut, known: Sequence[str] = NAMES) -> None:
    """Whether it can be a template that names what is known. Raises Rejected."""
    if not 0 < len(link.title) <= _LONGEST_TITLE:
        raise Rejected("no_title", "Write a short name for the link.", status=422)
    if not _is_address(link.url):
        detail = "Write an address that begins with https:// or http://, and names its host."
        raise Rejected("bad_link", detail, status=422)
    unknown = set(_PLACE.findall(link.url)) - set(known)
    rest = _PLACE.sub("", link.url)
    if unknown or "{" in rest or "}" in rest:
        raise Rejected("unknown_place", "A name in braces is not known.", status=422)


def _is_address(url: str) -> bool:
    if len(url) > LONGEST or not url.isascii() or any(c.isspace() or c in '"<>\\' for c in url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    host_is_fixed = "{" not in parts.netloc and "@" not in parts.netloc
    return parts.scheme in ("https", "http") and bool(host) and host_is_fixed


def _known(customer: Customer) -> dict[str, str]:
    first: dict[str, str] = {}
    for point in customer.points:
        first.setdefault(point.kind, point.value)
    return customer.attributes | {
        "number": customer.number,
        "name": customer.name,
        "email": first.get("email", ""),
        "phone": first.get("phone", ""),
        "organisation": customer.organisation_name,
        "id": customer.id,
    }
