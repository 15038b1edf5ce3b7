"""Tables for spreadsheets: as programs in the reader's language read them, and safe to open."""

import csv
import io

import pytest

from hub.tables_out import Table, as_csv

TABLE: Table = [("What", "Half"), ("a; b, c", 2.5), ("=1+1", None), ("-1", -1)]


@pytest.mark.parametrize(
    ("language", "separator", "half"), [("en", ",", "2.5"), ("nl", ";", "2,5")]
)
def test_it_is_read_back_as_the_reader_s_spreadsheet_does(
    language: str, separator: str, half: str
) -> None:
    written = io.StringIO(as_csv(TABLE, language))
    assert list(csv.reader(written, delimiter=separator)) == [
        ["What", "Half"],
        ["a; b, c", half],
        ["'=1+1", ""],
        ["'-1", "-1"],
    ]
