"""Administrators add fields to customers, change them, and archive them with what they hold."""

import json

from aiohttp import FormData

from console_house import House, Page, Person
from customer_fields import BOTH, FIELDS, add_field, choices
from hub.store.tables import audit_log, customer_fields


async def test_a_field_is_made_changed_put_in_order_and_archived(house: House, ina: Person) -> None:
    level = await add_field(
        house, ina, "Loyalty", kind="one_of", **choices(("Gold", "Goud"), ("Silver", "Zilver"))
    )
    await add_field(house, ina, "Credit limit", kind="amount", currency="eur")
    page = await ina.get(FIELDS)
    assert page.texts("tbody th a") == ["Loyalty", "Credit limit"]
    assert page.texts("tbody th code") == ["loyalty", "credit_limit"]
    page = await ina.post(f"{FIELDS}/{level}/act", act="down")
    assert page.texts("tbody th a") == ["Credit limit", "Loyalty"]
    one = f"{FIELDS}/{level}"
    page = await ina.get(one)
    assert page.values(".choice-row input[type=hidden]") == ["gold", "silver"]
    changed = {"title.en": "Level", "title.nl": "Niveau", "required": "1", "kind": "text"}
    rows = {"rows": "2", "choice.0.name": "gold", "choice.0.en": "Golden", "choice.1.en": "Bronze"}
    page = await ina.post(one, **(changed | rows | BOTH))
    assert (page.path, page.texts("tbody th a")) == (FIELDS, ["Credit limit", "Level"])
    row = next(row for row in await house.rows(customer_fields) if row.id == level)
    assert (row.key, row.kind, row.required) == ("loyalty", "one_of", True)
    assert [(c["name"], c["archived"]) for c in row.choices] == [
        ("gold", False), ("bronze", False), ("silver", True),
    ]  # fmt: skip
    page = await ina.post(f"{one}/act", act="archive")
    assert page.texts("tbody th a") == ["Credit limit"]
    page = await ina.post(f"{one}/act", act="restore")
    assert page.texts("tbody th a") == ["Credit limit", "Level"]
    said = [row for row in await house.rows(audit_log) if row.object == "loyalty"]
    assert [row.action.removeprefix("customer_field.") for row in said] == [
        "added", "moved", "changed", "changed", "changed",
    ]  # fmt: skip
    assert said[2].details["titles"] == [{"en": "Loyalty"}, {"en": "Level", "nl": "Niveau"}]


async def test_what_is_wrong_is_said_at_its_place_and_typed_text_stays(
    house: House, ina: Person
) -> None:
    await add_field(house, ina, "Loyalty")
    for place, wanted in {
        "title": {"title.en": ""},
        "key": {"title.en": "Mail", "key": "email"},
        "whose": {"title.en": "Level", "whose.person": "", "whose.organisation": ""},
        "currency": {"title.en": "Limit", "kind": "amount", "currency": "euro"},
        "choices": {"title.en": "Level", "kind": "one_of", "rows": "3"},
        "searchable": {"title.en": "Risk", "searchable": "1", "seen_by": "supervisor"},
        "seen_by": {"title.en": "Job", "key": "position", "seen_by": "supervisor"},
    }.items():
        page = await ina.post(FIELDS, **(BOTH | wanted))
        assert page.status == 422, place
        assert page.text(f"#wrong-{place}") == page.text("[role=alert]") != "", place
        assert page.has(f"[aria-describedby=wrong-{place}]"), place
        assert page.value("input[name='title.en']") == wanted["title.en"], place
    page = await ina.post(FIELDS, **({"title.en": "Loyalty"} | BOTH))
    assert (page.status, page.text("#wrong-key")) == (409, "Another field has this key.")
    assert len(await house.rows(customer_fields)) == 1


async def test_the_form_says_that_the_customer_gets_it_too(house: House, ina: Person) -> None:
    said = "The customer gets it with a download of their own data."
    assert said in (await ina.get(FIELDS)).text(".field-form")


async def test_only_administrators_come_here(house: House, anna: Person) -> None:
    assert (await anna.get(FIELDS)).status == 403
    assert (await anna.post(FIELDS, **({"title.en": "Loyalty"} | BOTH))).status == 403
    assert await house.rows(customer_fields) == []


async def test_fields_go_to_another_organisation_and_back(house: House, ina: Person) -> None:
    await add_field(house, ina, "Loyalty", kind="one_of", **choices(("Gold", "Goud")))
    await add_field(house, ina, "Limit", kind="amount", currency="EUR", required="1")
    file = await ina.get(FIELDS + ".json")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="fields.json"')
    before = await house.rows(customer_fields)
    page = await take_in(ina, file.body)
    assert (page.path, await house.rows(customer_fields)) == (FIELDS, before), "nothing changed"
    entries = json.loads(file.body)
    entries[1]["titles"] = {"en": "Most on credit"}
    new = {"key": "since", "kind": "date", "titles": {"nl": "Sinds"}}
    page = await take_in(ina, json.dumps([*entries, new]))
    assert page.texts("tbody th a") == ["Loyalty", "Most on credit", "Sinds"]
    for wrong, said in (
        ([entries[0] | {"kind": "text"}], "loyalty: There is a field of another kind with this"),
        ([new | {"key": "from"}, new | {"key": "email"}], "email: Use small letters"),
        ([{"key": "x"}], "0.kind: Field required"),
        ([new | {"colour": "red"}], "0.colour: Extra inputs"),
        ("no list", "file: Input should be a valid"),
    ):
        page = await take_in(ina, json.dumps(wrong))
        assert page.status == 422
        assert page.text("[role=alert]").startswith(f"Nothing was taken in. {said}")
    assert (await take_in(ina, "{")).status == 422
    assert len(await house.rows(customer_fields)) == 3, "all of a file or nothing"


async def take_in(who: Person, content: str) -> Page:
    form = FormData({"form_token": who.token})
    form.add_field("file", content.encode(), filename="fields.json")
    path = f"{who.origin}{FIELDS}/file"
    async with who.http.post(path, data=form, headers={"Origin": who.origin}) as response:
        return Page(response, await response.text())
