"""Pairs of coordinate columns: which is x, which is y, and the numbers in a row of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geozone.land.coordinates.crsways import ACCURACY
from geozone.land.faults import Faults
from geozone.land.proposals.heads import Heads
from geozone.land.proposals.rows import Row
from geozone.land.survey.angles import (
    Axis,
    Writing,
    degrees_from,
    may_be_packed,
    writing_of,
    written_to_deg,
)
from geozone.land.survey.numbers import plain_number
from geozone.land.survey.zones import is_east, is_north

COARSE_DEG = 0.0005
"""Half of 0.001: finer degrees are taken as they stand."""
METRES_PER_DEGREE = 111_000.0
SHOWN = 5
LON, LAT = (73.0, 136.0), (3.0, 54.0)
"""Longitudes and latitudes of China, in degrees: no number is both."""
CONTRACT = "lon,lat | east,north | x_north,y_east | wkt"


@dataclass(frozen=True)
class Pair:
    """The columns of a point by meaning: which is x (east), which y (north), whether degrees."""

    x: str
    y: str
    degrees: bool


@dataclass(frozen=True)
class Place:
    """The numbers of a place: ``x`` east, ``y`` north, in metres or degrees."""

    x: float
    y: float


DEGREES = Pair("lon", "lat", True)
PAIRS = (
    DEGREES,
    Pair("east", "north", False),
    Pair("y_east", "x_north", False),
)
BY_SIZE = {
    ("north", "east"): Pair("y", "x", False),
    ("east", "north"): Pair("x", "y", False),
    ("lon", "lat"): Pair("x", "y", True),
    ("lat", "lon"): Pair("y", "x", True),
}
"""What the columns x and y are, by the size of their numbers."""
SAYS = {"north": "北 / north", "east": "东 / east", "lon": "经度 / longitude"} | {
    "lat": "纬度 / latitude"
}


def place_of(row: Row, heads: Heads, pair: Pair, notes: list[str]) -> Place | None:
    """The place in a row's columns; ``None`` with a fault for each cell that is none."""
    x = _number(row, heads, pair.x, "lon" if pair.degrees else None, notes)
    y = _number(row, heads, pair.y, "lat" if pair.degrees else None, notes)
    return None if x is None or y is None else Place(x, y)


def angle_of(row: Row, heads: Heads, meaning: str, axis: Axis, notes: list[str]) -> float | None:
    """The degrees in a cell; ``None`` with a fault."""
    return _number(row, heads, meaning, axis, notes)


def _number(
    row: Row, heads: Heads, meaning: str, axis: Axis | None, notes: list[str]
) -> float | None:
    here = row.faults.at(f"column {heads.by_meaning[meaning]}")
    text = heads.cell(row.cells, meaning)
    if text is None:
        here.add("没有坐标 / the coordinate is missing", "补写 / add it")
        return None
    try:
        if axis is None:
            return plain_number(text)
        angle = degrees_from(text, axis, _writing(row, heads, meaning))
    except ValueError as error:
        todo = "十进制度或度分秒 / decimal degrees, or degrees, minutes and seconds"
        here.add(str(error), todo if axis else "写十进制数 / write a decimal number")
        return None
    if angle.note:
        notes.append(f"{here.place}: {angle.note}")
    return angle.value


def _writing(row: Row, heads: Heads, meaning: str) -> Writing | None:
    """How the angle is declared to be written: by its row, or by its head.

    Raises ``ValueError`` where both are and differ.
    """
    by_head, text = heads.writings.get(meaning), heads.cell(row.cells, "angle_format")
    by_row = writing_of(text) if text else None
    if by_head and by_row and by_head != by_row:
        raise ValueError(f"角度格式两处不同 / two angle formats are declared: {by_head}, {by_row}")
    return by_row or by_head


def are_doubtful(rows: Sequence[Row], heads: Heads, meanings: Sequence[str]) -> bool:
    """Whether decimal degrees could as well be DDD.MMSSss and nothing is declared."""
    if heads.has("angle_format") or any(one in heads.writings for one in meanings):
        return False
    texts = [heads.cell(row.cells, one) for row in rows for one in meanings]
    return may_be_packed([text for text in texts if text])


def doubtful_words(heads: Heads, meanings: Sequence[str]) -> str:
    """What is doubtful about such columns."""
    columns = ", ".join(heads.by_meaning[one] for one in meanings)
    return (
        f"{columns} 各值既可为十进制度，也可为 DDD.MMSSss / "
        "every value could be decimal degrees or DDD.MMSSss"
    )


def coarse_m(row: Row, heads: Heads, meanings: Sequence[str]) -> float:
    """By how many metres the degrees of a row may be off as they are written to few digits.

    The finest of its angles counts, as programs drop noughts; 0 where they are finer than 0.001.
    """
    found = []
    for text in (heads.cell(row.cells, one) for one in meanings):
        try:
            found.append(written_to_deg(text or ""))
        except ValueError:  # told where it is read
            continue
    off = min(found, default=0.0)
    return off * METRES_PER_DEGREE if off >= COARSE_DEG else 0.0


def coarse_words(rows: Sequence[Row], heads: Heads) -> list[str]:
    """A warning of rows whose degrees are coarse and whose accuracy is not stated."""
    coarse = [one for one in rows if one.coarse_m and not heads.cell(one.cells, ACCURACY)]
    if not coarse:
        return []
    shown = "、".join(one.faults.place for one in coarse[:SHOWN])
    more = f" … ({len(coarse)})" if len(coarse) > SHOWN else ""
    most = max(one.coarse_m for one in coarse)
    return [
        f"警告：{shown}{more} 经纬度位数少，点位按 ±{most:.0f} m 计，或写明 {ACCURACY} / warning: "
        f"degrees of few digits, judged as within {most:.0f} m: write more, or state {ACCURACY}"
    ]


DECLARE = "写明 angle_format（decimal 或 packed_dms） / declare angle_format: decimal or packed_dms"


def packed_place(row: Row, heads: Heads, pair: Pair) -> Place | None:
    """The place of a row if its angles were DDD.MMSSss; ``None`` where it states none."""
    texts = [heads.cell(row.cells, one) for one in (pair.x, pair.y)]
    found = [degrees_from(text, None, "packed_dms").value for text in texts if text]
    return Place(*found) if len(found) == 2 else None


def by_size(rows: Sequence[Row], heads: Heads, notes: list[str], faults: Faults) -> Pair | None:
    """What the columns ``x`` and ``y`` are, where every row says the same by its size.

    In surveys X runs north, in desktop programs east: the numbers decide, and it is said.
    ``None`` with a fault where they do not.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        cells = (heads.cell(row.cells, "x"), heads.cell(row.cells, "y"))
        sizes = tuple(_size(text) for text in cells if text)
        if len(sizes) == 2 and None not in sizes:
            found.setdefault((str(sizes[0]), str(sizes[1])), []).append(row.faults.place)
    names = f"{heads.by_meaning['x']},{heads.by_meaning['y']}"
    if len(found) == 1 and (only := next(iter(found))) in BY_SIZE:
        notes.append(
            f"按数值大小：{heads.by_meaning['x']} 为{SAYS[only[0]]}，{heads.by_meaning['y']} 为"
            f"{SAYS[only[1]]} / by their size the columns are so"
        )
        return BY_SIZE[only]
    shown = "; ".join(f"{x}/{y}: {places[0]}" for (x, y), places in sorted(found.items()))
    faults.add(
        f"{names} 含义不明：X 可为北也可为东 / {names} may mean either way, and the numbers do not "
        f"tell ({shown or 'no numbers'})",
        CONTRACT,
    )
    return None


def _size(text: str) -> str | None:
    """What a number can be by its size; ``None`` where it is no number at all."""
    try:
        value = plain_number(text)
    except ValueError:
        try:
            value = degrees_from(text).value
        except ValueError:
            return None
    if is_north(value):
        return "north"
    if is_east(value):
        return "east"
    if LON[0] <= value <= LON[1]:
        return "lon"
    return "lat" if LAT[0] <= value <= LAT[1] else "?"
