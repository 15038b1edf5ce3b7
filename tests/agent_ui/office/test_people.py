"""Administrators manage who may sign in, without a command: invited, changed, kept out."""

import re
from datetime import timedelta

from sqlalchemy import insert, update

from builders import text_arrival
from console_house import House, Person, person
from hub import clock
from hub.interaction import Channel
from hub.replies import reachable
from hub.store import added_mailboxes, choices, invitations
from hub.store.tables import agent_skills, audit_log, contact_points
from hub.store.tables import agents as agents_table
from hub.store.tables import invitations as invitations_table
from second_step import code_now, secret_on, switched_on

PEOPLE = "/console/admin/people"
LINK = re.compile(r"http://\S+/console/welcome/(\S+)")
CHOSEN = "four words or more"


async def invite(ina: Person, **changes: str) -> str:
    """Invites Kim; gives the notice."""
    fields = {"name": "Kim Bos", "address": "kim@vandalen.example", "role.service": "1"}
    page = await ina.post(PEOPLE, **(fields | changes))
    return page.text("[role=status]") or page.text("[role=alert]")


async def add_mailbox(house: House, address: str, side: str) -> None:
    account = {"address": address, side: {"host": "mail.vandalen.example"}}
    await house.write(lambda c: added_mailboxes.add(c, address, account, "", by="ina"))


async def test_an_invitation_is_mailed_chosen_by_once_and_signs_in(
    house: House, ina: Person, guest: Person
) -> None:
    said = await invite(ina, language="nl")
    assert said == "A link was mailed to kim@vandalen.example. It serves once, for three days."
    [mail] = house.passed_on
    assert mail.interaction.subject == "Meld u aan bij Van Dalen Koffie"
    [token] = LINK.findall(mail.interaction.text)
    assert token not in str(await house.rows(invitations_table))
    welcome = f"/console/welcome/{token}"
    page = await guest.get(welcome)
    assert page.text("h1") == "Welcome, Kim Bos"
    assert (await guest.get(welcome)).status == 200, "looking at it does not use it up"
    for wrong in ({"password": "short"}, {"password": CHOSEN, "again": "something else"}):
        assert (await guest.post(welcome, **wrong)).status == 422
    page = await guest.post(welcome, password=CHOSEN, again=CHOSEN)
    assert (page.path, page.status) == ("/console", 200)
    assert "Kim Bos" in page.body
    again = await guest.post(welcome, password="another one, longer", again="another one, longer")
    assert (again.status, again.text("h1")) == (410, "This link does not serve any more")
    assert again.text("main a.button-main") == "To the work list", "this browser is signed in"
    async with person(house) as elsewhere:
        gone = await elsewhere.get(welcome)
        assert "If you chose a password with it, sign in." in gone.text("main")
        assert gone.text("main a.button-main") == "Sign in"
        assert (await elsewhere.sign_in("kim@vandalen.example", CHOSEN)).path == "/console"


async def test_who_needs_an_app_sets_it_up_on_the_way_in(
    house: House, ina: Person, guest: Person
) -> None:
    everyone = {"who": "everyone"}
    await house.write(lambda c: choices.keep(c, "second_factor", everyone, by="test"))
    await invite(ina)
    [token] = LINK.findall(house.passed_on[0].interaction.text)
    page = await guest.post(f"/console/welcome/{token}", password=CHOSEN, again=CHOSEN)
    assert (page.path, page.text("h1")) == ("/console/sign-in/code", "One step more")
    assert (await guest.get("/console")).path == "/console/sign-in", "the code comes first"
    page = await guest.post(page.path, code=code_now(secret_on(page)))
    assert page.text("h1") == "Keep these spare codes"
    assert (await guest.get("/console")).path == "/console"


async def test_a_new_password_by_mail_asks_for_the_code_as_well(
    house: House, ina: Person, anna: Person
) -> None:
    secret, _ = await switched_on(anna)
    agent = next(row for row in await house.rows(agents_table) if row.login == "anna")
    await ina.post(f"{PEOPLE}/{agent.id}/link", address="anna@vandalen.example")
    [token] = LINK.findall(house.passed_on[0].interaction.text)
    page = await anna.post(f"/console/welcome/{token}", password=CHOSEN, again=CHOSEN)
    assert page.path == "/console/sign-in/code"
    assert "secret=" not in page.body
    assert (await anna.post(page.path, code=code_now(secret))).path == "/console"


async def test_without_mail_the_link_is_shown_once(house: House, ina: Person) -> None:
    house.mail_is_down = True
    said = await invite(ina)
    assert "No mail can be sent from here." in said
    assert LINK.search(said)
    assert not LINK.search((await ina.get(PEOPLE)).body)


async def test_a_mailbox_that_was_added_in_the_console_serves_where_the_settings_have_none(
    house: House, ina: Person, anna: Person
) -> None:
    house.default_accounts.clear()
    ours = "hallo@vandalen.example"
    await add_mailbox(house, ours, "smtp")
    await invite(ina)
    assert [mail.interaction.account for mail in house.passed_on] == [ours]
    accepted = await house.receive(text_arrival())
    item = await house.work_of(accepted.conversation_id)
    point = {"customer_id": item.customer_id, "kind": "email", "value": "jan@example.org"}
    row = point | {"id": clock.new_id(), "key": "email:jan@example.org", "verified": True}
    row |= {"shared": False, "created_at": clock.now()}
    await house.write(lambda c: c.execute(insert(contact_points), [row]))
    ways = await house.database.read(lambda c: reachable(c, accepted.conversation_id, {}))
    assert [way.account for way in ways if way.channel is Channel.EMAIL] == [ours]


async def test_a_mailbox_without_a_server_of_its_own_sends_by_that_of_the_settings(
    house: House, ina: Person
) -> None:
    house.default_accounts.clear()
    for ours, side in (("a@vandalen.example", "imap"), ("b@vandalen.example", "smtp")):
        await add_mailbox(house, ours, side)
        await invite(ina, name=f"Kim {side}", address=f"{side}@vandalen.example")
        assert house.passed_on[-1].interaction.account == ours, "one with its own goes first"


async def test_a_link_ends_when_a_newer_one_is_sent_or_it_is_old(
    house: House, ina: Person, guest: Person
) -> None:
    await invite(ina)
    kim = next(row.id for row in await house.rows(agents_table) if row.name == "Kim Bos")
    await ina.post(f"{PEOPLE}/{kim}/link", address="kim@elsewhere.example")
    first, second = (LINK.findall(mail.interaction.text)[0] for mail in house.passed_on)
    assert (await guest.get(f"/console/welcome/{first}")).status == 410
    assert (await guest.get(f"/console/welcome/{second}")).status == 200
    past = clock.now() - timedelta(seconds=1)
    await house.write(lambda c: c.execute(update(invitations_table).values(expires_at=past)))
    old = await guest.get(f"/console/welcome/{second}")
    assert old.status == 410
    assert "It served for three days. Ask an administrator for another." in old.text("main")
    assert await house.database.read(invitations.waiting) == {}


async def test_what_is_wrong_with_an_invitation_is_said_and_typed_text_stays(
    house: House, ina: Person
) -> None:
    refused = await ina.post(PEOPLE, name="Kim", address="nobody", **{"role.service": "1"})
    assert refused.text("[role=alert]") == "Write a mail address, such as kim@example.org."
    assert refused.value("input[name=name]") == "Kim"
    assert refused.has("input[name='role.service'][checked]")
    assert not refused.has("input[name='role.billing'][checked]")
    assert "Choose at least one role" in await invite(ina, **{"role.service": ""})
    assert "Somebody signs in with this already." in await invite(ina, login="INA")
    assert house.passed_on == []


async def test_who_can_have_less_in_hand_is_said_in_the_form(house: House, ina: Person) -> None:
    anna = await house.hire("kim", "Kim", ["service"])
    page, kept = f"{PEOPLE}/{anna}", {"name": "Kim", "role.service": "1"}
    assert (await ina.get(page)).value("[name=capacity]") == "100"
    await ina.post(page, capacity="40", **kept)
    assert (await ina.get(page)).value("[name=capacity]") == "40"
    typed = {"form": "rights", "new_skill": "french", "new_level": "4", "name": "Kim Bos"}
    wrong = await ina.post(page, capacity="-1", **{"role.billing": "1"} | typed)
    assert (wrong.status, wrong.text("[role=alert]")[:11]) == (422, "Write units")
    assert wrong.value("[name=name]") == "Kim Bos", "what was typed can be mended"
    assert wrong.value("[name=capacity]") == "-1"
    assert wrong.value("[name=new_skill]") == "french"
    assert wrong.value("[name=new_level] [selected]") == "4"
    assert not wrong.has("[name='role.service'][checked]")
    assert wrong.has("[name='role.billing'][checked]")
    await ina.post(page, capacity="", **kept)
    assert (await ina.get(page)).value("[name=capacity]") == "100"


async def test_changed_rights_sign_out_and_changed_skills_do_not(
    house: House, ina: Person, anna: Person
) -> None:
    agent = next(row for row in await house.rows(agents_table) if row.login == "anna")
    page = f"{PEOPLE}/{agent.id}"
    kept = {"name": "Anna de Wit", "role.service": "1"}
    await ina.post(page, new_skill="french", new_level="4", **kept)
    [skill] = await house.rows(agent_skills)
    assert (skill.skill, skill.level) == ("french", 4)
    assert (await anna.get("/console")).path == "/console"
    await ina.post(page, **kept, **{"skill.french": "4", "role.billing": "1"})
    assert (await anna.get("/console")).path == "/console/sign-in"
    assert (await ina.get(page)).has("input[name='role.billing'][checked]")
    await anna.sign_in("anna")
    await ina.post(page, name="Anna de Wit", administrator="1")
    assert (await anna.get("/console")).path == "/console/sign-in"
    assert await house.rows(agent_skills) == [], "what is not on the form any more is gone"


async def test_somebody_must_be_left_who_manages(house: House, ina: Person) -> None:
    agent = next(row for row in await house.rows(agents_table) if row.login == "ina")
    for path, fields in (
        (f"{PEOPLE}/{agent.id}", {"name": "Ina Smit", "role.service": "1"}),
        (f"{PEOPLE}/{agent.id}/act", {"act": "block"}),
    ):
        refused = await ina.post(path, **fields)
        assert refused.status == 409
        assert "Make somebody else an administrator first" in refused.text("[role=alert]")
    await house.hire("bo", "Bo", administrator=True)
    await ina.post(f"{PEOPLE}/{agent.id}", name="Ina Smit", **{"role.service": "1"})
    assert (await ina.get("/console")).path == "/console/sign-in"


async def test_who_is_kept_out_is_out_and_comes_in_again(
    house: House, ina: Person, anna: Person
) -> None:
    agent = next(row for row in await house.rows(agents_table) if row.login == "anna")
    await ina.post(f"{PEOPLE}/{agent.id}/act", act="block")
    assert (await anna.get("/console")).path == "/console/sign-in"
    assert (await anna.sign_in("anna")).status == 422
    await ina.post(f"{PEOPLE}/{agent.id}/act", act="unblock")
    assert (await anna.sign_in("anna")).path == "/console"
    assert (await ina.post(f"{PEOPLE}/{agent.id}/act", act="promote")).status == 404
    assert (await ina.get(f"{PEOPLE}/{clock.new_id()}")).status == 404
    names = {row.actor for row in await house.rows(audit_log) if row.action == "agent.blocked"}
    assert names == {row.id for row in await house.rows(agents_table) if row.login == "ina"}


async def test_a_made_up_link_is_refused_before_it_costs_anything(
    house: House, guest: Person
) -> None:
    page = await guest.post("/console/welcome/made-up", password=CHOSEN, again=CHOSEN)
    assert page.status == 410


async def test_one_of_many_is_found(house: House, ina: Person) -> None:
    assert not (await ina.get(PEOPLE)).has("[role=search]")
    for number in range(10):
        await house.hire(f"agent{number}", f"Agent {number}", ["billing"])
    await house.hire("zoe", "Zoë Smit", ["service"])
    page = await ina.get(PEOPLE)
    assert page.has("[role=search]")
    for words, found in (("zoë", 1), ("AGENT billing 7", 1), ("customer zoe", 1), ("agent", 10)):
        page = await ina.get(f"{PEOPLE}?words={words}")
        assert len(page.texts("tbody tr")) == found
    page = await ina.get(f"{PEOPLE}?words=nobody")
    assert (page.text("main .empty"), page.value("[name=words]")) == (
        "Nothing was found.",
        "nobody",
    )


async def test_a_name_is_one_that_can_be_shown_and_written_in_files(
    house: House, ina: Person
) -> None:
    for name in ("", "Kim\x01Bos", "\u202ewrong way"):
        assert await invite(ina, name=name) == "Write a name."
        kim = await house.hire(f"kim{len(name)}", "Kim Bos")
        page = await ina.post(f"{PEOPLE}/{kim}", form="rights", name=name, capacity="100")
        assert (page.status, page.text("[role=alert]")) == (422, "Write a name.")
