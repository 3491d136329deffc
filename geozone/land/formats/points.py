"""Reading CSV layers: points by ``lon,lat``, or any geometry by ``wkt``."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.errors import GEOSException

from geozone.land.crs import GEOGRAPHIC
from geozone.land.factvalues import number_from
from geozone.land.faults import did_you_mean
from geozone.land.formats.decode import decode, known_encoding
from geozone.land.formats.features import Features, UnreadableError, Wanted, canonical_text

Grid = Sequence[Sequence[str]]


def read_points(path: Path, wanted: Wanted) -> Features:
    """The rows of a CSV file as features, numbered by row from 1 (the first below the head).

    ``lon,lat`` are degrees of CGCS2000 or WGS 84; ``wkt`` and ``east,north`` need a declared
    CRS. Raises ``UnreadableError``.
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
    names = [one.strip().casefold() for one in table.head]
    rows = table.rows
    shapes, degrees = _shapes(names, rows)
    return Features(
        shapes=np.array(shapes, object),
        columns={name: _column(names, rows, name) for name in wanted.fields},
        fids=tuple(range(1, len(rows) + 1)),
        crs=GEOGRAPHIC if degrees else None,
        driver="CSV",
        encoding=encoding,
    )


@dataclass(frozen=True)
class TableText:
    """The head of a table and its filled rows, with their numbers in the file (head: 1)."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def table_rows(text: str) -> TableText:
    """The rows of a comma, semicolon or tab table; blank rows are left out.

    Raises ``ValueError`` where there is no head or a row has more cells than it.
    """
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark, strict=True))
    filled = [(at, row) for at, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise ValueError("表为空 / the table is empty")
    head = filled[0][1]
    for at, row in filled[1:]:
        if any(cell.strip() for cell in row[len(head) :]):
            raise ValueError(f"第 {at} 行列数多于表头 / row {at} has more cells than the head")
    wide = [(*row, *[""] * len(head))[: len(head)] for _, row in filled[1:]]
    return TableText(tuple(head), tuple(wide), tuple(at for at, _ in filled[1:]))


def _column(names: Sequence[str], rows: Grid, name: str) -> tuple[str | None, ...]:
    if names.count(name.casefold()) != 1:
        raise UnreadableError(
            f"没有字段 / no field {name!r}", did_you_mean(name, names), problem=None
        )
    at = names.index(name.casefold())
    return tuple(canonical_text(row[at]) for row in rows)


def _shapes(names: Sequence[str], rows: Grid) -> tuple[list[object], bool]:
    """A shape or ``None`` per row, and whether the coordinates are degrees by their name."""
    if "wkt" in names:
        at = names.index("wkt")
        return [_from_wkt(row[at], i) for i, row in enumerate(rows, 1)], False
    for pair in (("lon", "lat"), ("east", "north")):
        if set(pair) <= set(names):
            x, y = (names.index(one) for one in pair)
            return [_point(row[x], row[y], i) for i, row in enumerate(rows, 1)], pair[0] == "lon"
    raise UnreadableError(
        "没有坐标列 / no coordinate columns",
        "须有 lon,lat 或 east,north 或 wkt / needs lon,lat or east,north or wkt",
        problem=None,
    )


def _from_wkt(text: str, row: int) -> object:
    try:
        return shapely.from_wkt(text) if text.strip() else None
    except GEOSException as error:
        raise UnreadableError(
            f"第 {row} 行 WKT / row {row} WKT: {error}", "改正 / correct it"
        ) from error


def _point(x: str, y: str, row: int) -> object:
    if not x.strip() and not y.strip():
        return None
    try:
        return shapely.Point(number_from(x), number_from(y))
    except ValueError as error:
        raise UnreadableError(f"第 {row} 行 / row {row}: {error}", "改正 / correct it") from error
