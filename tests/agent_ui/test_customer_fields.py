"""Fields that administrators added, seen and changed beside the work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, update

from agent_ui.customer_fields import without_hidden
from builders import chat_arrival
from console_house import MODEL, House, Page, Person, open_house, person
from customer_fields import FIELDS, add_field, choices
from hub import clock
from hub.custom_fields import Field, FieldKind, Who
from hub.store.agents import Agent
from hub.store.customers import Customer
from hub.store.tables import audit_log, customer_proposals, customers, work_information

LEVELS = choices(("Gold", "Goud"), ("Silver", "Zilver"))


async def customer_of(house: House) -> str:
    [customer] = await house.rows(customers)
    return str(customer.id)


async def put(house: House, who: Person, field: str, value: str | list[str], was: str = "") -> Page:
    """In the work of the one customer there is."""
    customer_id = await customer_of(house)
    item = (await who.get("/console")).value("[data-conversation]", "data-conversation")
    return await who.post(
        f"/console/customers/{customer_id}/fields",
        conversation=item,
        field=field,
        value=value,
        was=was,
    )


def line(page: Page, title: str) -> str:
    """What stands for this field."""
    found = page.texts(".field-row :is(summary, .field-fixed)")
    return next((text.removeprefix(title).strip() for text in found if text.startswith(title)), "")


async def stored(house: House) -> dict[str, str]:
    [customer] = await house.rows(customers)
    return dict(customer.attributes)


async def test_every_kind_is_typed_and_shown_in_the_readers_language(
    house: House, anna: Person, ina: Person
) -> None:
    await house.receive(subject="My order 12")
    await house.hire("nel", "Nel Mos", language="nl")
    async with person(house) as nel:
        await nel.sign_in("nel")
        cases: tuple[tuple[str, dict[str, str], str | list[str], str, str, str], ...] = (
            ("text", {}, "  ERP \n 12 ", "ERP 12", "ERP 12", "ERP 12"),
            ("number", {}, "1.234,5", "1234.5", "1.234,5", "1,234.5"),
            ("amount", {"currency": "EUR"}, "12,5", "12.50", "EUR 12,50", "EUR 12.50"),
            ("date", {}, "2026-03-09", "2026-03-09", "9 maart 2026", "9 March 2026"),
            ("yes_no", {}, "yes", "yes", "ja", "yes"),
            ("one_of", LEVELS, "silver", "silver", "Zilver", "Silver"),
            ("several_of", LEVELS, ["silver", "gold"], "gold,silver", "Goud, Zilver",
             "Gold, Silver"),
            ("email", {}, "Kim@Example.org", "kim@example.org", "kim@example.org",
             "kim@example.org"),
            ("phone", {}, "030 123 4567", "+31301234567", "+31 30 123 4567", "+31 30 123 4567"),
        )  # fmt: skip
        for number, (kind, wanted, typed, kept, dutch, english) in enumerate(cases):
            title = f"Field {number}"
            field = await add_field(house, ina, title, kind=kind, **wanted)
            page = await put(house, nel, field, typed)
            assert (page.status, line(page, title)) == (200, dutch), kind
            assert (await stored(house))[f"field_{number}"] == kept
            assert line(await anna.get(page.path), title) == english


async def test_what_is_wrong_is_said_at_the_field_and_typed_text_stays(
    house: House, anna: Person, ina: Person
) -> None:
    await house.receive(subject="My order 12")
    limit = await add_field(house, ina, "Limit", kind="amount", currency="EUR", required="1")
    page = await put(house, anna, limit, "a lot")
    assert (page.status, page.value(".field-edit[open] [name=value]")) == (422, "a lot")
    assert page.text(".field-edit[open] [role=alert]").startswith("Limit: “a lot” is no amount")
    assert await stored(house) == {}
    page = await put(house, anna, limit, "1,234.50")
    assert line(page, "Limit") == "EUR 1,234.50"
    page = await put(house, anna, limit, "", was="1234.50")
    said = page.text(".field-edit[open] [role=alert]")
    assert (page.status, said) == (422, "Limit: Nothing stands here. Fill it in.")
    assert (await put(house, anna, "01a229b9-7b73-776f-8ba0-b374577202be", "1")).status == 404


async def test_of_two_who_change_it_at_once_the_second_sees_it(
    house: House, anna: Person, ina: Person
) -> None:
    await house.receive(subject="My order 12")
    window = await add_field(house, ina, "Window")
    await put(house, anna, window, "mornings")
    page = await put(house, ina, window, "after six")
    assert page.status == 409
    assert "it is mornings now" in page.text(".field-edit[open] [role=alert]")
    assert page.value(".field-edit[open] [name=value]") == "after six", "nothing is lost"
    assert page.value(".field-edit[open] [name=was]") == "mornings"
    page = await put(house, ina, window, "after six", was="mornings")
    assert (page.status, line(page, "Window")) == (200, "after six")
    told = [row for row in await house.rows(audit_log) if row.action == "customer.changed"]
    assert [(row.object, row.details) for row in told] == [
        (await customer_of(house), {"field": "window", "from": "", "to": "mornings"}),
        (await customer_of(house), {"field": "window", "from": "mornings", "to": "after six"}),
    ]


async def test_supervisors_alone_see_or_change_what_is_theirs(
    house: House, anna: Person, bob: Person, ina: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    risk = await add_field(house, ina, "Risk", seen_by="supervisor")
    fixed = await add_field(house, ina, "Number at ERP", changed_by="supervisor")
    await put(house, ina, risk, "pays late")
    await put(house, ina, fixed, "E-77")
    path = f"/console/conversations/{accepted.conversation_id}"
    page = await anna.get(path)
    assert "pays late" not in page.body
    assert (line(page, "Number at ERP"), page.has(".field-edit")) == ("E-77", False)
    assert line(await ina.get(path), "Risk") == "pays late"
    for field in (risk, fixed):
        assert (await put(house, anna, field, "x", was="E-77")).status == 403
    customer_id = await customer_of(house)
    for who, of in ((bob, accepted.conversation_id), (ina, "01a229b9-7b73-776f-8ba0-b374577202be")):
        fields = {"conversation": of, "field": fixed, "value": "x", "was": "E-77"}
        assert (await who.post(f"/console/customers/{customer_id}/fields", **fields)).status == 404
    assert await stored(house) == {"risk": "pays late", "number_at_erp": "E-77"}


@pytest.mark.parametrize(("oversees", "seen"), [(True, {"risk", "city"}), (False, {"city"})])
def test_what_supervisors_alone_see_stands_nowhere_in_the_customer(
    oversees: bool, seen: set[str]
) -> None:
    risk = Field("1", "risk", FieldKind.TEXT, {"en": "Risk"}, seen_by=Who.SUPERVISOR)
    values = {"risk": "pays late", "city": "Delft"}
    customer = Customer(
        "1", "person", "Jan", "", "", None, "", (), (),
        attributes=values, own_attributes=values, organisation_attributes=values,
    )  # fmt: skip
    agent = Agent("1", "ina", "Ina", "", frozenset(), supervisor=oversees)
    shown = without_hidden(customer, {"risk": risk}, agent)
    for found in (shown.attributes, shown.own_attributes, shown.organisation_attributes):
        assert set(found) == seen


async def test_who_they_belong_to_has_fields_of_its_own(
    house: House, anna: Person, ina: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    person_id, firm = await customer_of(house), "01a229b9-7b73-776f-8ba0-b374577202be"
    row = {"id": firm, "kind": "organisation", "name": "Bakkerij Smit", "attributes": {}}

    def join(connection: Connection) -> None:
        connection.execute(insert(customers).values(row | {"created_at": clock.now()}))
        this = customers.c.id == person_id
        connection.execute(update(customers).where(this).values(organisation_id=firm))

    await house.write(join)
    level = await add_field(
        house, ina, "Level", kind="one_of", **LEVELS, **{"whose.person": ""}, topic="order"
    )
    path = f"/console/customers/{firm}/fields"
    form = {"conversation": accepted.conversation_id, "field": level, "was": ""}
    page = await anna.post(path, **form, value="gold")
    assert (page.texts(".fields h3"), line(page, "Level")) == (["Bakkerij Smit"], "Gold")
    assert "gold" not in page.text(".details"), "it stands once"
    theirs = {one.id: one.attributes for one in await house.rows(customers)}
    assert theirs == {firm: {"level": "gold"}, person_id: {}}


async def test_what_matters_stands_open_and_the_rest_is_folded(
    house: House, anna: Person, ina: Person
) -> None:
    await house.receive(subject="My order 12")
    for title, wanted in {
        "Other": {}, "Needed": {"required": "1"}, "Topical": {"topic": "order"},
        "Of firms": {"whose.person": ""},
    }.items():  # fmt: skip
        await add_field(house, ina, title, **wanted)
    page = await anna.take_next()
    assert page.texts(".field-list > .field-row summary") == [
        "Topical not known", "Needed still to be filled in",
    ]  # fmt: skip
    assert page.texts(".field-rest summary") == ["1 more field", "Other not known"]


async def test_an_archived_field_keeps_its_values(house: House, anna: Person, ina: Person) -> None:
    await house.receive(subject="My order 12")
    window = await add_field(house, ina, "Window")
    await put(house, anna, window, "mornings")
    await ina.post(f"{FIELDS}/{window}/act", act="archive")
    page = await anna.take_next()
    assert "mornings" not in page.text("#side")
    assert (await put(house, anna, window, "x", was="mornings")).status == 404
    await ina.post(f"{FIELDS}/{window}/act", act="restore")
    assert line(await anna.get(page.path), "Window") == "mornings"


ASKED = MODEL.replace(
    "    required_information:\n",
    """    required_information:
      - {name: moment, title: {en: When to come, nl: Wanneer komen}, source: customer,
         field: customer.window}
      - {name: limit, title: {en: How much, nl: Hoeveel}, source: customer, field: customer.limit}
""",
).replace(
    "nl: Consumenten}}",
    """nl: Consumenten}}
  vip: {title: {en: Golden ones, nl: Gouden klanten}, customers: [{level: [gold]}]}""",
)


@pytest.fixture
async def asked(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=ASKED) as opened:
        yield opened


async def test_the_model_asks_for_fields_and_what_is_found_out_is_kept(asked: House) -> None:
    await asked.hire("ina", "Ina Smit", administrator=True)
    await asked.hire("anna", "Anna de Wit", language="nl")
    async with person(asked) as ina, person(asked) as anna:
        await ina.sign_in("ina")
        await anna.sign_in("anna")
        await add_field(asked, ina, "Window", kind="several_of", **LEVELS)
        limit = {"kind": "amount", "currency": "EUR", "changed_by": "supervisor"}
        await add_field(asked, ina, "Limit", **limit)
        accepted = await asked.receive(subject="My order 12")
        page = await anna.take_next()
        assert page.texts(".need .check") == ["Goud", "Zilver"]
        path = f"/console/work/{(await asked.work_of(accepted.conversation_id)).id}/information"
        entered: dict[str, str | list[str]] = {"info.moment": ["", "silver", "gold"]}
        refused = await anna.post(path, **entered, **{"info.limit": "veel", "info.number": "12"})
        assert refused.status == 422
        assert "“veel” is geen bedrag" in refused.text("[role=alert]")
        assert refused.values(".need input:not([type=hidden], [type=checkbox])") == ["veel", "12"]
        assert len(refused.texts(".need [checked]")) == 2
        page = await anna.post(path, **entered, **{"info.limit": "1.250"})
        assert page.value("[name='info.limit']") == "1250,00"
        [window, amount] = page.texts(".proposal")
        assert window.startswith("Window: Goud, Zilver")
        assert amount.startswith("Limit: EUR 1.250,00")
        assert "Een leidinggevende kan het bij de klant bewaren." in amount
        proposals = [
            one.split('"')[0] for one in page.body.split('action="/console/proposals/')[1:]
        ]
        answer = {"conversation": accepted.conversation_id, "keep": "yes"}
        assert (await anna.post(f"/console/proposals/{proposals[1]}", **answer)).status == 403
        for one in proposals:
            page = await ina.post(f"/console/proposals/{one}", **answer)
        assert await stored(asked) == {"window": "gold,silver", "limit": "1250.00"}
        assert page.texts(".need-value")[:2] == ["Gold, Silver", "EUR 1,250.00"]


async def test_what_is_asked_and_for_supervisors_is_not_shown_to_agents(asked: House) -> None:
    """What a supervisor entered, and what is proposed of it, stays with supervisors."""
    await asked.hire("ina", "Ina Smit", administrator=True)
    anna_id = await asked.hire("anna", "Anna de Wit")
    async with person(asked) as ina, person(asked) as anna:
        await ina.sign_in("ina")
        await anna.sign_in("anna")
        await add_field(asked, ina, "Window", seen_by="supervisor")
        accepted = await asked.receive(subject="My order 12")
        item = await asked.work_of(accepted.conversation_id)
        path = f"/console/work/{item.id}/information"
        await ina.take_next()
        page = await ina.post(path, **{"info.moment": "pays late", "info.number": "12"})
        assert page.value("[name='info.moment']") == "pays late"
        page = await anna.get(page.path)
        assert ("pays late" in page.body, "12" in page.texts(".need-value")) == (False, True)
        [proposal] = await asked.rows(customer_proposals)
        drop = {"conversation": accepted.conversation_id, "keep": "no"}
        said = await anna.post(f"/console/proposals/{proposal.id}", **drop)
        assert said.status == 403
        assert [row.state for row in await asked.rows(customer_proposals)] == ["open"]
        await ina.post(f"/console/work/{item.id}/transfer", to=f"service|{anna_id}")
        page = await anna.take_next()
        assert page.has("[name='info.number']")
        assert not page.has("[name='info.moment']")
        refused = await anna.post(path, **{"info.moment": "", "info.number": "13"})
        assert refused.status == 403
        page = await anna.post(path, **{"info.number": "13"})
        assert (page.status, page.value("[name='info.number']")) == (200, "13")
        kept = {row.name: row.value for row in await asked.rows(work_information)}
        assert kept == {"moment": "pays late", "number": "13"}


async def test_what_is_no_web_address_is_no_link(house: House, anna: Person, ina: Person) -> None:
    """A value from before there was a field is not looked at when the field is made."""
    accepted = await house.receive(subject="My order 12")
    await add_field(house, ina, "Site", kind="web")
    for value, links in (("javascript:alert(1)", 0), ("https://erp.example/1", 1)):
        await house.write(
            lambda c, value=value: c.execute(update(customers).values(attributes={"site": value}))
        )
        page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
        assert value in line(page, "Site")
        assert len(page.texts(".field-value a")) == links


async def test_a_field_decides_about_the_target_group(asked: House) -> None:
    await asked.hire("ina", "Ina Smit", administrator=True)
    async with person(asked) as ina:
        await ina.sign_in("ina")
        await asked.receive(subject="My order 12")
        level = await add_field(asked, ina, "Level", kind="one_of", **LEVELS)
        page = await put(asked, ina, level, "gold")
        assert "Golden ones" in page.text("[data-which-group] summary")
        told = await asked.receive(subject="Another order")
        item = await asked.work_of(told.conversation_id)
        assert (await asked.decision_of(item))["target_group"] == "vip"


async def test_what_a_visitor_answered_before_is_read_as_a_value(asked: House) -> None:
    await asked.hire("ina", "Ina Smit", administrator=True)
    async with person(asked) as ina:
        await ina.sign_in("ina")
        await add_field(asked, ina, "Window", kind="several_of", **LEVELS)
        answers = {"answer.moment": "zilver"}
        accepted = await asked.receive(chat_arrival(topic="order", details=answers))
        page = await ina.take_next()
        assert page.path.endswith(accepted.conversation_id)
        assert page.values(".need [checked]") == ["silver"]
        assert "Silver the customer says so" in page.text(".need")


async def test_links_and_canned_replies_name_fields(
    house: House, anna: Person, ina: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    risk = await add_field(house, ina, "Risk", seen_by="supervisor")
    since = await add_field(house, ina, "Since", kind="date")
    links = "/console/admin/links"
    for title, url in (
        ("ERP", "https://erp.example/{since}"),
        ("No", "https://erp.example/{risk}"),
    ):
        assert (await ina.post(links, title=title, url=url)).status == 200
    text = {"text.en": "Since {since}, {risk}", "text.nl": "Sinds {since}"}
    await ina.post("/console/replies", shortcut="since", title="Since", **text)
    await put(house, ina, since, "2026-03-09")
    await put(house, ina, risk, "pays late")
    path = f"/console/conversations/{accepted.conversation_id}"
    page = await anna.get(path)
    assert [page.value(".links-out a", "href")] == ["https://erp.example/2026-03-09"]
    assert page.texts(".links-out a") == ["ERP (opens another system)"]
    assert (await anna.get(f"{path}/replies")).text("[data-text]") == "Since 9 March 2026, {risk}"
    await house.write(lambda c: c.execute(update(customers).values(language="nl")))
    assert (await anna.get(f"{path}/replies")).text("[data-text]") == "Sinds 9 maart 2026"


async def test_a_field_that_is_called_amount_is_filled_in_where_no_rule_offers_one(
    house: House, anna: Person, ina: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    field_id = await add_field(house, ina, "Amount")
    await ina.post("/console/replies", shortcut="due", title="Due", **{"text.en": "{amount} due"})
    await put(house, ina, field_id, "EUR 12")
    path = f"/console/conversations/{accepted.conversation_id}/replies"
    assert (await anna.get(path)).text("[data-text]") == "EUR 12 due"
