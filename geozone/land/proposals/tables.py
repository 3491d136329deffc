"""Reading proposals from tables: CSV and XLSX."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.points import table_rows
from geozone.land.proposals.heads import is_place
from geozone.land.proposals.rows import Row, RowFile, cells_of
from geozone.land.proposals.sheettext import Area, Grid, SheetText, columns_of, listed, rows_of

LEAST_BYTES, MOST_BYTES = 1 << 18, 256 << 20
"""Smaller tables are read row by row soon enough; larger ones are no list of proposals."""
LARGE = (".csv", ".tsv")


def is_large_table(path: str | Path) -> bool:
    """Whether a path names a table on this machine that is worth reading by column."""
    here = Path(path)
    is_table = here.suffix.lower() in LARGE and here.is_file()
    return is_table and LEAST_BYTES <= here.stat().st_size <= MOST_BYTES


def read_csv(path: Path, faults: Faults) -> RowFile:
    """A CSV table: comma, semicolon or tab; UTF-8 or GB18030. Raises ``UnreadableError``."""
    try:
        text, encoding = decode(path.read_bytes())
        table = table_rows(text.replace("\r\n", "\n").replace("\r", "\n"))
    except (ValueError, csv.Error) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查表格 / check it"
        ) from error
    notes = () if encoding == "utf-8-sig" else (f"按 {encoding} 读取 / read as {encoding}",)
    return row_file(table.head, table.rows, table.numbers, notes, faults.file)


def read_xlsx(path: Path, faults: Faults, asked: str | None = None) -> RowFile:
    """The sheet asked for of an XLSX workbook, else the only filled one; its first row is the head.

    Cells merged downwards are filled, but under heads of places: those are each row's own.
    Raises ``UnreadableError``.
    """
    from geozone.land.proposals.workbook import read_sheet  # noqa: PLC0415 - heavy, and no CSV needs it

    sheet = read_sheet(path, asked, "用 --layer 指定或只留一个 / name one by --layer, or keep one")
    for one in sheet.faults:
        faults.at(f"row {one.row}, column {one.column}").add(one.what, one.todo)
    texts, notes = _filled_down(sheet, faults)
    rows = rows_of(texts, columns_of(texts))
    head = rows.pop(sheet.top, ())
    return row_file(head, list(rows.values()), tuple(rows), (*sheet.notes, *notes), faults.file)


def _filled_down(sheet: SheetText, faults: Faults) -> tuple[Grid, list[str]]:
    """The text with cells merged downwards filled, which is said; other merges are faults."""
    texts = dict(sheet.texts)
    filled = []
    for area in sheet.merged:
        text = sheet.texts.get((area.top, area.left))
        if text is None:
            continue
        if area.left == area.right and area.top > sheet.top and not _is_own(sheet, area):
            texts |= {(row, area.left): text for row in range(area.top, area.bottom + 1)}
            filled.append(area.written)
        else:
            faults.at(area.written).add(
                f"合并单元格 / merged cells: {text!r}",
                "取消合并；只留一行表头，坐标逐行填写 / unmerge them: one row of heads, and "
                "coordinates in every row",
            )
    says = "合并单元格已逐行填写 / merged cells are filled down"
    return texts, [f"{says}: {listed(filled)}"] if filled else []


def _is_own(sheet: SheetText, area: Area) -> bool:
    """Whether merged cells stand under a head of places."""
    return is_place(sheet.texts.get((sheet.top, area.left), ""))


def row_file(
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
