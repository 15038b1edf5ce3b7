"""What would have happened, in the console: who starts it, who sees what, and what stays."""

import csv
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO

import pytest

from console_house import MODEL, House, Page, Person, person
from hub import clock
from hub.store import model_replays
from hub.store.model_replays import LOST_AFTER, State
from hub.store.tables import model_replays as replays
from waiting import eventually

NEXT = MODEL.replace("- topic: order\n    sla", "- topic: order\n    role: billing\n    sla")
REPLAY = "/console/model/2/replay"


def sheet(body: str, separator: str = ",") -> list[dict[str, str]]:
    """A file that spreadsheet programs know to be UTF-8."""
    assert body.startswith("\ufeff")
    return list(csv.DictReader(StringIO(body.removeprefix("\ufeff")), delimiter=separator))


@pytest.fixture
async def boss(house: House) -> AsyncIterator[Person]:
    """An administrator without a role, with a draft by which billing gets the orders."""
    await house.hire("boss", "Bo Baas", [], administrator=True)
    async with person(house) as one:
        await one.sign_in("boss")
        page = await one.post("/console/model/drafts", based_on="1")
        revision = page.value("input[name=revision]")
        await one.post(page.path, text=NEXT, title="", note="", revision=revision)
        yield one


async def through(house: House) -> State:
    async def ended() -> State | None:
        run = await house.database.read(lambda c: model_replays.find(c, 2))
        return run.state if run and run.state is not State.RUNNING else None

    found: State = await eventually(ended)
    return found


async def replayed(house: House, boss: Person) -> Page:
    """The page once the replay is through."""
    await boss.post(REPLAY, days="30", base="1")
    assert await through(house) is State.DONE
    return await boss.get(REPLAY)


async def test_what_would_move_is_counted_for_everybody_and_kept(
    house: House, boss: Person, anna: Person
) -> None:
    for number in range(3):
        await house.receive(subject=f"My order {number}", sender=f"jan{number}@example.org")
    await house.receive(subject="An invoice", sender="piet@example.org")
    page = await replayed(house, boss)
    assert page.text(".replay-sum").startswith("Of 4 contacts, 3 would go to another role (75.0 %)")
    move = "[aria-labelledby=moves] tbody tr"
    assert page.texts(move)[0].startswith("Customer service Billing 3 Show them")
    assert page.texts("[aria-labelledby=by-role] tbody tr") == [
        "Billing 1 4 0 0 0 4",
        "Customer service 3 0 3 0 0 0",
    ]
    await boss.post("/console/language", language="nl")
    assert "(75,0 %)" in (await boss.get(REPLAY)).text(".replay-sum")
    await boss.post("/console/language", language="en")
    assert "No role or no people in 2" in page.texts("[aria-labelledby=by-role] thead th")
    seen = await anna.get(REPLAY)
    assert seen.text(".replay-sum") == page.text(".replay-sum")
    assert "Started by Bo Baas" in seen.text("#replay")
    assert not seen.has(f"form[action='{REPLAY}']")
    only = await boss.get(f"{REPLAY}?what=breached")
    assert only.text("#contacts-head .count") == "0"


async def test_a_subject_is_shown_to_who_may_read_it_and_to_nobody_else(
    house: House, boss: Person, anna: Person
) -> None:
    order = await house.receive(subject="My order, IBAN NL00")
    await replayed(house, boss)
    lines = {"boss": boss, "anna": anna}
    pages = {name: await one.get(REPLAY) for name, one in lines.items()}
    assert "IBAN" in pages["anna"].text("#contacts")
    assert "IBAN" not in pages["boss"].body
    link = pages["boss"].value("#contacts tbody a", "href")
    for name, one in lines.items():
        page = await one.get(link)
        assert page.texts(".both tbody tr")[0] == "Responsible Customer service Billing"
        assert "These words point to “Orders”: order." in page.text(".reasons")
        conversation = f"a[href='/console/conversations/{order.conversation_id}']"
        assert page.has(conversation) == (name == "anna")
        assert ("IBAN" in page.body) == (name == "anna")
        table = await one.get(f"{REPLAY}.csv?what=moved")
        [line] = sheet(table.body)
        sides = (line["Responsible, version 1"], line["Responsible, version 2"])
        assert sides == ("Customer service", "Billing")
        assert line["Subject"] == ("My order, IBAN NL00" if name == "anna" else "")
        await one.post("/console/language", language="nl")
        [line] = sheet((await one.get(f"{REPLAY}.csv?what=moved")).body, ";")
        assert (line["Richting"], line["Onderwerp, versie 2"]) == ("naar ons", "Bestellingen")
        assert line["Rij, versie 2"] == "alle klanten, elk kanaal, Bestellingen"
        assert line["Binnengekomen (UTC)"].startswith(f"{clock.now():%Y-%m-%d}")


async def test_only_administrators_start_and_stop_one(
    house: House, boss: Person, anna: Person
) -> None:
    for path in (REPLAY, f"{REPLAY}/cancel"):
        assert (await anna.post(path, days="30", base="1")).status == 403
    assert (await boss.post(REPLAY, days="0", base="1")).text("[role=alert]") == (
        "Choose 1 to 366 days."
    )
    assert (await boss.post(REPLAY, days="30", base="9")).status == 409
    assert await house.rows(replays) == []
    for path in (f"{REPLAY}.csv", f"{REPLAY}/{clock.new_id()}"):
        assert (await anna.get(path)).status == 404


async def test_a_text_that_cannot_be_read_is_not_replayed(house: House, boss: Person) -> None:
    page = await boss.get("/console/model/2/text?edit=1")
    await boss.post(page.path, text="x", title="", note="", revision=page.value("[name=revision]"))
    assert (await boss.post(REPLAY, days="30", base="1")).has(".flaw-list")
    assert await house.rows(replays) == []


async def test_one_runs_at_a_time_and_is_stopped_or_makes_room_when_lost(
    house: House, boss: Person
) -> None:
    """The run of another process, which is heard of no more."""
    now = clock.now()

    async def begun() -> model_replays.Run:
        return await house.database.write(
            lambda c: model_replays.begin(
                c, 2, base=1, since=now - timedelta(days=1), until=now, sha256="x", by="boss"
            )
        )

    run = await begun()
    await house.database.write(lambda c: model_replays.advance(c, run, 3, 9))
    page = await boss.get(REPLAY)
    assert page.text("[role=status]") == "3 of 9 contacts are replayed."
    assert page.value("progress", "max") == "9"
    part = await boss.get(REPLAY, headers={"X-Loket-Part": "1"})
    assert part.has("[data-state=running]")
    assert not part.has("main")
    assert "already" in (await boss.post(REPLAY, days="30", base="1")).text("[role=alert]")
    page = await boss.post(f"{REPLAY}/cancel")
    assert "stopped" in page.text(".replay-progress")
    assert not await house.database.write(lambda c: model_replays.advance(c, run, 4, 9))
    await begun()
    past = now - 2 * LOST_AFTER
    await house.database.write(lambda c: c.execute(replays.update().values(seen_at=past)))
    assert "broke off" in (await boss.get(REPLAY)).text(".replay-progress")
    assert (await replayed(house, boss)).text("main").count("Nothing was recorded") == 1


async def test_a_run_that_is_stopped_stops_working_and_its_process_ends_it(
    house: House, boss: Person
) -> None:
    await house.receive(subject="My order")
    now = clock.now()
    run = await house.runs.begin(2, 1, now - timedelta(days=1), now, "boss")
    await house.runs.stop()
    assert await through(house) is State.FAILED
    assert not await house.database.write(lambda c: model_replays.finish(c, run, {}, b""))


async def test_a_version_that_was_changed_since_says_so(house: House, boss: Person) -> None:
    await house.receive(subject="My order")
    await replayed(house, boss)
    page = await boss.get("/console/model/2/text?edit=1")
    await boss.post(
        page.path, text=NEXT + "# x\n", title="", note="", revision=page.value("[name=revision]")
    )
    assert "changed since" in (await boss.get(REPLAY)).text("#replay")


async def test_people_needed_are_shown_by_both_versions_and_exported(
    house: House, boss: Person, anna: Person
) -> None:
    assert "worked out when" in (await anna.get("/console/model/2/staffing")).text("main")
    for number in range(9):
        await house.receive(subject=f"My order {number}", sender=f"jan{number}@example.org")
    await replayed(house, boss)
    page = await anna.get("/console/model/2/staffing")
    assert page.texts(".staffing h2") == ["Customer service", "Billing"]
    assert page.texts(".staffing svg title") == [
        "People to plan for Customer service, by half hour of the week",
        "People to plan for Billing, by half hour of the week",
    ]
    assert "E-mail any topic all customers 6.0 a common value" in page.text(
        "[aria-labelledby=times]"
    )
    table = await anna.get("/console/model/2/staffing.csv")
    lines = sheet(table.body)
    assert {line["Role"] for line in lines} == {"Customer service", "Billing"}
    after = {line["Role"]: line["People at work, version 2"] for line in lines}
    assert after["Customer service"] == "0.0"
    assert float(after["Billing"]) > 0
    await anna.post("/console/language", language="nl")
    [first, *_] = sheet((await anna.get("/console/model/2/staffing.csv")).body, ";")
    assert first["Dag"] in {
        "maandag",
        "dinsdag",
        "woensdag",
        "donderdag",
        "vrijdag",
        "zaterdag",
        "zondag",
    }
    assert "," in first["Mensen aan het werk, versie 1"], "as spreadsheets in Dutch read it"
    assert first["Half uur (UTC)"].endswith((":00", ":30"))
