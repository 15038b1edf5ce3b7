"""Every kind of finding: when it is made and when not, with which rows, example and repair."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.interaction import Channel, Direction
from interaction_models import FILE, HEAD, text_of
from routing.analysis import Example, Finding, Kind, Member, Severity, Staff, analyse
from routing.analysis.names import field
from routing.definition import Definition
from routing.hours.definition import Hours
from routing.model_file import load_definition, read_definition
from routing.moment import FIELDS

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
EVERYONE = "role: sales"


def definition(*rows: str, head: str = HEAD) -> Definition:
    return read_definition(text_of(*rows, head=head), FILE)


def staff(model: Definition, **members: tuple[Member, ...]) -> Staff:
    """One person in each role that is not given."""
    return Staff(at=NOW, members={role: (Member("anna"),) for role in model.roles} | members)


def found(kind: Kind, *rows: str, head: str = HEAD, **members: tuple[Member, ...]) -> list[Finding]:
    model = definition(*rows, head=head)
    return [one for one in analyse(model, staff(model, **members)) if one.kind is kind]


def only(kind: Kind, *rows: str, head: str = HEAD, **members: tuple[Member, ...]) -> Finding:
    (finding,) = found(kind, *rows, head=head, **members)
    return finding


def test_the_example_organisation_is_proved() -> None:
    model = load_definition(EXAMPLE)
    able = Member("daan", {"coffee-machines": 3})
    findings = analyse(model, staff(model, **{"technical-support": (able,)}))
    assert {finding.severity for finding in findings} == {Severity.NOTE}


def test_findings_come_with_the_gravest_first_and_are_the_same_each_time() -> None:
    model = definition("topic: bill, role: billing", "topic: order, order: 1, priority_minutes: 3")
    first = analyse(model, Staff(at=NOW, members={}))
    ranks = [list(Severity).index(finding.severity) for finding in first]
    assert ranks == sorted(ranks)
    assert first == analyse(model, Staff(at=NOW, members={}))
    assert [Finding.model_validate_json(one.model_dump_json()) for one in first] == list(first)


def test_a_gap_begins_at_the_widest_place_and_is_repaired_by_a_row() -> None:
    finding = only(Kind.GAP, "topic: bill, role: billing", "target_group: b2b, role: sales")
    assert finding.severity is Severity.ERROR
    assert finding.text.en == (
        "Nobody is responsible for “Order” of all customers by any channel; it goes to “Triage”."
    )
    assert finding.text.nl.startswith("Niemand is verantwoordelijk voor “Bestelling” van alle klan")
    assert finding.example == Example(
        target_group="any", direction=Direction.INBOUND, channel=Channel.EMAIL, topic="order"
    )
    assert finding.repair is not None
    assert finding.repair.yaml == "- {topic: order, order: -1, role: billing}\n"


def test_a_gap_on_one_channel_only_names_that() -> None:
    finding = only(
        Kind.GAP,
        "topic: bill, role: billing",
        "topic: order, channel: phone, role: sales",
        "topic: order, direction: inbound, role: sales",
    )
    assert "by Mail from us;" in finding.text.en
    assert finding.repair is not None
    assert finding.repair.yaml == (
        "- {channel: email, direction: outbound, topic: order, role: sales}\n"
    )


def test_what_is_not_allowed_and_what_has_no_topic_is_no_gap() -> None:
    rows = "topic: bill, role: billing", "topic: order, allowed: no"
    assert found(Kind.GAP, *rows) == []


def test_a_tie_names_both_rows_and_an_overlap_the_one_that_wins() -> None:
    rows = "target_group: b2b, role: sales", "topic: bill, role: billing"
    tie = only(Kind.TIE, *rows)
    assert [row.row for row in tie.rows] == ["b2b any any any", "any any any bill"]
    assert tie.severity is Severity.ERROR
    assert tie.text.en.startswith(
        "On who is responsible, “Businesses, any channel, any topic” and “all customers, any "
    )
    overlap = only(Kind.OVERLAP, rows[0], f"{rows[1]}, order: 1")
    assert [row.row for row in overlap.rows] == ["any any any bill", "b2b any any any"]
    assert overlap.severity is Severity.NOTE
    assert overlap.example is not None
    assert (overlap.example.target_group, overlap.example.topic) == ("b2b", "bill")


def test_a_row_that_others_go_before_everywhere_is_unreachable() -> None:
    finding = only(
        Kind.UNREACHABLE_ROW,
        EVERYONE,
        "topic: bill, priority_minutes: 5",
        "topic: bill, direction: inbound, priority_minutes: 6",
        "topic: bill, direction: outbound, priority_minutes: 7",
    )
    assert [row.row for row in finding.rows] == [
        "any any any bill",
        "any inbound any bill",
        "any outbound any bill",
    ]
    assert finding.repair is not None
    assert "Leave the row out" in finding.repair.text.en


def test_a_row_that_never_wins_may_still_keep_a_wider_one_away() -> None:
    rows = (
        EVERYONE,
        "topic: bill, order: 9, priority_minutes: 9",
        "target_group: b2b, direction: inbound, topic: bill, priority_minutes: 5",
        "channel: email, direction: inbound, topic: bill, order: 5, priority_minutes: 6",
        "channel: phone, direction: inbound, topic: bill, order: 5, priority_minutes: 6",
        "channel: partner, direction: inbound, topic: bill, order: 5, priority_minutes: 6",
    )
    finding = only(Kind.UNREACHABLE_ROW, *rows)
    assert finding.rows[0].row == "b2b inbound any bill"


def test_a_row_that_says_what_holds_already_is_redundant() -> None:
    finding = only(Kind.REDUNDANT_ROW, EVERYONE, "topic: bill, role: sales, priority_minutes: 0")
    assert finding.rows[0].row == "any any any bill"
    rows = EVERYONE, "topic: bill, role: billing", "topic: bill/late, role: sales"
    assert found(Kind.REDUNDANT_ROW, *rows) == []


def test_a_role_without_members_is_an_error_where_it_is_responsible() -> None:
    rows = EVERYONE, "topic: bill, role: billing"
    finding = only(Kind.NO_MEMBERS, *rows, billing=())
    assert finding.severity is Severity.ERROR
    assert [row.row for row in finding.rows] == ["roles/billing", "any any any bill"]
    assert finding.example is not None
    assert finding.example.topic == "bill"
    assert found(Kind.NO_MEMBERS, *rows, triage=()) == [], "any row here names a role"
    assert only(Kind.NO_BACKUP_MEMBERS, *rows, triage=()).severity is Severity.WARNING


def test_nothing_is_said_of_people_who_are_not_known() -> None:
    findings = analyse(definition(EVERYONE), Staff(at=NOW))
    assert not {Kind.NO_MEMBERS, Kind.MISSING_SKILL} & {finding.kind for finding in findings}


@pytest.mark.parametrize(
    ("skills", "missing"),
    [(None, False), ({"dutch": 2}, False), ({"dutch": 1}, True), ({}, True)],
)
def test_a_skill_that_nobody_of_the_role_has_is_missing(
    skills: Mapping[str, int] | None, missing: bool
) -> None:
    rows = EVERYONE, "topic: bill, skills: {dutch: 2}"
    findings = found(Kind.MISSING_SKILL, *rows, sales=(Member("bram", skills),))
    assert bool(findings) == missing
    for finding in findings:
        assert "Dutch 2" in finding.text.en
        assert [row.row for row in finding.rows] == ["any any any bill", "any any any any"]


def test_two_skills_must_be_with_one_person() -> None:
    head = HEAD.replace("skills:\n", "skills:\n  german: {title: {en: German, nl: Duits}}\n")
    rows = EVERYONE, "topic: bill, skills: {dutch: 1, german: 1}"
    one_each = Member("bram", {"dutch": 5}), Member("carla", {"german": 5})
    assert found(Kind.MISSING_SKILL, *rows, head=head, sales=one_each)
    both = Member("daan", {"dutch": 1, "german": 1})
    assert not found(Kind.MISSING_SKILL, *rows, head=head, sales=(*one_each, both))


OFFICE = HEAD.replace("sales: {title: {en: Sales, nl: Verkoop}, backup: service}",
                      "sales: {title: {en: Sales, nl: Verkoop}, hours: office}")  # fmt: skip


def test_a_phone_that_rings_while_nobody_is_there_is_found_with_the_hour() -> None:
    finding = only(Kind.NOBODY_ON_DUTY, EVERYONE, head=OFFICE)
    assert finding.text.en.startswith(
        "Phone is open while nobody of “Sales” is on duty: "
        "from Sun 2026-11-22 01:00 to Mon 2026-11-23 09:00"
    )
    assert "van zo 2026-11-22 01:00 tot ma 2026-11-23 09:00" in finding.text.nl
    assert finding.example is not None
    assert finding.example.channel is Channel.PHONE
    assert finding.example.at == datetime(2026, 11, 22, tzinfo=UTC)
    assert finding.repair is not None
    assert finding.repair.yaml == "channels:\n  phone: {hours: office}\n"


def test_a_channel_with_the_hours_of_the_role_is_covered_but_for_a_holiday() -> None:
    head = OFFICE.replace("nl: Telefoon}}", "nl: Telefoon}, hours: office}")
    assert found(Kind.NOBODY_ON_DUTY, EVERYONE, head=head) == []
    closed = head.replace(
        "hours:\n  office:",
        """hours:
  holidays:
    title: {en: Office, nl: Kantoor}
    time_zone: Europe/Amsterdam
    week: {mon-fri: "09:00-17:00"}
    holidays: NL
  office:""",
    ).replace("Verkoop}, hours: office}", "Verkoop}, hours: holidays}")
    finding = only(Kind.NOBODY_ON_DUTY, EVERYONE, head=closed)
    assert "Fri 2026-12-25 09:00 to Fri 2026-12-25 17:00" in finding.text.en


def test_a_backup_that_is_there_covers_the_hours() -> None:
    head = OFFICE.replace("Verkoop}, hours: office}", "Verkoop}, hours: office, backup: billing}")
    assert found(Kind.NOBODY_ON_DUTY, EVERYONE, head=head) == []
    assert found(Kind.NOBODY_ON_DUTY, EVERYONE, head=OFFICE)
    row = f"{EVERYONE}, backup_role: billing"
    assert found(Kind.NOBODY_ON_DUTY, row, head=OFFICE) == []


def test_hours_of_the_members_themselves_count() -> None:
    mornings = Hours.model_validate(
        {"@id": "mornings", "title": {"en": "A", "nl": "A"}, "time_zone": "Europe/Amsterdam",
         "week": {"mon-sun": "06:00-12:00"}}
    )  # fmt: skip
    head = HEAD.replace(", backup: service", "")
    assert found(Kind.NOBODY_ON_DUTY, EVERYONE, head=head) == []
    part_time = Member("bram", hours=mornings)
    finding = only(Kind.NOBODY_ON_DUTY, EVERYONE, head=head, sales=(part_time,))
    assert finding.example is not None
    assert finding.example.at == datetime(2026, 11, 22, tzinfo=UTC)
    with_colleague = part_time, Member("carla")
    assert found(Kind.NOBODY_ON_DUTY, EVERYONE, head=head, sales=with_colleague) == []


def test_a_target_shorter_than_the_role_is_closed_is_impossible() -> None:
    finding = only(Kind.IMPOSSIBLE_SLA, f"{EVERYONE}, sla: {{first_response: 4h}}", head=OFFICE)
    assert "within 4h" in finding.text.en
    # The longest closing time of the year: the weekend with an hour more.
    assert "closed for 65h from Fri 2027-10-29 17:00" in finding.text.en
    assert finding.example is not None
    assert finding.example.at == datetime(2027, 10, 29, 15, tzinfo=UTC)
    assert finding.repair is not None
    assert finding.repair.yaml == "sla: {first_response: 4h, clock: business}\n"


@pytest.mark.parametrize(
    "sla", ["first_response: 4h, clock: business", "first_response: 3d", "resolution: 3d"]
)
def test_a_target_in_business_time_or_longer_than_closed_can_be_kept(sla: str) -> None:
    assert found(Kind.IMPOSSIBLE_SLA, f"{EVERYONE}, sla: {{{sla}}}", head=OFFICE) == []


def test_a_target_of_a_role_that_never_opens_is_impossible_in_any_time() -> None:
    head = OFFICE.replace('week: {mon-fri: "09:00-17:00"}', "week: {mon: closed}")
    row = f"{EVERYONE}, sla: {{resolution: 9d, clock: business}}"
    assert only(Kind.IMPOSSIBLE_SLA, row, head=head).severity is Severity.ERROR


def test_backups_in_a_circle_are_found_in_a_definition_that_was_not_read_from_a_file() -> None:
    model = definition(EVERYONE)
    service = model.roles["service"].model_copy(update={"backup": "sales"})
    circle = model.model_copy(update={"roles": model.roles | {"service": service}})
    (finding,) = [one for one in analyse(circle, staff(circle)) if one.kind is Kind.BACKUP_CYCLE]
    assert finding.text.en == "The backup roles go in a circle: Sales, Service, Sales."
    assert [row.row for row in finding.rows] == ["roles/sales", "roles/service"]


def test_a_role_that_turns_out_to_back_itself_up_is_found() -> None:
    rows = "role: sales, backup_role: billing", "topic: bill, role: billing"
    finding = only(Kind.OWN_BACKUP, *rows)
    assert [row.row for row in finding.rows] == ["any any any any", "any any any bill"]
    rows = "role: billing, backup_role: sales", "topic: bill, role: sales"
    assert found(Kind.OWN_BACKUP, *rows) == [], "sales has a backup of its own"


def test_information_that_nobody_fills_in_has_no_source() -> None:
    named = "{name: number, title: {en: Number, nl: Nummer}, source: order"
    rows = f"{EVERYONE}, required_information: [{named}}}]"
    finding = only(Kind.NO_SOURCE, rows)
    assert finding.repair is not None
    assert "field: order.number" in finding.repair.yaml
    filled = f"{EVERYONE}, required_information: [{named}, field: order.number}}]"
    assert found(Kind.NO_SOURCE, filled) == []
    asked = f"{EVERYONE}, required_information: [{named.replace('order', 'ask')}}}]"
    assert found(Kind.NO_SOURCE, asked) == []


def test_a_topic_that_nothing_leads_to_is_found_unless_it_is_a_heading_or_in_a_menu() -> None:
    rules = "nl: Late rekening}, rules: {words: [late]}}"
    head = HEAD.replace("nl: Late rekening}}", rules)
    model = definition(EVERYONE, head=head)
    findings = [one for one in analyse(model, staff(model)) if one.kind is Kind.UNREACHABLE_TOPIC]
    assert [one.rows[0].row for one in findings] == ["topics/order"]
    assert findings[0].repair is not None
    assert findings[0].repair.yaml == (
        'topics:\n  order:\n    rules: {words: ["order", "bestelling"]}\n'
    )
    offered = Staff(at=NOW, menus=frozenset({"order"}))
    assert Kind.UNREACHABLE_TOPIC not in {one.kind for one in analyse(model, offered)}


def test_what_a_finding_is_known_by_stays_when_things_are_called_otherwise() -> None:
    rows = "topic: bill, role: billing", "target_group: b2b, role: sales"
    one, other = (only(Kind.GAP, *rows, head=head) for head in (HEAD, renamed()))
    assert one.text.key == other.text.key
    assert "“Purchase”" in other.text.en


def renamed() -> str:
    return HEAD.replace("en: Order,", "en: Purchase,")


def test_every_field_that_a_row_can_settle_has_words() -> None:
    for name in FIELDS:
        noun = field(name)
        assert name not in (noun.en, noun.nl), name
