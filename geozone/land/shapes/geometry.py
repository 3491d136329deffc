"""Checking geometry: little is repaired, and counted; the rest is a problem with its place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from geozone.land.problems import SHOWN, Problems
from geozone.land.shapes.bythreads import by_threads
from geozone.land.shapes.repairs import Mend
from geozone.land.shapes.spikes import without_spikes

Shapes = NDArray[np.object_]
Picks = NDArray[np.bool_]

KINDS = {"point": ("Point", "MultiPoint"), "line": ("LineString", "MultiLineString")} | {
    "polygon": ("Polygon", "MultiPolygon")
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
ZH = {"point": "点", "line": "线", "polygon": "面", "other": "几何集合"}
KIND_BY_ID = np.array(
    ["point", "line", "line", "polygon", "point", "line", "polygon", "other", "other"], object
)
"""The kind of each type id; the last one stands for a missing shape, -1."""
RING, POLYGON, COLLECTION = 2, 3, 7
POLYGONAL = (3, 6)
"""Type ids of polygons and multipolygons."""
BEYOND = 1e12
"""No coordinate is as large; what is larger, infinite or NaN is no place."""
AT_ONCE = 4_096
"""Shapes whose vertices are looked at together."""
SAME_AREA = 1e-9
"""Largest share by which taking off a spike may change an area: rounding only."""
MEND_AT_SOURCE = (
    "在源数据中修正（不自动修复） / correct it in the source; it is never repaired silently"
)
REASONS = {
    "Self-intersection": "自相交或部分重叠",
    "Ring Self-intersection": "环自相接",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞中有洞",
    "Nested shells": "部分互相嵌套",
    "Duplicate Rings": "重复的环",
    "Too few points in geometry component": "点数不足，环或线已塌缩",
    "Interior is disconnected": "内部不连通",
    "Invalid Coordinate": "坐标无效",
}


@dataclass(frozen=True, eq=False)
class Checked:
    """Shapes after the checks: ``good`` (n,) tells which may be used; ``mends`` what changed."""

    shapes: Shapes
    good: Picks
    nulls: int
    mends: tuple[Mend, ...]


def check_shapes(shapes: Shapes, names: tuple[str, ...], problems: Problems) -> Checked:
    """Drops Z, M, repeated vertices and zero-width spikes; reports what is null, empty, invalid.

    ``names`` (n,) are the features' names in reports.
    """
    null = shapely.is_missing(shapes)
    _report("null-geometry", "几何为空值 / null geometry", null, names, problems)
    empty = shapely.is_empty(shapes) & ~null
    _report("empty-geometry", "空几何 / empty geometry", empty, names, problems)
    hollow = _has_empty_parts(shapes) & ~empty
    _report("empty-geometry", "含空的部分或环 / an empty part or ring", hollow, names, problems)
    mixed = shapely.get_type_id(shapes) == COLLECTION
    if mixed.any():
        problems.faults.add(
            f"几何集合 / geometry collection: {listed(names, mixed)}",
            "拆成点、线或面 / take it apart into points, lines or polygons",
        )
    finite, repeating = _finite_and_repeating(shapes)
    _report("invalid-geometry", "坐标非数 / a coordinate is not a number", ~finite, names, problems)
    open_ = ~null & ~empty & ~hollow & ~mixed & finite
    stages, sound = _repaired(shapes, open_, repeating)
    flat, wrong = stages[-1][1], open_ & ~sound
    _report_invalid(flat, wrong, names, problems)
    good = open_ & ~wrong
    return Checked(flat, good, int(null.sum()), _mends(shapes, stages, good, names))


Stages = list[tuple[str, Shapes, Picks]]
"""Each kind of repair with the shapes after it, and which of them it changed."""


def _repaired(shapes: Shapes, usable: Picks, repeating: Picks) -> tuple[Stages, Picks]:
    """The stages of repairs, and which of the usable shapes (a mask) are valid after them.

    Of those that are not ``repeating`` no vertex is equal to the one before it.
    """
    high = shapely.has_z(shapes) | shapely.has_m(shapes)
    flat: Shapes = shapely.force_2d(shapes) if high.any() else shapes.copy()
    for at in np.flatnonzero(shapely.get_type_id(flat) == RING):
        flat[at] = shapely.LineString(flat[at])
    few = usable & repeating
    slim = _kept_where(flat, _slimmed(flat, few)) if few.any() else flat
    sound = np.zeros(len(slim), bool)
    sound[usable] = by_threads(shapely.is_valid, slim[usable])
    sharp = usable & ~sound & np.isin(shapely.get_type_id(slim), POLYGONAL)
    blunt = slim
    if sharp.any():
        blunt = slim.copy()
        blunt[sharp] = without_spikes(slim[sharp])
        blunt = _kept_where(slim, blunt)
        sound[sharp] = shapely.is_valid(blunt[sharp])
    stages = [
        ("dropped Z or M", flat, high),
        ("repeated vertices", slim, _changed(flat, slim)),
        ("zero-width spikes", blunt, _changed(slim, blunt)),
    ]
    return stages, sound


def _slimmed(flat: Shapes, few: Picks) -> Shapes:
    slim = flat.copy()
    try:
        slim[few] = shapely.remove_repeated_points(flat[few], 0.0)
    except GEOSException:  # of one shape with a ring that collapses: the others are told apart
        for at in np.flatnonzero(few):
            with suppress(GEOSException):
                slim[at] = shapely.remove_repeated_points(flat[at], 0.0)
    return slim


def _finite_and_repeating(shapes: Shapes) -> tuple[Picks, Picks]:
    """Which shapes have finite vertices only, and which two equal ones one behind the other.

    Those may be of two rings. Some shapes are asked at a time: the vertices of all take room.
    """
    finite, repeating = np.ones(len(shapes), bool), np.zeros(len(shapes), bool)
    for first in range(0, len(shapes), AT_ONCE):
        xy, at = shapely.get_coordinates(shapes[first : first + AT_ONCE], return_index=True)
        finite[first + at[~(np.abs(xy) < BEYOND).all(axis=1)]] = False
        same = xy[1:, 0] == xy[:-1, 0]
        same &= xy[1:, 1] == xy[:-1, 1]
        repeating[first + at[1:][same]] = True
    return finite, repeating


def _changed(before: Shapes, after: Shapes) -> Picks:
    if after is before:
        return np.zeros(len(before), bool)
    fewer: Picks = shapely.get_num_coordinates(after) < shapely.get_num_coordinates(before)
    return fewer


def _kept_where(before: Shapes, after: Shapes) -> Shapes:
    """The shape after a repair where that made a valid one of the same area, else before it."""
    kept = before.copy()
    at = np.flatnonzero(_changed(before, after))
    old, new = shapely.area(before[at]), shapely.area(after[at])
    sound = shapely.is_valid(after[at]) & ~shapely.is_empty(after[at])
    at = at[sound & (np.abs(new - old) <= SAME_AREA * old)]
    kept[at] = after[at]
    return kept


def _mends(given: Shapes, stages: Stages, good: Picks, names: Sequence[str]) -> tuple[Mend, ...]:
    found, before = [], given
    for what, after, changed in stages:
        at = np.flatnonzero(changed & good)
        if len(at):
            told = tuple(names[i] for i in at.tolist())
            found.append(Mend(what, told, before[at], after[at]))
        before = after
    return tuple(found)


def _has_empty_parts(shapes: Shapes) -> Picks:
    """Which shapes hold a part or a ring without any vertex."""
    found = np.zeros(len(shapes), bool)
    parts, owner = shapes, np.arange(len(shapes))
    if (shapely.get_type_id(shapes) > POLYGON).any():
        parts, owner = shapely.get_parts(shapes, return_index=True)
    found[owner[shapely.is_empty(parts)]] = True
    holed = shapely.get_num_interior_rings(parts) > 0
    rings, part = shapely.get_rings(parts[holed], return_index=True)
    found[owner[holed][part[shapely.is_empty(rings)]]] = True
    return found


def _report(
    problem: str, what: str, picks: Picks, names: tuple[str, ...], problems: Problems
) -> None:
    if picks.any():
        problems.report(problem, f"{what}: {listed(names, picks)}", MEND_AT_SOURCE)


def _report_invalid(
    shapes: Shapes, picks: Picks, names: tuple[str, ...], problems: Problems
) -> None:
    where = np.flatnonzero(picks)
    for at in where[:SHOWN]:
        what = f"无效几何 / invalid geometry: {names[at]}: {invalid_reason(shapes[at])}"
        problems.report("invalid-geometry", what, MEND_AT_SOURCE)
    if len(where) > SHOWN:
        rest = (
            f"另有 {len(where) - SHOWN} 个无效几何 / {len(where) - SHOWN} more invalid geometries"
        )
        problems.report("invalid-geometry", rest, MEND_AT_SOURCE)


def invalid_reason(shape: object) -> str:
    """Why a shape is invalid and where, in both languages."""
    said = str(shapely.is_valid_reason(shape))
    reason = said.partition("[")[0]
    return f"{REASONS[reason]} / {said}" if reason in REASONS else said


def listed(names: tuple[str, ...], picks: Picks) -> str:
    """The first few picked names, and the number of all."""
    where = np.flatnonzero(picks)
    shown = ", ".join(names[at] for at in where[:SHOWN])
    return shown if len(where) <= SHOWN else f"{shown} … ({len(where)})"


def kinds_of(shapes: Shapes) -> NDArray[np.object_]:
    """Per shape: ``point``, ``line``, ``polygon``, or ``other``, also where there is none."""
    kinds: NDArray[np.object_] = KIND_BY_ID[shapely.get_type_id(shapes)]
    return kinds
