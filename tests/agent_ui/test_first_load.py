"""What a browser fetches before an agent can begin: little, also with a long list of work."""

import re
from urllib.parse import urljoin

import aiohttp
import pytest

from builders import mail_arrival
from console_house import House, Person

MOST_BYTES = 150_000
WAITING = 100
_FETCHED = re.compile(r'(?:src|href)="(/console/static/[^"]+)"')
_IMPORTED = re.compile(r'^import[^"]*"([^"]+)"', re.MULTILINE)


async def test_the_first_load_is_small(house: House, anna: Person) -> None:
    arrivals = [
        mail_arrival(f"customer{number}@example.org", subject=f"Where is order {number}?")
        for number in range(WAITING)
    ]
    for arrival in arrivals:
        await house.receive(arrival)
    size, page = await fetched(anna, "/console")
    assert page.count("data-item=") == WAITING
    known: set[str] = set()
    new = set(_FETCHED.findall(page))
    while new:
        known |= new
        found: set[str] = set()
        for address in new:
            more, text = await fetched(anna, address)
            size += more
            found |= {urljoin(address, name) for name in _IMPORTED.findall(text)}
        new = found - known
    assert any(address.endswith("work-list.js") for address in known)
    assert size < MOST_BYTES


@pytest.mark.parametrize("page", ["", "/model/1/matrix", "/search", "/by-hand", "/reports"])
async def test_no_script_is_found_only_in_another(house: House, ina: Person, page: str) -> None:
    """Each step in which a browser finds more to ask for is a way there and back for the agent."""
    told = set(_FETCHED.findall((await fetched(ina, f"/console{page}"))[1]))
    scripts = [address for address in told if "/js/" in address]
    assert scripts
    for address in scripts:
        _, text = await fetched(ina, address)
        assert {urljoin(address, name) for name in _IMPORTED.findall(text)} <= told, address


async def test_a_form_has_another_token_each_time(anna: Person) -> None:
    """A page that is packed tells by its size what is in it; what changes tells nothing."""
    tokens = set()
    for _ in range(2):
        _, page = await fetched(anna, "/console")
        tokens |= set(re.findall(r'name="form_token" value="([^"]+)"', page))
    assert len(tokens) == 2


async def fetched(one: Person, address: str) -> tuple[int, str]:
    """The bytes that come over the line, packed, and the text that they are."""
    headers = {"Accept-Encoding": "gzip, deflate"}
    async with one.http.get(f"{one.origin}{address}", headers=headers) as response:
        assert response.status == 200
        text = await response.text()
        assert "Content-Encoding" in response.headers or len(text) < 1_000 or ".svg" in address
        return _received(response), text


def _received(response: aiohttp.ClientResponse) -> int:
    return int(response.headers["Content-Length"])
