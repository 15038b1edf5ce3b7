"""Any form goes to a file and comes back; a broken one never replaces what works."""

from pathlib import Path

import pytest

from interaction_models import FILE, text_of
from routing.forms import files
from routing.forms.files import Form, bring, read_form, write_form, write_model
from routing.forms.plain import plain
from routing.model_file import BrokenModel, load_definition, read_definition

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
NAMES = {Form.YAML: "m.yaml", Form.CSV: "m", Form.XLSX: "m.xlsx", Form.DMN: "m.dmn"}


@pytest.mark.parametrize("form", [Form.YAML, Form.CSV, Form.XLSX])
def test_the_example_goes_to_a_file_of_each_form_and_back(form: Form, tmp_path: Path) -> None:
    path = tmp_path / NAMES[form]
    write_form(load_definition(EXAMPLE), form, path)
    assert plain(read_form(path, EXAMPLE)) == plain(load_definition(EXAMPLE))


def test_a_decision_table_takes_all_else_from_its_base(tmp_path: Path) -> None:
    path = tmp_path / NAMES[Form.DMN]
    write_form(load_definition(EXAMPLE), Form.DMN, path)
    again = read_form(path, EXAMPLE)
    assert again.topics == load_definition(EXAMPLE).topics
    write_model(again, tmp_path / "out.yaml")


def test_a_model_that_cannot_be_used_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "model.yaml"
    out.write_text("what was there")
    rows = "target_group: b2b, role: sales", "topic: bill, role: billing"
    with pytest.raises(BrokenModel, match="differently"):
        write_model(read_definition(text_of(*rows), FILE), out)
    assert out.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [out]


def test_a_disk_that_refuses_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "folder" / "model.yaml"
    with pytest.raises(OSError, match="No such file"):
        write_model(load_definition(EXAMPLE), out)
    out = tmp_path / "taken.yaml"
    out.mkdir()
    with pytest.raises(OSError, match="directory"):
        files.replace(out, b"new")
    assert list(tmp_path.iterdir()) == [out]


def test_a_file_of_yaml_is_brought_with_its_comments(tmp_path: Path) -> None:
    out = tmp_path / "model.yaml"
    bring(EXAMPLE, out, EXAMPLE)
    assert out.read_bytes() == EXAMPLE.read_bytes()


def test_a_tie_in_a_spreadsheet_is_said_with_its_rows(tmp_path: Path) -> None:
    rows = "target_group: b2b, role: sales", "topic: bill, role: billing"
    write_form(read_definition(text_of(*rows), FILE), Form.CSV, tmp_path / "m")
    with pytest.raises(BrokenModel, match=r"sheet moments:3: ") as error:
        read_form(tmp_path / "m", EXAMPLE)
    [problem] = error.value.problems
    assert problem.what.startswith("The row for “all customers, any channel, Bill”: It and the row")
    assert "on row 2, for “Businesses, any channel, any topic”," in problem.what


def test_what_a_folder_of_sheets_lacks_is_said_as_sheets(tmp_path: Path) -> None:
    write_form(read_definition(text_of("role: sales"), FILE), Form.CSV, tmp_path / "m")
    (tmp_path / "m" / "roles.csv").unlink()
    whole = (tmp_path / "m" / "model.csv").read_text()
    (tmp_path / "m" / "model.csv").write_text(whole.replace("triage_role", "triage"))
    with pytest.raises(BrokenModel) as error:
        read_form(tmp_path / "m", EXAMPLE)
    said = {problem.what_to_do: problem.file for problem in error.value.problems}
    assert "Add a sheet with the name roles." in said
    assert said["Add a row for triage_role to the sheet model."].endswith("sheet model")


def test_a_file_of_no_known_form_says_what_to_give(tmp_path: Path) -> None:
    path = tmp_path / "model.ods"
    path.write_text("x")
    with pytest.raises(BrokenModel, match=r"xlsx or \.dmn"):
        read_form(path, EXAMPLE)
