"""The who-part of a model as a decision table of DMN 1.3 (OMG formal/2021-01-01), out and in.

Hit policy FIRST: the rules stand narrow before wide, so the first that fits is the one that the
model would follow. PRIORITY ranks outputs, not rules: it cannot say that a narrower row goes first.
A condition lists every group or topic that it holds for, since DMN knows no trees.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from routing.analysis.names import Names
from routing.definition import Definition
from routing.forms.limits import broken
from routing.forms.safe_xml import Element, read_xml
from routing.forms.who import NOBODY, Rule, TakesAway, Who, nodes, to_rules, with_who
from routing.inherit import Cell
from routing.model_file.problem import BrokenModel, Problem, suggestion
from routing.said import Said, about, both, said
from routing.tree import ANY, covers

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
HIT_POLICY = "FIRST"
INPUTS = ("targetGroup", "direction", "channel", "topic")
OUTPUTS = ("role", "backup")
_ALL = "-"
_NULL = "null"
_STRING = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')


def to_dmn(definition: Definition) -> bytes:
    """One decision with one table; unknown contacts fit no rule and go to the triage role."""
    root = ET.Element(
        "definitions",
        {
            "xmlns": NAMESPACE,
            "id": "interaction-model",
            "name": definition.organisation,
            "namespace": "urn:loket:interaction-model",
        },
    )
    decision = ET.SubElement(root, "decision", id="who", name="Who is responsible")
    for name in INPUTS:
        requirement = ET.SubElement(decision, "informationRequirement", id=f"needs-{name}")
        ET.SubElement(requirement, "requiredInput", href=f"#{name}")
    table = ET.SubElement(decision, "decisionTable", id="who-table", hitPolicy=HIT_POLICY)
    for name in INPUTS:
        entry = ET.SubElement(table, "input", id=f"input-{name}", label=name)
        expression = ET.SubElement(entry, "inputExpression", id=f"value-{name}", typeRef="string")
        ET.SubElement(expression, "text").text = name
    for name in OUTPUTS:
        ET.SubElement(table, "output", id=f"output-{name}", name=name, typeRef="string")
    for number, rule in enumerate(to_rules(definition), 1):
        _write(table, number, rule, definition)
    for name in INPUTS:
        ET.SubElement(root, "inputData", id=name, name=name)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _write(table: ET.Element, number: int, rule: Rule, definition: Definition) -> None:
    entry = ET.SubElement(table, "rule", id=f"rule-{number}")
    cell = rule.cell
    conditions = (
        _listed(_under(cell.target_group, definition.target_groups)),
        _listed([cell.direction] if cell.direction else []),
        _listed([cell.channel] if cell.channel else []),
        _listed(_under(cell.topic, definition.topics)),
    )
    for name, condition in zip(INPUTS, conditions, strict=True):
        wanted = ET.SubElement(entry, "inputEntry", id=f"rule-{number}-{name}")
        ET.SubElement(wanted, "text").text = condition
    for name, value in zip(OUTPUTS, rule.who, strict=True):
        given = ET.SubElement(entry, "outputEntry", id=f"rule-{number}-{name}")
        ET.SubElement(given, "text").text = f'"{value}"' if value else _NULL


def _under(path: str, known: Iterable[str]) -> list[str]:
    return [] if path == ANY else [other for other in known if covers(path, other)]


def _listed(values: Sequence[str]) -> str:
    """Names of a model need no escaping: they are small letters, digits, `-`, `_` and `/`."""
    return ",".join(f'"{value}"' for value in values) or _ALL


_Conditions = tuple[frozenset[str] | None, ...]
"""The values of each input that a rule fits; None for all."""


def from_dmn(content: bytes, file: str, base: Definition) -> Definition:
    """The base with the roles and backups of the table: the rest of a model is not in it. Raises
    BrokenModel; ties cannot come out."""
    table = _table(read_xml(content, file), file)
    rules = _rules(table, file, base)
    who = {
        cell: next((who for conditions, who in rules if _fits(conditions, cell)), NOBODY)
        for cell in nodes(base.target_groups, base.topics)
    }
    try:
        moments = with_who(base, who)
    except TakesAway as error:
        raise _takes_away(error.cell, table, rules, file, base) from error
    return base.model_copy(update={"moments": moments})


def _takes_away(
    cell: Cell,
    table: Element,
    rules: Sequence[tuple[_Conditions, Who]],
    file: str,
    base: Definition,
) -> BrokenModel:
    name = Names(base).cell(cell)
    what = said(
        "For “{cell}” no role is left, while a wider rule names one.", cell=both(name.en, name.nl)
    )
    advice = said("Give the narrower rule a role: a model cannot take one away.")
    for number, (conditions, _) in enumerate(rules):
        if _fits(conditions, cell):
            line = table.all("rule")[number].line
            return broken(file, line, about(_rule(number + 1), what), advice)
    return broken(file, table.line, what, advice)


def _fits(conditions: _Conditions, cell: Cell) -> bool:
    return all(
        values is None or (part is not None and part in values)
        for values, part in zip(conditions, cell, strict=True)
    )


def _table(root: Element, file: str) -> Element:
    tables = [table for decision in root.all("decision") for table in decision.all("decisionTable")]
    if len(tables) != 1:
        what = said("There are {count} decision tables.", count=len(tables))
        raise broken(file, root.line, what, said("Keep the one that says who is responsible."))
    policy = tables[0].attributes.get("hitPolicy", "UNIQUE")
    if policy not in (HIT_POLICY, "UNIQUE"):
        what = said("The hit policy is {policy}.", policy=policy[:20])
        raise broken(
            file, tables[0].line, what, said("Make it FIRST, with narrow rules before wide.")
        )
    return tables[0]


def _rules(table: Element, file: str, base: Definition) -> list[tuple[_Conditions, Who]]:
    problems: list[Problem] = []
    inputs = [_input_name(entry) for entry in table.all("input")]
    outputs = [entry.attributes.get("name", "") for entry in table.all("output")]
    if sorted(inputs) != sorted(INPUTS) or sorted(outputs) != sorted(OUTPUTS):
        what = said("The columns are {columns}.", columns=", ".join([*inputs, *outputs]))
        advice = said("They must be {columns}.", columns=", ".join([*INPUTS, *OUTPUTS]))
        raise broken(file, table.line, what, advice)
    known = {
        "targetGroup": list(base.target_groups),
        "direction": ["inbound", "outbound"],
        "channel": [channel.value for channel in base.channels],
        "topic": list(base.topics),
        "role": list(base.roles),
        "backup": list(base.roles),
    }
    rules = []
    for number, rule in enumerate(table.all("rule"), 1):
        entries = [*rule.all("inputEntry"), *rule.all("outputEntry")]
        names = [*inputs, *outputs]
        if len(entries) != len(names):
            what = said(
                "It has {count} columns, its table {most}.", count=len(entries), most=len(names)
            )
            advice = said("Give it one for each of {columns}.", columns=", ".join(names))
            problems.append(Problem(file, rule.line, about(_rule(number), what), advice))
            continue
        found = {
            name: _values(entry, name, known[name], _Spot(file, number, name, problems))
            for name, entry in zip(names, entries, strict=True)
        }
        role, backup = (next(iter(found[name] or ()), None) for name in OUTPUTS)
        rules.append((tuple(found[name] for name in INPUTS), Who(role, backup)))
    if problems:
        raise BrokenModel(problems)
    return rules


def _input_name(entry: Element) -> str:
    expression = entry.first("inputExpression")
    text = expression.first("text") if expression else None
    return text.text.strip() if text else ""


def _rule(number: int) -> Said:
    return said("Rule {number}", number=number)


@dataclass(frozen=True)
class _Spot:
    """A column of a rule; rules count from 1."""

    file: str
    rule: int
    column: str
    problems: list[Problem]

    def add(self, line: int, what: str, what_to_do: str) -> None:
        spot = said("Rule {number}, column {column}", number=self.rule, column=self.column)
        self.problems.append(Problem(self.file, line, about(spot, what), what_to_do))


def _values(entry: Element, name: str, known: list[str], spot: _Spot) -> frozenset[str] | None:
    text = entry.first("text")
    written = text.text.strip() if text else ""
    if written in ("", _ALL, _NULL):
        return None
    values = list(_strings(written))
    if not values:
        what = said("'{written}' is not a list of texts.", written=written[:60])
        spot.add(entry.line, what, said('Write - or "one","other".'))
    if name in OUTPUTS and len(values) > 1:
        what = said("There are {count}.", count=len(values))
        spot.add(entry.line, what, said("Keep one."))
    for value in values:
        if value not in known:
            what = said("There is no {name} '{value}' in the model.", name=name, value=value[:60])
            spot.add(entry.line, what, suggestion(value, known))
    return frozenset(values)


def _strings(written: str) -> Iterator[str]:
    """The texts of a list; none at all when anything else stands in it."""
    found, place = [], 0
    while place < len(written):
        match = _STRING.match(written, place)
        if match is None:
            return
        found.append(match[1])
        place = match.end()
    yield from found
