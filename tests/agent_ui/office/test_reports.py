"""Reports: what is counted of finished work, the items behind it, files, and who may look."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Connection, insert, update

from builders import mail_arrival
from console_house import House, Person
from hub import clock
from hub.facts import Facts
from hub.interaction import Channel
from hub.store import customers, presence, ratings
from hub.store.leader import open_leadership
from hub.store.tables import agents as agents_table
from hub.store.tables import conversations, presence_changes, work_facts, work_items

REPORTS = "/console/reports"
DASH = "\N{EN DASH}"


@pytest.fixture
def house(supervised: House) -> House:
    return supervised


async def count(house: House) -> int:
    """Bring what reports read up to date; gives how many rows that made."""
    facts = Facts(house.database, open_leadership(house.database, "facts"))
    return await facts.round(clock.now())


async def finish(house: House, agent: Person, subject: str, sender: str = "") -> str:
    """A mail comes in, is answered and resolved; gives its conversation."""
    mail = mail_arrival(sender, subject=subject) if sender else mail_arrival(subject=subject)
    accepted = await house.receive(mail)
    page = await agent.get(f"/console/conversations/{accepted.conversation_id}")
    await agent.reply(page, "It is on its way.")
    item = await house.work_of(accepted.conversation_id)
    await agent.post(f"/console/work/{item.id}/resolve", seen="99")
    return accepted.conversation_id


def sheet(body: str, separator: str = ",") -> list[dict[str, str]]:
    """A file that spreadsheet programs know to be UTF-8."""
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff")), delimiter=separator))


async def workbook(agent: Person, query: str = "") -> Workbook:
    async with agent.http.get(f"{agent.origin}{REPORTS}.xlsx{query}") as response:
        return load_workbook(io.BytesIO(await response.read()))


async def add_alike(house: House, count: int, **changed: Any) -> None:
    """Finished work like the one there is; `changed`: what is different of it, `{n}` its number."""
    [item] = await house.rows(work_items)
    [fact] = await house.rows(work_facts)
    ids = [clock.new_id() for _ in range(count)]
    items = [item._asdict() | {"id": one} for one in ids]
    facts = [
        fact._asdict()
        | {"work_item_id": one}
        | {name: value.format(n=n) for name, value in changed.items()}
        for n, one in enumerate(ids)
    ]
    await house.write(lambda c: c.execute(insert(work_items), items))
    await house.write(lambda c: c.execute(insert(work_facts), facts))


async def test_each_share_opens_what_it_is_of_and_a_dash_opens_nothing(
    house: House, anna: Person, lead: Person
) -> None:
    page = await lead.get(REPORTS)
    assert page.texts(".tile-value") == ["0", DASH, DASH, DASH, "0", DASH]
    assert not page.has(".tile-value a"), "there is nothing behind any of them"
    await finish(house, anna, "My order")
    await count(house)
    page = await lead.get(REPORTS)
    shares = {
        "In time": "First answer in time",
        "Solved by the first": "Solved by the first who had it",
        "Promises kept": "Something was promised",
        "In hand": "Time in hand",
    }
    for head, title in shares.items():
        link = page.value(f"[aria-labelledby=by-topics] td[data-head='{head}'] a", "href")
        behind = await lead.get(link)
        assert behind.text("h1") == f"{title} · Orders"
        assert behind.texts("tbody th") == ["My order"]
    late = update(work_facts).values(first_in_time=False)
    await house.write(lambda c: c.execute(late))
    page = await lead.get(REPORTS)
    in_time = "[aria-labelledby=by-topics] td[data-head='In time'] a"
    behind = await lead.get(page.value(in_time, "href"))
    assert behind.text("h1") == "First answer too late · Orders"
    other = await lead.get(behind.value(".sheet-head p a[href*=first_in_time]", "href"))
    assert other.text("h1") == "First answer in time · Orders"
    assert other.text(".empty") == "There is nothing behind this figure now."


async def test_a_long_list_is_read_in_parts_and_all_groups_are_in_the_file(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await count(house)
    await add_alike(house, 204, topic="thing/{n}")
    behind = await lead.get(f"{REPORTS}/items?figure=all")
    assert "205 pieces of work" in behind.text(".sheet-head")
    assert len(behind.texts("tbody th")) == 200
    assert behind.text("nav.leaves") == "1 to 200 of 205 After this"
    rest = await lead.get(behind.value("nav.leaves a", "href"))
    assert (len(rest.texts("tbody th")), rest.text("nav.leaves span")) == (5, "201 to 205 of 205")
    beyond = await lead.get(f"{REPORTS}/items?figure=all&leaf=999")
    assert len(beyond.texts("tbody th")) == 5
    lines = sheet((await lead.get(f"{REPORTS}.csv?table=topics")).body)
    assert sum(int(line["Finished"]) for line in lines) == 205
    page = await lead.get(REPORTS)
    assert len(page.texts("[aria-labelledby=by-topics] tbody th")) == 205


async def test_large_numbers_are_written_as_the_reader_does(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await count(house)
    await add_alike(house, 1233)
    page = await lead.get(REPORTS)
    assert page.texts(".tile-value")[0] == "1,234"
    behind = await lead.get(f"{REPORTS}/items?figure=all&leaf=6")
    assert "1,234 pieces of work" in behind.text(".sheet-head")
    assert behind.text("nav.leaves span") == "1,001 to 1,200 of 1,234"
    await lead.post("/console/language", language="nl", next="/console")
    assert (await lead.get(REPORTS)).texts(".tile-value")[0] == "1.234"


async def test_what_is_open_is_counted_of_the_chosen_group_alone(
    house: House, lead: Person
) -> None:
    mail = await house.receive(mail_arrival(subject="A question"))
    await house.receive(mail_arrival("piet@example.org", subject="Another question"))
    customer = (await house.work_of(mail.conversation_id)).customer_id
    await house.write(lambda c: customers.set_group(c, customer, "b2c", actor="anna"))
    page = await lead.get(f"{REPORTS}?group=b2c")
    assert "1 more are still open." in page.text(".sheet-head p")
    assert sum(int(t.rpartition(": ")[2]) for t in page.texts("rect title")) == 1
    assert page.value("[name=group] [selected]") == "b2c"


async def test_an_agent_is_chosen_and_a_day_of_the_chart_is_opened(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await finish(house, lead, "Invoice 9", "piet@example.org")
    await count(house)
    page = await lead.get(REPORTS)
    names = page.texts("[name=agent] option")
    assert {"Anna de Wit", "Lea Vos"} <= set(names)
    [fact] = [row for row in await house.rows(work_facts) if row.topic == "order"]
    page = await lead.get(f"{REPORTS}?agent={fact.agent_id}")
    assert page.texts(".tile-value")[0] == "1"
    day = await lead.get(page.value("[aria-label='In numbers'] th a", "href"))
    assert day.texts(".tile-value")[0] == "1"
    assert day.value("[name=from]") == day.value("[name=to]")


async def test_work_without_a_topic_is_called_so(house: House, anna: Person, lead: Person) -> None:
    accepted = await house.receive(mail_arrival(subject="Hello", text="Can you help me?"))
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/resolve", seen="99")
    await count(house)
    page = await lead.get(f"{REPORTS}?topic=any")
    assert page.texts("[aria-labelledby=by-topics] tbody th") == ["no known topic"]
    assert page.text("[name=topic] [selected]") == "no known topic"
    behind = await lead.get(page.value("[aria-labelledby=by-topics] tbody a", "href"))
    assert behind.text("h1") == "Finished work · no known topic"
    assert behind.texts("tbody td.words")[2] == DASH


async def test_finished_work_is_counted_once_and_opened(
    house: House, anna: Person, lead: Person
) -> None:
    first = await finish(house, anna, "My order")
    await finish(house, lead, "Invoice 9", "piet@example.org")
    await house.receive(mail_arrival("kim@example.org", subject="Another order"))
    assert [await count(house), await count(house)] == [2, 0]
    await house.write(
        lambda c: ratings.rate(
            c, first, channel=Channel.EMAIL, score=4, comment="Quick", name="Jan"
        )
    )
    page = await lead.get(REPORTS)
    assert page.texts(".tile-value") == ["2", "100 %", "100 %", "100 %", "0", "4.0"]
    assert "1 more are still open." in page.text(".sheet-head p")
    assert page.texts("[aria-labelledby=by-roles] tbody th") == [
        "Billing · E-mail",
        "Customer service · E-mail",
    ]
    assert sum(int(t.rpartition(": ")[2]) for t in page.texts("rect title")) == 3
    link = page.value("[aria-labelledby=by-roles] tbody tr:nth-child(2) a", "href")
    behind = await lead.get(link)
    assert behind.texts("tbody th") == ["My order"]
    assert behind.texts("tbody td[data-head=Rated]") == ["4"]


async def test_from_pillar_to_post_is_seen_per_row(
    house: House, anna: Person, bob: Person, lead: Person
) -> None:
    """Handed over, and the same question again within a week."""
    accepted = await house.receive(subject="My order")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/transfer", to="billing")
    await bob.post(f"/console/work/{item.id}/claim")
    await bob.post(f"/console/work/{item.id}/resolve", seen="99")
    await count(house)
    await finish(house, anna, "My order again")
    await count(house)
    [moved, again] = sorted(await house.rows(work_facts), key=lambda row: row.done_at)
    assert (moved.transfers, moved.holders, moved.repeats) == (1, 2, 1)
    assert (again.transfers, again.repeats, again.topic) == (0, 0, "order")
    page = await lead.get(REPORTS)
    assert page.texts("[aria-labelledby=by-topics] td[data-head='Handed over']") == ["1"]
    assert page.texts("[aria-labelledby=by-topics] td[data-head='Came back']") == ["1"]
    assert page.texts("[aria-labelledby=by-topics] td[data-head='Solved by the first']") == ["50 %"]
    assert page.texts("[aria-labelledby=by-rows] tbody th")[0].startswith("all customers")
    behind = await lead.get(f"{REPORTS}/items?figure=repeated")
    assert behind.texts("tbody th") == ["My order"]


async def test_a_period_and_filters_leave_out_the_rest(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await count(house)
    old = clock.now() - timedelta(days=40)
    hour = int(old.timestamp()) // 3600
    assert (await lead.get(f"{REPORTS}?role=billing")).texts(".tile-value")[0] == "0"
    assert (await lead.get(f"{REPORTS}?topic=order&channel=email")).texts(".tile-value")[0] == "1"
    moved = update(work_facts).values(came_at=old, came_hour=hour)
    await house.write(lambda c: c.execute(moved))
    assert (await lead.get(REPORTS)).texts(".tile-value")[0] == "0"
    page = await lead.get(f"{REPORTS}?from={old.date()}&to={old.date()}")
    assert page.texts(".tile-value")[0] == "1"
    for wrong in ("from=x", "from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01",
                  "from=0001-01-01&to=0001-01-02"):  # fmt: skip
        page = await lead.get(f"{REPORTS}?{wrong}")
        assert (page.status, page.text("[role=alert]")) == (
            422,
            "Choose a first and a last day, at most a year apart.",
        )
    page = await lead.get(f"{REPORTS}?from=2026-02-01&to=2026-01-01&channel=email")
    assert page.value("[name=from]") == "2026-02-01", "what was typed stays, to be mended"
    assert page.value("[name=channel] [selected]") == "email"
    for wrong in ("figure=nonsense", "figure=all&by=roles&key=billing", "figure=all&key=billing"):
        assert (await lead.get(f"{REPORTS}/items?{wrong}")).status == 404
    pigeon = await lead.get(f"{REPORTS}/items?figure=all&by=roles&key=billing&key=pigeon")
    assert pigeon.text(".empty") == "There is nothing behind this figure now."
    row = "key=b2b+inbound+pigeon+any&key=billing"
    pigeon = await lead.get(f"{REPORTS}/items?figure=all&by=rows&{row}")
    assert pigeon.text(".empty") == "There is nothing behind this figure now."
    assert (await lead.get(f"{REPORTS}.csv?table=nonsense")).status == 404


async def test_tables_are_files_that_are_safe_to_open(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await count(house)
    await house.write(lambda c: c.execute(update(work_facts).values(topic='=HYPERLINK("x")')))
    bell = update(agents_table).values(name="Anna\x07 de Wit")
    await house.write(lambda c: c.execute(bell))
    [line] = sheet((await lead.get(f"{REPORTS}.csv?table=topics")).body)
    assert (line["Topic"], line["Finished"]) == ('\'=HYPERLINK("x")', "1")
    book = await workbook(lead)
    assert book.sheetnames[:3] == ["About this report", "What came in", "How long it took"]
    assert book.sheetnames[3:] == [
        "By role and channel",
        "By row of the interaction model",
        "By topic",
        "By target group",
        "By agent",
    ]
    today = clock.now().date().isoformat()
    assert [cell.value for cell in book["About this report"][2]] == ["Up to and including", today]
    assert [cell.value for cell in book["What came in"][8]] == [today, 1]
    times = book["How long it took"][2]
    assert [cell.value for cell in times][:2] == ["Time to the first answer", 1]
    assert book["By agent"]["A2"].value == "Anna de Wit"
    assert book["By topic"]["A2"].data_type == "s"


async def test_a_file_is_headed_in_the_words_of_the_page_of_its_reader(
    house: House, anna: Person, lead: Person
) -> None:
    await finish(house, anna, "My order")
    await count(house)
    await house.write(lambda c: c.execute(update(work_facts).values(handling_seconds=90, rating=4)))
    await lead.post("/console/language", language="nl", next="/console")
    page = await lead.get(f"{REPORTS}?channel=email")
    [line] = sheet((await lead.get(f"{REPORTS}.csv?table=roles")).body, ";")
    assert f"{line['Rol']} · {line['Kanaal']}" == page.text("[aria-labelledby=by-roles] tbody th")
    assert (line["Klaar"], line["Onderhanden, gemiddeld (seconden)"]) == ("1", "90")
    assert line["Gewaardeerd, gemiddeld (van 5)"] == "4,0", "as spreadsheets in Dutch read it"
    [line] = sheet((await lead.get(f"{REPORTS}.csv?table=rows")).body, ";")
    row = f"{line['Rij van het interactiemodel']} {line['Rol']}"
    assert row == page.text("[aria-labelledby=by-rows] tbody th")
    [line] = sheet((await lead.get(f"{REPORTS}.csv?table=topics")).body, ";")
    assert line["Onderwerp"] == page.text("[aria-labelledby=by-topics] tbody th")
    book = await workbook(lead, "?channel=email")
    assert book.sheetnames[:2] == ["Over dit rapport", "Wat er binnenkwam"]
    told = {name.value: value.value for name, value in book["Over dit rapport"]}
    assert (told["Tijdzone"], told["Kanaal"]) == ("UTC", "E-mail")
    assert told["Rol"] == "alle"
    [head, *_] = book["Wat er binnenkwam"].values
    assert head == ("Dag (UTC)", "Binnengekomen")
    [head, first, *_] = book["Hoe lang het duurde"].values
    assert head[2:] == ("de helft hoogstens (seconden)", "90 % hoogstens (seconden)",
                        "95 % hoogstens (seconden)")  # fmt: skip
    assert first[0] == page.text("[aria-labelledby=times] tbody th")
    today = clock.now().date()
    [hour, *_] = sheet((await lead.get(f"{REPORTS}.csv?table=volumes&from={today}")).body, ";")
    assert hour["Uur (UTC)"] == f"{today} 00:00"


async def test_a_task_is_no_contact_that_came_in(house: House, anna: Person, lead: Person) -> None:
    accepted = await house.receive(subject="My order")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/tasks", role="billing", what="Check the invoice")
    assert len(await house.rows(work_items)) == 2
    assert (await lead.get(f"{REPORTS}/came")).texts("tbody th") == ["My order"]


async def test_a_file_that_is_cut_short_says_so(house: House, anna: Person, lead: Person) -> None:
    await finish(house, anna, "My order")
    await count(house)
    [item], [fact] = await house.rows(work_items), await house.rows(work_facts)
    ids = [clock.new_id() for _ in range(10_000)]

    def add(connection: Connection) -> None:
        work = [item._asdict() | {"id": one} for one in ids]
        connection.execute(insert(work_items), work)
        told = [fact._asdict() | {"work_item_id": one} for one in ids]
        connection.execute(insert(work_facts), told)

    await house.write(add)
    lines = sheet((await lead.get(f"{REPORTS}/items.csv?figure=all")).body)
    assert len(lines) == 10_001
    said = "These are the first 10,000 of 10,001. Choose a shorter period for the rest."
    assert lines[-1]["Number"] == said


async def test_a_list_is_a_file_too_with_subjects_for_who_may_read_them(
    house: House, lead: Person, ina: Person
) -> None:
    await finish(house, lead, "=Invoice 9", "piet@example.org")
    await house.receive(mail_arrival(subject="My order"))
    await count(house)
    took = update(work_facts).values(first_seconds=75, handling_seconds=None)
    await house.write(lambda c: c.execute(took))
    page = await lead.get(f"{REPORTS}/items?figure=all&by=topics&key=invoice")
    [line] = sheet((await lead.get(page.value(".sheet-ways a", "href"))).body)
    assert line["What"] == "'=Invoice 9"
    assert line["Came in (UTC)"].startswith(f"{clock.now():%Y-%m-%d}")
    assert (line["First answer after (seconds)"], line["In hand (seconds)"]) == ("75", "")
    await lead.post("/console/language", language="nl", next="/console")
    page = await lead.get(f"{REPORTS}/came")
    lines = sheet((await lead.get(page.value(".sheet-ways a", "href"))).body, ";")
    assert [one["Onderwerp"] for one in lines] == page.texts("tbody td:nth-of-type(3)")
    assert lines[0]["Opgelost na (seconden)"] == "", "it is open"
    assert lines[0]["Rol"] == "Klantenservice"
    lines = sheet((await ina.get(f"{REPORTS}/came.csv")).body)
    assert [one["What"] for one in lines] == ["My order", ""], "the other is of another role"
    assert all(one["Number"] for one in lines)


async def test_occupancy_is_work_in_hand_while_they_took_offers(
    house: House, anna: Person, lead: Person
) -> None:
    conversation = await finish(house, anna, "My order")
    await count(house)
    item = await house.work_of(conversation)
    agent_id = item.agent_id
    await house.write(lambda c: presence.say(c, agent_id, presence.AVAILABLE))
    began = clock.now() - timedelta(hours=1)
    await house.write(lambda c: c.execute(update(presence_changes).values(at=began)))
    taken = update(work_facts).values(handling_seconds=1800, units=50)
    await house.write(lambda c: c.execute(taken))
    page = await lead.get(REPORTS)
    assert page.texts("[aria-labelledby=by-agents] td[data-head=Occupied]") == ["25 %"]
    assert page.texts("[aria-labelledby=times] td[data-head='Measured']")[3] == "1"


async def test_a_review_is_made_read_by_the_agent_and_counted(
    house: House, anna: Person, bob: Person, lead: Person
) -> None:
    conversation = await finish(house, anna, "My order")
    await count(house)
    page = await lead.get("/console/reviews")
    assert page.texts("[aria-labelledby=drawn] tbody th") == ["My order"]
    assert page.texts("[aria-labelledby=drawn] tbody td")[:2] == ["jan@example.org", "Anna de Wit"]
    form = await lead.get(page.value("[aria-labelledby=drawn] a", "href"))
    assert "It is on its way." in form.text(".review-entries")
    address = f"/console/reviews/{conversation}"
    refused = await lead.post(address, remark="Well done")
    assert (refused.status, refused.text("[role=alert]")) == (422, "Give at least one score.")
    assert refused.text("textarea[name=remark]") == "Well done", "what was typed stays"
    scores = {
        "score.Understood the question": "5",
        "score.The answer is right and complete": "3",
    }
    await lead.post(address, remark="Well <b>done</b>", **scores)
    await house.write(lambda c: c.execute(update(conversations).values(subject="")))
    last = (await lead.get("/console/reviews")).text("li.card a")
    assert last == "I ordered beans on Monday and nothing came.", "as a chat, which has no subject"
    mine = await anna.get("/console/reviews/mine")
    assert mine.text("li.card strong") == "75 %"
    assert mine.text(".said") == "Well <b>done</b>"
    await anna.post("/console/language", language="nl")
    mine = await anna.get("/console/reviews/mine")
    assert mine.texts(".scores dt")[0] == "Begreep de vraag", "it was said in English"
    await lead.post("/console/language", language="nl")
    page = await lead.get("/console/reviews")
    assert page.text("textarea[name=criteria]").startswith("Begreep de vraag ")
    await lead.post("/console/reviews/criteria", criteria="Begreep de vraag\nWas het aardig?")
    await lead.post("/console/language", language="en")
    form = await lead.get(address)
    assert form.texts(".score legend") == ["Understood the question", "Was het aardig?"]
    assert (await bob.get("/console/reviews/mine")).text(".empty") == "There are none yet."
    page = await lead.get(REPORTS)
    assert page.texts("[aria-labelledby=by-agents] td[data-head=Reviews]") == ["1 · 75 %"]
    await lead.post("/console/reviews/criteria", criteria="Was it kind?\n\n  Was it   right? ")
    form = await lead.get(address)
    assert form.texts(".score legend") == ["Was it kind?", "Was it right?"]
    assert (await lead.post("/console/reviews/criteria", criteria=" ")).status == 422


async def test_an_administrator_sees_figures_but_reads_no_conversation(
    house: House, anna: Person, lead: Person, ina: Person
) -> None:
    conversation = await finish(house, lead, "Invoice 9", "piet@example.org")
    await count(house)
    behind = await ina.get(f"{REPORTS}/items?figure=all")
    assert "Invoice 9" not in behind.body
    assert (await ina.get(f"/console/reviews/{conversation}")).status == 404
    assert (
        await ina.post(f"/console/reviews/{conversation}", **{"score.Was it kind?": "5"})
    ).status == 404


async def test_a_target_group_is_called_by_its_title(
    house: House, anna: Person, lead: Person
) -> None:
    first = await house.receive(mail_arrival(subject="A question"))
    customer = (await house.work_of(first.conversation_id)).customer_id
    await house.write(lambda c: customers.set_group(c, customer, "b2c", actor="anna"))
    mail = await house.receive(mail_arrival(message_id="second@example.org", subject="My order"))
    item = await house.work_of(mail.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/resolve", seen="99")
    await count(house)
    page = await lead.get(REPORTS)
    assert page.texts("[aria-labelledby=by-groups] tbody th") == ["Consumers"]
