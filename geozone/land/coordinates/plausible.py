"""Whether coordinates can be of the CRS they are said to be of: units, zones, axes, oddities.

Nothing is ever set right here: what does not fit is refused, with the numbers and what would fit.
"""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS

from geozone.land.coordinates.odd import Numbers, Picks, Shapes
from geozone.land.coordinates.odd_degrees import degree_odds, degree_units
from geozone.land.coordinates.odd_metres import degrees_for_metres, metre_odds
from geozone.land.coordinates.zoneguess import NORTHINGS_M
from geozone.land.coordinates.zones import MERIDIANS, WORKED_M, Grid, grid_of
from geozone.land.faults import Faults
from geozone.land.problems import SHOWN

LOWEST_DEG, HIGHEST_DEG = np.array([73.0, 3.0]), np.array([136.0, 54.0])
"""Corners of a box around China."""


def units_fit(bounds: Numbers, crs: CRS, faults: Faults) -> bool:
    """Whether a raster of these bounds (west, south, east, north) can be of this CRS."""
    boxes, none = np.asarray(bounds, float).reshape(1, 4), np.array([], object)
    if crs.is_projected:  # margins may lie anywhere: its middle counts
        x, y = (boxes[0, :2] + boxes[0, 2:]) / 2
        inner = np.array([[x, y, x, y]])
        odd = degrees_for_metres(boxes, crs) or next(iter(metre_odds(inner, none, crs)), None)
    else:
        odd = next((one for one in degree_units(boxes, crs) if one.picks.any()), None)
    if odd is None:
        return True
    faults.at("crs").add(f"{odd.what}: {_span(boxes)}", odd.todo)
    return False


def shapes_fit(shapes: Shapes, names: tuple[str, ...], crs: CRS, faults: Faults) -> bool:
    """Whether shapes (n,), none empty, can be of this CRS; a fault for each way they cannot.

    ``names`` are the features' names, or nothing where there is but one.
    """
    if not len(shapes):
        return True
    boxes: Numbers = shapely.bounds(shapes)
    doubtful = ~plain_picks(boxes[:, :2], boxes[:, 2:], crs)
    if not doubtful.any():
        return True
    if crs.is_projected and not metre_odds(boxes[doubtful], shapes[doubtful], crs):
        return True  # most are plain, and asking of each costs more
    odds = metre_odds(boxes, shapes, crs) if crs.is_projected else degree_odds(boxes, shapes, crs)
    for odd in odds:
        faults.at("crs").add(
            f"{odd.what}: {_span(boxes[odd.picks])}{_which(odd.picks, names)}", odd.todo
        )
    return not odds


def plainly_fits(boxes: Numbers, crs: CRS) -> bool:
    """Whether all boxes (n, 4) lie where nothing can be odd: the middle of a zone, or China."""
    return bool(plain_picks(boxes[:, :2], boxes[:, 2:], crs).all())


def plain_picks(low: Numbers, high: Numbers, crs: CRS) -> Picks:
    """Which boxes, of their lowest and highest corners (n, 2), lie there."""
    lowest, highest = LOWEST_DEG, HIGHEST_DEG
    if crs.is_projected:
        grid = grid_of(crs)
        if grid is None or grid.latitude or grid.false_north_m or not _is_chinese(grid):
            return np.zeros(len(low), bool)
        lowest = np.array([grid.false_east_m - WORKED_M, NORTHINGS_M[0]])
        highest = np.array([grid.false_east_m + WORKED_M, NORTHINGS_M[1]])
    found: Picks = np.ones(len(low), bool)
    for axis in (0, 1):  # column by column: pairs are compared slowly
        found &= low[:, axis] >= lowest[axis]
        found &= high[:, axis] <= highest[axis]
    return found


def _is_chinese(grid: Grid) -> bool:
    return MERIDIANS[0] <= grid.meridian <= MERIDIANS[-1]


def _span(boxes: Numbers) -> str:
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    if (west, south) == (east, north):
        return f"x {west:.10g}, y {south:.10g}"
    return f"x {west:.10g}…{east:.10g}, y {south:.10g}…{north:.10g}"


def _which(picks: Picks, names: tuple[str, ...]) -> str:
    """The picked features; where they are not all, that the file is a mixture."""
    where = np.flatnonzero(picks)
    if len(names) < len(picks) or len(picks) == 1:
        return ""
    shown = ", ".join(names[at] for at in where[:SHOWN])
    more = " …" if len(where) > SHOWN else ""
    return (
        f"；{len(picks)} 个要素中的 {len(where)} 个 / {len(where)} of {len(picks)} features: "
        f"{shown}{more}"
    )
