"""Programs read and write the fields that administrators added to customers."""

from pathlib import Path

from agent_ui.api.api import ABOUT
from agent_ui.api.scopes import SCOPES
from console_house import MODEL, House, open_house
from hub.custom_fields import Choice, Field, FieldKind, Who
from hub.store import customer_fields
from hub.store.tables import audit_log
from programs import Program, program, token_for

LEVEL = Field(
    "", "level", FieldKind.ONE_OF, {"en": "Level"}, choices=(Choice("gold", {"en": "Gold"}),)
)
LIMIT = Field("", "limit", FieldKind.AMOUNT, {"en": "Limit"}, currency="EUR", required=True)
RISK = Field("", "risk", FieldKind.TEXT, {"en": "Risk"}, seen_by=Who.SUPERVISOR)


async def made(house: House, *fields: Field) -> None:
    for one in fields:
        await house.write(lambda c, one=one: customer_fields.add(c, one, by="ina"))


async def test_values_are_read_by_their_kind(house: House, crm: Program) -> None:
    await made(house, LEVEL, LIMIT)
    known = (await crm.get("/customer-fields"))["items"]
    assert [(one["key"], one["kind"], one["may_change"]) for one in known] == [
        ("level", "one_of", True), ("limit", "amount", True),
    ]  # fmt: skip
    assert known[0]["choices"] == [{"name": "gold", "titles": {"en": "Gold"}, "archived": False}]
    given = {"level": "Gold", "limit": "1234.5", "city": "Delft"}
    jan = await crm.post("/customers", {"name": "Jan", "attributes": given})
    assert jan["attributes"] == {"level": "gold", "limit": "1234.50", "city": "Delft"}
    one = f"/customers/{jan['id']}"
    for wrong in ({"level": "platinum"}, {"limit": "much"}, {"limit": ""}):
        said = await crm.patch(one, {"attributes": wrong}, match=jan.etag)
        assert said.refused == (422, "bad_field"), wrong
    assert "Limit: Nothing stands here." in said["detail"]
    changed = await crm.patch(one, {"attributes": {"level": ""}}, match=jan.etag)
    assert changed["attributes"] == {"limit": "1234.50", "city": "Delft"}
    firm = await crm.post("/organisations", {"name": "Smit", "attributes": {"level": "Silver"}})
    assert firm.refused == (422, "bad_field")


async def test_what_is_for_supervisors_is_not_told_and_not_taken(
    house: House, crm: Program
) -> None:
    jan = await crm.post("/customers", {"name": "Jan", "attributes": {"risk": "pays late"}})
    await made(house, RISK)
    one = f"/customers/{jan['id']}"
    assert (await crm.get("/customer-fields"))["items"] == []
    seen = await crm.get(one)
    assert seen["attributes"] == {}
    assert [each["attributes"] for each in await crm.all("/customers", limit=9)] == [{}]
    said = await crm.patch(one, {"attributes": {"risk": "none"}}, match=seen.etag)
    assert said.refused == (403, "not_supervisor")
    fresh = await crm.post("/customers", {"name": "Kim", "attributes": {"risk": "none"}})
    assert fresh.refused == (403, "not_supervisor")
    changed = [row for row in await house.rows(audit_log) if row.action == "customer.changed"]
    assert changed == []


ASKED = MODEL.replace(
    "    required_information:\n",
    """    required_information:
      - {name: credit, title: {en: Credit, nl: Krediet}, source: customer, field: customer.risk}
""",
)


async def test_what_work_asks_and_is_for_supervisors_is_not_told_and_not_taken(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_house(sqlite_url, tmp_path, model_text=ASKED) as house:
        await made(house, RISK)
        who = (await house.hire("ina", "Ina", administrator=True), await house.hire("anna", "Anna"))
        ina_token, anna_token = [
            await token_for(house.database, list(SCOPES), agent_id=one) for one in who
        ]
        base = house.origin + ABOUT.base
        accepted = await house.receive(subject="Order 12")
        item = await house.work_of(accepted.conversation_id)
        work = f"/work/{item.id}"
        async with program(base, ina_token) as ina, program(base, anna_token) as anna:
            await ina.post(work + "/take")
            await ina.post(work + "/information", {"values": {"credit": "late", "number": "12"}})
            for one, told in (
                (ina, [("late", "Ina"), ("12", "Ina")]),
                (anna, [("", ""), ("12", "Ina")]),
            ):
                known = (await one.get(work + "/needed"))["information"]
                assert [(each["value"], each["entered_by"]) for each in known] == told
            await ina.post(work + "/give", {"agent_id": who[1]})
            for text in ("", "none"):
                said = await anna.post(work + "/information", {"values": {"credit": text}})
                assert said.refused == (403, "not_supervisor")
