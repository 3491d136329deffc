"""Reading XLSX layers: one sheet, codes as they are shown, nothing calculated or merged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl.utils import get_column_letter

from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.tabular import SHOWN, Origin, TableText, table_features
from geozone.land.proposals.sheettext import SheetText, columns_of, listed, rows_of
from geozone.land.proposals.workbook import read_sheet

NAME_ONE = '指定 layer = "…" / name one: layer = "…"'


def read_workbook(path: Path, wanted: Wanted) -> Features:
    """The rows of the only filled sheet, or of the one named ``wanted.layer``, as features.

    Numbered from 1 (the first below the head). Raises ``UnreadableError``.
    """
    sheet = read_sheet(path, wanted.layer, NAME_ONE)
    origin = Origin(
        "XLSX",
        layer=sheet.name,
        encoding="utf-8",
        notes=sheet.notes,
        doubts=tuple(("driver-warning", one) for one in _doubts(sheet)),
    )
    return table_features(_table(sheet), wanted, origin)


def _table(sheet: SheetText) -> TableText:
    """The head (the first filled row) and the filled rows. Cells beyond the head are refused."""
    if not sheet.texts:
        why = "; ".join(_doubts(sheet)) or sheet.name
        raise UnreadableError(f"表为空 / the table is empty: {why}", "检查表格 / check it")
    beyond = [
        f"{get_column_letter(column)}{row}"
        for row, column in sheet.texts
        if (sheet.top, column) not in sheet.texts
    ]
    if beyond:
        raise UnreadableError(
            f"表头之外有内容 / cells without a head: {listed(beyond)}",
            "补写表头或删去 / add heads or remove them",
        )
    rows = rows_of(sheet.texts, columns_of(sheet.texts))
    return TableText(rows.pop(sheet.top), tuple(rows.values()), tuple(rows))


def _doubts(sheet: SheetText) -> Iterable[str]:
    for one in sheet.faults[:SHOWN]:
        yield f"{one.column}{one.row}: {one.what}"
    if len(sheet.faults) > SHOWN:
        rest = len(sheet.faults) - SHOWN
        yield f"另有 {rest} 个错误单元格 / {rest} more cells with errors"
    if sheet.merged:
        yield f"合并单元格 / merged cells: {listed([one.written for one in sheet.merged])}"
