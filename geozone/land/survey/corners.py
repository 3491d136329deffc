"""Corner tables of mining rights: rows of one id, a corner each, become one polygon."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.land.faults import Faults
from geozone.land.proposals.factvalues import yes_or_no
from geozone.land.proposals.heads import PLACES, Heads
from geozone.land.proposals.rows import Row
from geozone.land.proposals.stated import stated_activity
from geozone.land.survey.numbers import plain_number
from geozone.land.survey.rings import Corner, Ring, assembled, closed_loop
from geozone.rules.vocabulary import objects

HOLES = re.compile("挖空|扣除|扣减|天窗")
AREA_TOLERANCE, ROUNDING_M2 = 0.005, 50.0
"""Licences state square kilometres with four decimals."""
NUMBER = re.compile(r"(\d+)\D*$", re.ASCII)
GROUPS = ("id", "right_id")
"""Columns that say which polygon a corner is of, the first that there is."""


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a corner table by polygon, and its heads, with an id among them."""

    groups: Mapping[str, Sequence[Row]]
    heads: Heads


def corner_table(
    rows: Sequence[Row], heads: Heads, kind: str | None, faults: Faults
) -> Table | None:
    """The table, if its rows are corners; ``None`` where each is a place of its own.

    ``kind`` is the shape that the caller's activity wants. A column of corner numbers makes a
    table of it where ids recur; without ids the activity decides, and where it does not either,
    that is a fault.
    """
    if not heads.has("corner") or not rows:
        return None
    group = next((one for one in GROUPS if one in heads.by_meaning), None)
    if group is None:
        kind = kind or _wanted(rows, heads)
        if kind not in ("point", "polygon"):
            faults.add(
                f"有点号列 {heads.by_meaning['corner']!r} 而无编号列：不知各行是点还是拐点 / "
                "a column of corners without ids: rows may be places or corners",
                "加 id 列，同一面的各行写同一 id / add an id column, the same for each corner",
            )
        return Table({"": rows}, heads) if kind == "polygon" else None
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(heads.cell(row.cells, group) or "", []).append(row)
    if all(len(one) == 1 for name, one in groups.items() if name):
        return None
    with_id = replace(heads, by_meaning={"id": heads.by_meaning[group], **heads.by_meaning})
    return Table(groups, with_id)


def _wanted(rows: Sequence[Row], heads: Heads) -> str | None:
    """The shape that the rows' own activities want, where all want the same."""
    stated = [stated_activity(row.cells, heads, None, Faults("")) for row in rows]
    kinds = {objects()[one.object].shape if one else None for one in stated}
    return kinds.pop() if len(kinds) == 1 else None


def polygons(table: Table, notes: list[str]) -> list[Row]:
    """One row for each polygon of the table; what is wrong goes to its faults."""
    return [_polygon(name, rows, table.heads, notes) for name, rows in table.groups.items()]


def _polygon(name: str, rows: Sequence[Row], heads: Heads, notes: list[str]) -> Row:
    first, last = rows[0].faults, rows[-1].faults
    here = Faults(first.file, f"{name or '?'} ({first.place} … {last.place})")
    if not name and heads.has("id"):
        here.add("没有编号 / the id is missing", "每行都写编号 / write it in each row")
    cells = _common_cells(rows, heads, here)
    stated = {text for row in rows if (text := heads.cell(row.cells, "area_km2"))}
    systems = {row.crs.srs for row in rows if row.crs is not None}
    if len(systems) > 1:
        here.at("crs").add("各拐点坐标系不同 / corners differ in their CRS", "统一 / use one")
    here.found.extend(fault for row in rows for fault in row.faults.found)
    said: list[str] = []
    shape = None if here.found else _shape(rows, heads, said, here)
    if shape is not None and rows[0].crs is not None:
        _check_area(stated, _area_m2(shape, rows[0].crs), here)
    notes += [f"{name}: {one}" if name else one for one in said]
    return Row(cells, here, shape, rows[0].crs)


def _area_m2(shape: BaseGeometry, crs: CRS) -> float:
    """The planar area, or of degrees the ellipsoidal one, in square metres."""
    return ellipsoidal_area(shape, crs) if crs.is_geographic else float(shape.area)


def _check_area(stated: Collection[str], area_m2: float, faults: Faults) -> None:
    """The licence's area, in square kilometres, must be that of the corners."""
    for text in stated:
        try:
            away = abs(plain_number(text) * 1e6 - area_m2)
        except ValueError as error:
            faults.at("area_km2").add(str(error), "平方公里 / square kilometres")
            continue
        if away > max(AREA_TOLERANCE * area_m2, ROUNDING_M2):
            faults.at("area_km2").add(
                f"矿区面积 {text} 与拐点面积 {area_m2 / 1e6:.4f} km² 不符 / the stated area is not "
                "that of the corners",
                "核对，拐点可能不全 / check them, corners may be missing",
            )


def _common_cells(rows: Sequence[Row], heads: Heads, faults: Faults) -> dict[str, str]:
    """What the rows state together; a fact that differs between corners is a fault."""
    own = {heads.by_meaning[one] for one in PLACES if one in heads.by_meaning}
    cells: dict[str, str] = {}
    for head in dict.fromkeys(head for row in rows for head in row.cells):
        values = sorted({row.cells[head] for row in rows if head in row.cells})
        if len(values) == 1 and head not in own:
            cells[head] = values[0]
        elif len(values) > 1 and head in set(heads.by_meaning.values()) - own:
            faults.at(f"column {head}").add(
                f"同一面的各行不同 / rows of one polygon differ: {', '.join(values[:3])}",
                "统一 / make them one",
            )
    return cells


def _shape(
    rows: Sequence[Row], heads: Heads, notes: list[str], faults: Faults
) -> BaseGeometry | None:
    keyed: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        part, ring = (heads.cell(row.cells, one) or "" for one in ("part", "ring"))
        keyed.setdefault((part, ring), []).append(row)
    rings = [_ring(part, ring, found, heads, faults) for (part, ring), found in keyed.items()]
    for one in rings:
        _check_order(one, notes, faults)
    loops = [closed_loop(one, notes, faults) for one in rings]
    sound = [one for one in loops if one is not None]
    return None if faults.found else assembled(sound, notes, faults)


def _ring(part: str, ring: str, rows: Sequence[Row], heads: Heads, faults: Faults) -> Ring:
    corners = []
    for row in rows:
        place = shapely.get_coordinates(row.shape)[0]
        name = heads.cell(row.cells, "corner") or ""
        corners.append(Corner(name, float(place[0]), float(place[1]), row.faults.place))
    label = " ".join(one for one in (part, ring and f"圈 {ring}") if one) or "拐点 / corners"
    return Ring(label, tuple(corners), _is_hole(part, ring, rows, heads, faults))


def _is_hole(
    part: str, ring: str, rows: Sequence[Row], heads: Heads, faults: Faults
) -> bool | None:
    """Whether a ring is declared a hole; ring numbers above 1 leave it to where they lie."""
    words = {heads.cell(row.cells, "hole") or "" for row in rows}
    try:
        stated = {bool(HOLES.search(one)) or (bool(one) and yes_or_no(one)) for one in words}
    except ValueError as error:
        faults.add(str(error), "是 / 否")
        return None
    if len(stated) > 1:
        faults.add("同一圈的挖空标记不一 / corners of a ring differ in the mark", "统一 / make one")
        return None
    if True in stated or HOLES.search(part):
        return True
    return None if ring not in ("", "1") else False


def _check_order(ring: Ring, notes: list[str], faults: Faults) -> None:
    """Corners stand in the file's order: numbers sorted as text, or one left out, are faults."""
    corners = ring.corners[:-1] if ring.corners[0].at(ring.corners[-1]) else ring.corners
    spots = {(one.name, one.x, one.y) for one in corners if one.name}
    if len(spots) > len({one.name for one in corners if one.name}):
        faults.add(
            f"{ring.label} 的点号重复而位置不同 / a corner number stands at two places",
            "改正点号 / correct the numbers",
        )
    found = [NUMBER.search(one.name) for one in corners]
    numbers = [int(one.group(1)) for one in found if one is not None]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(numbers) < len(found) or not steps or steps in ({1}, {-1}):
        return
    names = [str(one) for one in numbers]
    if min(steps) > 0 and 1 in steps:
        faults.add(
            f"{ring.label} 的点号有缺 / corner numbers are missing: {', '.join(names[:12])}",
            "补齐拐点 / add the corners",
        )
    elif names == sorted(names) and min(steps) < 0:
        faults.add(
            f"{ring.label} 的点号按文本排序，拐点次序已乱 / corners are sorted as text: "
            f"{', '.join(names[:12])}",
            "按点号排序 / sort them by number",
        )
    elif min(steps) < 0:
        notes.append(
            f"{ring.label}：点号不连续，按文件次序 / corners are taken in the file's order"
        )
