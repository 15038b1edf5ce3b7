"""The words with which a page of a session asks for something, and what each does."""

from collections.abc import Mapping

from agent_ui.workshop import merging, moves
from agent_ui.workshop.moves import Doing
from agent_ui.workshop.screen import Standings
from hub.errors import Rejected
from hub.workshop import Kind, Write
from hub.workshop.vocabulary import FIELDS


def last(fields: Mapping[str, list[str]], name: str) -> str:
    """The value of a field of a form; of a box and what stands for none ticked, the box."""
    return fields[name][-1] if fields.get(name) else ""


def done(  # noqa: PLR0911 (one for each word)
    doing: Doing,
    act: str,
    about: str,
    fields: Mapping[str, list[str]],
    standings: Standings,
) -> list[Write]:
    """What a button or a drag asks for."""
    if act in moves.MOVES:
        return moves.MOVES[act](doing, about)
    match act:
        case "add":
            more = {name: last(fields, name) for name in ("of", "when", "source")}
            fitting = {name: value for name, value in more.items() if _has(about, name)}
            text, under = last(fields, "text"), last(fields, "under")
            return moves.add(doing, Kind(about), text, fitting, under)
        case "place":
            return moves.place(doing, about, last(fields, "where"), last(fields, "target"))
        case "merge":
            return list(merging.merge(doing, about, last(fields, "into")))
        case "sort":
            return moves.sort(doing, Kind(about))
        case "allow" | "refuse":
            row, _, wider = about.partition("/")
            return moves.allow(doing, row, wanted=act == "allow", wider=wider == "yes")
        case "copy":
            kind, _, row = about.partition("/")
            return moves.copy(doing, Kind(kind), last(fields, "from"), row, last(fields, "when"))
        case "take" | "keep":
            card, _, field = about.partition("/")
            found = standings.fields.get((card, field))
            if found is None or not found.other:
                return []
            value = found.other["value"] if act == "take" else found.value
            return [Write(card, field, value)]
        case _:
            raise Rejected("bad_card", "Nothing is called so here.")


def _has(kind: str, field: str) -> bool:
    return kind in set(Kind) and field in FIELDS[Kind(kind)]
