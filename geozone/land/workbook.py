"""Reading XLSX workbooks: the only filled sheet as text, with nothing lost and nothing hidden."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError, canonical_text
from geozone.land.formats.xmlguard import tally

MOST_BYTES = 200 << 20
"""Largest workbook, unpacked; more is not a list of proposals."""
MOST_CELLS = 2_000_000
OLD_FORMAT = b"\xd0\xcf\x11\xe0"
ZEROS = re.compile(r"0{2,}")
LOST_FROM = 10**15
"""Numbers of more digits than a spreadsheet keeps."""
SHOWN = 10
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

Grid = dict[tuple[int, int], str]
"""Text by row and column, both from 1; empty cells are left out."""


@dataclass(frozen=True, eq=False)
class SheetText:
    """The text of a sheet: its head by column, its rows by number, and remarks."""

    head: Mapping[int, str]
    rows: Mapping[int, Mapping[int, str]]
    notes: tuple[str, ...]


def read_sheet(path: Path, own: Callable[[str], bool], faults: Faults) -> SheetText:
    """The only filled sheet of a workbook; its first filled row is the head.

    Cells merged downwards are filled, but under heads that ``own`` names: those are each row's
    own. What is hidden counts, and is said. Formulas without a result, error values, other
    merges and numbers that have lost digits are faults with row and column. Raises
    ``UnreadableError``.
    """
    notes: list[str] = []
    with _telling(notes):
        sheet = _only_sheet(_opened(path, data_only=False))
        cells = _filled(sheet)
        if any(cell.data_type == "f" for cell in cells.values()):
            notes.append("公式按保存时的结果读取 / formulas are read as their saved results")
            saved = _filled(_opened(path, data_only=True)[sheet.title])
        else:
            saved = cells
    grid: Grid = {}
    for (row, column), cell in cells.items():
        text = _text(cell, saved.get((row, column)), _at(row, column, faults))
        if text is not None:
            grid[row, column] = text
    top = min((row for row, _ in grid), default=0)
    once = {column for (row, column), text in grid.items() if row == top and own(text)}
    notes += _fill_merged(_merged(sheet), grid, _Head(top, once), faults)
    _say_hidden(sheet, grid, notes)
    return _as_text(grid, top, notes)


def _as_text(grid: Grid, top: int, notes: list[str]) -> SheetText:
    rows: dict[int, dict[int, str]] = {}
    for row, column in sorted(grid):
        rows.setdefault(row, {})[column] = grid[row, column]
    return SheetText(rows.pop(top, {}), rows, tuple(notes))


@contextmanager
def _telling(notes: list[str]) -> Iterator[None]:
    """What damage raises, as ``UnreadableError``; what the library warns of, as notes."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "另存为 / save it again"
        ) from error
    notes += dict.fromkeys(f"openpyxl: {one.message}" for one in caught)


def _opened(path: Path, *, data_only: bool) -> openpyxl.Workbook:
    """The workbook after its parts have been looked at. Raises what ``BROKEN`` lists."""
    with path.open("rb") as stream:
        if stream.read(4) == OLD_FORMAT:
            raise UnreadableError(
                "旧版 .xls 或加密的工作簿 / an old .xls or an encrypted workbook",
                "另存为不加密的 .xlsx / save it as .xlsx without a password",
            )
    with zipfile.ZipFile(path) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
            raise UnreadableError("过大 / too large", "拆分 / split it")
        for one in archive.infolist():
            if one.filename.lower().endswith((".xml", ".rels")):
                _check_part(archive.read(one))
    return openpyxl.load_workbook(path, data_only=data_only)


def _check_part(content: bytes) -> None:
    if tally(content).get("c", 0) > MOST_CELLS:
        raise UnreadableError("单元格过多 / too many cells", "拆分 / split it")


def _only_sheet(book: openpyxl.Workbook) -> Worksheet:
    filled = [one for one in book.worksheets if _filled(one)]
    if len(filled) == 1:
        return filled[0]
    names = [
        f"{one.title}（隐藏 / hidden）" if one.sheet_state != "visible" else one.title
        for one in filled
    ]
    raise UnreadableError(
        f"有 {len(filled)} 个非空工作表 / {len(filled)} sheets are filled: {', '.join(names)}",
        "只留一个 / keep one",
    )


def _filled(sheet: Worksheet) -> dict[tuple[int, int], Cell]:
    """The cells that hold something. Rows and columns that are only formatted have no end."""
    cells: dict[tuple[int, int], Cell] = sheet._cells  # iter_rows would make every empty one
    return {at: one for at, one in sorted(cells.items()) if one.value is not None}


def _at(row: int, column: int, faults: Faults) -> Faults:
    return faults.at(f"row {row}, column {get_column_letter(column)}")


def _text(cell: Cell, saved: Cell | None, faults: Faults) -> str | None:
    """The text that a cell shows, as far as it counts; ``None`` for an empty one."""
    value = cell.value if saved is None and cell.data_type != "f" else getattr(saved, "value", None)
    if cell.data_type == "f" and value is None:
        formula = getattr(cell.value, "text", cell.value)
        faults.add(
            f"公式没有计算结果 / a formula without a result: {formula}",
            "粘贴为数值 / paste it as values",
        )
        return None
    if saved is not None and saved.data_type == "e":
        faults.add(f"错误值 / an error value: {value}", "改正或留空 / correct it or leave it empty")
        return None
    return _plain(value, cell.number_format, faults)


def _plain(value: Any, number_format: str, faults: Faults) -> str | None:  # any type of cell
    if isinstance(value, (time, timedelta)):
        faults.add(
            f"角度或文字被当成时间 / read as a time of day: {value}",
            "单元格改为文本后重新输入 / format the cell as text and type it again",
        )
        return None
    if isinstance(value, (int, float)) and abs(value) >= LOST_FROM:
        faults.add(
            "超过 15 位的数字已被截断 / more than 15 digits: the last ones are lost",
            "单元格改为文本后重新输入 / format the cell as text and type it again",
        )
        return None
    text = canonical_text(value)
    if isinstance(value, int) and text and ZEROS.fullmatch(number_format or ""):
        return text.zfill(len(number_format))
    return text


@dataclass(frozen=True)
class _Head:
    """The row of the head, and the columns in which merged cells are not filled."""

    row: int
    once: Collection[int]


def _merged(sheet: Worksheet) -> list[CellRange]:
    return sorted(sheet.merged_cells.ranges, key=lambda one: one.bounds)


def _fill_merged(areas: Iterable[CellRange], grid: Grid, head: _Head, faults: Faults) -> list[str]:
    """Gives cells merged downwards their text, and says so; other merges with text are faults."""
    filled = []
    for area in areas:
        text = grid.get((area.min_row, area.min_col))
        if text is None:
            continue
        down = area.min_col == area.max_col and area.min_row > head.row
        if not down or area.min_col in head.once:
            faults.at(area.coord).add(
                f"合并单元格 / merged cells: {text!r}",
                "取消合并；只留一行表头，坐标逐行填写 / unmerge them: one row of heads, and "
                "coordinates in every row",
            )
            continue
        grid |= {(row, area.min_col): text for row in range(area.min_row, area.max_row + 1)}
        filled.append(area.coord)
    says = "合并单元格已逐行填写 / merged cells are filled down"
    return [f"{says}: {_listed(filled)}"] if filled else []


def _say_hidden(sheet: Worksheet, grid: Grid, notes: list[str]) -> None:
    """Says what is hidden and was read all the same."""
    if sheet.sheet_state != "visible":
        notes.append(f"隐藏的工作表，已读取 / a hidden sheet is read: {sheet.title}")
    rows = sorted({row for row, _ in grid if sheet.row_dimensions[row].hidden})
    if rows:
        shown = _listed([str(one) for one in rows])
        notes.append(f"隐藏的行也已读取 / hidden rows are read: {shown}")
    spans = [
        range(one.min or 0, (one.max or 0) + 1)
        for one in sheet.column_dimensions.values()
        if one.hidden
    ]
    columns = sorted({column for _, column in grid if any(column in one for one in spans)})
    if columns:
        shown = _listed([get_column_letter(one) for one in columns])
        notes.append(f"隐藏的列也已读取 / hidden columns are read: {shown}")


def _listed(names: list[str]) -> str:
    more = f" … ({len(names)})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
