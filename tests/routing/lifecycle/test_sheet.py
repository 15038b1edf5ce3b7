"""Who must sign what, and whose word counts."""

from datetime import timedelta

from hub import clock
from hub.store.signatures import Signature
from interaction_models import HEAD, model_of
from routing.lifecycle.sheet import Sheet, sheet_of
from routing.model import Model

OWNED = HEAD.replace("  billing: {", "  billing: {owner: Carla, ").replace(
    "  service: {", "  service: {owner: anna, "
)
NOW = clock.now()


def said(
    sheet: Sheet, place: int, *, accepted: bool = True, login: str = "", after: int = 0
) -> Signature:
    asked = sheet.asked[place]
    return Signature(
        version=1,
        role=asked.role,
        row=asked.row,
        fingerprint=asked.fingerprint,
        login=login or asked.owner,
        name="X",
        accepted=accepted,
        remark="",
        at=NOW + timedelta(seconds=after),
        recorded_by="a",
    )


def model(*rows: str) -> Model:
    return model_of(*rows, head=OWNED)


def test_the_owner_of_each_role_is_asked_for_the_rows_that_name_it() -> None:
    sheet = sheet_of(model("role: service", "topic: bill, role: billing, backup_role: service"), ())
    assert [(one.owner, one.role, one.row) for one in sheet.asked] == [
        ("anna", "service", "any any any any"),
        ("carla", "billing", "any any any bill"),
        ("anna", "service", "any any any bill"),
    ]
    assert len(sheet.of_owner("anna")) == 2
    assert not sheet.is_complete


def test_it_is_complete_once_everybody_accepted() -> None:
    asked = sheet_of(model("role: service", "topic: bill, role: billing"), ())
    half = sheet_of(model("role: service", "topic: bill, role: billing"), [said(asked, 0)])
    refused = half.missing()
    assert refused is not None
    assert refused.code == "model_unsigned"
    assert "1 signatures are missing, for billing" in refused.detail
    whole = sheet_of(
        model("role: service", "topic: bill, role: billing"), [said(asked, 0), said(asked, 1)]
    )
    assert whole.is_complete
    assert whole.missing() is None


def test_a_word_holds_for_the_same_row_elsewhere_and_not_for_a_changed_one() -> None:
    given = [said(sheet_of(model("role: service"), ()), 0)]
    same = sheet_of(model("topic: bill, role: billing", "role: service"), given)
    assert [one.is_accepted for one in same.asked] == [False, True]
    changed = sheet_of(model("role: service, priority_minutes: 1"), given)
    assert changed.asked[0].is_open


def test_the_last_word_of_the_owner_counts_and_nobody_elses() -> None:
    asked = sheet_of(model("role: service"), ())
    no, yes = said(asked, 0, accepted=False), said(asked, 0, after=1)
    assert sheet_of(model("role: service"), [no, yes]).is_complete
    declined = sheet_of(model("role: service"), [yes, no])
    refused = declined.missing()
    assert refused is not None
    assert refused.code == "model_declined"
    stranger = said(asked, 0, login="bob")
    assert sheet_of(model("role: service"), [stranger]).asked[0].is_open


def test_a_role_without_an_owner_cannot_be_signed() -> None:
    sheet = sheet_of(model("role: sales"), ())
    assert sheet.ownerless == ["sales"]
    assert sheet.of_owner("") == []
    refused = sheet.missing()
    assert refused is not None
    assert "no owner: sales" in refused.detail
