"""Signing in with two steps: a password alone is not enough, codes serve once, guessing is slow."""

import pytest
from yarl import URL

from agent_ui.qr import qr_code
from builders import TOKENS
from console_house import PASSWORD, House, Person, person
from hub import clock, one_time
from hub.store import admission, agents, choices, second_factors
from hub.store import sessions as ending
from hub.store.tables import audit_log, sessions
from hub.store.tables import second_factors as factors_table
from second_step import ACCOUNT, CODE, code_now, secret_on, switched_on


async def test_a_second_step_is_set_up_and_asked_for(house: House, anna: Person) -> None:
    page = await anna.post(f"{ACCOUNT}/factor")
    wrong = await anna.post(f"{ACCOUNT}/factor/confirm", code="000000")
    address = one_time.address(secret_on(page), "anna", "Van Dalen Koffie")
    assert qr_code(address, "Scan this with the app") in page.body
    assert (wrong.status, wrong.text("[role=alert]")[:18]) == (422, "This code is wrong")
    assert not (await house.rows(factors_table))[0].confirmed_at
    secret, spare = await switched_on(anna)
    assert secret == secret_on(page), "the same key until it is confirmed"
    assert len(spare) == 8
    async with person(house) as other:
        before = len(await house.rows(sessions))
        page = await other.sign_in("anna")
        assert (page.path, page.text("h1")) == (CODE, "One step more")
        assert "secret=" not in page.body
        assert len(await house.rows(sessions)) == before, "no session yet"
        assert (await other.get("/console")).path == "/console/sign-in"
        used = await other.post(CODE, code=code_now(secret, -1))
        assert used.status == 422, "that one was used to set it up"
        page = await other.post(CODE, code=code_now(secret), next="/console/guide")
        assert page.path == "/console/guide"


async def test_a_spare_code_opens_once(house: House, anna: Person) -> None:
    _, spare = await switched_on(anna)
    async with person(house) as other:
        await other.sign_in("anna")
        assert (await other.post(CODE, code=spare[0].upper())).path == "/console"
        await other.sign_in("anna")
        assert (await other.post(CODE, code=spare[0])).status == 422
    assert spare[1] not in str(await house.rows(factors_table))
    assert "agent.spare_code_used" in {row.action for row in await house.rows(audit_log)}


async def test_codes_cannot_be_tried_one_after_another(house: House, anna: Person) -> None:
    secret, _ = await switched_on(anna)
    async with person(house) as other:
        await other.sign_in("anna")
        for _ in range(5):
            assert (await other.post(CODE, code="123456")).status == 422
        page = await other.post(CODE, code=code_now(secret))
        assert (page.status, page.text("[role=alert]")) == (
            429,
            "Too many tries. Try again in 15 minutes.",
        )


async def test_the_second_step_alone_lets_nobody_in(house: House, anna: Person) -> None:
    secret, _ = await switched_on(anna)
    async with person(house) as other:
        assert (await other.post(CODE, code=code_now(secret))).path == "/console/sign-in"
        for step in ("made-up", f"{clock.new_id()}:99999999999.aaaaaaaaaaaaaaaa"):
            other.http.cookie_jar.update_cookies({"loket_step": step})
            assert (await other.post(CODE, code=code_now(secret))).path == "/console/sign-in"


@pytest.mark.parametrize(("late", "login"), [(1, "anna"), (3500, "anna"), (3700, "")])
async def test_who_takes_too_long_is_told_and_finds_the_login_filled_in_for_an_hour(
    house: House, anna: Person, late: int, login: str
) -> None:
    secret, _ = await switched_on(anna)
    [factor] = await house.rows(factors_table)
    past = int(clock.now().timestamp()) - late
    async with person(house) as other:
        step = TOKENS.sign("second step", f"{factor.agent_id}:{past}:x")
        other.http.cookie_jar.update_cookies({"loket_step": step})
        for page in (await other.get(CODE), await other.post(CODE, code=code_now(secret))):
            assert page.path == "/console/sign-in"
            told = "That took too long. Sign in once more." if login else ""
            assert page.text("[role=status]") == told
            assert page.value("[name=login]") == login


async def test_another_password_ends_half_a_sign_in(house: House, guest: Person) -> None:
    anna = await house.hire("anna", "Anna")
    await house.write(lambda c: choices.keep(c, "second_factor", {"who": "everyone"}, by="test"))
    secret = secret_on(await guest.sign_in("anna"))
    new = agents.hash_password("another long password")
    await house.write(lambda c: admission.set_password(c, anna, new, changed_by="test"))
    page = await guest.get(CODE)
    assert page.path == "/console/sign-in"
    assert (await guest.post(CODE, code=code_now(secret))).path == "/console/sign-in"
    [factor] = await house.rows(factors_table)
    assert not factor.confirmed_at
    assert (await guest.sign_in("anna", "another long password")).path == CODE


@pytest.mark.parametrize("act", ["sign_out", "rights", "let_in_again"])
async def test_who_is_signed_out_everywhere_is_so_halfway_too(
    house: House, anna: Person, ina: Person, guest: Person, act: str
) -> None:
    secret, _ = await switched_on(anna)
    agent_id = (await house.rows(factors_table))[0].agent_id
    assert (await guest.sign_in("anna")).path == CODE
    there = f"/console/admin/people/{agent_id}"
    if act == "rights":
        await ina.post(there, name="Anna", administrator="1", **{"role.service": "1"})
    elif act == "let_in_again":
        await ina.post(f"{there}/act", act="block")
        await ina.post(f"{there}/act", act="unblock")
    else:
        await ina.post(f"{there}/act", act=act)
    page = await guest.post(CODE, code=code_now(secret))
    assert (page.path, page.value("[name=login]")) == ("/console/sign-in", "anna")
    assert (await guest.get("/console")).path == "/console/sign-in"
    await guest.sign_in("anna")
    assert (await guest.post(CODE, code=code_now(secret))).path == "/console"


async def test_who_is_signed_out_while_their_code_is_looked_at_is_not_in(
    house: House, anna: Person, guest: Person
) -> None:
    secret, _ = await switched_on(anna)
    agent_id = (await house.rows(factors_table))[0].agent_id
    await guest.sign_in("anna")
    signing = house.console._sessions
    cookies = guest.http.cookie_jar.filter_cookies(URL(house.origin))
    who = await signing.halfway(cookies[signing.step_cookie].value)
    assert who is not None
    await house.database.write(lambda c: ending.end_all(c, agent_id))
    assert await signing.second_step(who, code_now(secret)) is None


async def test_who_must_have_one_sets_it_up_before_they_are_in(house: House, guest: Person) -> None:
    await house.hire("ina", "Ina Smit", administrator=True)
    await house.hire("anna", "Anna")
    chosen = {"who": "administrators"}
    await house.write(lambda c: choices.keep(c, "second_factor", chosen, by="test"))
    page = await guest.sign_in("ina")
    assert page.path == CODE
    page = await guest.post(CODE, code=code_now(secret_on(page)))
    assert page.text("h1") == "Keep these spare codes"
    assert (await guest.get("/console")).path == "/console"
    account = await guest.get(ACCOUNT)
    assert "Your organisation asks for it." in account.text("#second-step")
    assert (await guest.sign_in("anna")).path == "/console", "others need none"


async def test_an_administrator_takes_a_lost_one_away(
    house: House, anna: Person, ina: Person
) -> None:
    await switched_on(anna)
    [factor] = await house.rows(factors_table)
    await ina.post(f"/console/admin/people/{factor.agent_id}/act", act="remove_factor")
    assert (await anna.get("/console")).path == "/console/sign-in"
    assert (await anna.sign_in("anna")).path == "/console"
    assert await house.database.read(second_factors.holders) == set()


async def test_a_new_password_takes_the_old_one_and_ends_all_sessions(
    house: House, anna: Person
) -> None:
    new = "another long password"
    fields = {"current": "wrong", "password": new, "again": new}
    refused = await anna.post(f"{ACCOUNT}/password", **fields)
    assert refused.text("[role=alert]") == "The present password is wrong."
    page = await anna.post(f"{ACCOUNT}/password", **(fields | {"current": PASSWORD}))
    assert page.text("[role=status]") == "Your password is changed. Sign in with the new one."
    assert page.value("[name=login]") == "anna"
    assert (await anna.get("/console")).path == "/console/sign-in"
    assert (await anna.sign_in("anna")).status == 422
    assert (await anna.sign_in("anna", new)).path == "/console"


async def test_a_locked_sign_in_is_told_to_who_administers(
    house: House, ina: Person, guest: Person
) -> None:
    await house.hire("anna", "Anna")
    for _ in range(5):
        await guest.sign_in("anna", "wrong")
    page = await ina.get("/console/wall")
    assert "Somebody tried to sign in as Anna too often" in page.text(".alerts")
