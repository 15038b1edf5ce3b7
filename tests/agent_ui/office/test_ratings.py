"""Customers are asked what they think once something is solved: where chosen, and not too often."""

import re

from sqlalchemy import update

from builders import TOKENS, mail_arrival
from console_house import House, Person
from hub import clock
from hub.facts import Facts
from hub.interaction import Channel
from hub.rating_requests import RatingRequests
from hub.store import choices
from hub.store.leader import open_leadership
from hub.store.tables import interactions, rating_requests, ratings, work_facts

ADMIN = "/console/admin/organisation"
LINK = re.compile(r"/rate/([a-z0-9.-]+)\?score=5")


async def finish(house: House, agent: Person, sender: str = "jan@example.org") -> str:
    accepted = await house.receive(mail_arrival(sender, subject="My order"))
    page = await agent.get(f"/console/conversations/{accepted.conversation_id}")
    await agent.reply(page, "It is on its way.")
    item = await house.work_of(accepted.conversation_id)
    await agent.post(f"/console/work/{item.id}/resolve", seen="99")
    await Facts(house.database, open_leadership(house.database, "facts")).round(clock.now())
    return accepted.conversation_id


async def ask(house: House) -> int:
    requests = RatingRequests(
        house.database,
        open_leadership(house.database, "ratings"),
        TOKENS,
        public_url=house.origin,
        organisation="Van Dalen Koffie",
        wake=house.relay.wake,
    )
    return await requests.round(clock.now())


async def link_in(house: House) -> str:
    texts = [row.text for row in await house.rows(interactions) if "/rate/" in row.text]
    [token] = {found for text in texts for found in LINK.findall(text)}
    return f"/rate/{token}"


async def test_a_customer_is_asked_once_rates_by_the_link_and_it_shows(
    house: House, anna: Person, ina: Person, guest: Person
) -> None:
    conversation = await finish(house, anna)
    assert await ask(house) == 0, "nobody chose to ask"
    await ina.post(ADMIN, what="ratings", **{"channel.email": "1", "role.service": "1"})
    assert [await ask(house), await ask(house)] == [1, 0]
    link = await link_in(house)
    page = await guest.get(f"{link}?score=4")
    assert page.value("input[name=score][checked]") == "4"
    assert await house.rows(ratings) == [], "looking at it rates nothing"
    assert (await guest.post(link, score="9")).status == 400
    page = await guest.post(link, score="4", comment="Quick <b>answer</b>")
    assert page.text("h1") == "Thank you"
    [rating] = await house.rows(ratings)
    assert (rating.score, rating.channel) == (4, "email")
    assert [row.rating for row in await house.rows(work_facts)] == [4]
    assert (await guest.post(link, score="1")).status == 410, "once"
    shown = await anna.get(f"/console/conversations/{conversation}")
    assert "rated this 4 of 5" in shown.body
    assert "Quick &lt;b&gt;answer" in shown.body


async def test_who_was_asked_lately_is_left_alone(house: House, anna: Person, ina: Person) -> None:
    await ina.post(ADMIN, what="ratings", **{"channel.email": "1"})
    await finish(house, anna)
    assert await ask(house) == 1
    await finish(house, anna)
    assert await ask(house) == 0
    await finish(house, anna, "kim@example.org")
    assert await ask(house) == 1
    assert len(await house.rows(rating_requests)) == 2


async def test_only_chosen_roles_topics_and_channels_are_asked_about(
    house: House, anna: Person, ina: Person
) -> None:
    await finish(house, anna)
    for chosen in (
        {"channel.sms": "1"},
        {"channel.email": "1", "role.billing": "1"},
        {"channel.email": "1", "topic.invoice": "1"},
    ):
        await ina.post(ADMIN, what="ratings", **chosen)
        assert await ask(house) == 0
    kept = await house.database.read(lambda c: choices.value(c, "ratings"))
    assert kept == {"channels": [Channel.EMAIL], "roles": [], "topics": ["invoice"]}
    await ina.post(ADMIN, what="ratings", **{"channel.email": "1", "topic.order": "1"})
    assert await ask(house) == 1


async def test_a_made_up_or_old_link_says_so(
    house: House, anna: Person, ina: Person, guest: Person
) -> None:
    assert (await guest.get("/rate/abc.def")).status == 410
    await ina.post(ADMIN, what="ratings", **{"channel.email": "1"})
    await finish(house, anna)
    await ask(house)
    link = await link_in(house)
    await house.receive(mail_arrival(subject="My order"))
    long_ago = clock.now().replace(year=2020)
    await house.write(lambda c: c.execute(update(rating_requests).values(asked_at=long_ago)))
    page = await guest.get(link)
    assert (page.status, page.text("h1")) == (410, "This link does not serve any more")


async def test_what_is_kept_how_long_is_chosen_within_bounds(house: House, ina: Person) -> None:
    days = {"original_days": "30", "audit_days": "0", "mailbox_days": "10", "event_days": "14"}
    await ina.post(ADMIN, what="retention", **days)
    page = await ina.get(ADMIN)
    assert [page.value(f"input[name={name}]") for name in days] == [*days.values()]
    for wrong in ({"event_days": "3"}, {"audit_days": "-1"}, {"audit_days": "x"}):
        refused = await ina.post(ADMIN, what="retention", **(days | wrong))
        assert (refused.status, refused.text("[role=alert]")[:11]) == (422, "Write days:")
        typed = days | wrong
        assert {name: refused.value(f"input[name={name}]") for name in typed} == typed
    assert (await ina.post(ADMIN, what="nonsense")).status == 404
    assert (await ina.post(ADMIN, what="second_factor", who="dogs")).status == 404
