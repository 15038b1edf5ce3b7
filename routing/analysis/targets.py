"""Answering times that cannot be kept, because nobody is there for longer than was promised."""

from collections.abc import Iterator

from routing.analysis.duty import Duty
from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Repair, RowAt
from routing.analysis.names import field
from routing.analysis.survey import Outcome, Survey, inbound
from routing.analysis.words import advice, moment, sentence
from routing.entry import as_written
from routing.hours.calendar import Opening
from routing.moment import Clock

_TARGETS = ("sla.first_response", "sla.next_response", "sla.resolution")
_FIELDS = ("role", "backup_role", "allowed", "sla.clock")


def targets(survey: Survey, duty: Duty) -> Iterator[Finding]:
    """One for each row that promises what cannot be, and each of its targets."""
    for target in _TARGETS:
        seen: set[str] = set()
        if not any(row.settles(target) for row in survey.rows):
            continue
        for outcome in survey.outcomes((*_FIELDS, target), inbound(survey.ways)):
            wait = _too_long(survey, duty, outcome, target)
            if wait and outcome.rows[target].id not in seen:
                seen.add(outcome.rows[target].id)
                yield _finding(survey, duty, outcome, target, wait)


def _too_long(survey: Survey, duty: Duty, outcome: Outcome, target: str) -> Opening | None:
    promised = outcome.value(target)
    if promised is None or not outcome.value("allowed"):
        return None
    chain = duty.chain(_role(survey, outcome), outcome.value("backup_role"))
    wait = duty.longest_wait(outcome.channel, chain) if duty.anybody(chain) else None
    if wait is None:
        return None
    if outcome.value("sla.clock") is Clock.BUSINESS:
        never = not duty.on_duty(chain)
        return wait if never else None
    return wait if (wait.end - wait.start).total_seconds() > promised else None


def _role(survey: Survey, outcome: Outcome) -> str:
    role: str = outcome.value("role") or survey.definition.triage_role
    return role


def _finding(survey: Survey, duty: Duty, outcome: Outcome, target: str, wait: Opening) -> Finding:
    row, role = outcome.rows[target], _role(survey, outcome)
    promised = as_written(outcome.value(target))
    name = target.partition(".")[2]
    rows = [row, *(outcome.rows[one] for one in ("role", "sla.clock") if one in outcome.rows)]
    return Finding(
        kind=Kind.IMPOSSIBLE_SLA,
        severity=SEVERITIES[Kind.IMPOSSIBLE_SLA],
        text=sentence(
            Kind.IMPOSSIBLE_SLA,
            row=survey.names.row(row),
            field=field(target),
            promised=promised,
            role=survey.names.role(role),
            closed=as_written(round((wait.end - wait.start).total_seconds())),
            start=moment(wait.start, duty.zone(role)),
        ),
        rows=tuple(dict.fromkeys(RowAt.of(one) for one in rows)),
        example=Example.of(outcome.cell, wait.start),
        repair=Repair(
            text=advice(Kind.IMPOSSIBLE_SLA),
            yaml=f"sla: {{{name}: {promised}, clock: {Clock.BUSINESS}}}\n",
        ),
    )
