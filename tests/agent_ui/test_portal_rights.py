"""An agent says what the contacts of an organisation may do in the portal."""

from sqlalchemy import insert, update

from console_house import House, Person
from hub import clock
from hub.store import portal_rights
from hub.store.tables import audit_log, customers


async def test_the_first_who_manages_is_made_by_an_agent(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(sender="jan@zwaan.example", subject="My order")
    conversation = f"/console/conversations/{accepted.conversation_id}"
    path = f"{conversation}/portal"
    assert (await anna.get(path)).status == 404, "a person of no organisation"
    assert "in the portal" not in (await anna.get(conversation)).text("#side")
    [jan] = [row.id for row in await house.rows(customers)]
    firm = {"id": "firm", "kind": "organisation", "name": "De Zwaan", "attributes": {}}
    await house.write(lambda c: c.execute(insert(customers), [firm | {"created_at": clock.now()}]))
    works = update(customers).where(customers.c.id == jan).values(organisation_id="firm")
    await house.write(lambda c: c.execute(works))
    page = await anna.get(conversation)
    assert "What they may do in the portal" in page.text("#side")
    page = await anna.get(path)
    assert page.text("h1") == "What De Zwaan may do in the portal"
    assert page.text("form p.faint") == "jan@zwaan.example"
    assert page.has("input[name='right.order'][checked]")
    assert not page.has("input[name='right.manage'][checked]")
    page = await anna.post(path, customer=jan, **{"right.manage": "1"})
    assert page.has("input[name='right.manage'][checked]")
    assert not page.has("input[name='right.order'][checked]")
    [found] = await house.database.read(lambda c: portal_rights.colleagues(c, "firm"))
    assert found.rights == {portal_rights.Right.MANAGE}
    [line] = [row for row in await house.rows(audit_log) if row.action == "portal.rights_set"]
    assert line.details["now"] == ["manage"]
    assert (await anna.post(path, customer="nobody")).status == 404
    assert (await bob.get(path)).status == 404, "work of another role"
    assert (await bob.post(path, customer=jan)).status == 404
