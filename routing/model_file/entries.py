"""One entry of the file as a checked value; what does not fit is said in words, with its line."""

import re
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from routing.entry import ID, LINE
from routing.model_file.problem import Place, Problems, shown, suggestion
from routing.said import Said, both, dutch, said

Kind = TypeVar("Kind", bound=BaseModel)

_NOT_WRITTEN = (ID, "[key]")
"""Steps in a place that stand for a key itself."""


def read_entry(kind: type[Kind], value: Any, place: Place, problems: Problems) -> Kind | None:
    """The entry, or None with every reason why it is not one added to the problems."""
    try:
        return kind.model_validate(_with_its_place(value, place, problems))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            steps = tuple(step for step in detail["loc"] if step not in _NOT_WRITTEN)
            problems.add((*place, *steps), *_in_words(kind, detail, (*place, *steps), problems))
        return None


def _with_its_place(value: Any, place: Place, problems: Problems) -> Any:
    """The entry with its line, and with its id where a key names it."""
    if not isinstance(value, dict) or not place:
        return value
    own_id = {ID: place[-1]} if isinstance(place[-1], str) else {}
    return {**value, **own_id, LINE: problems.line(place)}


def _in_words(
    kind: type[BaseModel], detail: ErrorDetails, place: Place, problems: Problems
) -> tuple[str, str]:
    """What is wrong and what to do, each as a sentence."""
    given, context = detail["input"], detail.get("ctx", {})
    last = detail["loc"][-1] if detail["loc"] else ""
    match detail["type"]:
        case "missing":
            return said("{key} is missing.", key=shown(last)), problems.adding(place)
        case "extra_forbidden":
            known = _keys_at(kind, detail["loc"][:-1])
            what = said("The key {key} is not known here.", key=shown(last))
            return what, suggestion(last, known)
        case "enum":
            known = re.findall("'([^']*)'", context["expected"])
            what = said("{value} is not known here.", value=shown(given))
            return what, suggestion(given, known)
        case "value_error":
            what = said("{given} does not fit.", given=_named(given))
            return what, said("{message}.", message=_capital(context["error"].args[0]))
        case other:
            sentence, advice = _SENTENCES.get(other, ("{given} does not fit.", "{message}."))
            words = {"given": _named(given), "message": detail["msg"], **context}
            return said(sentence, **words), problems.advice(advice, **words)


def _capital(sentence: str) -> Said:
    words = dutch(sentence)
    return both(sentence[:1].upper() + sentence[1:], words[:1].upper() + words[1:])


def _named(given: Any) -> str:
    match given:
        case None:
            return said("Nothing")
        case dict():
            return said("A group of keys")
        case list():
            return said("A list")
        case _:
            return shown(given)


_TEXT = ("{given} stands where a text belongs.", "Write one text.")
_NUMBER = ("{given} is not a whole number.", "Write digits only.")
_GROUP = ("{given} stands where a group of keys belongs.", "Write `key: value` lines under it.")
_LIST = ("{given} stands where a list belongs.", "Write each item on a line that begins with `- `.")
_SENTENCES = {
    "string_type": _TEXT,
    "string_too_short": ("A text is empty.", "Write it."),
    "string_too_long": ("{given} is too long.", "Use at most {max_length} characters."),
    "string_pattern_mismatch": (
        "{given} is not a name.",
        "Use small letters, digits, - and _, with / between the levels of a topic or target group.",
    ),
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_type": _NUMBER,
    "bool_parsing": ("{given} is neither yes nor no.", "Write yes or no."),
    "bool_type": ("{given} is neither yes nor no.", "Write yes or no."),
    "decimal_parsing": ("{given} is not a number.", "Write it like 50 or 12.50."),
    "greater_than": ("{given} is too little.", "It must be more than {gt}."),
    "greater_than_equal": ("{given} is too little.", "It must be {ge} or more."),
    "less_than_equal": ("{given} is too much.", "It must be {le} or less."),
    "model_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "list_type": _LIST,
}


def _keys_at(kind: type[BaseModel], place: Place) -> list[str]:
    """The keys that an entry knows at a place inside it."""
    here: Any = kind
    for step in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = _plain(here.model_fields[str(step)].annotation)
        else:
            here = _plain(next(arg for arg in reversed(get_args(here)) if arg is not Ellipsis))
    fields = here.model_fields.items()
    return [name for name, field in fields if field.validation_alias is None]


def _plain(annotation: Any) -> Any:
    """`X` for `X | None`."""
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    return choices[0] if type(None) in get_args(annotation) else annotation
