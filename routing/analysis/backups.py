"""Backups that help nobody: roles that back one another up in a circle, or themselves."""

from collections.abc import Iterator

from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Named, Repair, RowAt
from routing.analysis.names import listed
from routing.analysis.survey import Outcome, Survey
from routing.analysis.words import advice, sentence
from routing.circles import circle_from


def backups(survey: Survey) -> Iterator[Finding]:
    roles = survey.definition.roles
    reported: set[str] = set()
    followed = {role.id: role.backup for role in roles.values() if role.backup}
    for role in followed:
        circle = circle_from(role, followed)
        if circle and not reported.intersection(circle):
            reported.update(circle)
            yield Finding(
                kind=Kind.BACKUP_CYCLE,
                severity=SEVERITIES[Kind.BACKUP_CYCLE],
                text=sentence(Kind.BACKUP_CYCLE, circle=_in_words(survey, *circle, role)),
                rows=tuple(RowAt(row=f"roles/{one}", line=roles[one].line) for one in circle),
                repair=Repair(text=advice(Kind.BACKUP_CYCLE)),
            )
    yield from _own(survey)


def _own(survey: Survey) -> Iterator[Finding]:
    """Role and backup from different rows can turn out to be one role that has no other backup."""
    seen: set[str] = set()
    for outcome in survey.outcomes(("role", "backup_role", "allowed"), survey.ways):
        role = outcome.value("role") or survey.definition.triage_role
        own = role == outcome.value("backup_role")
        if own and outcome.value("allowed") and not survey.definition.roles[role].backup:
            row = outcome.rows["backup_role"].id
            if row not in seen:
                seen.add(row)
                yield _own_backup(outcome, role)


def _own_backup(outcome: Outcome, role: str) -> Finding:
    rows = [outcome.rows[field] for field in ("backup_role", "role") if field in outcome.rows]
    at, names = outcome.cell, outcome.survey.names
    return Finding(
        kind=Kind.OWN_BACKUP,
        severity=SEVERITIES[Kind.OWN_BACKUP],
        text=sentence(Kind.OWN_BACKUP, example=names.cell(at), role=names.role(role)),
        rows=tuple(dict.fromkeys(RowAt.of(row) for row in rows)),
        example=Example.of(at),
        repair=Repair(text=advice(Kind.OWN_BACKUP), yaml=f"roles:\n  {role}: {{backup: ROLE}}\n"),
    )


def _in_words(survey: Survey, *roles: str) -> Named:
    return listed(map(survey.names.role, roles))
