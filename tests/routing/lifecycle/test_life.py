"""The life of a version, through the doors that the console, the command and the dispatcher use."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub import clock
from hub.errors import Rejected
from hub.events import ModelActivated
from hub.store import Database, agents, model_actions, models, signatures
from hub.store.models import Origin, State, Version
from hub.store.tables import audit_log, model_signatures, model_versions, roles
from model_texts import BROKEN, OWNED, WITH_BILLS
from routing.lifecycle.activating import Activating
from routing.lifecycle.from_file import ModelSource, settle
from routing.lifecycle.signing import Signer, Signing
from routing.lifecycle.versions import Versions
from routing.model_file import BrokenModel
from stores import rows, told

ANNA = Signer("anna", "Anna de Wit", "agent-1")
CARLA = Signer("carla", "Carla Santos", "agent-2")
PATIENCE = timedelta(hours=1)


class Life:
    """A store with version 1 live, from a file, and everything that changes versions."""

    def __init__(self, database: Database, *, fixed: bool = False) -> None:
        self.database = database
        self.woken = 0
        self.versions = Versions(database, fixed=fixed)
        self.signing = Signing(self.versions)
        self.activating = Activating(self.versions, database, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def draft(self, written: str = WITH_BILLS, **changes: Any) -> int:
        made = await self.versions.draft(written, by="ina", origin=Origin.CONSOLE, **changes)
        return made.number

    async def checked(self, written: str = WITH_BILLS) -> int:
        return (await self.versions.check(await self.draft(written), by="ina")).number

    async def signed(self, written: str = WITH_BILLS) -> int:
        number = await self.checked(written)
        for signer in (ANNA, CARLA):
            await self.signing.sign(number, signer, accepted=True)
        return number

    async def state(self, number: int) -> State:
        return (await self.versions.version(number)).state

    async def live(self) -> int | None:
        return await self.database.read(models.live_number)

    async def audited(self) -> list[tuple[str, str]]:
        found = await rows(self.database, audit_log)
        ordered = sorted(found, key=lambda row: row.id)
        return [(row.object, row.action) for row in ordered if row.action.startswith("model.")]

    async def spoil(self, number: int, written: str) -> None:
        """Another release wrote what this one cannot read."""

        def spoil(connection: Any) -> None:
            seen = models.find(connection, number)
            models.change(
                connection, seen, by="x", text=written, sha256=models.fingerprint_of(written)
            )

        await self.database.write(spoil)


@pytest.fixture
async def life(database: Database) -> Life:
    made = Life(database)
    await made.activating.go_live_from_file(OWNED, reason="First start")
    return made


async def refused(work: Any, code: str) -> str:
    with pytest.raises(Rejected) as error:
        await work
    assert error.value.code == code
    return error.value.detail


async def test_a_version_is_drafted_checked_signed_and_goes_live(life: Life) -> None:
    number = await life.draft(title="Bills", note="They grew", based_on=1)
    assert (number, await life.state(number)) == (2, State.DRAFT)
    checked = await life.versions.check(number, by="ina")
    assert checked.state is State.CHECKED
    assert await life.signing.sign(number, ANNA, accepted=True) == 1
    assert await life.state(number) is State.CHECKED
    assert await life.signing.sign(number, CARLA, accepted=True, remark="Gladly") == 1
    assert await life.state(number) is State.SIGNED
    live = await life.activating.activate(number, by="ina")
    assert (live.state, live.activated_by, live.override_reason) == (State.LIVE, "ina", "")
    assert (await life.live(), await life.state(1)) == (2, State.REPLACED)
    kept = {row.role: (row.name, row.accepted, row.remark) for row in await signed_rows(life)}
    assert kept["billing"] == ("Carla Santos", True, "Gladly")
    assert [action for about, action in await life.audited() if about == "model/2"] == [
        "model.drafted",
        "model.checked",
        "model.accepted",
        "model.accepted",
        "model.activated",
    ]
    assert await life.versions.text(2) == WITH_BILLS


async def signed_rows(life: Life) -> list[Any]:
    return await rows(life.database, model_signatures)


async def test_the_bus_hears_of_it_and_new_roles_can_be_held(life: Life) -> None:
    more = WITH_BILLS.replace(
        "channels:\n", "  sales: {title: {en: Sales, nl: Verkoop}, owner: anna}\nchannels:\n"
    )
    number = await life.signed(more)
    await life.activating.activate(number, by="ina")
    event = (await told(life.database))[-1]
    assert isinstance(event.event, ModelActivated)
    assert (event.event.number, event.event.former_number, event.subject) == (2, 1, "model")
    assert life.woken == 2
    assert {row.name: row.title for row in await rows(life.database, roles)}["sales"] == "Sales"


async def test_without_all_signatures_it_stays_out_unless_for_a_reason(life: Life) -> None:
    number = await life.draft()
    await refused(life.activating.activate(number, by="ina"), "model_cannot_activate")
    await life.versions.check(number, by="ina")
    await refused(life.activating.activate(number, by="ina"), "model_unsigned")
    await refused(life.activating.activate(number, by="ina", override="  "), "model_unsigned")
    assert await life.live() == 1
    live = await life.activating.activate(number, by="ina", override="Fire in the house")
    assert (live.state, live.override_reason) == (State.LIVE, "Fire in the house")


async def test_who_declines_says_why_and_stops_it_until_they_accept(life: Life) -> None:
    number = await life.signed()
    await refused(life.signing.sign(number, CARLA, accepted=False), "remark_missing")
    await life.signing.sign(number, CARLA, accepted=False, remark="Too many")
    assert await life.state(number) is State.CHECKED
    await refused(life.activating.activate(number, by="ina"), "model_declined")
    await life.signing.sign(number, CARLA, accepted=True)
    assert await life.state(number) is State.SIGNED
    assert len(await signed_rows(life)) == 4, "every word is kept"


async def test_only_the_owner_signs_and_only_what_is_meant(life: Life) -> None:
    number = await life.checked()
    await refused(
        life.signing.sign(number, Signer("bob", "B", "x"), accepted=True), "nothing_to_sign"
    )
    sign = life.signing.sign(number, CARLA, accepted=True, roles=["service"])
    await refused(sign, "nothing_to_sign")
    sign = life.signing.sign(number, CARLA, accepted=True, rows=["any any any any"])
    await refused(sign, "nothing_to_sign")
    assert await life.signing.sign(number, CARLA, accepted=True, rows=["any any any bill"]) == 1


async def test_a_changed_row_is_signed_again_and_the_others_are_not(life: Life) -> None:
    await life.activating.activate(await life.signed(), by="ina")
    changed = await life.checked(WITH_BILLS.replace("role: billing", "role: billing, sticky: yes"))
    sheet = await life.versions.sheet((await life.versions.read(changed))[1])
    assert [(one.role, one.is_open) for one in sheet.asked] == [
        ("service", False),
        ("billing", True),
    ]
    assert await life.state(await life.checked(WITH_BILLS + "# a remark\n")) is State.SIGNED


async def test_editing_makes_it_a_draft_again_and_keeps_what_was_signed(life: Life) -> None:
    number = await life.signed()
    seen = await life.versions.version(number)
    words = {"title": "T", "note": "N", "by": "ina"}
    saved = await life.versions.save(
        number, seen.revision, written=WITH_BILLS + "# more\n", **words
    )
    assert (saved.state, saved.title, saved.changed_by) == (State.DRAFT, "T", "ina")
    assert (await life.versions.check(number, by="ina")).state is State.SIGNED


async def test_the_second_of_two_who_edit_is_told_and_the_first_text_stays(life: Life) -> None:
    number = await life.draft()
    words = {"title": "", "note": "", "by": "ina"}
    await life.versions.save(number, 1, written=OWNED, **words)
    await refused(life.versions.save(number, 1, written=BROKEN, **words), "model_changed")
    assert await life.versions.text(number) == OWNED


async def test_a_broken_draft_is_kept_and_goes_nowhere(life: Life) -> None:
    number = await life.draft(BROKEN)
    with pytest.raises(BrokenModel) as error:
        await life.versions.check(number, by="ina")
    assert "version 2:12" in str(error.value)
    assert await life.state(number) is State.DRAFT


async def test_a_planned_version_goes_live_when_its_time_has_come(life: Life) -> None:
    number, at = await life.signed(), clock.now() + PATIENCE
    planned = await life.activating.activate(number, by="ina", at=at)
    assert (planned.state, planned.effective_from) == (State.SIGNED, at)
    assert await life.database.read(models.following) == at
    assert await life.activating.activate_due(at - timedelta(seconds=1)) == 0
    again = Life(life.database)
    assert await again.activating.activate_due(at) == 1
    assert await again.activating.activate_due(at) == 0
    assert await life.live() == number
    assert (await life.versions.version(number)).effective_from is None


async def test_a_plan_can_be_cancelled_and_one_in_the_past_is_now(life: Life) -> None:
    number, at = await life.signed(), clock.now() + PATIENCE
    await life.activating.activate(number, by="ina", at=at)
    await refused(life.versions.withdraw(number, by="ina"), "model_planned")
    await life.activating.cancel(number, by="ina")
    await refused(life.activating.cancel(number, by="ina"), "model_cannot_cancel")
    assert await life.activating.activate_due(at) == 0
    assert (
        await life.activating.activate(number, by="ina", at=clock.now() - PATIENCE)
    ).state == "live"


async def test_what_broke_meanwhile_does_not_replace_what_works(life: Life) -> None:
    number, at = await life.signed(), clock.now() + PATIENCE
    await life.activating.activate(number, by="ina", at=at)
    await life.spoil(number, BROKEN)
    assert await life.activating.activate_due(at) == 0
    assert await life.live() == 1
    left = await life.versions.version(number)
    assert "There is no role 'nobody'" in left.problem
    assert left.effective_from is None
    [action] = await life.database.read(model_actions.listed)
    assert (action.version, action.source) == (number, "finding")
    assert ("model/2", "model.not_activated") in await life.audited()


async def test_who_declines_before_the_day_stops_it_unless_it_was_overridden(life: Life) -> None:
    at = clock.now() + PATIENCE
    number = await life.signed()
    await life.activating.activate(number, by="ina", at=at)
    await life.signing.sign(number, CARLA, accepted=False, remark="No")
    assert await life.activating.activate_due(at) == 0
    assert "declined" in (await life.versions.version(number)).problem
    await life.activating.activate(number, by="ina", at=at, override="It must")
    assert await life.activating.activate_due(at) == 1


async def test_rolling_back_is_one_step_and_a_version_of_its_own(life: Life) -> None:
    await life.activating.activate(await life.signed(), by="ina")
    back = await life.activating.roll_back(1, by="ina", reason="Bills got lost")
    assert (back.number, back.state, back.based_on, back.origin) == (3, "live", 1, "rollback")
    assert back.note == "Roll back to version 1: Bills got lost"
    assert await life.versions.text(3) == OWNED
    assert await life.state(2) is State.REPLACED
    assert (await life.audited())[-2:] == [
        ("model/3", "model.drafted"),
        ("model/3", "model.activated"),
    ]


async def test_only_to_what_was_live_before_and_can_be_read(life: Life) -> None:
    await refused(life.activating.roll_back(await life.draft(), by="ina"), "model_cannot_roll_back")
    await refused(life.activating.roll_back(1, by="ina"), "model_cannot_roll_back")
    await refused(life.activating.roll_back(9, by="ina"), "no_model")
    await life.activating.activate(await life.signed(), by="ina")
    await life.spoil(1, BROKEN)
    with pytest.raises(BrokenModel):
        await life.activating.roll_back(1, by="ina")
    assert await life.live() == 3


async def test_a_withdrawn_version_stays_to_be_read(life: Life) -> None:
    number = await life.draft()
    await life.versions.withdraw(number, by="ina")
    await refused(life.versions.check(number, by="ina"), "model_cannot_check")
    assert await life.versions.text(number) == WITH_BILLS
    assert [one.number for one in await listed(life)] == [2, 1]


async def listed(life: Life) -> list[Version]:
    return await life.database.read(models.listed)


async def test_open_points_stay_until_they_are_done(life: Life) -> None:
    number, due = await life.draft(), clock.now().date()

    def add(connection: Any) -> str:
        model_actions.add(connection, number, "Later", by="ina")
        return model_actions.add(
            connection, number, " Ask sales ", by="ina", owner="esra", due_on=due
        )

    point = await life.database.write(add)
    found = await life.database.read(lambda c: model_actions.listed(c, number))
    assert [(one.what, one.owner, one.due_on) for one in found] == [
        ("Ask sales", "esra", due),
        ("Later", "", None),
    ]
    await life.database.write(lambda c: model_actions.set_done(c, point, by="esra"))
    found = await life.database.read(lambda c: model_actions.listed(c, number))
    assert [(one.what, one.done_by) for one in found] == [("Later", ""), ("Ask sales", "esra")]
    missing = life.database.write(lambda c: model_actions.set_done(c, "none", by="esra"))
    await refused(missing, "no_action")


# The file


@pytest.fixture
async def empty(database: Database) -> Life:
    return Life(database)


async def start(life: Life, path: Path, source: ModelSource = ModelSource.STORE) -> Version | None:
    return await settle(life.database, life.activating, path, source)


async def test_the_file_is_the_first_version_and_later_only_noticed(
    empty: Life, tmp_path: Path
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(OWNED)
    first = await start(empty, path)
    assert first is not None
    assert (first.number, first.state, first.origin) == (1, State.LIVE, Origin.FILE)
    assert await start(empty, path) is None
    path.write_text(WITH_BILLS)
    assert await start(empty, path) is None
    path.write_text(BROKEN)
    assert await start(empty, path) is None
    path.unlink()
    assert await start(empty, path) is None
    assert len(await rows(empty.database, model_versions)) == 1


async def test_a_broken_file_starts_nothing(empty: Life, tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(BROKEN)
    with pytest.raises(BrokenModel):
        await start(empty, path)
    assert await empty.live() is None


async def test_where_the_file_decides_it_goes_live_at_each_start_and_nothing_else_does(
    database: Database, tmp_path: Path
) -> None:
    life, path = Life(database, fixed=True), tmp_path / "model.yaml"
    for number, written in enumerate((OWNED, WITH_BILLS, OWNED), 1):
        path.write_text(written)
        assert await start(life, path, ModelSource.FILE) is not None
        assert await start(life, path, ModelSource.FILE) is None
        assert await life.live() == number
    path.write_text(BROKEN)
    assert await start(life, path, ModelSource.FILE) is None
    assert await life.live() == 3
    await refused(life.draft(), "model_from_file")
    await refused(life.activating.roll_back(1, by="ina"), "model_from_file")
    await refused(life.versions.check(2, by="ina"), "model_from_file")


async def test_signatures_are_found_by_who_gave_them(life: Life) -> None:
    await life.signed()
    found = await life.database.read(lambda c: signatures.by_logins(c, {"carla"}))
    assert [one.role for one in found] == ["billing"]
    assert await life.database.read(lambda c: signatures.by_logins(c, set())) == []
    assert agents.canonical_login(" Carla ") == "carla"
