"""What nobody can know: required information without a place to find it, topics nothing tells."""

from collections.abc import Iterator

from routing.analysis.finding import (
    SEVERITIES,
    Example,
    Finding,
    Kind,
    Named,
    Repair,
    RowAt,
    Text,
)
from routing.analysis.staff import Staff
from routing.analysis.survey import Survey, cell
from routing.analysis.words import advice, sentence
from routing.definition import Rules, Topic
from routing.moment import Information, InformationSource, Moment
from routing.tree import ANY, covers

_SOURCES = {
    InformationSource.CUSTOMER: Text(en="customer", nl="de klant"),
    InformationSource.ORDER: Text(en="order", nl="de bestelling"),
    InformationSource.AGREEMENT: Text(en="agreement", nl="de afspraak"),
    InformationSource.DELIVERY: Text(en="delivery", nl="de levering"),
}


def information(survey: Survey) -> Iterator[Finding]:
    """Information that is not asked for and not filled in either."""
    for row in survey.rows:
        for one in row.required_information:
            if one.source is not InformationSource.ASK and one.field is None:
                yield _no_source(survey, row, one)


def _no_source(survey: Survey, row: Moment, one: Information) -> Finding:
    likely = f"{one.source}.{one.name.replace('-', '_')}"
    title = f"title: {{en: {_quoted(one.title.en)}, nl: {_quoted(one.title.nl)}}}"
    return Finding(
        kind=Kind.NO_SOURCE,
        severity=SEVERITIES[Kind.NO_SOURCE],
        text=sentence(
            Kind.NO_SOURCE,
            row=survey.names.row(row),
            name=Named(en=one.title.en, nl=one.title.nl, raw=one.name),
            source=_SOURCES[one.source],
        ),
        rows=(RowAt.of(row),),
        repair=Repair(
            text=advice(Kind.NO_SOURCE),
            yaml=f"- {{name: {one.name}, {title}, source: {one.source}, field: {likely}}}\n",
        ),
    )


def topics(survey: Survey, staff: Staff) -> Iterator[Finding]:
    """A topic above others that can be reached is a heading and needs no rule of its own."""
    known = survey.definition.topics
    reached = {topic.id for topic in known.values() if topic.rules != Rules()} | staff.menus
    rows: dict[str, list[RowAt]] = {}
    for row in survey.rows:
        rows.setdefault(row.topic, []).append(RowAt.of(row))
    for topic in known.values():
        if any(covers(topic.id, other) for other in reached):
            continue
        yield Finding(
            kind=Kind.UNREACHABLE_TOPIC,
            severity=SEVERITIES[Kind.UNREACHABLE_TOPIC],
            text=sentence(Kind.UNREACHABLE_TOPIC, topic=survey.names.topic(topic.id)),
            rows=(
                RowAt(row=f"topics/{topic.id}", line=topic.line),
                *rows.get(topic.id, ()),
            ),
            example=Example.of(cell(ANY, topic.id, survey.ways[0])) if survey.ways else None,
            repair=Repair(text=advice(Kind.UNREACHABLE_TOPIC), yaml=_rules(topic)),
        )


def _rules(topic: Topic) -> str:
    words = dict.fromkeys(_quoted(word.casefold()) for word in (topic.title.en, topic.title.nl))
    return f"topics:\n  {topic.id}:\n    rules: {{words: [{', '.join(words)}]}}\n"


def _quoted(text: str) -> str:
    """As YAML between quotation marks, whatever it holds."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
