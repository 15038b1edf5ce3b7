"""Roles that nobody holds, and skills that none of those who hold a role has."""

from collections.abc import Iterator, Mapping

from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Named, Repair, RowAt
from routing.analysis.names import listed
from routing.analysis.staff import Member, Staff
from routing.analysis.survey import Outcome, Survey
from routing.analysis.words import advice, sentence


def people(survey: Survey, staff: Staff) -> Iterator[Finding]:
    """Nothing where the members are not known."""
    if staff.members is not None:
        yield from _roles(survey, staff.members)
        yield from _skills(survey, staff.members)


def _roles(survey: Survey, members: Mapping[str, tuple[Member, ...]]) -> Iterator[Finding]:
    definition = survey.definition
    responsible: dict[str, Outcome] = {}
    for outcome in survey.outcomes(("role", "allowed"), survey.ways):
        if outcome.value("allowed"):
            role = outcome.value("role") or definition.triage_role
            responsible.setdefault(role, outcome)
    for role in definition.roles.values():
        if members.get(role.id):
            continue
        shown = responsible.get(role.id)
        kind = Kind.NO_MEMBERS if shown else Kind.NO_BACKUP_MEMBERS
        row = [RowAt.of(shown.rows["role"])] if shown and "role" in shown.rows else []
        yield Finding(
            kind=kind,
            severity=SEVERITIES[kind],
            text=sentence(kind, role=survey.names.role(role.id)),
            rows=(RowAt(row=f"roles/{role.id}", line=role.line), *row),
            example=Example.of(shown.cell) if shown else None,
            repair=Repair(text=advice(kind, role=role.id)),
        )


def _skills(survey: Survey, members: Mapping[str, tuple[Member, ...]]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for outcome in survey.outcomes(("skills", "role", "allowed"), survey.ways):
        asked = outcome.value("skills")
        role = outcome.value("role") or survey.definition.triage_role
        held = members.get(role, ())
        if not asked or not outcome.value("allowed") or any(_masters(one, asked) for one in held):
            continue
        row = outcome.rows["skills"]
        if held and (role, row.id) not in seen:
            seen.add((role, row.id))
            yield _missing(outcome, role, asked)


def _masters(member: Member, asked: Mapping[str, int]) -> bool:
    """Whether one person can do it all; whose skills are not known may."""
    if member.skills is None:
        return True
    return all(member.skills.get(skill, 0) >= level for skill, level in asked.items())


def _missing(outcome: Outcome, role: str, asked: Mapping[str, int]) -> Finding:
    rows = [outcome.rows[field] for field in ("skills", "role") if field in outcome.rows]
    names = outcome.survey.names
    skills = listed(_at_level(names.skill(skill), level) for skill, level in asked.items())
    return Finding(
        kind=Kind.MISSING_SKILL,
        severity=SEVERITIES[Kind.MISSING_SKILL],
        text=sentence(
            Kind.MISSING_SKILL, row=names.row(rows[0]), skills=skills, role=names.role(role)
        ),
        rows=tuple(dict.fromkeys(RowAt.of(row) for row in rows)),
        example=Example.of(outcome.cell),
        repair=Repair(text=advice(Kind.MISSING_SKILL)),
    )


def _at_level(skill: Named, level: int) -> Named:
    return Named(en=f"{skill.en} {level}", nl=f"{skill.nl} {level}", raw=f"{skill.raw} {level}")
