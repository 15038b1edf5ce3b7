"""Channels that are open to customers while nobody of those responsible is on duty."""

from collections.abc import Iterator

from hub.interaction import LIVE
from routing.analysis.duty import Duty
from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Repair, RowAt
from routing.analysis.stretches import Stretches, hours_in
from routing.analysis.survey import Outcome, Survey, inbound
from routing.analysis.words import advice, moment, sentence

_FIELDS = ("role", "backup_role", "allowed")


def presence(survey: Survey, duty: Duty) -> Iterator[Finding]:
    """One for each channel and role. What comes in by mail and the like waits without harm, so it
    is looked at only where the channel has hours of its own."""
    definition, seen = survey.definition, set()
    for outcome in survey.outcomes(_FIELDS, inbound(survey.ways)):
        role = outcome.value("role") or definition.triage_role
        key = outcome.channel, role
        live = outcome.channel in LIVE or definition.channels[outcome.channel].hours
        if not live or not outcome.value("allowed") or key in seen:
            continue
        chain = duty.chain(role, outcome.value("backup_role"))
        uncovered = duty.uncovered(outcome.channel, chain) if duty.anybody(chain) else ()
        if uncovered:
            seen.add(key)
            yield _finding(survey, duty, outcome, role, uncovered)


def _finding(
    survey: Survey, duty: Duty, outcome: Outcome, role: str, uncovered: Stretches
) -> Finding:
    first, zone = uncovered[0], duty.zone(role)
    holder = survey.definition.roles[role]
    rows = [RowAt.of(outcome.rows["role"])] if "role" in outcome.rows else []
    hours = f"hours: {holder.hours}" if holder.hours else "hours: HOURS"
    return Finding(
        kind=Kind.NOBODY_ON_DUTY,
        severity=SEVERITIES[Kind.NOBODY_ON_DUTY],
        text=sentence(
            Kind.NOBODY_ON_DUTY,
            channel=survey.names.channel(outcome.channel),
            role=survey.names.role(role),
            start=moment(first.start, zone),
            end=moment(first.end, zone),
            hours=round(hours_in(uncovered)),
        ),
        rows=(*rows, RowAt(row=f"roles/{role}", line=holder.line)),
        example=Example.of(outcome.cell, first.start),
        repair=Repair(
            text=advice(Kind.NOBODY_ON_DUTY),
            yaml=f"channels:\n  {outcome.channel}: {{{hours}}}\n",
        ),
    )
