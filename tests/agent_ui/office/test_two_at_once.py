"""Two people at one form: what somebody changed meanwhile is not undone unseen."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from at_once import meanwhile
from console_house import House, Page, Person, open_house, person
from hub import chat_look
from hub.chat_look import Look
from hub.custom_fields import Field, FieldKind, Whose
from hub.store import agents, choices, customer_fields, reviewing
from hub.store.people import find
from hub.store.tables import agents as agents_table
from hub.store.tables import canned_replies

TOLD = "Somebody else changed this meanwhile."
ORGANISATION = "/console/admin/organisation"


@pytest.fixture
def house(supervised: House) -> House:
    return supervised


def seen(page: Page, form: str) -> str:
    """The mark in this form of a page that was opened."""
    return page.value(f"{form} [name=seen]")


def refused(page: Page) -> bool:
    return page.status == 409 and page.text("[role=alert]").startswith(TOLD)


async def test_rights_that_somebody_changed_meanwhile_stay(house: House, ina: Person) -> None:
    kim = await house.hire("kim", "Kim Bos", ["service"])
    address = f"/console/admin/people/{kim}"
    page = await ina.get(address)
    await house.write(lambda c: agents.set_roles(c, kim, ["billing"], changed_by="other"))
    fields = {"form": "rights", "name": "Kim Prins", "role.service": "1", "capacity": "100"}
    told = await ina.post(address, seen=seen(page, "form"), **fields)
    assert refused(told)
    assert told.value("[name=name]") == "Kim Prins", "what was typed stands there still"
    person = await house.database.read(lambda c: find(c, kim))
    assert person is not None
    assert (person.name, person.roles) == ("Kim Bos", frozenset({"billing"}))
    kept = await ina.post(address, seen=seen(told, "form"), **fields)
    assert kept.status == 200, "who has been told may put theirs in its place"
    person = await house.database.read(lambda c: find(c, kim))
    assert person is not None
    assert (person.name, person.roles) == ("Kim Prins", frozenset({"service"}))


CHOICES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "second_factor": ({"who": "everyone"}, {"who": "administrators"}, "[value=administrators]"),
    "ratings": ({"channels": ["sms"]}, {"channel.email": "1"}, "[name='channel.email']"),
    "retention": ({"audit_days": 800}, {"audit_days": "900"}, "[name=audit_days][value='900']"),
    "wrap_up": ({"service": {"phone": 9}}, {"phone.service": "7"}, "[value='7']"),
}


@pytest.mark.parametrize("what", CHOICES)
async def test_what_holds_for_everybody(house: House, ina: Person, what: str) -> None:
    other, fields, stays = CHOICES[what]
    form = f"form:has([name=what][value={what}])"
    page = await ina.get(ORGANISATION)
    await house.write(lambda c: choices.keep(c, what, other, by="other"))
    told = await ina.post(ORGANISATION, what=what, seen=seen(page, form), **fields)
    assert refused(told)
    assert told.has(f"{form} {stays}")
    assert await house.database.read(lambda c: choices.value(c, what)) == other
    assert (await ina.post(ORGANISATION, what=what, seen=seen(told, form), **fields)).status == 200
    assert await house.database.read(lambda c: choices.value(c, what)) != other


async def test_alerts_and_the_form_of_reviews(house: House, lead: Person) -> None:
    wall, reviews = "/console/wall", "/console/reviews"
    limits = seen(await lead.get(wall), "[action$=thresholds]")
    criteria = seen(await lead.get(reviews), "[action$=criteria]")
    await lead.post(f"{wall}/thresholds", live_minutes="3")
    await lead.post(f"{reviews}/criteria", criteria="Was it kind?")
    fields = {"form": "thresholds", "live_minutes": "5"}
    assert refused(await lead.post(f"{wall}/thresholds", seen=limits, **fields))
    told = await lead.post(f"{reviews}/criteria", seen=criteria, criteria="Was it quick?")
    assert refused(told)
    assert told.text("textarea[name=criteria]") == "Was it quick?"


async def test_scores_count_for_the_lines_that_they_were_given_for(
    house: House, anna: Person, lead: Person
) -> None:
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    address = f"/console/reviews/{mail.conversation_id}"
    criteria = "/console/reviews/criteria"
    await lead.post(criteria, criteria="Was it quick?\nWas it kind?")
    mark = seen(await lead.get(address), f"form[action='{address}']")
    await lead.post(criteria, criteria="Was it kind?\nWas it right?")
    scores = {"score.Was it quick?": "1", "score.Was it kind?": "4"}
    told = await lead.post(address, seen=mark, remark="Well done", **scores)
    assert told.status == 409
    assert told.text("[role=alert]").startswith("What is looked at was changed meanwhile.")
    assert told.text("textarea[name=remark]") == "Well done"
    assert told.values(".score [checked]") == ["4", ""]
    assert told.values(".score [checked]", "name") == ["score.Was it kind?", "score.Was it right?"]
    assert (await anna.get("/console/reviews/mine")).text(".empty") == "There are none yet."


async def test_a_canned_reply_and_what_was_written_for_one_that_is_gone(
    house: House, ina: Person
) -> None:
    replies = "/console/replies"
    await ina.post(replies, shortcut="hello", title="Hello", **{"text.en": "Hello"})
    page = await ina.get(replies)
    one = page.value("details [name=id]")
    await ina.post(replies, id=one, shortcut="hello", title="Hello", **{"text.en": "Good day"})
    typed = {"id": one, "shortcut": "hello", "title": "Hello", "text.en": "Hi"}
    told = await ina.post(replies, seen=seen(page, "details"), **typed)
    assert refused(told)
    assert told.text("details[open] [name='text.en']") == "Hi"
    await ina.post(f"{replies}/{one}/remove")
    told = await ina.post(replies, seen=seen(told, "details"), **typed)
    assert told.status == 404
    assert told.text("[name='text.en']") == "Hi", "it can be kept as a new one"
    assert not told.has("[name=id]")


async def test_the_look_of_a_chat(house: House, ina: Person) -> None:
    channels = "/console/admin/channels"
    mark = seen(await ina.get(channels), ".look form")
    await ina.post(f"{channels}/look", site="website", **{"title.en": "Hello"})
    told = await ina.post(f"{channels}/look", site="website", seen=mark, **{"title.en": "Welcome"})
    assert refused(told)
    assert told.value("details.look[open] [name='title.en']") == "Welcome"


async def test_an_arrangement_and_a_field(house: House, ina: Person) -> None:
    arrangements = "/console/admin/arrangements"
    form = "form:has([name=group][value=b2c])"
    mark = seen(await ina.get(arrangements), form)
    await ina.post(arrangements, group="b2c", en="Call them first")
    told = await ina.post(arrangements, group="b2c", seen=mark, en="Write to them")
    assert refused(told)
    assert told.value(f"{form} [name=en]") == "Write to them"

    field = Field("", "size", FieldKind.TEXT, {"en": "Size"}, whose=[Whose.PERSON])
    await house.write(lambda c: customer_fields.add(c, field, by="other"))
    [kept] = await house.database.read(customer_fields.listed)
    address = f"/console/admin/fields/{kept.id}"
    mark = seen(await ina.get(address), "form")
    fields = {"title.en": "Length", "whose.person": "1"}
    assert (await ina.post(address, **fields)).status == 200
    told = await ina.post(address, seen=mark, **(fields | {"title.en": "Width"}))
    assert refused(told)
    assert told.value("[name='title.en']") == "Width"


@pytest.fixture
async def on_postgres(postgres_url: str, tmp_path: Path) -> AsyncIterator[House]:
    roles = frozenset(frozenset({"billing"}))
    async with open_house(postgres_url, tmp_path, supervisor_roles=roles) as opened:
        yield opened


def _limits(connection: Connection) -> None:
    choices.keep(connection, "alerts", {"live_minutes": 3}, by="other")


def _criteria(connection: Connection) -> None:
    reviewing.set_criteria(connection, ["Was it kind?"], by="other")


def _second_factor(connection: Connection) -> None:
    choices.keep(connection, "second_factor", {"who": "everyone"}, by="other")


def _name(connection: Connection) -> None:
    connection.execute(update(agents_table).values(name="Kim Prins"))


def _reply(connection: Connection) -> None:
    connection.execute(update(canned_replies).values(title="Good day"))


def _look(connection: Connection) -> None:
    chat_look.keep(connection, "website", Look(titles={"en": "Hello"}), by="other")


AT_ONCE: dict[str, tuple[Callable[[Connection], None], str, str, dict[str, str]]] = {
    "organisation": (
        _second_factor,
        "form:has([name=what][value=second_factor])",
        "",
        {"what": "second_factor", "who": "administrators"},
    ),
    "wall": (_limits, "[action$=thresholds]", "/thresholds", {"live_minutes": "5"}),
    "reviews": (_criteria, "[action$=criteria]", "/criteria", {"criteria": "Was it quick?"}),
    "review": (
        _criteria,
        "form.stack:has([name=remark])",
        "",
        {"score.Understood the question": "1"},
    ),
    "person": (_name, "form", "", {"name": "Kim Vos", "role.service": "1", "capacity": "100"}),
    "reply": (_reply, "details", "", {"shortcut": "hello", "title": "Hi", "text.en": "Hi"}),
    "look": (_look, ".look form", "/look", {"site": "website", "title.en": "Welcome"}),
}


@pytest.mark.parametrize("form", AT_ONCE)
async def test_who_keeps_a_form_in_the_same_moment_is_told_too(
    on_postgres: House, form: str
) -> None:
    house = on_postgres
    written, where, action, fields = AT_ONCE[form]
    await house.hire("ina", "Ina Smit", ["billing", "service"], administrator=True)
    async with person(house) as ina:
        await ina.sign_in("ina")
        paths = {
            "organisation": ORGANISATION,
            "wall": "/console/wall",
            "reviews": "/console/reviews",
            "reply": "/console/replies",
            "look": "/console/admin/channels",
        }
        if form == "person":
            paths[form] = f"/console/admin/people/{await house.hire('kim', 'Kim Bos')}"
        if form == "review":
            mail = await house.receive(subject="My order")
            item = await house.work_of(mail.conversation_id)
            await ina.post(f"/console/work/{item.id}/claim")
            paths[form] = f"/console/reviews/{mail.conversation_id}"
        path = paths[form]
        if form == "reply":
            await ina.post(path, shortcut="hello", title="Hello", **{"text.en": "Hello"})
        page = await ina.get(path)
        if form == "reply":
            fields = fields | {"id": page.value("details [name=id]")}
        asked = ina.post(path + action, seen=seen(page, where), **fields)
        assert (await meanwhile(house, written, asked)).status == 409
