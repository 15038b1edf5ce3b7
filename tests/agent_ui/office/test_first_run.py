"""An empty organisation: the link from the log makes one administrator, and a list leads on."""

from agent_ui.office.first_run import first_link
from builders import TOKENS
from console_house import House, Person
from hub.store.tables import agents, audit_log

CHOSEN = "four words or more"


async def test_the_first_one_comes_in_by_the_link_and_nobody_after(
    house: House, guest: Person
) -> None:
    link = first_link(TOKENS, "")
    page = await guest.get("/console")
    assert page.text("[role=status]").startswith("Nobody can sign in yet. The link")
    page = await guest.get(link)
    assert page.text("h1") == "Begin with Van Dalen Koffie"
    refused = await guest.post(link, name="Ina", login="ina", password="short", again="short")
    assert (refused.status, refused.value("input[name=name]")) == (422, "Ina")
    assert refused.has("input[name=password][autofocus][aria-describedby=problem]")
    nameless = await guest.post(link, name="Ina", login=" ", password=CHOSEN, again=CHOSEN)
    assert nameless.text("#problem") == "Choose a login, with which you sign in."
    assert nameless.has("input[name=login][autofocus]")
    page = await guest.post(link, name="Ina", login="ina", password=CHOSEN, again=CHOSEN)
    assert page.path == "/console/admin", "who chose a password just now need not type it again"
    [agent] = await house.rows(agents)
    assert (agent.login, agent.administrator) == ("ina", True)
    page = await guest.get(link)
    assert (page.path, page.text("[role=status]")) == ("/console/sign-in", "")
    again = {"name": "Eve", "login": "eve", "password": CHOSEN, "again": CHOSEN}
    await guest.post(link, **again)
    assert len(await house.rows(agents)) == 1
    assert [row.actor for row in await house.rows(audit_log) if row.action == "agent.added"] == [
        "first-run"
    ]
    page = await guest.get("/console")
    [agent] = await house.rows(agents)
    own = page.value("[data-empty=queue] a", "href")
    assert own == f"/console/admin/people/{agent.id}", "who else would give her a role"
    page = await guest.get("/console/admin")
    assert page.value(".tasks li:nth-child(4) a", "href") == "/console/admin/channels#mailbox"
    assert page.texts(".tasks .chip")[:3] == ["to do", "to do", "to do"]
    assert "2 left." in page.text(".tasks li:nth-child(3)")


async def test_a_guessed_link_opens_nothing(house: House, guest: Person) -> None:
    for code in ("start.aaaaaaaaaaaaaaaa", "start", "x.y"):
        assert (await guest.get(f"/console/first/{code}")).status == 404


async def test_the_list_shortens_as_things_are_done(
    house: House, anna: Person, bob: Person, ina: Person
) -> None:
    page = await ina.get("/console/admin")
    states = page.texts(".tasks .chip")
    assert states == ["to do", "done", "done", "done", "done", "to do"]
    await ina.post("/console/admin/organisation", what="second_factor", who="administrators")
    assert (await ina.get("/console/admin")).texts(".tasks .chip")[-1] == "done"
