"""From a file to a model, or to everything that is wrong with it; never to half a model."""

from pathlib import Path
from typing import Any

from routing.definition import Definition
from routing.model import Model
from routing.model_file.called import Called
from routing.model_file.draft import Document, Draft, read_draft
from routing.model_file.problem import BrokenModel, Problem, Problems
from routing.model_file.references import check_references
from routing.model_file.rules import check_rules
from routing.model_file.ties import check_ties
from routing.model_file.yaml_text import MAX_BYTES, read_yaml
from routing.said import said


def load_model(path: Path) -> Model:
    """Raises BrokenModel with every problem found."""
    return read_model(_content(path), str(path))


def load_definition(path: Path) -> Definition:
    """As `read_definition`, from a file."""
    return read_definition(_content(path), str(path))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        what = said("The file cannot be read: {reason}.", reason=error.strerror)
        raise BrokenModel(
            [Problem(str(path), 0, what, said("Check the path and its rights."))]
        ) from error


def read_model(content: str | bytes, file: str) -> Model:
    """The same from the content of a file; `file` is the name that problems are reported under."""
    return Model(_read(content, file, with_ties=False))


def read_definition(content: str | bytes, file: str) -> Definition:
    """A model that may still have ties, to be analysed while it is being made. Everything else that
    is wrong with it raises BrokenModel as before."""
    return _read(content, file, with_ties=True)


def _read(content: str | bytes, file: str, *, with_ties: bool) -> Definition:
    data, problems = read_yaml(_decoded(content, file), file)
    return checked(data, problems, with_ties=with_ties)


def checked(data: Any, problems: Problems, *, with_ties: bool) -> Definition:
    """A model from the plain values of any form; `problems` knows where they stand. Raises
    BrokenModel with all that is wrong; ties are looked for unless they may be there."""
    problems.called = Called(data)
    draft = read_draft(data, problems)
    check_rules(draft.topics.values(), problems)
    if draft.whole:
        check_references(draft, problems)
    if draft.whole and not problems.found and not with_ties:
        # Mending what is wrong so far can make or break a tie, so they are looked for last.
        check_ties(draft, problems)
    if problems.found or draft.document is None:
        raise BrokenModel(problems.found)
    return _definition(draft, draft.document)


def _decoded(content: str | bytes, file: str) -> str:
    raw = content if isinstance(content, bytes) else content.encode(errors="replace")
    if len(raw) > MAX_BYTES:
        what = said("The file is larger than {size} MiB.", size=MAX_BYTES // 1024**2)
        raise BrokenModel([Problem(file, 0, what, said("Use wider rows: narrower ones inherit."))])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = said("This is not UTF-8 text.")
        raise BrokenModel([Problem(file, line, what, said("Save the file as UTF-8."))]) from error


def _definition(draft: Draft, document: Document) -> Definition:
    """Nothing was wrong, so nothing in the draft is missing."""
    return Definition.model_validate(
        {
            "version": document.version,
            "organisation": document.organisation,
            "triage_role": document.triage_role,
            "roles": draft.roles,
            "skills": draft.skills or {},
            "hours": draft.hours,
            "channels": draft.channels,
            "target_groups": draft.target_groups,
            "topics": draft.topics,
            "moments": tuple(draft.moments),
        }
    )
