"""Texts of small interaction models, with owners, for the life of a model."""

OWNED = """\
version: "1"
organisation: Test
triage_role: service
roles:
  service: {title: {en: Service, nl: Service}, owner: anna}
  billing: {title: {en: Billing, nl: Facturatie}, owner: carla}
channels:
  email: {title: {en: Mail, nl: Mail}}
topics:
  bill: {title: {en: Bill, nl: Rekening}, rules: {words: [bill]}}
moments:
  - role: service
"""
WITH_BILLS = OWNED + "  - {topic: bill, role: billing}\n"
BROKEN = OWNED.replace("role: service\n", "role: nobody\n")
