"""Every door of the console refuses who should not come in; a new one is looked at by itself."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from agent_ui.guard import Audience
from agent_ui.static_files import PREFIX
from console_house import House, Person, open_house, person
from hub import clock
from hub.http import Route
from hub.store import sessions
from hub.store.tables import customers, portal_sessions

_PLACE = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
_SAMPLES = {"number": "1", "code": "abc", "kind": "persons"}
# Who is not signed in may come in by these alone: each was thought about.
OPEN = {
    ("GET", "/contact"),
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("POST", "/console/sign-in/language"),
    ("GET", "/console/sign-in/code"),
    ("POST", "/console/sign-in/code"),
    ("GET", "/console/sign-in/oidc"),
    ("GET", "/console/sign-in/oidc/back"),
    ("GET", "/console/join"),
    ("GET", "/console/join/{code}"),
    ("POST", "/console/join"),
    ("GET", "/console/first/{code:[a-z0-9.]{1,60}}"),
    ("POST", "/console/first/{code:[a-z0-9.]{1,60}}"),
    ("GET", "/rate/{token:[a-z0-9.-]{1,80}}"),
    ("POST", "/rate/{token:[a-z0-9.-]{1,80}}"),
    ("GET", "/console/welcome/{token:[A-Za-z0-9_-]{1,64}}"),
    ("POST", "/console/welcome/{token:[A-Za-z0-9_-]{1,64}}"),
}
API = "/api/"
# What a signed address opens, for whoever has it.
SIGNED = {"/sound/{token}"}
ABOVE_AGENTS = {Audience.SUPERVISORS, Audience.ADMINISTRATORS, Audience.LEADERS}


def doors(house: House) -> Iterator[tuple[Route, Audience]]:
    """Those for people; programs come in by the API with a token."""
    for route in house.console.routes():
        if not route.path.startswith((PREFIX, API)) and route.path not in SIGNED:
            yield route, house.console.audiences[route.handler]


def address(route: Route) -> str:
    return _PLACE.sub(lambda found: _SAMPLES.get(found[1], clock.new_id()), route.path)


async def knock(one: Person, route: Route, **headers: str) -> tuple[int, str]:
    """The status, and where it leads if it leads elsewhere."""
    fields = {"form_token": one.token} if route.method == "POST" else None
    url, said = one.origin + address(route), {"Origin": one.origin} | headers
    async with one.http.request(
        route.method, url, data=fields, headers=said, allow_redirects=False
    ) as response:
        return response.status, response.headers.get("Location", "").partition("?")[0]


async def refused(one: Person, house: House, **headers: str) -> list[str]:
    """The closed doors by which somebody who is not signed in came in."""
    came_in = []
    for route, audience in doors(house):
        if audience is Audience.EVERYONE:
            continue
        status, leads = await knock(one, route, **headers)
        sent_away = leads in ("/console/sign-in", "/console/join") and status == 303
        if not (sent_away if route.method == "GET" else status == 401):
            came_in.append(f"{route.method} {route.path}: {status} {leads}")
    return came_in


async def test_the_open_doors_are_these(house: House) -> None:
    found = {(r.method, r.path) for r, audience in doors(house) if audience is Audience.EVERYONE}
    assert found == OPEN


async def test_a_made_up_address_opens_nothing(house: House, anna: Person) -> None:
    signed = [route for route in house.console.routes() if route.path in SIGNED]
    assert len(signed) == len(SIGNED)
    for route in signed:
        assert (await knock(anna, route))[0] == 404


async def test_a_stranger_comes_in_nowhere(house: House, guest: Person) -> None:
    assert await refused(guest, house) == []


async def test_a_program_without_a_token_comes_in_nowhere(house: House, anna: Person) -> None:
    """Nor does an agent's session open the API: another site could use it there."""
    came_in = []
    for route in house.console.routes():
        if route.path.startswith(API) and "openapi" not in route.path:
            status, _ = await knock(anna, route, Cookie="loket_session=made-up")
            if status != 401:
                came_in.append(f"{route.method} {route.path}: {status}")
    assert sorted(came_in) == ["GET /api/v1/reference.css: 200", "GET /api/v1: 200"]


async def test_what_opens_doors_elsewhere_opens_none_here(house: House, guest: Person) -> None:
    """A customer of the portal with their session, and a partner with their key."""
    token = clock.new_secret()
    now = clock.now()
    customer = {"id": clock.new_id(), "kind": "person", "name": "Jan", "attributes": {}}
    session = {
        "id": clock.new_id(),
        "token_hash": sessions.token_hash(token),
        "customer_id": customer["id"],
        "address": "jan@example.org",
        "browser": "",
        "created_at": now,
        "seen_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    await house.write(lambda c: c.execute(insert(customers), [customer | {"created_at": now}]))
    await house.write(lambda c: c.execute(insert(portal_sessions), [session]))
    cookies = "; ".join(f"{name}={token}" for name in ("loket_session", "loket_portal", "portal"))
    assert await refused(guest, house, Cookie=cookies) == []
    partner = {"Authorization": f"Bearer {token}", "webhook-signature": f"v1,{token}"}
    assert await refused(guest, house, **partner) == []


async def test_an_agent_comes_in_by_no_door_of_those_above_them(house: House, anna: Person) -> None:
    for route, audience in doors(house):
        if audience in ABOVE_AGENTS - {Audience.LEADERS}:
            assert (await knock(anna, route))[0] == 403, route.path


async def test_a_supervisor_is_no_administrator(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        open_house(sqlite_url, tmp_path, supervisor_roles=frozenset({"billing"})) as house,
        person(house) as bob,
    ):
        await house.hire("bob", "Bob Kramer", ["billing"])
        await bob.sign_in("bob")
        for route, audience in doors(house):
            if audience is Audience.ADMINISTRATORS:
                assert (await knock(bob, route))[0] == 403, route.path
        assert (await bob.get("/console/wall")).status == 200
