"""Who may do what in a session, without scripts too: agents, guests, and who leads."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from console_house import House, Page, Person, person
from hub.store import model_actions, models, workshops
from hub.store import workshop_people as people
from hub.store.tables import workshop_people
from hub.store.tables import workshops as table
from waiting import eventually

ROW = "row.any.any.any.any"


@pytest.fixture
async def session(house: House, ina: Person) -> str:
    """The address of a session that Ina leads."""
    page = await ina.post("/console/sessions", title="Next year", based_on="")
    ina.token = page.value("#content input[name=form_token]")
    return page.path


@pytest.fixture
async def gert(house: House, session: str) -> AsyncIterator[Person]:
    """A guest who was let in."""
    async with person(house) as one:
        await ask(house, one, "Gert")
        await let_in(house)
        one.token = (await one.get(session)).value("#content input[name=form_token]")
        yield one


async def ask(house: House, who: Person, name: str, code: str = "") -> Page:
    [found] = await house.rows(table)
    return await who.post("/console/join", code=code or found.code, name=name)


async def let_in(house: House) -> None:
    for row in await house.rows(workshop_people):
        if row.state == "waiting":
            await house.write(lambda c, r=row: people.let_in(c, r.workshop_id, r.id, by="ina"))


def notes(page: Page) -> list[str]:
    return page.texts(".note textarea")


async def test_only_administrators_start_a_session(anna: Person) -> None:
    page = await anna.post("/console/sessions", title="Mine", based_on="")
    assert page.status == 403
    assert not (await anna.get("/console/sessions")).has("form.filters")


async def test_an_agent_takes_part_but_does_not_lead(
    house: House, session: str, anna: Person
) -> None:
    page = await anna.get(session)
    anna.token = page.value("#content input[name=form_token]")
    page = await anna.post(f"{session}/changes", act="add:group", text="Consumers\nBusinesses")
    assert notes(page) == ["Consumers", "Businesses"]
    for what in ("lead", "guests", "close", "draft", "people/abc"):
        assert (await anna.post(f"{session}/{what}", step="actions")).status == 403
    assert (await house.database.read(models.listed))[0].number == 1


async def test_a_guest_is_let_in_by_who_leads_and_sees_this_session_alone(
    house: House, session: str, guest: Person
) -> None:
    page = await ask(house, guest, "Gert")
    assert page.has("#waiting")
    assert (await guest.post(f"{session}/changes", act="add:group", text="x")).status == 403
    await let_in(house)
    page = await guest.get(session)
    guest.token = page.value("#content input[name=form_token]")
    assert notes(await guest.post(f"{session}/changes", act="add:group", text="Hotels")) == [
        "Hotels"
    ]
    for path in ("/console", "/console/model", "/console/sessions", "/console/model/1"):
        assert (await guest.get(path)).path == "/console/sign-in"
    for what in ("lead", "guests", "close", "draft"):
        assert (await guest.post(f"{session}/{what}")).status == 403


async def test_who_is_sent_away_or_comes_to_another_session_stays_out(
    house: House, session: str, ina: Person, gert: Person
) -> None:
    another = (await ina.post("/console/sessions", title="Another", based_on="")).path
    assert (await gert.get(another)).path == "/console/join"
    [row] = [one for one in await house.rows(workshop_people) if one.name == "Gert"]
    await ina.post(f"{session}/people/{row.id}", say="out")
    assert (await gert.get(session)).path == "/console/join"
    assert (await gert.post(f"{session}/changes", act="add:group", text="x")).status == 401


async def test_a_form_of_another_site_or_without_its_token_changes_nothing(
    session: str, gert: Person
) -> None:
    token, gert.token = gert.token, "wrong"
    assert (await gert.post(f"{session}/changes", act="add:group", text="x")).status == 403
    gert.token = token
    data = {"form_token": token, "act": "add:group", "text": "x"}
    async with gert.http.post(
        f"{gert.origin}{session}/changes", data=data, headers={"Origin": "https://evil.example"}
    ) as response:
        assert response.status == 403
    assert notes(await gert.get(session)) == []


async def test_codes_cannot_be_tried_one_after_another(house: House, guest: Person) -> None:
    statuses = {
        (await guest.post("/console/join", code=f"x{n}", name="E")).status for n in range(32)
    }
    assert statuses == {404, 429}


async def test_what_cannot_be_written_is_refused(session: str, gert: Person) -> None:
    for fields in (
        {"act": "drop:tables"},
        {"act": "remove:topic.none"},
        {"w:topic.a:rest": "x"},
        {"w:nothing.a:title_en": "x"},
        {"act": "add:group", "text": "x" * 5000},
        {"w:row.any.any.any.any:skills": "a," * 50},
        {"w:row.any.any.any.any:skills": "a" + ":" * 60_000 + "x"},
    ):
        page = await gert.post(f"{session}/changes", **fields)
        assert page.status in (400, 409), fields


async def test_what_is_typed_goes_through_merging_and_combinations_into_a_draft(
    house: House, session: str, ina: Person
) -> None:
    await ina.post(f"{session}/changes", act="add:topic", text="Order\nOrders\nInvoice")
    page = await ina.get(f"{session}?step=topics")
    order, orders, invoice = (one.removeprefix("vote:") for one in page.values(".vote"))
    await ina.post(f"{session}/changes", **{f"w:row.any.any.any.{orders[6:]}:role": "Sales"})
    await ina.post(f"{session}/changes", act=f"merge:{orders}", into=order)
    cell = f"row.any.inbound.phone.{invoice[6:]}"
    await ina.post(f"{session}/changes", act=f"refuse:{cell}/yes")
    await ina.post(f"{session}/changes", **{f"w:{cell}:instead": ["", "email"]})
    await ina.post(f"{session}/changes", **{f"w:{ROW}:role": "service", f"w:{ROW}:first": "soon"})
    await ina.post(f"{session}/changes", act="add:action", text="Ask the carrier")
    page = await ina.post(f"{session}/draft")
    assert "“soon” does not fit here" in page.text(".findings")
    written = await house.database.read(lambda c: models.text_of(c, 2))
    for line in (
        "  order:",
        "words: [order, orders]",
        "role: sales",
        "  - channel: phone",
        "    instead: [email]",
        "  - role: service",
    ):
        assert line in written, line
    assert "orders:" not in written
    actions = await house.database.read(lambda c: model_actions.listed(c, 2))
    assert [one.what[:16] for one in actions] == ["Ask the carrier", "Write in Dutch, "]

    # Once more: the same version, as long as nobody did anything with it; then another.
    await ina.post(f"{session}/changes", act="undo")
    await ina.post(f"{session}/draft")
    await ina.post("/console/model/2/check")
    await ina.post(f"{session}/draft")
    numbers = [one.number for one in await house.database.read(models.listed)]
    assert numbers == [3, 2, 1]
    left = await house.database.read(lambda c: model_actions.listed(c, 3))
    assert [one.what[:16] for one in left] == ["Write in Dutch, "]


async def test_a_session_goes_on_from_a_version(house: House, ina: Person) -> None:
    page = await ina.post("/console/sessions", title="On", based_on="1")
    ina.token = page.value("#content input[name=form_token]")
    assert (page.status, notes(page)) == (200, ["Consumers"]), page.body
    await ina.post(f"{page.path}/draft")
    assert (await ina.get("/console/model/2/compare?with=1")).status == 200
    [found] = await house.database.read(workshops.listed)
    assert (found.based_on, found.draft) == (1, 2)
    assert "first_response: 2h" in await house.database.read(lambda c: models.text_of(c, 2))


async def test_the_live_line_tells_at_once_and_ends_when_somebody_is_sent_away(
    house: House, session: str, ina: Person, gert: Person
) -> None:
    told: list[str] = []

    async def listen(http: ClientSession) -> None:
        async with http.get(f"{gert.origin}{session}/live") as response:
            async for line in response.content:
                told.extend(line.decode().split()[1:] if line.startswith(b"event:") else [])

    listening = asyncio.create_task(listen(gert.http))
    await eventually(lambda: told == ["board"] or len(told) > 1)
    count = len(told)
    await ina.post(f"{session}/changes", act="add:group", text="Hotels")
    await eventually(lambda: len(told) > count)
    [row] = [one for one in await house.rows(workshop_people) if one.name == "Gert"]
    await ina.post(f"{session}/people/{row.id}", say="out")
    await asyncio.wait_for(listening, 30)
    assert told[-1] == "out"
