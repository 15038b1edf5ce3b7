"""Combinations that are allowed and for which no row names a responsible role.

A contact about no known topic is no gap: reading those is what the triage role is for.
"""

from collections.abc import Iterator

from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Repair, RowAt
from routing.analysis.names import listed
from routing.analysis.survey import Survey, cell
from routing.analysis.words import ROLE_IN_ROW, advice, sentence
from routing.coverage import WAYS, Sheet
from routing.inherit import are_rivals
from routing.moment import Moment
from routing.tree import ANY, covers, parent

_Gaps = dict[tuple[str, str], frozenset[int]]


def gaps(survey: Survey) -> Iterator[Finding]:
    """One for each target group and topic where a gap begins; what lies under them has it too."""
    found = find_gaps(survey)
    for (group, topic), ways in found.items():
        inherited = _at(found, parent(group), topic) if group != ANY else frozenset[int]()
        if parent(topic) != ANY:
            inherited |= _at(found, group, parent(topic))
        if begun := sorted(ways - inherited):
            yield _finding(survey, group, topic, begun)


def find_gaps(survey: Survey) -> _Gaps:
    """The ways without a role, by target group and topic; those with a role in all are absent."""
    found: _Gaps = {}
    known: dict[tuple[Sheet, ...], frozenset[int]] = {}
    for group, topic, sheets in survey.spots("role", "allowed"):
        if topic == ANY:
            continue
        if sheets not in known:
            known[sheets] = frozenset(way for way in survey.ways if _is_gap(survey, sheets, way))
        if known[sheets]:
            found[group, topic] = known[sheets]
    return found


def _is_gap(survey: Survey, sheets: tuple[Sheet, ...], way: int) -> bool:
    role, allowed = sheets
    return survey.winner("role", role, way) is None and survey.value_at("allowed", allowed, way)


def _at(found: _Gaps, group: str, topic: str) -> frozenset[int]:
    return found.get((group, topic), frozenset())


def _finding(survey: Survey, group: str, topic: str, ways: list[int]) -> Finding:
    names, everywhere = survey.names, len(ways) == len(survey.ways)
    text = sentence(
        Kind.GAP,
        topic=names.topic(topic),
        group=names.group(group),
        ways=names.way(None, None) if everywhere else listed(names.way(*WAYS[way]) for way in ways),
        triage=names.role(survey.definition.triage_role),
    )
    rows = _rows_to_write(group, topic, [] if everywhere else ways)
    there = [row for row in map(survey.same_place, rows) if row]
    role = _likely_role(survey, group, topic)
    return Finding(
        kind=Kind.GAP,
        severity=SEVERITIES[Kind.GAP],
        text=text,
        rows=tuple(map(RowAt.of, there)),
        example=Example.of(cell(group, topic, ways[0])),
        repair=Repair(text=ROLE_IN_ROW, yaml=f"role: {role}\n")
        if there
        else Repair(
            text=advice(Kind.GAP),
            yaml="".join(f"- {{{_written(survey, row)}, role: {role}}}\n" for row in rows),
        ),
    )


def _rows_to_write(group: str, topic: str, ways: list[int]) -> list[Moment]:
    """A row that closes the gap in all ways, or one for each of these."""
    return [
        Moment(target_group=group, direction=direction, channel=channel, topic=topic)
        for direction, channel in [WAYS[way] for way in ways] or [(None, None)]
    ]


def _written(survey: Survey, row: Moment) -> str:
    group = f"target_group: {row.target_group}" if row.target_group != ANY else ""
    channel = f"channel: {row.channel}" if row.channel else ""
    direction = f"direction: {row.direction}" if row.direction else ""
    order = _order(survey, row)
    below = f"order: {order}" if order else ""
    return ", ".join(filter(None, (group, channel, direction, f"topic: {row.topic}", below)))


def _order(survey: Survey, row: Moment) -> int:
    """Below the rows that the new one would tie with further down the trees."""
    near = (other for topic in survey.on_line(row.topic) for other in survey.naming_role(topic))
    rivals = [other.order for other in near if are_rivals(row, other)]
    return min([0, *(order - 1 for order in rivals)])


def _likely_role(survey: Survey, group: str, topic: str) -> str:
    """Who has the nearest of this: the same topic of others, else what lies beside it."""
    nearest = [topic, *survey.on_line(topic), *survey.on_line(parent(topic))]
    for near in nearest:
        rows = survey.naming_role(near) if near != ANY else []
        if rows:
            alike = (row.role for row in rows if covers(row.target_group, group))
            return next(alike, rows[0].role)
    return survey.definition.triage_role
