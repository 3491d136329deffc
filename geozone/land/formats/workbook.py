"""Reading XLSX layers: one sheet, codes as they are shown, nothing calculated or merged."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from geozone.land.faults import did_you_mean
from geozone.land.formats.features import Features, UnreadableError, Wanted, canonical_text
from geozone.land.formats.tabular import SHOWN, Origin, TableText, table_features
from geozone.land.formats.xmlguard import tally

MOST_BYTES = 500 << 20
"""Largest workbook, unpacked."""
PADDED = re.compile(r"0{2,}")
"""A number format of noughts only, such as 0000: the noughts are part of the code."""
TODO = "另存为 XLSX 或 CSV / save it again as XLSX or CSV"
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


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell's place, as text by its number format, and what is wrong with it."""

    place: str
    text: str
    fault: str = ""


@dataclass(frozen=True, eq=False)
class Page:
    """A filled sheet: its rows of cells from the first row of the sheet, and its remarks."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[str, ...]
    hidden: bool

    @property
    def is_filled(self) -> bool:
        """Whether any cell holds something."""
        return any(cell.text or cell.fault for row in self.rows for cell in row)


def read_workbook(path: Path, wanted: Wanted) -> Features:
    """The rows of the only filled sheet, or of the one named ``wanted.layer``, as features.

    Numbered from 1 (the first below the head). Raises ``UnreadableError``.
    """
    try:
        _check_parts(path)
        pages = [one for one in _pages(path) if one.is_filled]
    except BROKEN as error:
        raise UnreadableError(f"无法读取 / cannot be read: {error}", TODO) from error
    page = _chosen(pages, wanted.layer)
    note = "含隐藏的行、列或工作表，已读 / hidden rows, columns or sheets are read too"
    origin = Origin(
        "XLSX",
        layer=page.name,
        encoding="utf-8",
        notes=(note,) if page.hidden else (),
        doubts=tuple(_doubts(page)),
    )
    return table_features(_table(page), wanted, origin)


def _check_parts(path: Path) -> None:
    """Raises ``ValueError`` for parts that are too large, or XML with a document type."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if sum(one.file_size for one in parts) > MOST_BYTES:
            raise ValueError("过大 / too large")
        for one in parts:
            if one.filename.lower().endswith((".xml", ".rels")):
                tally(archive.read(one))


def _pages(path: Path) -> list[Page]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions; cell faults are looked for
        values, written = (openpyxl.load_workbook(path, data_only=known) for known in (True, False))
    return [_page(sheet, written[sheet.title]) for sheet in values.worksheets]


def _page(sheet: Any, written: Any) -> Page:
    """A sheet as cells; ``written`` is the same with formulas in place of results."""
    rows = [
        tuple(_cell(cell, as_written) for cell, as_written in zip(line, other, strict=True))
        for line, other in zip(sheet.iter_rows(), written.iter_rows(), strict=True)
    ]
    folded = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    return Page(
        name=sheet.title,
        rows=tuple(rows),
        merged=tuple(sorted(str(one) for one in sheet.merged_cells.ranges)),
        hidden=sheet.sheet_state != "visible" or any(one.hidden for one in folded),
    )


def _cell(cell: Any, written: Any) -> Cell:
    value = cell.value
    if cell.data_type == "e":
        return Cell(cell.coordinate, "", f"错误值 / an error value {value}")
    if value is None and written.data_type == "f":
        return Cell(cell.coordinate, "", "公式没有计算结果 / a formula without a result")
    if isinstance(value, (int, float)) and PADDED.fullmatch(cell.number_format or ""):
        digits = canonical_text(float(value)) or ""
        return Cell(cell.coordinate, digits.zfill(len(cell.number_format)))
    return Cell(cell.coordinate, canonical_text(value) or "")


def _chosen(pages: list[Page], asked: str | None) -> Page:
    """The sheet asked for, else the only filled one. Raises ``UnreadableError``."""
    names = [one.name for one in pages]
    if asked is not None and asked not in names:
        raise UnreadableError(
            f"没有工作表 {asked!r} / there is no filled sheet {asked!r}",
            did_you_mean(asked, names or ["—"]),
            problem=None,
        )
    if asked is None and len(pages) != 1:
        raise UnreadableError(
            f"有 {len(pages)} 个非空工作表 / {len(pages)} sheets are filled: {', '.join(names)}",
            '指定 layer = "…" / name one: layer = "…"',
            problem=None,
        )
    return pages[names.index(asked) if asked is not None else 0]


def _table(page: Page) -> TableText:
    """The head (the first filled row) and the filled rows. Cells beyond the head are refused."""
    lines = [tuple(cell.text for cell in row) for row in page.rows]
    filled = [(at, row) for at, row in enumerate(lines, 1) if any(row)]
    head = filled[0][1]
    beyond = [
        page.rows[at - 1][i].place
        for at, row in filled
        for i, text in enumerate(row)
        if text and not head[i]
    ]
    if beyond:
        raise UnreadableError(
            f"表头之外有内容 / cells without a head: {_listed(beyond)}",
            "补写表头或删去 / add heads or remove them",
        )
    return TableText(head, tuple(row for _, row in filled[1:]), tuple(at for at, _ in filled[1:]))


def _doubts(page: Page) -> Iterable[tuple[str, str]]:
    wrong = [(cell.place, cell.fault) for row in page.rows for cell in row if cell.fault]
    for place, fault in wrong[:SHOWN]:
        yield "driver-warning", f"{place}: {fault}"
    if len(wrong) > SHOWN:
        rest = len(wrong) - SHOWN
        yield "driver-warning", f"另有 {rest} 个错误单元格 / {rest} more cells with errors"
    if page.merged:
        yield "driver-warning", f"合并单元格 / merged cells: {_listed(page.merged)}"


def _listed(places: Iterable[str]) -> str:
    every = list(places)
    more = f" … ({len(every)})" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
