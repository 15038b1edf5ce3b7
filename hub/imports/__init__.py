"""Takes in what other systems know, from CSV and XLSX: row by row, again and again without harm.

`sheet` reads files, `fields` reads cells, one module for each kind writes rows, `running` goes
through them and `report` says what became of each.
"""
