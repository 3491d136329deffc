"""Reading XLSX workbooks: one sheet as text, with nothing lost and nothing hidden."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from geozone.land.faults import did_you_mean
from geozone.land.formats.features import UnreadableError, canonical_text
from geozone.land.formats.xmlguard import tally
from geozone.land.proposals.sheettext import Area, CellFault, Grid, SheetText, listed

MOST_BYTES = 200 << 20
"""Largest workbook, unpacked; more is held several times over while it is read."""
MOST_CELLS = 2_000_000
"""Most cells of a sheet, for the same reason."""
SMALLER = "拆分，或另存为 CSV / split it, or save it as CSV"
OLD_FORMAT = b"\xd0\xcf\x11\xe0"
PADDED = re.compile(r"0{2,}")
"""A number format of noughts only, such as 0000: the noughts are part of the code."""
LOST_FROM = 10**15
"""Numbers of more digits than a spreadsheet keeps."""
AS_TEXT = "单元格改为文本后重新输入 / format the cell as text and type it again"
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

Cells = Mapping[tuple[int, int], Cell]


def read_sheet(path: Path, asked: str | None, choose: str) -> SheetText:
    """The sheet of a workbook that is asked for, else its only filled one.

    ``choose`` says what to do where several are filled. Formulas without a result, error
    values, times of day and numbers that have lost digits are faults of their cells. What is
    hidden counts, and is said. Raises ``UnreadableError``.
    """
    notes: list[str] = []
    with _telling(notes):
        _check_parts(path)
        sheet = _chosen(_loaded(path, data_only=False), asked, choose)
        cells = saved = _filled(sheet)
        if any(cell.data_type == "f" for cell in cells.values()):
            notes.append("公式按保存时的结果读取 / formulas are read as their saved results")
            saved = _filled(_loaded(path, data_only=True)[sheet.title])
        merged = _merged(sheet)
    texts, faults = _texts(cells, saved)
    notes += _hidden(sheet, texts)
    return SheetText(sheet.title, texts, faults, merged, tuple(notes))


@contextmanager
def _telling(notes: list[str]) -> Iterator[None]:
    """What damage raises, as ``UnreadableError``; what the library warns of, as notes."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}",
            "另存为 XLSX 或 CSV / save it again as XLSX or CSV",
        ) from error
    notes += dict.fromkeys(f"openpyxl: {one.message}" for one in caught)


def _check_parts(path: Path) -> None:
    """Looks at the parts before any is parsed. Raises ``UnreadableError``, or as ``BROKEN``."""
    with path.open("rb") as stream:
        if stream.read(4) == OLD_FORMAT:
            raise UnreadableError(
                "无法读取旧版 .xls 或加密的工作簿 / an old .xls or an encrypted workbook cannot be "
                "read",
                "另存为不加密的 .xlsx / save it as .xlsx without a password",
            )
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if sum(one.file_size for one in parts) > MOST_BYTES:
            raise UnreadableError("过大 / too large", SMALLER)
        for one in parts:
            if not one.filename.lower().endswith((".xml", ".rels")):
                continue
            if tally(archive.read(one)).get("c", 0) > MOST_CELLS:
                raise UnreadableError("单元格过多 / too many cells", SMALLER)


def _loaded(path: Path, *, data_only: bool) -> openpyxl.Workbook:
    """The workbook with its formulas, or with their saved results. Raises as ``BROKEN``."""
    return openpyxl.load_workbook(path, data_only=data_only)


def _chosen(book: openpyxl.Workbook, asked: str | None, choose: str) -> Worksheet:
    """The sheet asked for, else the only filled one. Raises ``UnreadableError``."""
    filled = {one.title: one for one in book.worksheets if _filled(one)}
    if asked is not None and asked not in filled:
        raise UnreadableError(
            f"没有非空工作表 {asked!r} / there is no filled sheet {asked!r}",
            did_you_mean(asked, filled or ["—"]),
            problem=None,
        )
    if asked is not None:
        return filled[asked]
    if len(filled) != 1:
        names = ", ".join(
            name if one.sheet_state == "visible" else f"{name}（隐藏 / hidden）"
            for name, one in filled.items()
        )
        raise UnreadableError(
            f"有 {len(filled)} 个非空工作表 / {len(filled)} sheets are filled: {names}",
            choose,
            problem=None,
        )
    return next(iter(filled.values()))


def _filled(sheet: Worksheet) -> Cells:
    """The cells that hold something. Rows and columns that are only formatted have no end."""
    cells: dict[tuple[int, int], Cell] = sheet._cells  # iter_rows would make every empty one
    return {at: one for at, one in sorted(cells.items()) if one.value is not None}


def _merged(sheet: Worksheet) -> tuple[Area, ...]:
    ranges = sheet.merged_cells.ranges
    areas = [Area(one.min_col, one.min_row, one.max_col, one.max_row, one.coord) for one in ranges]
    return tuple(sorted(areas))


def _texts(cells: Cells, saved: Cells) -> tuple[Grid, tuple[CellFault, ...]]:
    """The text of every cell, and the faults of those that have none they can be trusted with."""
    texts: dict[tuple[int, int], str] = {}
    faults = []
    for (row, column), cell in cells.items():
        held = saved.get((row, column), cell)
        wrong = _wrong(held)
        if wrong is not None:
            faults.append(CellFault(row, get_column_letter(column), *wrong))
        elif text := _text(held.value, cell.number_format):
            texts[row, column] = text
    return texts, tuple(faults)


def _wrong(held: Cell) -> tuple[str, str] | None:
    """What is wrong with the value that is held for a cell, and what to do; ``None`` if nothing."""
    value = held.value
    if held.data_type == "f":  # no result stands in for it
        formula = getattr(value, "text", value)
        what = f"公式没有计算结果 / a formula without a result: {formula}"
        return what, "粘贴为数值 / paste it as values"
    if held.data_type == "e":
        return f"错误值 / an error value: {value}", "改正或留空 / correct it or leave it empty"
    if isinstance(value, (time, timedelta)):
        return f"角度或文字被当成时间 / read as a time of day: {value}", AS_TEXT
    if isinstance(value, (int, float)) and abs(value) >= LOST_FROM:
        what = "超过 15 位的数字已被截断 / more than 15 digits: the last ones are lost"
        return what, AS_TEXT
    return None


def _text(value: Any, number_format: str | None) -> str | None:  # any type of cell
    """A value as text; codes keep the noughts that their number format shows."""
    text = canonical_text(value)
    is_whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value % 1 == 0
    if text and is_whole and PADDED.fullmatch(number_format or ""):
        return text.zfill(len(number_format or ""))
    return text


def _hidden(sheet: Worksheet, texts: Grid) -> Iterator[str]:
    """Says what is hidden and was read all the same."""
    if sheet.sheet_state != "visible":
        yield f"隐藏的工作表，已读取 / a hidden sheet is read: {sheet.title}"
    rows = sorted({row for row, _ in texts if sheet.row_dimensions[row].hidden})
    if rows:
        shown = listed([str(one) for one in rows])
        yield f"隐藏的行也已读取 / hidden rows are read: {shown}"
    spans = [
        range(one.min or 0, (one.max or 0) + 1)
        for one in sheet.column_dimensions.values()
        if one.hidden
    ]
    columns = sorted({column for _, column in texts if any(column in one for one in spans)})
    if columns:
        shown = listed([get_column_letter(one) for one in columns])
        yield f"隐藏的列也已读取 / hidden columns are read: {shown}"
