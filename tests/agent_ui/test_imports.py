"""Administrators hand in files, try them first, and nobody else does."""

import io

from aiohttp import FormData
from openpyxl import Workbook

from console_house import House, Page, Person
from hub.store.tables import customers
from waiting import eventually

PERSONS = b"klantnummer;naam;shoe size\nK1;Jan;43\nK2;;\n"


async def hand_in(who: Person, content: bytes, name: str = "rows.csv", **fields: str) -> Page:
    form = FormData()
    given = {"form_token": who.token, "kind": "persons", "dry_run": "no", "zone": "UTC"} | fields
    for field, value in given.items():
        form.add_field(field, value)
    form.add_field("file", content, filename=name)
    headers = {"Origin": who.origin}
    path = f"{who.origin}/console/imports"
    async with who.http.post(path, data=form, headers=headers) as response:
        return Page(response, await response.text())


async def ended(who: Person, files: int = 1) -> Page:
    """The page once so many files came to their end."""

    async def look() -> Page | None:
        page = await who.get("/console/imports")
        return page if len(page.texts("td .chip-delivered")) == files else None

    return await eventually(look)


async def test_a_file_is_tried_and_then_taken_in(house: House, ina: Person) -> None:
    page = await hand_in(ina, PERSONS, dry_run="yes")
    assert "These columns are not read: shoe size." in page.text("[role=alert]")
    page = await ended(ina)
    assert page.texts("tbody td")[2:5] == ["1", "0", "1"]
    assert await house.rows(customers) == []
    await hand_in(ina, PERSONS)
    page = await ended(ina, 2)
    [jan] = await house.rows(customers)
    assert (jan.number, jan.name) == ("K1", "Jan")
    report = await ina.get(page.value("tbody td a", "href"))
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert "3,K2,refused,name,Nothing stands here.,Fill it in." in report.body


async def test_a_workbook_is_read_too(house: House, ina: Person) -> None:
    book = Workbook()
    for row in (["number", "name"], ["K1", "Jan"]):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    await hand_in(ina, out.getvalue(), "rows.xlsx")
    await ended(ina)
    assert [row.name for row in await house.rows(customers)] == ["Jan"]


async def test_what_cannot_be_read_is_refused_in_words(house: House, ina: Person) -> None:
    for content, said in [
        (b"name\nJan\n", "A column is missing: number. The first row names the columns"),
        (b"number,name,Name\n1,Jan,Jan\n", "Two columns are “name”"),
        (b"", "The first row is empty"),
        (b"PK\x03\x04 no workbook", "This is no workbook"),
    ]:
        page = await hand_in(ina, content)
        assert page.status >= 400
        assert said in page.text("[role=alert]")
    page = await hand_in(ina, PERSONS, zone="Mars/Olympus")
    assert "no such time zone" in page.text("[role=alert]")
    page = await hand_in(ina, PERSONS, kind="unicorns")
    assert "Choose what is in the file" in page.text("[role=alert]")
    assert await house.rows(customers) == []


async def test_only_administrators_see_it(house: House, anna: Person, ina: Person) -> None:
    assert (await anna.get("/console/imports")).status == 403
    assert (await hand_in(anna, PERSONS)).status == 403
    assert not (await anna.get("/console")).has("a[href='/console/imports']")
    assert (await ina.get("/console")).has("a[href='/console/imports']")
    assert (await ina.get("/console/imports/0-0/report")).status == 404


async def test_customers_go_out_to_administrators_alone(
    house: House, ina: Person, anna: Person
) -> None:
    await hand_in(ina, PERSONS)
    page = await ended(ina)
    assert "/console/imports/persons.csv" in page.body
    said = await ina.get("/console/imports/persons.csv")
    assert said.headers["Content-Disposition"].startswith('attachment; filename="persons.csv"')
    assert said.body.startswith("\ufeff"), "a spreadsheet program takes it for UTF-8"
    assert said.body.splitlines()[1].startswith("K1,Jan,")
    assert (await anna.get("/console/imports/persons.csv")).status == 403
    assert (await ina.get("/console/imports/orders.csv")).status == 404
