"""Interaction models for tests: as text, built from the rows that a test is about."""

from routing.model import Model
from routing.model_file import BrokenModel, Problem, read_model

FILE = "model.yaml"

HEAD = """\
version: "7"
organisation: Test
triage_role: triage
roles:
  triage: {title: {en: Triage, nl: Verdeling}}
  sales: {title: {en: Sales, nl: Verkoop}, backup: service}
  service: {title: {en: Service, nl: Service}, hours: office}
  billing: {title: {en: Billing, nl: Facturatie}}
skills:
  dutch: {title: {en: Dutch, nl: Nederlands}}
hours:
  office:
    title: {en: Office hours, nl: Kantooruren}
    time_zone: Europe/Amsterdam
    week: {mon-fri: "09:00-17:00"}
channels:
  email: {title: {en: Mail, nl: Mail}}
  phone: {title: {en: Phone, nl: Telefoon}}
  partner: {title: {en: Partner, nl: Partner}, directions: [inbound]}
target_groups:
  b2b: {title: {en: Businesses, nl: Bedrijven}}
  b2b/key: {title: {en: Key accounts, nl: Grote klanten}}
  b2c: {title: {en: Consumers, nl: Consumenten}}
topics:
  bill: {title: {en: Bill, nl: Rekening}}
  bill/late: {title: {en: Late bill, nl: Late rekening}}
  order: {title: {en: Order, nl: Bestelling}}
"""


def model_of(*rows: str, head: str = HEAD) -> Model:
    """A model with these rows, each written as `key: value, key: value`."""
    return read_model(text_of(*rows, head=head), FILE)


def text_of(*rows: str, head: str = HEAD) -> str:
    return head + "moments:\n" + "".join(f"  - {{{row}}}\n" for row in rows) if rows else head


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    """What is wrong with a model; nothing when it can be read."""
    try:
        read_model(text, FILE)
    except BrokenModel as error:
        return error.problems
    return ()
