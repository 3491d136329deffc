"""Shapes of table rows from their coordinate columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import shapely
from pyproj import CRS
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geozone.land.crs import GEOGRAPHIC, parse_crs
from geozone.land.factvalues import number_from
from geozone.land.faults import Faults
from geozone.land.heads import Heads
from geozone.land.rows import Row


@dataclass(frozen=True)
class Pair:
    """The columns of a point: which is x (east), which is y (north), and whether degrees."""

    x: str
    y: str
    degrees: bool


PAIRS = (
    Pair("lon", "lat", True),
    Pair("east", "north", False),
    Pair("y_east", "x_north", False),
)


def located(rows: tuple[Row, ...], heads: Heads, crs: str | None, faults: Faults) -> list[Row]:
    """The rows with their shapes and CRS; what is wrong goes to each row's faults.

    ``crs`` serves projected columns and WKT of rows that name none of their own.
    """
    pairs = [pair for pair in PAIRS if {pair.x, pair.y} <= set(heads.by_meaning)]
    ways = len(pairs) + ("wkt" in heads.by_meaning)
    if ways != 1:
        how = (
            "没有坐标列 / no coordinate columns"
            if not ways
            else "坐标列不唯一 / more than one kind"
        )
        faults.add(how, "lon,lat | east,north | x_north,y_east | wkt")
        return list(rows)
    known: dict[str, CRS | str] = {}
    return [_located(row, heads, pairs[0] if pairs else None, crs, known) for row in rows]


def _located(
    row: Row, heads: Heads, pair: Pair | None, crs: str | None, known: dict[str, CRS | str]
) -> Row:
    frame = _row_crs(row, heads, pair, crs, known)
    shape = _point(row, heads, pair) if pair else _wkt(row, heads)
    return replace(row, shape=shape, crs=frame)


def _row_crs(
    row: Row, heads: Heads, pair: Pair | None, crs: str | None, known: dict[str, CRS | str]
) -> CRS | None:
    """The CRS of a row: its own column, else degrees by the columns' name, else ``crs``."""
    here = row.faults.at("crs")
    degrees = pair is not None and pair.degrees
    text = heads.cell(row.cells, "crs") or ("" if degrees else crs or "")
    if not text:
        if degrees:
            return GEOGRAPHIC
        here.add("没有坐标系 / no CRS is stated", "加 crs 列或 --crs / add a crs column or --crs")
        return None
    if text not in known:
        try:
            known[text] = parse_crs(text)
        except ValueError as error:
            known[text] = str(error)
    found = known[text]
    if isinstance(found, str):
        here.add(found, 'crs = "EPSG:4547"')
        return None
    if pair is not None and pair.degrees != bool(found.is_geographic):
        columns = f"{pair.x},{pair.y}"
        here.add(f"{columns} 与 {text} 不符 / {columns} do not go with {text}", "改正 / correct it")
        return None
    return found


def _point(row: Row, heads: Heads, pair: Pair) -> BaseGeometry | None:
    numbers: dict[str, float] = {}
    for name in (pair.x, pair.y):
        here = row.faults.at(f"column {heads.by_meaning[name]}")
        text = heads.cell(row.cells, name)
        if text is None:
            here.add("没有坐标 / the coordinate is missing", "补写 / add it")
            continue
        try:
            numbers[name] = number_from(text)
        except ValueError as error:
            here.add(str(error), "写十进制数 / write a decimal number")
    if len(numbers) < 2:
        return None
    return shapely.Point(numbers[pair.x], numbers[pair.y])


def _wkt(row: Row, heads: Heads) -> BaseGeometry | None:
    here = row.faults.at(f"column {heads.by_meaning['wkt']}")
    text = heads.cell(row.cells, "wkt")
    if text is None:
        here.add("没有几何 / no geometry", "补写 WKT / add it")
        return None
    try:
        found: BaseGeometry = shapely.from_wkt(text)
    except GEOSException as error:
        here.add(f"无效的 WKT / invalid WKT: {error}", "改正 / correct it")
        return None
    return found
