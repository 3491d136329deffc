"""Checking geometry: little is repaired, and counted; the rest is a problem with its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.problems import SHOWN, Problems

Shapes = NDArray[np.object_]
Picks = NDArray[np.bool_]

KINDS = {"point": ("Point", "MultiPoint"), "line": ("LineString", "MultiLineString")} | {
    "polygon": ("Polygon", "MultiPolygon")
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
ZH = {"point": "点", "line": "线", "polygon": "面"}
BEYOND = 1e12
"""No coordinate is as large; what is larger, infinite or NaN is no place."""
MEND_AT_SOURCE = (
    "在源数据中修正（不自动修复） / correct it in the source; it is never repaired silently"
)


@dataclass(frozen=True, eq=False)
class Checked:
    """Shapes after the checks: ``good`` (n,) tells which may be used; repairs by count."""

    shapes: Shapes
    good: Picks
    nulls: int
    repairs: tuple[tuple[str, int], ...]


def check_shapes(shapes: Shapes, names: tuple[str, ...], problems: Problems) -> Checked:
    """Drops Z, M and repeated vertices; reports null, empty and invalid geometries.

    ``names`` (n,) are the features' names in reports.
    """
    null = shapely.is_missing(shapes)
    _report("null-geometry", "几何为空值 / null geometry", null, names, problems)
    empty = shapely.is_empty(shapes) & ~null
    _report("empty-geometry", "空几何 / empty geometry", empty, names, problems)
    finite = _finite(shapes)
    flat, repairs = _repaired(shapes, finite)
    _report("invalid-geometry", "坐标非数 / a coordinate is not a number", ~finite, names, problems)
    open_ = ~null & ~empty & finite
    wrong = np.zeros(len(flat), bool)
    wrong[open_] = ~shapely.is_valid(flat[open_])
    _report_invalid(flat, wrong, names, problems)
    return Checked(flat, open_ & ~wrong, int(null.sum()), repairs)


def _repaired(shapes: Shapes, finite: Picks) -> tuple[Shapes, tuple[tuple[str, int], ...]]:
    high = shapely.has_z(shapes) | shapely.has_m(shapes)
    flat: Shapes = shapely.force_2d(shapes)
    before = shapely.get_num_coordinates(flat)
    slim = flat.copy()
    slim[finite] = shapely.remove_repeated_points(flat[finite], 0.0)
    thinner = shapely.get_num_coordinates(slim) < before
    # A shape that loses all its length is left as it came: it is invalid, not repairable.
    thinner &= shapely.is_valid(slim) & ~shapely.is_empty(slim)
    kept = np.where(thinner, slim, flat)
    counts = {"dropped Z or M": int(high.sum()), "repeated vertices": int(thinner.sum())}
    return kept, tuple((what, count) for what, count in counts.items() if count)


def _finite(shapes: Shapes) -> Picks:
    coordinates, at = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), bool)
    finite[at[~(np.abs(coordinates) < BEYOND).all(axis=1)]] = False
    return finite


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
        reason = shapely.is_valid_reason(shapes[at])
        what = f"无效几何 / invalid geometry: {names[at]}: {reason}"
        problems.report("invalid-geometry", what, MEND_AT_SOURCE)
    if len(where) > SHOWN:
        rest = (
            f"另有 {len(where) - SHOWN} 个无效几何 / {len(where) - SHOWN} more invalid geometries"
        )
        problems.report("invalid-geometry", rest, MEND_AT_SOURCE)


def listed(names: tuple[str, ...], picks: Picks) -> str:
    """The first few picked names, and the number of all."""
    where = np.flatnonzero(picks)
    shown = ", ".join(names[at] for at in where[:SHOWN])
    return shown if len(where) <= SHOWN else f"{shown} … ({len(where)})"


def kinds_of(shapes: Shapes) -> NDArray[np.object_]:
    """Per shape: ``point``, ``line``, ``polygon``, or ``other``."""
    return np.array([KIND_OF.get(one.geom_type, "other") for one in shapes], object)
