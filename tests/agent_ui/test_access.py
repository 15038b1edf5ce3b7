"""Who may see and do what; what everyone else is told."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from agent_ui.settings import ConsoleSettings
from builders import chat_arrival, mail_arrival
from console_house import PASSWORD, House, Person, open_house, person
from hub import clock
from hub.interaction import Attachment
from hub.store import admission, agents, sessions
from hub.store.tables import agents as agents_table
from hub.store.tables import attachments, contact_points, customers, interactions, work_items
from hub.store.tables import sessions as sessions_table

OUTSIDE = {"Origin": "https://evil.example"}


async def of_billing(house: House) -> dict[str, str]:
    """The addresses of everything that belongs to a conversation of billing, with method."""
    sha256, size = house.blobs.put(b"secret")
    file = Attachment(id="x", filename="a.txt", content_type="text/plain", size=size, sha256=sha256)
    accepted = await house.receive(
        mail_arrival(
            subject="Invoice 12", html="<p>secret</p>", attachments=(file,), original=b"secret"
        )
    )
    item = await house.work_of(accepted.conversation_id)
    assert item.role == "billing"
    attachment = (await house.rows(attachments))[0]
    conversation = f"/console/conversations/{accepted.conversation_id}"
    return {
        "conversation": conversation,
        "entries": f"{conversation}/entries?before=9",
        "entry": f"{conversation}/entries?id={accepted.interaction_id}",
        "mail": f"/console/interactions/{accepted.interaction_id}/html",
        "original": f"/console/interactions/{accepted.interaction_id}/original",
        "file": f"/console/files/{attachment.id}",
        "claim": f"/console/work/{item.id}/claim",
        "release": f"/console/work/{item.id}/release",
        "resolve": f"/console/work/{item.id}/resolve",
        "write": f"{conversation}/entries",
        "resend": f"/console/interactions/{accepted.interaction_id}/resend",
    }


READ = ("conversation", "entries", "entry", "mail", "original", "file")
CHANGE = ("claim", "release", "resolve", "write", "resend")


async def test_another_role_finds_nothing(house: House, anna: Person, bob: Person) -> None:
    doors = await of_billing(house)
    for name in READ:
        assert (await anna.get(doors[name])).status == 404, name
        assert (await bob.get(doors[name])).status == 200, name
    for name in CHANGE:
        assert (await anna.post(doors[name], mode="note", text="x")).status == 404, name
    [item] = await house.rows(work_items)
    assert (item.state, item.epoch) == ("waiting", 1)
    assert len(await house.rows(interactions)) == 1
    assert "Invoice 12" not in (await anna.get("/console")).body


async def test_a_guest_is_asked_to_sign_in_everywhere(house: House, guest: Person) -> None:
    doors = await of_billing(house)
    for name in READ:
        page = await guest.get(doors[name])
        assert page.path == "/console/sign-in", name
        assert page.value("input[name=next]") == doors[name]
    for name in CHANGE:
        page = await guest.post(doors[name])
        assert (page.status, page.text("h1")) == (401, "You are signed out")
    for path in ("/console", "/console/work", "/console/live", "/console/nowhere"):
        assert (await guest.get(path)).path == "/console/sign-in"


async def test_scripts_are_told_in_a_form_that_they_read(house: House, guest: Person) -> None:
    page = await guest.get("/console", headers={"X-Loket-Part": "1"})
    assert page.status == 401
    assert page.headers["Content-Type"].startswith("application/problem+json")


async def test_who_helps_a_customer_reads_what_went_before(
    house: House, anna: Person, bob: Person
) -> None:
    old = await house.receive(sender="jan@zwaan.example", subject="Invoice 12")
    other = await house.receive(sender="piet@elsewhere.example", subject="Invoice 13")
    new = await house.receive(sender="jan@zwaan.example", subject="My order")
    page = await anna.get(f"/console/conversations/{new.conversation_id}")
    assert page.texts("[data-earlier-contact] .past-what") == ["Invoice 12"]
    assert not page.has("a.past"), "told of, but closed while she does not help this customer"
    page = await anna.post(f"/console/work/{(await house.work_of(new.conversation_id)).id}/claim")
    assert page.value("a.past", "href").endswith(old.conversation_id)
    page = await anna.get(f"/console/conversations/{old.conversation_id}")
    assert page.text(".talk-title") == "Invoice 12"
    assert (await anna.get(f"/console/conversations/{other.conversation_id}")).status == 404
    await anna.post(f"/console/work/{(await house.work_of(new.conversation_id)).id}/release")
    assert (await anna.get(f"/console/conversations/{old.conversation_id}")).status == 404


async def test_who_reads_it_as_history_leaves_a_note_and_answers_nothing(
    house: House, anna: Person
) -> None:
    old = await house.receive(sender="jan@zwaan.example", subject="Invoice 12")
    new = await house.receive(sender="jan@zwaan.example", subject="My order")
    own = await anna.get(f"/console/conversations/{new.conversation_id}")
    way = own.value("select[name=way] option")
    await anna.post(f"/console/work/{(await house.work_of(new.conversation_id)).id}/claim")
    page = await anna.get(f"/console/conversations/{old.conversation_id}")
    assert "Another role answers this" in page.text(".composer")
    assert not page.has("select[name=way]")
    assert not page.has("button[formaction$='/claim']")
    refused = await anna.reply(page, "I will answer this too", way=way)
    assert refused.status == 409
    assert "Another role answers this" in refused.text("[role=alert]")
    assert (await house.work_of(old.conversation_id)).state == "waiting"
    noted = await anna.reply(page, "He called about his order as well.", mode="note")
    assert noted.texts(".entry-note .entry-who") == ["Anna de Wit"]


async def test_colleagues_of_the_customer_are_part_of_the_history(
    house: House, anna: Person
) -> None:
    await house.write(_add_organisation)
    await house.receive(sender="piet@zwaan.example", subject="Our invoice")
    chat = await house.receive(chat_arrival(text="order order"))
    mail = await house.receive(sender="jan@zwaan.example", subject="My order")
    page = await anna.get(f"/console/conversations/{mail.conversation_id}")
    assert page.texts("[data-earlier-contact] .past-what") == ["Our invoice"]
    assert "Others of De Zwaan" in page.text("#side")
    page = await anna.get(f"/console/conversations/{chat.conversation_id}")
    assert "This is the first contact we know of." in page.text("#side")


def _add_organisation(connection: Connection) -> None:
    values: dict[str, Any] = {
        "target_group": "",
        "language": "",
        "attributes": {},
        "created_at": clock.now(),
    }
    row = {"id": "org", "kind": "organisation", "name": "De Zwaan", "organisation_id": None}
    connection.execute(insert(customers), [row | values])
    point = {"kind": "domain", "value": "zwaan.example", "verified": True}
    ids = {"id": "p", "customer_id": "org", "key": "domain:zwaan.example"}
    connection.execute(insert(contact_points), [point | ids | {"created_at": clock.now()}])


async def test_another_site_cannot_act_for_an_agent(house: House, anna: Person) -> None:
    await house.receive()
    fields = {"form_token": anna.token}
    for headers in (OUTSIDE, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        url = f"{anna.origin}/console/take"
        async with anna.http.post(url, data=fields, headers=headers) as response:
            assert response.status == 403
    for token in ("", "wrong", anna.token[:-1]):
        assert (await anna.post("/console/take", form_token=token)).status == 403
    [item] = await house.rows(work_items)
    assert item.state == "waiting"
    assert (await anna.take_next()).has(".chip-mine")


async def test_another_site_cannot_sign_anybody_in(house: House, guest: Person) -> None:
    await house.hire("anna", "Anna")
    fields = {"login": "anna", "password": PASSWORD}
    url = f"{guest.origin}/console/sign-in"
    async with guest.http.post(url, data=fields, headers=OUTSIDE) as response:
        assert response.status == 403
    assert await house.rows(sessions_table) == []


async def test_who_is_blocked_is_out_at_once_and_told_what_a_stranger_is(
    house: House, anna: Person
) -> None:
    assert (await anna.get("/console")).path == "/console"
    [agent] = await house.rows(agents_table)
    await house.write(lambda c: admission.block(c, agent.id, changed_by="operator"))
    assert (await anna.get("/console")).path == "/console/sign-in"
    blocked, stranger = await anna.sign_in("anna"), await anna.sign_in("nobody")
    assert (blocked.status, blocked.text("[role=alert]")) == (
        stranger.status,
        stranger.text("[role=alert]"),
    )
    await house.write(lambda c: admission.unblock(c, agent.id, changed_by="operator"))
    assert (await anna.sign_in("anna")).path == "/console"


async def test_signing_in_takes_the_right_password(house: House, guest: Person) -> None:
    await house.hire("anna", "Anna")
    for login, password in (("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna", "")):
        page = await guest.sign_in(login, password)
        assert page.status == 422
        assert page.text("[role=alert]") == "Login or password is wrong."
    page = await guest.sign_in(" ANNA ")
    assert page.path == "/console"


async def test_an_agent_who_left_cannot_sign_in(house: House, guest: Person) -> None:
    await house.hire("anna", "Anna")
    await house.write(lambda c: c.execute(update(agents_table).values(active=False)))
    assert (await guest.sign_in("anna")).status == 422


async def test_passwords_cannot_be_tried_for_ever(house: House, guest: Person) -> None:
    await house.hire("anna", "Anna")
    for _ in range(5):
        assert (await guest.sign_in("anna", "wrong")).status == 422
    page = await guest.sign_in("anna")
    assert page.status == 429
    assert page.text("[role=alert]") == "Too many tries. Try again in 15 minutes."
    assert (await guest.sign_in("carl", "wrong")).status == 422, "others are not kept waiting"


async def test_a_flood_of_made_up_sign_ins_is_refused_before_it_costs_anything(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Also by another process of the same Loket; and the flood shuts out nobody but itself."""
    settings = ConsoleSettings(sign_in_tries_per_address=3)
    async with (
        open_house(sqlite_url, tmp_path, settings=settings) as house,
        person(house) as flood,
        person(house, address="127.0.0.2") as anna,
        person(house, address="127.0.0.3") as carl,
    ):
        await house.hire("anna", "Anna")
        await house.hire("carl", "Carl")
        assert (await anna.sign_in("anna")).path == "/console"
        for number in range(3):
            assert (await flood.sign_in(f"made-up-{number}", "x")).status == 422
        async with open_house(sqlite_url, tmp_path, settings=settings) as other:
            for origin in (house.origin, other.origin):
                flood.origin = origin
                for login in ("made-up", "carl"):
                    assert (await flood.sign_in(login)).status == 429
        assert (await carl.sign_in("carl")).path == "/console", "from elsewhere"


async def test_each_sign_in_is_a_new_session_and_signing_out_ends_it(
    house: House, anna: Person
) -> None:
    [first] = await house.rows(sessions_table)
    await anna.sign_in("anna")
    assert len(await house.rows(sessions_table)) == 2
    kept = {cookie.key: cookie.value for cookie in anna.http.cookie_jar}
    await anna.post("/console/sign-out")
    [left] = await house.rows(sessions_table)
    assert left.token_hash == first.token_hash
    anna.http.cookie_jar.update_cookies(kept)
    assert (await anna.get("/console")).path == "/console/sign-in", "a kept cookie is worth nothing"


async def test_the_table_does_not_hold_what_the_browser_sends(house: House, anna: Person) -> None:
    [cookie] = [c for c in anna.http.cookie_jar if c.key == "loket_session"]
    [row] = await house.rows(sessions_table)
    assert row.token_hash == sessions.token_hash(cookie.value) != cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not cookie["secure"], "plain http on this machine"


async def test_a_role_taken_away_is_gone_at_once(house: House, anna: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}"
    assert (await anna.get(path)).status == 200
    agent = (await house.rows(agents_table))[0]
    await house.write(lambda c: agents.set_roles(c, agent.id, [], changed_by="test"))
    assert (await anna.get(path)).status == 404
    assert "Ask who manages the roles." in (await anna.get("/console")).body


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/console/conversations/abc", "/console/conversations/abc"),
        ("https://evil.example/console/x", "/console"),
        ("//evil.example/console/x", "/console"),
        ("/console/\\evil.example", "/console"),
        ("/console//evil.example", "/console"),
        ("/other", "/console"),
        ("javascript:alert(1)", "/console"),
        ("", "/console"),
    ],
)
async def test_after_signing_in_a_link_leads_to_the_console_only(
    house: House, guest: Person, wanted: str, path: str
) -> None:
    await house.hire("anna", "Anna")
    fields = {"login": "anna", "password": PASSWORD, "next": wanted}
    url = f"{guest.origin}/console/sign-in"
    async with guest.http.post(url, data=fields, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, path)


async def test_what_is_not_there_is_said_in_plain_words(house: House, anna: Person) -> None:
    page = await anna.get("/console/conversations/not-an-id")
    assert (page.status, page.text("h1")) == (404, "This page is not here")
    assert page.value("a.button-main", "href") == "/console"
    page = await anna.get("/console/nowhere", headers={"Accept-Language": "nl"})
    assert page.text("h1") == "Deze pagina is er niet"


async def test_what_cannot_be_an_id_is_not_looked_for(house: House, anna: Person) -> None:
    for wrong in ("%00", "a%00", "x" * 400, "..%2F..", "%F0%9F%92%A9"):
        for path in ("conversations/{}", "interactions/{}/html", "files/{}"):
            assert (await anna.get(f"/console/{path.format(wrong)}")).status == 404
        assert (await anna.post(f"/console/work/{wrong}/claim")).status == 404


async def test_pages_carry_a_strict_policy(house: House, anna: Person) -> None:
    for path in ("/console", "/console/sign-in", "/console/nowhere"):
        headers = (await anna.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"


async def test_static_files_are_cached_for_ever_under_their_hash(
    house: House, guest: Person
) -> None:
    page = await guest.get("/console/sign-in")
    address = page.value("link[rel=stylesheet]", "href")
    file = await guest.get(address)
    assert file.status == 200
    assert "immutable" in file.headers["Cache-Control"]
    again = await guest.get(address, headers={"If-None-Match": file.headers["ETag"]})
    assert again.status == 304
    digest = address.split("/")[3]
    for wrong in (f"{digest}/css/..%2F..%2Ftexts.py", f"{digest}/nothing.css", "0/css/tokens.css"):
        assert (await guest.get(f"/console/static/{wrong}")).status == 404
