"""To which target group a customer belongs: by whose word, and said otherwise in the console."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from console_house import MODEL, House, Person, open_house
from hub.store.tables import audit_log, customers

RULED = MODEL.replace(
    "nl: Consumenten}}",
    """nl: Consumenten}}
  b2b:
    title: {en: Businesses, nl: Bedrijven}
    customers: [{segment: [bakery, hotel]}]""",
)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=RULED) as opened:
        yield opened


async def test_the_model_says_it_and_an_agent_says_otherwise(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    [customer] = await house.rows(customers)
    await house.write(
        lambda c: c.execute(update(customers).values(attributes={"segment": "Hotel"}))
    )
    page = await anna.take_next()
    shown = "Target group: Businesses by a rule of the model (segment: Hotel)"
    assert page.text("[data-which-group] summary") == shown
    told = await house.receive(subject="Another order")
    item = await house.work_of(told.conversation_id)
    assert (await house.decision_of(item))["target_group"] == "b2b"
    path = f"/console/customers/{customer.id}/group"
    page = await anna.post(path, conversation=accepted.conversation_id, group="b2c")
    assert page.text("[data-which-group] summary") == "Target group: Consumers set by hand"
    [said] = [row for row in await house.rows(audit_log) if row.action == "customer.group_set"]
    assert (said.object, said.details) == (customer.id, {"from": "", "to": "b2c"})
    item = await house.work_of((await house.receive(subject="My order")).conversation_id)
    assert (await house.decision_of(item))["target_group"] == "b2c"
    page = await anna.post(path, conversation=accepted.conversation_id, group="")
    assert page.text("[data-which-group] summary") == shown


async def test_only_a_group_of_the_model_and_only_of_whom_one_sees(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(subject="My order 12")
    [customer] = await house.rows(customers)
    path = f"/console/customers/{customer.id}/group"
    refused = await anna.post(path, conversation=accepted.conversation_id, group="vip")
    assert (refused.status, "this target group" in refused.text("[role=alert]")) == (409, True)
    for who, of in (
        (anna, "01a229b9-7b73-776f-8ba0-b374577202be"),
        (bob, accepted.conversation_id),
    ):
        assert (await who.post(path, conversation=of, group="b2c")).status == 404
    assert (await house.rows(customers))[0].target_group == ""


async def test_the_language_of_the_customer_stands_there_by_its_name(
    house: House, anna: Person
) -> None:
    await house.receive(subject="Meine Bestellung 12")
    await house.write(lambda c: c.execute(update(customers).values(language="de")))
    page = await anna.take_next()
    assert page.text("#side .faint").startswith("Person · ")
    assert page.text("#side .faint").endswith(" · German")
