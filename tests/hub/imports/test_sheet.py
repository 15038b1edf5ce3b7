"""Files that anybody may have made: read in whatever form, or refused in words."""

import contextlib
import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from examples import examples
from hub.errors import Rejected
from hub.imports.records import records
from hub.imports.refusal import BrokenOff
from hub.imports.sheet import as_csv, open_sheet
from import_files import written

HEADS = ("number", "name")


def cells(path: Path) -> list[tuple[str, ...]]:
    with open_sheet(path) as sheet:
        return [tuple(row.cells.values()) for row in sheet.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_in_any_encoding_and_with_any_separator(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    text = f'number{separator}name\r\n1{separator}"Café, ""De; Waag"""\r\n\r\n2{separator}é\n'
    path = written(tmp_path, text.encode(encoding))
    with open_sheet(path) as sheet:
        assert sheet.heads == HEADS
    assert cells(path) == [("1", 'Café, "De; Waag"'), ("2", "é")]


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = written(tmp_path, 'number,name\n1,"two\nlines"\n,\n3,x,too many\n')
    with open_sheet(path) as sheet:
        rows = list(sheet.rows)
    assert [(row.number, row.extra) for row in rows] == [(2, False), (4, True)]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_what_is_in_its_cells(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 3, 14, 5)  # noqa: DTZ001 (a workbook has no zones)
    content = workbook(
        ["number", "name", "day", "at", "amount"], [1, "Jan", date(2026, 11, 3), moment, 12.5],
        [2.0, "=1+1", None, None, True],
    )  # fmt: skip
    path = written(tmp_path, content, "rows.xlsx")
    with open_sheet(path) as sheet:
        first, second = sheet.rows
    assert tuple(first.cells.values()) == ("1", "Jan", "2026-11-03", "2026-11-03 14:05:00", "12.5")
    assert second.formulas == {"name"}
    assert second.cells["amount"] == "yes"
    with pytest.raises(Rejected, match="formula"):
        as_csv(content)
    plain = as_csv(workbook(["number", "name"], [1, 'Jan; "x"']))
    assert cells(written(tmp_path, plain)) == [("1", 'Jan; "x"')]


def test_bombs_and_entities_are_not_opened(tmp_path: Path) -> None:
    def packed(name: str, content: bytes) -> Path:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, content)
        return written(tmp_path, out.getvalue(), "bad.xlsx")

    for path in (
        packed("xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"),
        packed("xl/workbook.xml", b"<workbook/>"),
        written(tmp_path, b"PK\x03\x04 and nothing of a zip", "bad.xlsx"),
    ):
        with pytest.raises(Rejected):
            open_sheet(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "must name the columns"),
        (b"\n1,2\n", "must name the columns"),
        (b",".join(b"c%d" % number for number in range(300)), "more than 200 columns"),
    ],
)
def test_a_file_without_heads_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        open_sheet(written(tmp_path, content))


def test_a_quote_that_is_not_closed_ends_in_words(tmp_path: Path) -> None:
    path = written(tmp_path, 'number,name\n1,a\n2,"' + "x\n" * 60_000)
    with open_sheet(path) as sheet:
        assert next(sheet.rows).cells["name"] == "a"
        with pytest.raises(Rejected, match="cannot be read from row 3 on"):
            list(sheet.rows)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, zipped: bool) -> None:
    path = written(tmp_path, (b"PK\x03\x04" if zipped else b"number,name\n") + content)
    with contextlib.suppress(Rejected), open_sheet(path) as sheet:
        list(sheet.rows)


def test_the_rest_of_a_file_is_not_taken_for_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b'number,name\n1,"two\nlines"\n2,"open\n3,Jan\n')
    with open_sheet(path) as sheet:
        assert next(sheet.rows).cells["name"] == "two\nlines"
        with pytest.raises(
            Rejected, match="from row 3 on, column name: A quotation mark is not closed"
        ):
            next(sheet.rows)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param('2;"x\n3;y\n4;"z"\n', id="another one follows"),
        pytest.param('2;"x\n3;y\n4;"z";1\n5;a\n', id="and more behind it"),
        pytest.param('2;"x\n', id="on the last line"),
        pytest.param('2;"x', id="at the very end"),
        pytest.param('2;"x"y\n3;z\n', id="within a cell"),
    ],
)
def test_a_quote_that_takes_in_what_follows_is_refused_at_its_row(
    tmp_path: Path, rows: str
) -> None:
    with open_sheet(written(tmp_path, "number;name\n1;a\n" + rows)) as sheet:
        assert next(sheet.rows).cells["name"] == "a"
        with pytest.raises(Rejected, match=r"from row 3 on, column name: .* within a cell twice"):
            next(sheet.rows)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_blanks_around_a_cell_in_quotes_are_no_part_of_it(tmp_path: Path, separator: str) -> None:
    rows = [
        ['"a" ', '"b"'],
        [' "a"', '  "b, c; d\te"  '],
        ['"two\nlines" ', ' ""'],
        ['" a "', "b"],
        ['"a"', ""],
    ]
    if separator != "\t":
        rows.append(['\t"a"\t', '\t"b"\t'])
    text = "\r\n".join(separator.join(row) for row in rows)
    with open_sheet(written(tmp_path, f'number{separator} "name" \n{text}')) as sheet:
        assert sheet.heads == ("number", "name")
        found = [tuple(row.cells.values()) for row in sheet.rows]
    assert found[:5] == [("a", "b"), ("a", "b, c; d\te"), ("two\nlines", ""), ("a", "b"), ("a", "")]
    assert found[5:] == [("a", "b")] * (separator != "\t")


@pytest.mark.parametrize(
    ("row", "column", "behind"),
    [
        ('"a" b;c', "number", "b"),
        ('a;"b" "c"', "name", '"c"'),
        ('a;b; "c"d', "3", "d"),
        ('a; "b" or so', "name", "or so"),
        ('a;"b"\u00a0', "name", ""),
    ],
)
def test_anything_else_behind_the_mark_that_closes_is_refused_where_it_stands(
    tmp_path: Path, row: str, column: str, behind: str
) -> None:
    with open_sheet(written(tmp_path, f"number;name\n1;a\n{row}\n")) as sheet:
        assert next(sheet.rows).number == 2
        with pytest.raises(BrokenOff, match=f"row 3 on, column {column}: .*“{behind}") as error:
            next(sheet.rows)
    assert error.value.said("nl").startswith(
        f"rows.csv is vanaf rij 3 niet te lezen, kolom {column}"
    )


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=9), min_size=2, max_size=3), max_size=4))
def test_what_python_writes_is_read_as_it_was(tmp_path: Path, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = io.StringIO(out.getvalue(), newline="")
    assert list(records(lines, ",")) == rows


def test_quotes_within_text_are_read(tmp_path: Path) -> None:
    rows = '1;"say ""hi"""\n2;a 3" pipe\n3;"two; and\nlines"\n'
    with open_sheet(written(tmp_path, "number;name\n" + rows)) as sheet:
        names = [row.cells["name"] for row in sheet.rows]
    assert names == ['say "hi"', 'a 3" pipe', "two; and\nlines"]


def test_a_quote_that_is_open_among_the_heads_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b'number,"name\n1,Jan\n')
    with pytest.raises(Rejected, match="from row 1 on, column 2: "):
        open_sheet(path)
