"""Contact arrangements: administrators say how we reach out, requests for ratings keep to it."""

from datetime import timedelta

from sqlalchemy import update

from builders import TOKENS, mail_arrival
from console_house import House, Person, person
from hub import clock
from hub.facts import Facts
from hub.rating_requests import RatingRequests
from hub.store.leader import open_leadership
from hub.store.tables import (
    audit_log,
    customers,
    interactions,
    outbound,
    outreaches,
    rating_requests,
    work_facts,
)

PAGE = "/console/admin/arrangements"
FORM = {"group": "b2c", "channel.0": "phone", "channel.1": "email", "most": "1", "days": "7"}


async def solved(house: House, agent: Person, sender: str = "jan@example.org") -> str:
    """Something of theirs is solved, and they are asked how it was. Gives the conversation."""
    accepted = await house.receive(mail_arrival(sender, subject="My order"))
    path = f"/console/conversations/{accepted.conversation_id}"
    await agent.reply(await agent.get(path), "It is on its way.")
    item = await house.work_of(accepted.conversation_id)
    await agent.post(f"/console/work/{item.id}/resolve", seen="99")
    await Facts(house.database, open_leadership(house.database, "facts")).round(clock.now())
    requests = RatingRequests(
        house.database,
        open_leadership(house.database, "ratings"),
        TOKENS,
        public_url=house.origin,
        organisation="Van Dalen Koffie",
        wake=house.relay.wake,
    )
    await requests.round(clock.now())
    return path


async def asks(house: House, ina: Person) -> None:
    await ina.post("/console/admin/organisation", what="ratings", **{"channel.email": "1"})
    await house.write(lambda c: c.execute(update(customers).values(target_group="b2c")))


async def test_it_reads_as_a_line_and_is_in_the_audit_log(house: House, ina: Person) -> None:
    page = await ina.post(PAGE, **FORM, quiet_from="18", quiet_until="8", en="Ask for Kim.")
    line = "at most 1 message in 7 days, not between 18:00 and 8:00. Ask for Kim."
    assert f"Phone first, then e-mail, {line}" in page.text("main")
    assert page.value("select[name='channel.1'] option[selected]") == "email"
    lines = [row for row in await house.rows(audit_log) if row.object == "arrangements"]
    assert lines[-1].details["now"]["groups"]["b2c"]["most"] == 1
    page = await ina.post(PAGE, group="b2c", do="remove")
    assert line not in page.text("main")


async def test_what_cannot_be_stays_in_the_form(house: House, ina: Person) -> None:
    for wrong in ({"most": "many"}, {"quiet_from": "8"}, {"days": "999"}):
        page = await ina.post(PAGE, **FORM | wrong)
        assert (page.status, page.text("[role=alert]")[:10]) == (422, "Not kept: ")
        name, value = next(iter(wrong.items()))
        assert page.value(f"details[open] input[name={name}]") == value
    page = await ina.post(PAGE, group="b2c", days="7")
    assert page.text("[role=alert]") == "Not kept: say at least one thing."
    assert (await ina.post(PAGE, **FORM | {"group": "martians"})).status == 404
    assert [row for row in await house.rows(audit_log) if row.object == "arrangements"] == []


async def test_agents_see_it_beside_the_customer(house: House, ina: Person, anna: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}"
    assert not (await anna.get(path)).has("[data-arrangement]")
    await ina.post(PAGE, **FORM | {"group": ""})
    page = await anna.get(path)
    assert page.text("[data-arrangement] summary").startswith("Arrangement for everybody else:")
    assert page.text("[data-arrangement] p") == "0 of 1 in the last 7 days"


async def test_what_is_too_often_is_withheld_and_shown(
    house: House, ina: Person, anna: Person
) -> None:
    await ina.post(PAGE, **FORM | {"group": ""})
    await asks(house, ina)
    path = await solved(house, anna)
    assert [row.state for row in await house.rows(outreaches)] == ["sent"]
    page = await anna.get(path)
    assert page.text("[data-arrangement] p") == "1 of 1 in the last 7 days"
    # The two weeks in which nobody is asked twice are over; the arrangement is not.
    await ina.post(PAGE, **FORM | {"group": "", "days": "30"})
    await _age(house, days=20)
    path = await solved(house, anna)
    page = await anna.get(path)
    why = "because we reached out to them often enough"
    assert f"Not sent: a request for a rating, {why}" in page.texts(".event")[-1]
    assert "withheld: we reached out" in page.text("[data-arrangement] li")
    page = await ina.get(PAGE)
    assert "we reached out to them often enough" in page.text("tbody tr")
    assert [row.state for row in await house.rows(outreaches)] == ["sent", "withheld"]


async def test_nothing_is_sent_by_a_channel_that_is_not_arranged(
    house: House, ina: Person, anna: Person
) -> None:
    await ina.post(PAGE, group="", **{"channel.0": "phone"}, days="7")
    await asks(house, ina)
    await solved(house, anna)
    [row] = await house.rows(outreaches)
    assert (row.state, row.why) == ("withheld", "channel")
    [customer] = await house.rows(customers)
    assert customer.name in (await ina.get(PAGE)).text("tbody tr th")
    await house.hire("omar", "Omar Bey", ["billing"], administrator=True)
    async with person(house) as omar:
        await omar.sign_in("omar")
        page = await omar.get(PAGE)
        assert "of another role" in page.text("tbody tr th")
        assert customer.name not in page.text("tbody")
        assert not page.has("tbody a")
    assert not [one for one in await house.rows(interactions) if "/rate/" in one.text]


async def test_quiet_hours_are_waited_for(house: House, ina: Person, anna: Person) -> None:
    hour = clock.now().hour
    quiet = {"quiet_from": str(hour), "quiet_until": str((hour + 2) % 24)}
    await ina.post(PAGE, group="", days="7", **quiet)
    await asks(house, ina)
    await solved(house, anna)
    [asked] = [one for one in await house.rows(interactions) if "/rate/" in one.text]
    [message] = [one for one in await house.rows(outbound) if one.interaction_id == asked.id]
    assert message.next_at > clock.now() + timedelta(minutes=50)


async def test_only_administrators_arrange(house: House, anna: Person) -> None:
    assert (await anna.post(PAGE, **FORM)).status == 403


async def _age(house: House, *, days: int) -> None:
    """Everything that was sent so far was sent so long ago."""
    long_ago = clock.now() - timedelta(days=days)
    for change in (
        update(outreaches).values(at=long_ago),
        update(rating_requests).values(asked_at=long_ago),
        update(work_facts).values(done_at=long_ago),
    ):
        await house.write(lambda c, change=change: c.execute(change))
