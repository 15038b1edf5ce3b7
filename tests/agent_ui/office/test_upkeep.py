"""What administrators watch over: the ledger, dead letters, the audit log, health."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from builders import chat_arrival, text_arrival
from console_house import House, Page, Person
from hub import clock
from hub.bus import DeadLetter
from hub.interaction import Party, PointKind
from hub.rules.rule import read_rule
from hub.store import business_rules, dead_letters, health, ledger, tables
from hub.store.tables import audit_log, unrouted, work_items
from hub.store.tables import dead_letters as letters_table

ADMIN = "/console/admin"


def states(page: Page) -> dict[str, str]:
    """The lines of the ledger that are not empty."""
    names, counts = page.texts("tbody th"), page.texts("tbody td")
    return {name: count for name, count in zip(names, counts, strict=True) if count != "0"}


async def test_every_acknowledged_contact_is_in_a_named_state(
    house: House, anna: Person, ina: Person
) -> None:
    mail = await house.receive(subject="My order")
    await house.receive(chat_arrival(text="Hello"))
    page = await anna.get(f"/console/conversations/{mail.conversation_id}")
    await anna.reply(page, "It is on its way.")
    await anna.reply(page, "He called as well.", mode="note")
    found = states(await ina.get(f"{ADMIN}/ledger"))
    assert found["its work is in somebody's hands"] == "1"
    assert found["a note or an event among ourselves"] == "1"
    assert found["ours: waits to be sent"] == "1"
    page = await ina.get(f"{ADMIN}/ledger")
    assert page.text("[role=status]").startswith("unexplained: 0")
    behind = await ina.get(f"{ADMIN}/ledger/items?state=work_assigned&days=1")
    assert behind.texts("tbody td:last-child") == [mail.interaction_id]
    assert "My order" not in behind.body, "who administers reads no conversation"
    assert (await ina.get(f"{ADMIN}/ledger/items?state=nonsense")).status == 404


async def test_what_nothing_explains_is_counted(house: House, ina: Person) -> None:
    """Work that vanished, as only a fault of ours could make it."""
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    letter = DeadLetter(
        queue="router",
        event_id=clock.new_id(),
        topic="interaction.received",
        subject=mail.conversation_id,
        body="{}",
        reason="ValueError: no such role",
        attempts=5,
    )
    waiting = {"interaction_id": mail.interaction_id, "conversation_id": mail.conversation_id}
    await house.write(lambda c: c.execute(insert(unrouted), [waiting]))
    assert states(await ina.get(f"{ADMIN}/ledger")) == {"waits for the router": "1"}
    await house.write(lambda c: dead_letters.store(c, [letter]))
    assert [*states(await ina.get(f"{ADMIN}/ledger"))] == [
        "could not be routed: a dead letter, waits for a person"
    ]
    await house.write(lambda c: c.execute(delete(unrouted)))
    await house.write(lambda c: c.execute(delete(letters_table)))
    await house.write(lambda c: _forget(c, item.id))
    balance = await house.database.read(lambda c: ledger.balance(c, *_day()))
    assert balance.unexplained == balance.total == 1
    assert "notice-bad" in (await ina.get(f"{ADMIN}/ledger")).value("[role=status]", "class")


def _forget(connection: Connection, item_id: str) -> None:
    for table in (tables.deadlines, tables.assignment_steps):
        gone = delete(table).where(table.c.work_item_id == item_id)
        connection.execute(gone)
    gone = delete(work_items).where(work_items.c.id == item_id)
    connection.execute(gone)


def _day() -> tuple[datetime, datetime]:
    now = clock.now()
    return now - timedelta(days=1), now


async def test_a_dead_letter_shows_its_cause_and_is_tried_again_or_dropped(
    house: House, ina: Person
) -> None:
    def letter(number: int) -> DeadLetter:
        return DeadLetter(
            queue="nobody-listens",
            event_id=clock.new_id(),
            topic="interaction.received",
            subject="c",
            body='{"interaction_id": "1"}',
            reason=f"Traceback\nValueError: number <b>{number}</b>",
            attempts=5,
        )

    await house.write(lambda c: dead_letters.store(c, [letter(1), letter(2), letter(3)]))
    page = await ina.get(f"{ADMIN}/dead-letters")
    assert "Cause: ValueError: number <b>" in page.text(".letters li")
    ids = page.values(".letters input[name=letter]")
    await ina.post(f"{ADMIN}/dead-letters", act="drop", letter=ids[0])
    await ina.post(f"{ADMIN}/dead-letters", act="retry", letter=ids[1])
    assert (await ina.get(f"{ADMIN}/dead-letters")).values(".letters input[name=letter]") == ids[2:]
    assert (await ina.post(f"{ADMIN}/dead-letters", act="drop")).status == 404, "not all at once"
    await ina.post(f"{ADMIN}/dead-letters", act="retry")
    assert (await ina.get(f"{ADMIN}/dead-letters")).text(".notice-good") == "There are none."
    done = [row.action for row in await house.rows(audit_log) if row.action.startswith("dead_")]
    assert sorted(done) == ["dead_letter.dropped", "dead_letter.retried", "dead_letter.retried"]


async def test_the_audit_log_is_searched_and_turned_page_by_page(
    house: House, anna: Person, ina: Person
) -> None:
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/release")
    found = await ina.get(f"{ADMIN}/audit?words=anna+{mail.conversation_id}")
    assert found.texts("tbody td:nth-child(3)") == [
        "work put back work_item.released",
        "work taken work_item.claimed",
    ]
    await ina.post("/console/language", language="nl", next="/console")
    page = await ina.get(f"{ADMIN}/audit")
    assert "werk gepakt work_item.claimed" in page.texts("tbody td:nth-child(3)")
    assert "werk gepakt" in page.texts("[name=action] option")
    await ina.post("/console/language", language="en", next="/console")
    assert found.texts("tbody td:nth-child(2)") == ["Anna de Wit"] * 2
    one = await ina.get(f"{ADMIN}/audit?action=work_item.claimed&words={item.id}")
    assert len(one.texts("tbody tr")) == 1
    for nothing in ("words=%25", "from=2001-01-01&to=2001-01-02", "words='; DROP TABLE agents;--"):
        page = await ina.get(f"{ADMIN}/audit?{nothing}")
        assert (page.status, page.text(".empty")) == (200, "Nothing was found.")
    rows = [
        {"id": clock.new_id(), "at": clock.now(), "actor": "demo", "action": "x", "object": "y",
         "details": {"n": n}}
        for n in range(150)
    ]  # fmt: skip
    await house.write(lambda c: c.execute(insert(audit_log), rows))
    first = await ina.get(f"{ADMIN}/audit?action=x")
    assert len(first.texts("tbody tr")) == 100
    second = await ina.get(first.value("main a.button", "href"))
    assert len(second.texts("tbody tr")) == 50


async def test_the_audit_log_calls_people_by_their_names(house: House, ina: Person) -> None:
    kim = await house.hire("kim", "Kim Bos")
    rows = [
        {"id": clock.new_id(), "at": clock.now(), "actor": "demo", "action": "x", "object": about,
         "details": {"to": to, "n": 1}}
        for about, to in ((kim, "nobody"), ("work", kim))
    ]  # fmt: skip
    await house.write(lambda c: c.execute(insert(audit_log), rows))
    page = await ina.get(f"{ADMIN}/audit?action=x")
    assert page.texts("tbody td:nth-child(4)") == ["work", f"Kim Bos {kim}"]
    assert page.value("tbody td:nth-child(4) a", "href") == f"{ADMIN}/people/{kim}"
    assert page.texts("tbody td:nth-child(5)") == ["n: 1; to: Kim Bos", "n: 1; to: nobody"]


async def test_the_audit_log_calls_a_customer_by_name_or_by_an_address(
    house: House, ina: Person
) -> None:
    await house.receive(text_arrival("+31611111111"))
    await house.receive(
        text_arrival(
            "+31622222222",
            sender=Party(kind=PointKind.PHONE, value="+31622222222", name="James Cook"),
        )
    )
    rows = [
        {"id": clock.new_id(), "at": clock.now(), "actor": one.id, "action": "x", "object": "y",
         "details": {}}
        for one in await house.rows(tables.customers)
    ]  # fmt: skip
    await house.write(lambda c: c.execute(insert(audit_log), rows))
    page = await ina.get(f"{ADMIN}/audit?action=x")
    assert sorted(page.texts("tbody td:nth-child(2)")) == ["+31611111111", "James Cook"]


async def test_the_audit_log_says_of_which_customer_and_keeps_no_name_of_who_is_gone(
    house: House, ina: Person
) -> None:
    """One is renamed, one has an address alone, one lost both; of the last nothing is left."""
    for number in ("+31611111111", "+31622222222", "+31633333333"):
        await house.receive(text_arrival(number))
    named, plain, bare = [one.id for one in await house.rows(tables.customers)]
    gone = clock.new_id()
    rows = [
        {"id": clock.new_id(), "at": clock.now(), "actor": "intake", "action": "x",
         "object": about, "details": {"other": other}}
        for about, other in ((gone, bare), (bare, gone), (plain, named), (named, plain))
    ]  # fmt: skip
    customers, points = tables.customers, tables.contact_points
    await house.write(lambda c: c.execute(insert(tables.audit_log), rows))
    for one, name in ((named, "James Cook"), (plain, ""), (bare, "")):
        called = update(customers).where(customers.c.id == one).values(name=name)
        await house.write(lambda c, called=called: c.execute(called))
    await house.write(lambda c: c.execute(delete(points).where(points.c.customer_id == bare)))
    page = await ina.get(f"{ADMIN}/audit?action=x")
    assert page.texts("tbody td:nth-child(4)") == ["James Cook", "+31622222222", bare, gone]
    assert page.texts("tbody td:nth-child(5)") == [
        "other: +31622222222", "other: James Cook", f"other: {gone}", f"other: {bare}",
    ]  # fmt: skip
    all_of_it = await ina.get(page.value("tbody td:nth-child(4) a", "href"))
    assert set(all_of_it.texts("tbody td:nth-child(4)")) == {"James Cook", "+31622222222"}


async def test_the_audit_log_says_of_which_work_and_of_which_rule(
    house: House, anna: Person, ina: Person
) -> None:
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    number = (await house.rows(tables.conversations))[0].number
    await anna.post(f"/console/work/{item.id}/claim")
    title = {"en": "Say sorry first", "nl": "Zeg eerst sorry"}
    made = read_rule(
        {"title": title, "why": title, "when": [{"kind": "channel", "channel": "email"}],
         "action": {"kind": "advice"}, "active_from": "2026-01-01"}
    )  # fmt: skip
    await house.write(lambda c: business_rules.add(c, made, by="demo"))
    row = {"id": clock.new_id(), "at": clock.now(), "actor": "demo", "action": "rule.x",
           "object": "1", "details": {"share": 0.8111964873765093}}  # fmt: skip
    await house.write(lambda c: c.execute(insert(tables.audit_log), [row]))
    page = await ina.get(f"{ADMIN}/audit?action=work_item.claimed")
    assert page.text("tbody td:nth-child(4)") == f"#{number}"
    assert f"conversation: #{number};" in page.text("tbody td:nth-child(5)")
    all_of_it = await ina.get(page.value("tbody td:nth-child(4) a", "href"))
    assert f"#{number}" in all_of_it.texts("tbody td:nth-child(4)")
    await ina.post("/console/language", language="nl", next="/console")
    page = await ina.get(f"{ADMIN}/audit?action=rule.")
    assert page.texts("tbody td:nth-child(4)") == ["1", "Zeg eerst sorry"]
    assert page.text("tbody td:nth-child(5)") == "share: 0,811"


async def test_the_ledger_opens_all_that_is_in_a_state(house: House, ina: Person) -> None:
    await house.receive(subject="My order")
    [row] = await house.rows(tables.interactions)
    more = [
        row._asdict() | {"id": clock.new_id(), "dedupe_key": f"more-{n}", "sequence": n + 10}
        for n in range(204)
    ]
    await house.write(lambda c: c.execute(insert(tables.interactions), more))
    page = await ina.get(f"{ADMIN}/ledger")
    link = page.value("tbody td a", "href")
    assert page.text("tbody td a") == "205"
    first = await ina.get(link)
    assert (len(first.texts("tbody tr")), first.text("p.faint")) == (200, "205 contacts")
    rest = await ina.get(first.value("nav.leaves a", "href"))
    assert len(rest.texts("tbody tr")) == 5


async def test_health_is_said_in_words(house: House, ina: Person) -> None:
    problems = {"store": "", "email": "The server refuses the password of info@."}
    await house.write(lambda c: health.say(c, "all@there:1", problems))
    page = await ina.get(f"{ADMIN}/health")
    rows = page.texts("[aria-labelledby=parts] tbody tr")
    assert rows[0].startswith("E-mail does not work The server refuses the password of info@.")
    assert rows[1].startswith("The database works")


async def test_every_page_of_administration_leads_to_all_others(ina: Person) -> None:
    for path in ("/console/admin", "/console/programs", "/console/replies", "/console/imports"):
        page = await ina.get(path)
        assert page.texts("nav.tabs a")[:2] == ["Begin", "People"]
        assert page.value("nav.tabs a[aria-current=page]", "href") == path


async def test_a_long_cause_is_shown_in_short(house: House, ina: Person) -> None:
    letter = DeadLetter(
        queue="router",
        event_id=clock.new_id(),
        topic="interaction.received",
        subject=clock.new_id(),
        body="{}",
        reason="x" * 3000,
        attempts=5,
    )
    await house.write(lambda c: dead_letters.store(c, [letter]))
    page = await ina.get(f"{ADMIN}/dead-letters")
    assert len(page.text(".letters p:nth-of-type(2)")) < 400
    assert "x" * 3000 in page.text(".letters details")


async def test_a_link_that_is_there_is_not_added_again(ina: Person) -> None:
    crm = {"title": "CRM", "url": "https://crm.example/{number}"}
    assert (await ina.post(f"{ADMIN}/links", **crm)).status == 200
    again = await ina.post(f"{ADMIN}/links", **crm)
    assert (again.status, again.text("[role=alert]")) == (409, "This link is there already.")
