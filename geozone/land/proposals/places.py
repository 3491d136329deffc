"""Shapes of table rows from their coordinate columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import shapely
from pyproj import CRS
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, named_crs
from geozone.land.faults import Faults
from geozone.land.proposals.heads import CORNERS, PLACES, RECTANGLE, Heads
from geozone.land.proposals.rows import Row
from geozone.land.survey.corners import corner_table, polygons
from geozone.land.survey.pairs import (
    CONTRACT,
    DECLARE,
    DEGREES,
    PAIRS,
    Pair,
    angle_of,
    are_doubtful,
    by_size,
    coarse_m,
    doubtful_words,
    packed_place,
    place_of,
)
from geozone.land.survey.zones import datum_id, prefix_of, zone_of

Shaper = Callable[[Row, list[str]], BaseGeometry | None]


@dataclass(frozen=True, eq=False)
class Located:
    """Rows with their shapes and CRS, what their columns mean, and remarks for the user."""

    rows: tuple[Row, ...]
    heads: Heads
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Way:
    """How the rows of a table tell their places: columns, whether in degrees, and the reader."""

    columns: tuple[str, ...]
    degrees: bool | None
    shape: Shaper

    @property
    def is_points(self) -> bool:
        """Whether each row is a point."""
        return len(self.columns) == 2

    @property
    def names(self) -> str:
        """The columns, as a user writes them."""
        return ",".join(self.columns)


@dataclass(frozen=True, eq=False)
class Systems:
    """The CRS by the words for them; the words of a fault where they name none."""

    given: str | None
    known: dict[str, CRS | str] = field(default_factory=dict)

    def of(self, row: Row, heads: Heads, way: Way) -> CRS | None:
        """The CRS of a row: its own column, else as given, else degrees by the columns' name.

        What is given of projected columns says nothing of columns in degrees.
        """
        here = row.faults.at("crs")
        own = heads.cell(row.cells, "crs")
        text = own or self.given or ""
        if not text and way.degrees:
            return GEOGRAPHIC
        if not text:
            todo = "加 crs 列或 --crs / add a crs column or --crs"
            here.add("没有坐标系 / no CRS is stated", todo)
            return None
        datum = datum_id(text)
        found = _zoned(row, datum) if datum and way.degrees is False else self._named(text)
        if isinstance(found, str):
            here.add(found, 'crs = "EPSG:4547"')
            return None
        if way.degrees and own is None and found.is_projected:
            return GEOGRAPHIC
        if way.degrees is not None and way.degrees != bool(found.is_geographic):
            here.add(
                f"{way.names} 与 {text} 不符 / {way.names} do not go with {text}",
                "改正 / correct it",
            )
            return None
        return found

    def _named(self, text: str) -> CRS | str:
        if text not in self.known:
            try:
                is_known = datum_id(text) == "cgcs2000"
                self.known[text] = GEOGRAPHIC if is_known else named_crs(text)
            except ValueError as error:
                self.known[text] = str(error)
        return self.known[text]


def _zoned(row: Row, datum: str) -> CRS | str:
    """The zone of a datum that the prefix of a row's easting names; else what is wrong."""
    east = 0.0 if row.shape is None else float(shapely.get_coordinates(row.shape)[0, 0])
    zone = zone_of(prefix_of(east))
    if zone is None:
        return "只写了基准，Y 又无带号前缀 / the datum alone is stated, and the easting has no zone"
    return replace(zone, datum=datum).crs(prefixed=True)


def located(
    rows: Sequence[Row], heads: Heads, crs: str | None, faults: Faults, *, kind: str | None = None
) -> Located:
    """The rows with their shapes and CRS; what is wrong goes to each row's faults.

    ``crs`` serves projected columns and WKT of rows that name none of their own; ``kind`` is
    the shape that the caller's activity wants. Corners of one id become one row.
    """
    notes: list[str] = []
    way = way_of(rows, heads, notes, faults)
    if way is None:
        return Located(tuple(rows), heads, tuple(notes))
    systems = Systems(crs)
    shaped = [replace(row, shape=way.shape(row, notes)) for row in rows]
    placed = [replace(row, crs=systems.of(row, heads, way)) for row in shaped]
    if way.degrees:
        placed = [replace(one, coarse_m=coarse_m(one, heads, way.columns)) for one in placed]
    table = corner_table(placed, heads, kind, faults) if way.is_points else None
    if way.degrees and are_doubtful(rows, heads, way.columns):
        words = doubtful_words(heads, way.columns)
        if table is not None or not way.is_points:
            faults.add(words, DECLARE)
        notes.append(f"警告 / warning: {words}: {DECLARE}")
        placed = [replace(row, other=_other(row, heads)) for row in placed]
    notes += unused_columns(way, heads, is_corners=table is not None)
    if table is None:
        return Located(tuple(placed), heads, tuple(notes))
    made = polygons(table, notes)
    return Located(tuple(made), table.heads, tuple(notes))


def _other(row: Row, heads: Heads) -> BaseGeometry | None:
    """Where the point of a row would be if its degrees were packed digits; they are degrees."""
    is_told = row.shape is not None and heads.has("lon", "lat")
    place = packed_place(row, heads, DEGREES) if is_told else None
    return None if place is None else shapely.Point(place.x, place.y)


def unused_columns(way: Way, heads: Heads, *, is_corners: bool) -> list[str]:
    """A remark on columns of places that this table does not need."""
    used = {*way.columns, "crs", *(("angle_format",) if way.degrees else ())}
    used |= set(CORNERS) if is_corners else set()
    idle = [heads.by_meaning[one] for one in PLACES if one in heads.by_meaning and one not in used]
    return [f"未使用的列 / columns that are not used: {', '.join(idle)}"] if idle else []


def way_of(rows: Sequence[Row], heads: Heads, notes: list[str], faults: Faults) -> Way | None:
    """The only way in which the table tells places; ``None`` with a fault."""
    ways = [_by_pair(pair, heads) for pair in PAIRS if heads.has(pair.x, pair.y)]
    if heads.has(*RECTANGLE):
        ways.append(_by_rectangle(heads))
    if heads.has("wkt"):
        ways.append(Way(("wkt",), None, lambda row, _: _wkt(row, heads)))
    if not ways and heads.has("x", "y"):
        pair = by_size(rows, heads, notes, faults)
        return None if pair is None else _by_pair(pair, heads)
    if len(ways) == 1:
        return ways[0]
    if heads.has("serialised") and not ways:
        faults.at(f"column {heads.by_meaning['serialised']}").add(
            "坐标串的写法各地不一，不读 / serialised coordinates have no one layout: not read",
            f"转为拐点表（编号、点号、X、Y）或 wkt / make a corner table or wkt: {CONTRACT}",
        )
        return None
    how = "坐标列不唯一 / more than one kind" if ways else "没有坐标列 / no coordinate columns"
    faults.add(how, CONTRACT)
    return None


def _by_pair(pair: Pair, heads: Heads) -> Way:
    def point(row: Row, notes: list[str]) -> BaseGeometry | None:
        place = place_of(row, heads, pair, notes)
        return None if place is None else shapely.Point(place.x, place.y)

    return Way((pair.x, pair.y), pair.degrees, point)


def _by_rectangle(heads: Heads) -> Way:
    """Rectangles between two longitudes and two latitudes, straight in degrees."""

    def box(row: Row, notes: list[str]) -> BaseGeometry | None:
        west, east = (angle_of(row, heads, one, "lon", notes) for one in RECTANGLE[:2])
        south, north = (angle_of(row, heads, one, "lat", notes) for one in RECTANGLE[2:])
        if west is None or east is None or south is None or north is None:
            return None
        if west >= east or south >= north:
            row.faults.add("起不小于止 / the start is not below the end", "核对起止 / check them")
            return None
        return shapely.box(west, south, east, north)

    return Way(RECTANGLE, True, box)


def _wkt(row: Row, heads: Heads) -> BaseGeometry | None:
    here = row.faults.at(f"column {heads.by_meaning['wkt']}")
    text = heads.cell(row.cells, "wkt")
    if text is None:
        here.add("没有几何 / no geometry", "补写 WKT / add it")
        return None
    try:
        found: BaseGeometry = shapely.from_wkt(text)
    except (GEOSException, NotImplementedError) as error:  # the latter for arcs
        here.add(f"无效的 WKT / invalid WKT: {error}", "改正 / correct it")
        return None
    return found
