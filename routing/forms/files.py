"""Models in files of any form: to read, and to write without ever leaving half a file."""

import os
import tempfile
from enum import StrEnum
from pathlib import Path

from routing.definition import Definition
from routing.forms.csv_folder import from_csv, to_csv
from routing.forms.dmn import from_dmn, to_dmn
from routing.forms.limits import broken, content_of
from routing.forms.yaml_writer import to_yaml
from routing.model_file import load_model, read_model
from routing.said import said


class Form(StrEnum):
    YAML = "yaml"
    CSV = "csv"
    XLSX = "xlsx"
    DMN = "dmn"


_ENDINGS = {".yaml": Form.YAML, ".yml": Form.YAML, ".xlsx": Form.XLSX, ".dmn": Form.DMN}


def form_of(path: Path) -> Form:
    """A folder is CSV, the rest goes by its ending. Raises BrokenModel for any other."""
    if path.is_dir():
        return Form.CSV
    form = _ENDINGS.get(path.suffix.lower())
    if form is None:
        advice = said("Give a .yaml, .xlsx or .dmn file, or a folder of CSV files.")
        raise broken(str(path), 0, said("A model has no form with this ending."), advice)
    return form


def read_form(path: Path, base: Path) -> Definition:
    """The model in a file. A decision table has no more than who is responsible, so the rest is
    taken from `base`. Raises BrokenModel."""
    match form_of(path):
        case Form.CSV:
            return from_csv(path)
        case Form.XLSX:
            from routing.forms.xlsx_file import from_xlsx  # noqa: PLC0415 (slow to load)

            return from_xlsx(path)
        case Form.DMN:
            return from_dmn(content_of(path), str(path), load_model(base).definition)
        case Form.YAML:
            return load_model(path).definition


def write_form(definition: Definition, form: Form, path: Path) -> None:
    """Write a file, or for CSV a folder of them. What was there stays until the new one is whole.
    Raises OSError."""
    if form is Form.CSV:
        path.mkdir(parents=True, exist_ok=True)
        for name, content in to_csv(definition).items():
            replace(path / name, content)
    else:
        replace(path, _content(definition, form))


def write_model(definition: Definition, path: Path) -> None:
    """Write a model file that can be used. Raises BrokenModel, and writes nothing, when it has ties
    or anything else that keeps it from being used."""
    text = to_yaml(definition)
    read_model(text, str(path))
    replace(path, text.encode())


def bring(path: Path, out: Path, base: Path) -> Definition:
    """Make a model file of a file of any form; one of YAML keeps its comments. Raises BrokenModel,
    and then writes nothing."""
    definition = read_form(path, base)
    if form_of(path) is Form.YAML:
        replace(out, content_of(path))
    else:
        write_model(definition, out)
    return definition


def _content(definition: Definition, form: Form) -> bytes:
    if form is Form.XLSX:
        from routing.forms.xlsx_file import to_xlsx  # noqa: PLC0415 (slow to load)

        return to_xlsx(definition)
    return to_dmn(definition) if form is Form.DMN else to_yaml(definition).encode()


def replace(path: Path, content: bytes) -> None:
    """All of it or nothing: a crash in between leaves the old file."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(beside).chmod(mode)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
