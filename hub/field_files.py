"""Fields of customers as they stand in a file, to take them to another organisation and back."""

import json
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from hub.custom_fields import Choice, Field, FieldKind, Who, Whose
from hub.errors import Rejected
from hub.interaction import Frozen

MOST_BYTES = 512 * 1024


class ChoiceEntry(Frozen):
    name: str
    titles: dict[str, str]
    archived: bool = False


class FieldEntry(Frozen):
    """What is left out is as on the form of a new field."""

    key: str
    kind: FieldKind
    titles: dict[str, str]
    whose: tuple[Whose, ...] = tuple(Whose)
    choices: tuple[ChoiceEntry, ...] = ()
    currency: str = ""
    required: bool = False
    topics: tuple[str, ...] = ()
    seen_by: Who = Who.AGENT
    changed_by: Who = Who.AGENT
    searchable: bool = False

    @property
    def field(self) -> Field:
        """Without an id."""
        given = {name: getattr(self, name) for name in FieldEntry.model_fields}
        choices = [Choice(one.name, one.titles, archived=one.archived) for one in self.choices]
        return Field(**given | {"id": "", "choices": choices})


_ENTRIES = TypeAdapter(list[FieldEntry])


def written(fields: Sequence[Field]) -> str:
    """JSON, in their order."""
    entries = [
        FieldEntry(
            **{name: getattr(one, name) for name in FieldEntry.model_fields if name != "choices"},
            choices=tuple(ChoiceEntry(**vars(each)) for each in one.choices),
        )
        for one in fields
    ]
    return json.dumps(_ENTRIES.dump_python(entries, mode="json"), ensure_ascii=False, indent=1)


def read_fields(content: bytes) -> list[Field]:
    """Raises Rejected, with the place that is wrong."""
    try:
        return [one.field for one in _ENTRIES.validate_json(content)]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "file"
        raise Rejected("bad_fields_file", f"{place}: {first['msg']}", status=422) from error
