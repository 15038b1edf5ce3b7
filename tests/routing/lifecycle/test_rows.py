"""A row that says the same is the same row; who answers for it."""

from interaction_models import HEAD, model_of
from routing.lifecycle.rows import answering_roles, changed_rows, fingerprint, named_roles


def print_of(row: str) -> str:
    return fingerprint(model_of(row).moments[0])


def test_a_row_that_says_the_same_is_the_same_however_and_wherever_it_is_written() -> None:
    first = model_of("topic: bill, role: billing, sla: {first_response: 1h}")
    second = model_of(
        "role: service",
        "sla: {first_response: 60m}, role: billing, topic: bill, channel: any",
    )
    assert fingerprint(first.moments[0]) == fingerprint(second.moments[1])


def test_whatever_it_says_differently_makes_it_another() -> None:
    written = (
        "topic: bill, role: billing",
        "topic: order, role: billing",
        "topic: bill, role: service",
        "topic: bill, role: billing, order: 1",
        "topic: bill, role: billing, priority_minutes: 0",
        "topic: bill, role: billing, channel: email",
        "topic: bill, role: billing, target_group: b2b",
        "topic: bill, role: billing, direction: inbound",
        "topic: bill, role: billing, authority: [{en: A, nl: B, limits: {eur: 50}}]",
        "topic: bill, role: billing, authority: [{en: A, nl: B, limits: {eur: 60}}]",
    )
    assert len({print_of(row) for row in written}) == len(written)


def test_every_role_that_a_row_names_answers_for_it() -> None:
    row = (
        "role: billing, backup_role: service,"
        " authority: [{en: A, nl: B, approver: sales, within: 1h}],"
        " steps: {after: [{name: call, title: {en: Call, nl: Bel}, who: triage}]}"
    )
    model = model_of(row)
    assert named_roles(model.moments[0]) == ["billing", "service", "sales", "triage"]
    assert answering_roles(model.moments[0], model) == ["billing", "service", "sales", "triage"]


def test_for_a_row_without_a_role_answers_who_must_do_what_it_says() -> None:
    model = model_of(
        "topic: bill, role: billing",
        "topic: bill/late, priority_minutes: 30, backup_role: service",
        "topic: order, priority_minutes: 5",
    )
    late, order = model.moments[1], model.moments[2]
    assert answering_roles(late, model) == ["service", "billing"]
    assert answering_roles(order, model) == ["triage"]


def test_what_only_one_of_two_models_says() -> None:
    before = model_of("role: service", "topic: bill, role: billing")
    after = model_of("topic: bill, role: sales", "role: service", head=HEAD.replace('"7"', '"8"'))
    gone, come = changed_rows(before.moments, after.moments)
    assert (gone.role, come.role) == ("billing", "sales")
