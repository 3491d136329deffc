"""Reading CSV and TSV layers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from geozone.land.formats.decode import decode, known_encoding
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.tabular import Origin, TableText, table_features

SHAPE = re.compile(r"\s*(MULTI|POINT|LINE|POLYGON|GEOMETRY)", re.IGNORECASE)
"""How the text of a geometry begins, which may have line breaks."""
MOST_CELL = 64 << 20
"""Letters of one cell: a polygon of many thousand corners."""
MARKS = ",;\t"


def read_points(path: Path, wanted: Wanted) -> Features:
    """The rows of a CSV file as features, numbered by row from 1 (the first below the head).

    ``lon,lat`` are degrees of CGCS2000 or WGS 84; ``wkt`` and projected columns need a CRS,
    declared or in a ``crs`` column. Raises ``UnreadableError``.
    """
    try:
        content = path.read_bytes()
        if wanted.encoding:
            encoding = known_encoding(wanted.encoding)
            text = content.decode(encoding)
        else:
            text, encoding = decode(content)
        table = table_rows(text)
    except (OSError, ValueError, csv.Error) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查文件 / check the file"
        ) from error
    return table_features(table, wanted, Origin("CSV", encoding=encoding))


def _refuse_swallowed(rows: list[list[str]], mark: str) -> None:
    """Raises ``ValueError`` where a cell holds lines like rows: a quotation mark is not closed."""
    least = max(1, max((len(row) for row in rows), default=0) - 1)
    for at, row in enumerate(rows, 1):
        broken = [one for one in row if "\n" in one and not SHAPE.match(one)]
        if any(line.count(mark) >= least for one in broken for line in one.split("\n")):
            raise ValueError(
                f"第 {at} 行的引号未闭合，吞掉了后面的行 / row {at}: a quotation mark is not "
                "closed and takes in the rows after it"
            )


def table_rows(text: str) -> TableText:
    """The rows of a comma, semicolon or tab table; blank rows are left out.

    Raises ``ValueError`` where there is no head, a row has more cells than it, or there are
    NUL characters.
    """
    if "\0" in text:
        raise ValueError("含 NUL 字符 / it holds NUL characters")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.lstrip("\n").partition("\n")[0]
    mark = max(MARKS, key=first.count)
    csv.field_size_limit(MOST_CELL)  # of the module: there is no other way to read long WKT
    rows = list(csv.reader(io.StringIO(text), delimiter=mark, strict=True))
    _refuse_swallowed(rows, mark)
    filled = [(at, row) for at, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise ValueError("表为空 / the table is empty")
    head = filled[0][1]
    for at, row in filled[1:]:
        if any(cell.strip() for cell in row[len(head) :]):
            raise ValueError(f"第 {at} 行列数多于表头 / row {at} has more cells than the head")
    wide = [(*row, *[""] * len(head))[: len(head)] for _, row in filled[1:]]
    return TableText(
        tuple(head),
        tuple(wide),
        tuple(at for at, _ in filled[1:]),
        tuple(at for at, row in filled[1:] if len(row) < len(head)),
    )
