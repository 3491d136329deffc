"""Reading proposals from tables: CSV and XLSX."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.points import table_rows
from geozone.land.heads import is_place
from geozone.land.rows import Row, RowFile, cells_of
from geozone.land.workbook import read_sheet


def read_csv(path: Path, faults: Faults) -> RowFile:
    """A CSV table: comma, semicolon or tab; UTF-8 or GB18030. Raises ``UnreadableError``."""
    try:
        text, encoding = decode(path.read_bytes())
        table = table_rows(text.replace("\r\n", "\n").replace("\r", "\n"))
    except (ValueError, csv.Error) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查表格 / check it"
        ) from error
    notes = ("按 GB18030 读取 / read as GB18030",) if encoding == "GB18030" else ()
    return _row_file(table.head, table.rows, table.numbers, notes, faults.file)


def read_xlsx(path: Path, faults: Faults) -> RowFile:
    """The only filled sheet of an XLSX workbook. Raises ``UnreadableError``."""
    sheet = read_sheet(path, is_place, faults)
    columns = sorted({*sheet.head, *(column for row in sheet.rows.values() for column in row)})
    head = [sheet.head.get(one, "") for one in columns]
    rows = [[row.get(one, "") for one in columns] for row in sheet.rows.values()]
    return _row_file(head, rows, tuple(sheet.rows), sheet.notes, faults.file)


def _row_file(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
    notes: tuple[str, ...],
    file: str,
) -> RowFile:
    """Rows named by their number in the file, as a spreadsheet shows it."""
    heads = tuple(one.strip().lstrip("\ufeff") for one in head)
    nameless = [
        str(at + 1)
        for at, one in enumerate(heads)
        if not one and any(row[at].strip() for row in rows)
    ]
    if nameless:
        notes += (
            f"第 {', '.join(nameless)} 列没有表头，未使用 / columns without a head are not used",
        )
    found = [
        Row(cells_of(heads, row), Faults(file, f"row {number}"))
        for number, row in zip(numbers, rows, strict=True)
        if any(cell.strip() for cell in row)
    ]
    return RowFile(heads, tuple(found), notes, is_table=True)
