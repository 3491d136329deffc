"""Remarks on a layer's shapes that are good but worth a look: slivers and exact duplicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.shapes.geometry import POLYGONAL, Picks, listed

Shapes = NDArray[np.object_]

SLIVER_AREA_M2 = 1e-6
SLIVER_WIDTH_M = 1e-3

SPREAD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 1], np.uint64)
"""Odd factors (of the hash xxHash) that make a number of the four of a box."""


def sliver_notes(shapes: Shapes, names: tuple[str, ...]) -> list[str]:
    """A remark on polygons (working CRS) too thin to be drawn: they are kept and count."""
    thin = _slivers(shapes)
    if not thin.any():
        return []
    return [
        "细碎面（宽不足 1 mm 或面积不足 1e-6 m²），保留并参与判定 / slivers (narrower than 1 mm or "
        f"smaller than 1e-6 m²), kept and judged: {int(thin.sum())}: {listed(names, thin)}"
    ]


def _slivers(shapes: Shapes) -> Picks:
    found = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    area, edge = shapely.area(shapes[found]), shapely.length(shapes[found])
    found[found] = (area < SLIVER_AREA_M2) | (2 * area < SLIVER_WIDTH_M * edge)
    return found


def duplicate_notes(
    shapes: Shapes, said: Sequence[tuple[str | None, ...]], names: tuple[str, ...]
) -> list[str]:
    """A remark on features with the very same shape and values as an earlier one; all stay.

    ``said`` (n,) holds the class and attributes of each.
    """
    again = _repeated(shapes, said)
    if not again.any():
        return []
    return [
        "重复要素（图形与属性全同），保留 / exact duplicates of another feature, kept: "
        f"{int(again.sum())}: {listed(names, again)}"
    ]


def _repeated(shapes: Shapes, said: Sequence[tuple[str | None, ...]]) -> Picks:
    again = np.zeros(len(shapes), bool)
    if len(shapes) < 2:
        return again
    seen: set[tuple[bytes, tuple[str | None, ...]]] = set()
    for at in np.flatnonzero(_alike(shapely.bounds(shapes))).tolist():
        key = (shapely.to_wkb(shapes[at]), said[at])
        again[at] = key in seen
        seen.add(key)
    return again


def _alike(boxes: NDArray[np.float64]) -> Picks:
    """Which boxes (n, 4) may be equal to another one; equal ones always are among them."""
    bits = np.ascontiguousarray(boxes + 0.0).view(np.uint64)  # there is one nought, not two
    keys = bits @ SPREAD
    order = np.argsort(keys)
    same = keys[order[1:]] == keys[order[:-1]]
    found = np.zeros(len(boxes), bool)
    found[order[1:][same]] = found[order[:-1][same]] = True
    return found
