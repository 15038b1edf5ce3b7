"""Links to other systems: what is filled in cannot change where they lead."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert

from hub import clock, links_out
from hub.errors import Rejected
from hub.links_out import LinkOut, check, keep, of_customer
from hub.store import Database, customers
from hub.store import tables as t
from stores import opened


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


async def shown(database: Database, url: str, *, name: str = "Jan", number: str = "") -> list[str]:
    row: dict[str, Any] = {"id": "jan", "kind": "person", "name": name, "attributes": {}}
    row |= {"number": number or None, "created_at": clock.now()}
    await database.write(lambda c: c.execute(t.customers.delete()))
    await database.write(lambda c: c.execute(insert(t.customers), [row]))
    await database.write(lambda c: keep(c, [LinkOut("CRM", url)], by="ina"))
    found = await database.read(lambda c: of_customer(c, customers.customer(c, "jan")))
    return [one.url for one in found]


async def test_what_is_known_is_filled_in_and_encoded(database: Database) -> None:
    crm = "https://crm.example/customers/{number}?q={name}"
    assert await shown(database, crm, number="K 1/2?&#") == [
        "https://crm.example/customers/K%201%2F2%3F%26%23?q=Jan"
    ]
    hostile = '"><script>alert(1)</script>\n../..//@evil.example{id}'
    [url] = await shown(database, "https://crm.example/{name}", name=hostile)
    assert url.startswith("https://crm.example/%22%3E%3Cscript%3E")
    assert not set('"<>\n{}@') & set(url)
    assert url.count("/") == 3


async def test_a_link_of_which_something_is_not_known_is_not_shown(database: Database) -> None:
    assert await shown(database, "https://crm.example/{number}") == []
    assert await shown(database, "https://crm.example/{id}") == ["https://crm.example/jan"]
    assert await database.read(lambda c: [one.title for one in links_out.templates(c)]) == ["CRM"]


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_name_of_dots_leads_to_no_other_page(database: Database, name: str) -> None:
    assert await shown(database, "https://crm.example/customers/{name}/notes", name=name) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("javascript:alert({name})", "bad_link"),
        ("data:text/html,{name}", "bad_link"),
        ("//crm.example/{name}", "bad_link"),
        ("https:///{name}", "bad_link"),
        ("https://{name}.example/", "bad_link"),
        ("https://crm.example{name}/", "bad_link"),
        ("https://{name}@crm.example/", "bad_link"),
        ("https://crm.example:{number}/", "bad_link"),
        ("https://crm.example:99999/", "bad_link"),
        ("https://crm.example/ {name}", "bad_link"),
        ('https://crm.example/"{name}', "bad_link"),
        ("https://crm.example/\\{name}", "bad_link"),
        ("https://crm.example/" + "x" * 500, "bad_link"),
        ("https://crm.example/{password}", "unknown_place"),
        ("https://crm.example/{name.__class__}", "unknown_place"),
        ("https://crm.example/{name", "unknown_place"),
        ("https://crm.example/}{", "unknown_place"),
        ("", "bad_link"),
    ],
)
def test_what_is_no_template_is_refused(url: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        check(LinkOut("CRM", url))
    assert refused.value.code == code


def test_a_link_has_a_short_name() -> None:
    for title in ("", "x" * 61):
        with pytest.raises(Rejected, match="short name"):
            check(LinkOut(title, "https://crm.example/"))
    check(LinkOut("Old shop", "http://shop.local:8080/c?n={number}#{email}"))
