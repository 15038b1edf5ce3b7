"""Kinds of attached files, told from the end of their names."""

from routing.definition import FILE_KINDS

_ENDINGS = {ending: kind for kind, endings in FILE_KINDS.items() for ending in endings}


def kinds_of(name: str) -> tuple[str, ...]:
    """What a rule may call a file: by its ending (`.xml`) and by its kind (`image`)."""
    ending = "." + name.rpartition(".")[2].strip().casefold() if "." in name else ""
    kind = _ENDINGS.get(ending)
    return (ending, kind) if kind else (ending,) if ending else ()
