"""A model as YAML text that reads back as the same model."""

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from routing.definition import Definition
from routing.forms.plain import plain

_ON_ONE_LINE = 80
_PLAIN = re.compile(r"[A-Za-z0-9À-ÿ]([A-Za-z0-9À-ÿ .@/()%+&'_-]*[A-Za-z0-9À-ÿ.)%])?")


def to_yaml(definition: Definition) -> str:
    """Sections in a fixed order, entries in the order of the model; short values on one line."""
    return plain_to_yaml(plain(definition))


def plain_to_yaml(
    sections: dict[str, Any], above: Mapping[str, str] = {}, rows: Mapping[int, str] = {}
) -> str:
    """The same of plain data, with comments `above` sections and rows by their place."""
    document = CommentedMap()
    for number, (name, value) in enumerate(sections.items()):
        document[name] = _section(value)
        comment = above.get(name, "")
        if (number and isinstance(value, dict | list)) or comment:
            before = f"\n{comment}" if number else comment
            document.yaml_set_comment_before_after_key(name, before=before)
    for place, comment in rows.items():
        document["moments"].yaml_set_comment_before_after_key(
            place, before=f"\n{comment}", indent=2
        )
    return dumped(document)


def dumped(value: Any) -> str:
    out = StringIO()
    round_trip_yaml().dump(value, out)
    return out.getvalue()


def round_trip_yaml() -> YAML:
    """Reads and writes with comments, quotation marks and order kept; never breaks a line that it
    did not break before."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    # What stands in two places, such as a day in several hours, is written in both.
    yaml.representer.ignore_aliases = lambda _value: True
    return yaml


def styled(value: Any, room: int = _ON_ONE_LINE) -> Any:
    """As values of the writer: what is short on one line, the rest in blocks; yes and no as
    words; between quotation marks whatever YAML could take for something else."""
    match value:
        case dict():
            mapping = CommentedMap((key, styled(item, room - 2)) for key, item in value.items())
            if not value or _length(value) <= room:
                mapping.fa.set_flow_style()
            return mapping
        case list():
            items = CommentedSeq(styled(item, room - 2) for item in value)
            if not value or _length(value) <= room:
                items.fa.set_flow_style()
            return items
        case bool():
            return "yes" if value else "no"
        case str() if not _PLAIN.fullmatch(value):
            return DoubleQuotedScalarString(value)
        case _:
            return value


def loosened(value: Any, room: int = _ON_ONE_LINE) -> None:
    """A mapping of the writer that has become too long for one line on lines of its own."""
    if _length(value) > room:
        value.fa.set_block_style()


def _section(value: Any) -> Any:
    """Entries each begin on a line of their own, and so do the parts of a row."""
    match value:
        case dict():
            return CommentedMap((key, styled(entry)) for key, entry in value.items())
        case list():
            return CommentedSeq(
                CommentedMap((key, styled(item)) for key, item in row.items()) for row in value
            )
        case _:
            return styled(value)


def _length(value: Any) -> int:
    """About as many characters as it takes on one line."""
    match value:
        case dict():
            return 2 + sum(len(str(key)) + 4 + _length(item) for key, item in value.items())
        case list():
            return 2 + sum(2 + _length(item) for item in value)
        case _:
            return len(str(value))
