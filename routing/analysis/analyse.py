"""The proof of a model: a pure function of its definition and of who is there."""

from collections.abc import Iterator

from routing.analysis.backups import backups
from routing.analysis.duty import Duty
from routing.analysis.finding import Finding
from routing.analysis.gaps import gaps
from routing.analysis.idle_rows import idle_rows
from routing.analysis.knowledge import information, topics
from routing.analysis.meetings import meetings
from routing.analysis.people import people
from routing.analysis.presence import presence
from routing.analysis.staff import Staff
from routing.analysis.survey import Survey
from routing.analysis.targets import targets
from routing.definition import Definition


def analyse(definition: Definition, staff: Staff) -> tuple[Finding, ...]:
    """Everything that is wrong or worth knowing, the gravest first.

    Every name that the definition uses must be there (`model_file` sees to that); it may have ties
    and backup circles. The same arguments give the same findings.
    """
    return tuple(sorted(_findings(definition, staff), key=lambda finding: finding.rank))


def _findings(definition: Definition, staff: Staff) -> Iterator[Finding]:
    survey, duty = Survey(definition), Duty(definition, staff)
    yield from gaps(survey)
    yield from meetings(survey)
    yield from idle_rows(survey)
    yield from backups(survey)
    yield from people(survey, staff)
    yield from presence(survey, duty)
    yield from targets(survey, duty)
    yield from information(survey)
    yield from topics(survey, staff)
