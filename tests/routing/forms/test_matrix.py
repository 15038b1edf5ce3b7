"""A model in a spreadsheet: the same when it comes back, harmless, and exact about mistakes."""

import csv
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from openpyxl import Workbook, load_workbook

from brute_force import Written, rows_of_a_model, written
from examples import examples
from interaction_models import FILE, text_of
from routing.coverage import Coverages
from routing.definition import Definition
from routing.entry import Title
from routing.forms.csv_folder import from_csv, to_csv
from routing.forms.from_sheets import from_sheets
from routing.forms.limits import MOST_UNPACKED
from routing.forms.matrix import to_sheets
from routing.forms.plain import plain
from routing.forms.xlsx_file import from_xlsx, to_xlsx
from routing.model_file import BrokenModel, Problem, load_definition, read_definition
from routing.ties import find_ties

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1", "[x", "{y", "~")


def as_csv(definition: Definition, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in to_csv(definition).items():
        (folder / name).write_bytes(content)
    return folder


def as_xlsx(definition: Definition, folder: Path) -> Path:
    path = folder / "model.xlsx"
    path.write_bytes(to_xlsx(definition))
    return path


def titled(text: str) -> Definition:
    model = read_definition(text_of("topic: bill, role: sales"), FILE)
    role = model.roles["sales"].model_copy(update={"title": Title(en=text, nl="Verkoop")})
    return model.model_copy(update={"roles": model.roles | {"sales": role}})


def problems_in_workbook(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(BrokenModel) as error:
        from_xlsx(path)
    return error.value.problems


def test_the_example_comes_back_from_csv_and_from_a_workbook_as_it_was(tmp_path: Path) -> None:
    example = load_definition(EXAMPLE)
    assert plain(from_csv(as_csv(example, tmp_path / "csv"))) == plain(example)
    assert plain(from_xlsx(as_xlsx(example, tmp_path))) == plain(example)


@settings(max_examples=examples(30), deadline=None)
@given(rows_of_a_model())
def test_any_model_comes_back_from_its_sheets(rows: list[Written]) -> None:
    model = read_definition(text_of(*map(written, rows)), FILE)
    if find_ties(model.moments, Coverages(model.moments)):
        event("ties")
        with pytest.raises(BrokenModel, match="differently"):
            from_sheets(to_sheets(model), "model")
    else:
        assert plain(from_sheets(to_sheets(model), "model")) == plain(model)


def test_what_a_row_takes_back_is_a_cell_of_its_own(tmp_path: Path) -> None:
    model = read_definition(text_of("sla: {resolution: }, skills: {}, backup_role: "), FILE)
    again = from_xlsx(as_xlsx(model, tmp_path))
    assert again.moments[0].settled == model.moments[0].settled
    assert plain(again) == plain(model)


@pytest.mark.parametrize("text", [one for one in FORMULAS if one.strip() == one])
def test_a_text_that_looks_like_a_formula_is_kept_as_text(text: str, tmp_path: Path) -> None:
    model = titled(text)
    assert plain(from_csv(as_csv(model, tmp_path / "csv"))) == plain(model)
    path = as_xlsx(model, tmp_path)
    assert plain(from_xlsx(path)) == plain(model)
    cells = [cell for page in load_workbook(path) for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_like_a_formula(text: str, tmp_path: Path) -> None:
    folder = as_csv(titled(text), tmp_path / "csv")
    for path in folder.iterdir():
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]
            assert not [cell for cell in row if cell.startswith("-") and not cell[1:].isdigit()]


def test_a_csv_with_semicolons_is_read(tmp_path: Path) -> None:
    folder = as_csv(load_definition(EXAMPLE), tmp_path / "csv")
    for path in folder.iterdir():
        rows = list(csv.reader(StringIO(path.read_text("utf-8-sig"), newline="")))
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    assert plain(from_csv(folder)) == plain(load_definition(EXAMPLE))


def changed(folder: Path, sheet: str, row: int, column: str, value: Any) -> Path:
    """The example as a workbook with one other cell."""
    path = as_xlsx(load_definition(EXAMPLE), folder)
    workbook = load_workbook(path)
    page = workbook[sheet]
    names = [cell.value for cell in page[1]]
    page.cell(row, names.index(column) + 1).value = value
    workbook.save(path)
    return path


MISTAKES = {
    "unknown role": ("moments", 8, "role", "logistic", "no role 'logistic'", "'logistics'"),
    "unknown topic": ("moments", 8, "topic", "delivry", "no topic 'delivry'", "'delivery'"),
    "no duration": ("moments", 3, "sla.first_response", "soon", "'soon'", "30m, 4h"),
    "broken list": ("moments", 8, "required_information", "[{name: a", "not YAML", "colons"),
    "no number": ("moments", 8, "priority_minutes", "many", "'many'", "digits"),
    "unknown mode": ("roles", 3, "mode", "pushed", "'pushed'", "offered"),
    "no title": ("channels", 2, "title.nl", None, "'nl' is missing", "column title.nl"),
    "no list": ("moments", 8, "instead", "email", "'email' stands", "[one, two]"),
    "no group": ("moments", 8, "skills", "dutch", "'dutch' stands", "{one: 1, two: 2}"),
    "no branch": ("topics", 3, "id", "x/y", "which is not there", "the id x to the sheet topics"),
    "formula": ("moments", 8, "role", "=A1", "formula", "outcome"),
    "id twice": ("roles", 3, "id", "triage", "already on row 2", "one of the two"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_with_sheet_row_and_column(
    mistake: tuple[str, int, str, object, str, str], tmp_path: Path
) -> None:
    sheet, row, column, value, what, advice = mistake
    problems = problems_in_workbook(changed(tmp_path, sheet, row, column, value))
    (problem,) = [one for one in problems if what in one.what]
    assert problem.line == row
    assert f"sheet {sheet}" in problem.file
    assert column.partition(".")[0] in problem.file or column == "id"
    assert advice in problem.what_to_do


def test_a_column_and_a_sheet_that_are_not_known_are_said(tmp_path: Path) -> None:
    path = changed(tmp_path, "moments", 1, "role", "rol")
    (problem,) = [one for one in problems_in_workbook(path) if "'rol'" in one.what]
    assert (problem.line, problem.what_to_do) == (1, "Did you mean 'role'?")
    workbook = load_workbook(as_xlsx(load_definition(EXAMPLE), tmp_path))
    workbook["roles"].title = "rolles"
    workbook.save(path)
    assert any("'roles'" in one.what_to_do for one in problems_in_workbook(path))


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def test_a_workbook_made_to_do_harm_is_only_a_problem(tmp_path: Path) -> None:
    good = as_xlsx(load_definition(EXAMPLE), tmp_path)
    with zipfile.ZipFile(good) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + parts[sheet]
    harmful = {
        "bomb": parts | {sheet: b" " * (MOST_UNPACKED + 1)},
        "parts": parts | {f"xl/media/{n}": b"" for n in range(600)},
        "entities": parts | {sheet: entities},
        "no sheet": {"a.txt": b"text"},
        "broken sheet": parts | {sheet: b"<worksheet><sheetData><row>"},
    }
    for name, content in harmful.items():
        path = zipped(tmp_path / f"{name}.xlsx", content)
        assert problems_in_workbook(path), name
    text = tmp_path / "text.xlsx"
    text.write_text("role,topic")
    assert "not a workbook" in problems_in_workbook(text)[0].what


def test_a_workbook_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    workbook = Workbook()
    page = workbook.active
    assert page is not None
    page.append(list(range(200)))
    out = BytesIO()
    workbook.save(out)
    (tmp_path / "wide.xlsx").write_bytes(out.getvalue())
    assert "columns" in problems_in_workbook(tmp_path / "wide.xlsx")[0].what
