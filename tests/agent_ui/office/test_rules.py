"""Business rules: written as sentences by administrators, tried, versioned, and measured."""

from sqlalchemy import update

from console_house import House, Person, person
from hub import clock
from hub.facts import Facts
from hub.interaction import Channel
from hub.store import ratings
from hub.store.leader import open_leadership
from hub.store.tables import audit_log, business_rules, work_facts

PAGE = "/console/admin/rules"
NONE = "\N{EN DASH}"
FORM = {
    "match": "all",
    "when.0.kind": "topic",
    "when.0.topic": "order",
    "title.en": "Say when",
    "title.nl": "Zeg wanneer",
    "why.en": "They ask again otherwise.",
    "why.nl": "Anders vragen ze het weer.",
    "action": "advice",
    "action.advice.link": "",
    "priority": "50",
    "active_from": "2020-01-01",
    "do": "keep",
}


async def kept(house: House, ina: Person, **changes: str) -> str:
    page = await ina.post(PAGE, **FORM | changes)
    assert page.path == PAGE
    rows = await house.rows(business_rules)
    return str(max(rows, key=lambda row: row.id).id)


async def finish(house: House, who: Person, subject: str = "Order 12") -> str:
    """Work about an order, answered and resolved; gives its conversation."""
    accepted = await house.receive(subject=subject)
    item = await house.work_of(accepted.conversation_id)
    page = await who.post(f"/console/work/{item.id}/claim")
    if rule := page.value("[data-next] input[name=rule]"):
        await who.post(f"/console/work/{item.id}/proposal", rule=rule)
    await who.reply(page, "On Friday.")
    await who.post(f"/console/work/{item.id}/resolve", seen="99")
    return accepted.conversation_id


async def test_a_rule_reads_as_a_sentence(house: House, ina: Person) -> None:
    await kept(house, ina)
    page = await ina.get(PAGE)
    assert "When it is about Orders: give advice." in page.text(".rule")
    assert page.text(".rule .chip") == "In force"
    await ina.post("/console/language", language="nl")
    page = await ina.get(PAGE)
    assert "Als dit geldt: het gaat over Bestellingen: advies geven." in page.text(".rule")


async def test_conditions_are_put_in_and_out_before_anything_is_kept(
    house: House, ina: Person
) -> None:
    form = FORM | {"add.when": "contacts", "do": "add.when"}
    page = await ina.post(PAGE, **form)
    assert page.value("input[name='when.1.count']") == "3"
    assert page.value("input[name='title.en']") == "Say when"
    page = await ina.post(PAGE, **FORM | {"add.unless": "channel", "do": "add.unless"})
    assert page.has("select[name='unless.0.channel'][autofocus]")
    page = await ina.post(PAGE, **FORM | {"do": "drop.when.0"})
    assert not page.has("input[name='when.0.kind']")
    assert await house.rows(business_rules) == []


async def test_what_is_wrong_is_said_where_it_is(house: House, ina: Person) -> None:
    wrong = {
        "when.0.kind": "contacts",
        "when.0.about": "order",
        "when.0.count": "many",
        "when.0.days": "700",
        "title.nl": "",
        "action": "reply",
        "action.reply.canned": "",
    }
    page = await ina.post(PAGE, **FORM | wrong)
    assert page.status == 422
    assert page.texts(".rule-bad") == [
        "Write a whole number.",
        "This is too much.",
        "Fill this in.",
        "Fill this in.",
    ]
    page = await ina.post(PAGE, **FORM | {"when.0.topic": "tulips"})
    assert page.texts(".rule-bad") == ["This is not there any more. Choose another one."]
    page = await ina.post(PAGE, **FORM | {"active_until": "2019-01-01"})
    assert page.texts(".rule-bad") == ["The last day must not come before the first."]
    assert await house.rows(business_rules) == []


async def test_each_version_is_in_the_audit_log_and_nobody_writes_over_another(
    house: House, ina: Person
) -> None:
    rule = await kept(house, ina)
    await kept(house, ina, id=rule, version="1", priority="70")
    page = await ina.post(PAGE, **FORM | {"id": rule, "version": "1"})
    assert (page.status, page.text("[role=alert]")[:25]) == (409, "Somebody changed or remov")
    page = await ina.get(f"{PAGE}/{rule}")
    assert page.text("main details summary") == "2 versions"
    assert page.value("input[name=priority]") == "70"
    lines = [row for row in await house.rows(audit_log) if row.action == "rule.kept"]
    assert [(row.details["version"], row.details["now"]["priority"]) for row in lines] == [
        (1, 50),
        (2, 70),
    ]
    await ina.post(f"{PAGE}/{rule}/remove")
    assert not (await ina.get(PAGE)).has(".rule")
    page = await ina.get(f"{PAGE}/{rule}")
    assert "was removed" in page.text(".notice")
    assert (await ina.post(PAGE, **FORM | {"id": rule, "version": "2"})).status == 409


async def test_it_is_tried_on_what_was_and_keeps_nothing(
    house: House, ina: Person, anna: Person
) -> None:
    await finish(house, anna)
    await finish(house, anna, "Order 13")
    await house.receive(subject="Invoice 7", text="What is this?")
    twice = {"when.0.kind": "contacts", "when.0.about": "topic", "when.0.count": "2"}
    page = await ina.post(PAGE, **FORM | twice | {"when.0.days": "7", "do": "try"})
    assert page.text("#trial h2") == "It would have been proposed in 1 of the last 3"
    assert "second contact about Orders in 7 days" in page.text("#trial li")
    assert page.has("#trial li a")
    assert await house.rows(business_rules) == []


async def test_what_came_after_is_counted_and_opens_the_work_behind_it(
    house: House, ina: Person, anna: Person
) -> None:
    rule = await kept(house, ina)
    first = await finish(house, anna)
    await house.write(
        lambda c: ratings.rate(c, first, channel=Channel.EMAIL, score=4, comment="", name="Jan")
    )
    await finish(house, anna, "Order 13")
    await Facts(house.database, open_leadership(house.database, "facts")).round(clock.now())
    page = await ina.get(PAGE)
    assert page.texts(".numbers td") == [
        *("2", "2", "0", "0", "0"),
        *("1 of 2", NONE, "4.0 (1)", NONE),
    ]
    came_back = await ina.get(f"{PAGE}/{rule}/items?what=came_back&of=done")
    assert len(came_back.texts("tbody tr")) == 1
    assert "Came back within 7 days" in came_back.text("tbody tr")
    assert (await ina.get(f"{PAGE}/{rule}/items?what=nonsense")).status == 404


async def test_who_may_not_open_it_is_told_of_no_subject_and_no_reason(
    house: House, ina: Person, anna: Person
) -> None:
    rule = await kept(house, ina)
    await finish(house, anna, "Order 13 of Piet")
    path = f"{PAGE}/{rule}/items?what=shown"
    assert "Order 13 of Piet" in (await ina.get(path)).text("tbody tr")
    await house.hire("omar", "Omar Bey", ["billing"], administrator=True)
    async with person(house) as omar:
        await omar.sign_in("omar")
        row = await omar.get(path)
        assert "of another role" in row.text("tbody tr")
        assert "Piet" not in row.body
        assert not row.has("tbody a")
        page = await omar.post(PAGE, **FORM | {"do": "try"})
        assert page.text("#trial li").startswith("#")
        assert "about Orders" not in page.text("#trial li")
        assert "about Orders" in (await ina.post(PAGE, **FORM | {"do": "try"})).text("#trial li")


async def test_only_administrators_write_rules(house: House, anna: Person) -> None:
    assert (await anna.post(PAGE, **FORM)).status == 403
    assert await house.rows(business_rules) == []


async def test_a_rule_that_names_what_is_gone_says_so(house: House, ina: Person) -> None:
    await kept(house, ina)
    [row] = await house.rows(business_rules)
    definition = row.definition | {"when": [{"kind": "topic", "topic": "tulips"}]}
    await house.write(lambda c: c.execute(update(business_rules).values(definition=definition)))
    page = await ina.get(PAGE)
    assert page.text(".rule .chip") == "Names something that is not there any more"
    await house.write(lambda c: c.execute(update(business_rules).values(definition={"x": 1})))
    assert not (await ina.get(PAGE)).has(".rule")
    assert await house.rows(work_facts) == []
