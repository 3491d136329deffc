"""Reading proposals from tables: CSV and XLSX."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.points import table_rows
from geozone.land.rows import Row, RowFile, cells_of

MOST_BYTES = 200 << 20
"""Largest table, unpacked; more is not a list of proposals."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    OSError,
    EOFError,
)
"""What a damaged workbook has been seen to raise, depending on where it is damaged."""

Cells = list[list[Any]]  # cell values of mixed types


def read_csv(path: Path, faults: Faults) -> RowFile:
    """A CSV table: comma, semicolon or tab; UTF-8 or GB18030. Raises ``UnreadableError``."""
    try:
        text, encoding = decode(path.read_bytes())
        table = table_rows(text)
    except (ValueError, csv.Error) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查表格 / check it"
        ) from error
    notes = ("按 GB18030 读取 / read as GB18030",) if encoding == "GB18030" else ()
    return _row_file(table.head, table.rows, table.numbers, notes, faults.file)


def read_xlsx(path: Path, faults: Faults) -> RowFile:
    """The only filled sheet of an XLSX workbook. Raises ``UnreadableError``."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                raise UnreadableError("过大 / too large", "拆分 / split it")
        values, formulas = (_sheets(path, data_only=known) for known in (True, False))
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "另存为 / save it again"
        ) from error
    filled = [name for name, rows in formulas.items() if rows]
    if len(filled) != 1:
        raise UnreadableError(
            f"有 {len(filled)} 个非空工作表 / {len(filled)} sheets are filled: {', '.join(filled)}",
            "只留一个 / keep one",
        )
    rows = values[filled[0]]
    _check_formulas(rows, formulas[filled[0]], faults)
    head = ["" if one is None else str(one) for one in rows[0]]
    return _row_file(head, rows[1:], range(2, len(rows) + 1), (), faults.file)


def _sheets(path: Path, *, data_only: bool) -> dict[str, Cells]:
    """The rows of each sheet, without blank rows at the end."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=data_only)
    try:
        found: dict[str, Cells] = {}
        for sheet in book.worksheets:
            rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            while rows and all(cell is None for cell in rows[-1]):
                rows.pop()
            found[sheet.title] = rows
        return found
    finally:
        book.close()


def _check_formulas(rows: Cells, formulas: Cells, faults: Faults) -> None:
    """A formula that was never calculated would read as an empty cell: a fault."""
    for number, (line, written) in enumerate(zip(rows, formulas, strict=False), 1):
        for value, formula in zip(line, written, strict=False):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                faults.at(f"row {number}").add(
                    f"公式没有计算结果 / a formula without a result: {formula}",
                    "粘贴为数值 / paste it as values",
                )


def _row_file(
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    numbers: Sequence[int],
    notes: tuple[str, ...],
    file: str,
) -> RowFile:
    """Rows named by their number in the file, as a spreadsheet shows it: the head is 1."""
    heads = tuple(one.strip().lstrip("\ufeff") for one in head)
    found = [
        Row(cells_of(heads, row), Faults(file, f"row {number}"))
        for number, row in zip(numbers, rows, strict=True)
        if any(cell is not None and str(cell).strip() for cell in row)
    ]
    return RowFile(heads, tuple(found), notes, is_table=True)
