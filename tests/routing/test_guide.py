from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.guide import Guide, Way
from routing.guide import contact_guide
from routing.model import Model
from routing.model_file import load_model, read_model

TUESDAY_NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "config" / "interaction_model.yaml"

TEXT = """
version: "7"
organisation: Winkel
triage_role: triage
roles:
  triage: {title: {en: Triage, nl: Verdeling}}
  service: {title: {en: Service, nl: Service}, hours: office, backup: triage}
hours:
  office:
    title: {en: Office, nl: Kantoor}
    time_zone: Europe/Amsterdam
    week: {mon-thu: "09:00-17:00", fri: "09:00-12:00"}
    holidays: NL
    exceptions: {2026-12-01: closed}
  line:
    title: {en: Line, nl: Lijn}
    time_zone: Europe/Amsterdam
    week: {mon-fri: "08:00-10:00"}
channels:
  email: {title: {en: E-mail, nl: E-mail}, address: mail@winkel.example}
  phone: {title: {en: Phone, nl: Telefoon}, address: 030 000 12 34, hours: line}
  sms: {title: {en: Text, nl: Sms}, address: 06 00 00 12 34}
  partner: {title: {en: Partner, nl: Partner}, directions: [inbound]}
  whatsapp: {title: {en: WhatsApp, nl: WhatsApp}, address: "1", directions: [outbound]}
target_groups:
  b2b: {title: {en: Businesses, nl: Bedrijven}}
topics:
  order: {title: {en: Order, nl: Bestelling}}
  complaint: {title: {en: Complaint, nl: Klacht}}
moments:
  - topic: order
    role: service
    sla: {first_response: 4h, clock: business}
  - topic: complaint
    channel: sms
    allowed: no
    instead: [email, phone]
  - target_group: b2b
    topic: order
    sla: {first_response: 1h}
"""


@pytest.fixture
def model() -> Model:
    return read_model(TEXT, "model.yaml")


def guide(model: Model, group: str = "", *, public: bool = True) -> Guide:
    return contact_guide(model, group, public=public, now=TUESDAY_NOON)


def way(guide: Guide, topic: str, channel: str) -> Way:
    [matter] = [one for one in guide.matters if one.topic == topic]
    [found] = [one for one in matter.ways if one.channel == channel]
    return found


def test_it_says_where_when_and_how_soon(model: Model) -> None:
    found = way(guide(model), "order", "email")
    assert (found.address, found.role["nl"], found.answer_within) == (
        "mail@winkel.example",
        "Service",
        4 * 3600,
    )
    assert found.in_business_hours
    assert found.backup_role == {"en": "Triage", "nl": "Verdeling"}
    assert found.openings is not None
    assert [(days.first, days.last, days.spans) for days in found.openings.week] == [
        (0, 3, ("09:00-17:00",)),
        (4, 4, ("09:00-12:00",)),
        (5, 6, ()),
    ]
    assert found.openings.is_open


def test_a_channel_with_hours_of_its_own_is_open_then(model: Model) -> None:
    found = way(guide(model), "order", "phone").openings
    assert found is not None
    assert not found.is_open
    assert found.opens_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_days_that_differ_are_named_two_weeks_ahead(model: Model) -> None:
    found = way(guide(model), "order", "email").openings
    assert found is not None
    assert [(one.day, one.spans) for one in found.soon] == [(date(2026, 12, 1), ())]
    christmas = datetime(2026, 12, 20, 11, 0, tzinfo=UTC)
    later = contact_guide(model, "", public=True, now=christmas)
    openings = way(later, "order", "email").openings
    assert openings is not None
    assert [one.day for one in openings.soon] == [date(2026, 12, 25), date(2027, 1, 1)]
    assert openings.soon[0].name is not None


def test_what_we_do_not_do_in_a_way_names_the_others(model: Model) -> None:
    found = way(guide(model), "complaint", "sms")
    assert not found.allowed
    assert [title["en"] for title in found.instead] == ["E-mail", "Phone"]


def test_customers_see_only_channels_with_an_address_that_they_can_use(model: Model) -> None:
    def channels(guide: Guide) -> list[str]:
        return [one.channel for one in guide.matters[0].ways]

    assert channels(guide(model)) == ["email", "phone", "sms"]
    assert channels(guide(model, public=False)) == ["email", "phone", "sms", "partner"]


def test_a_group_has_what_holds_for_it_and_an_unknown_one_what_holds_above(model: Model) -> None:
    assert way(guide(model, "b2b"), "order", "email").answer_within == 3600
    known = guide(model, "b2b/unknown")
    assert (known.group, known.groups) == ("b2b", {"b2b": {"en": "Businesses", "nl": "Bedrijven"}})
    assert way(guide(model, "nobody"), "order", "email").answer_within == 4 * 3600


def test_what_no_row_gives_a_role_is_said_to_be_triage(model: Model) -> None:
    assert way(guide(model), "complaint", "email").is_triage
    assert not way(guide(model), "order", "email").is_triage


def test_the_example_organisation_has_a_guide_for_every_matter_and_group() -> None:
    model = load_model(EXAMPLE)
    for group in ("", *model.target_groups):
        found = guide(model, group)
        assert len(found.matters) == len(model.topics)
        assert all(any(one.allowed for one in matter.ways) for matter in found.matters)
