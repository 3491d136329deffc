"""What is odd about coordinates that are said to be metres: zones, prefixes, axes."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS

from geozone.land.coordinates.crs import label, projected, unprojected
from geozone.land.coordinates.odd import (
    CORRECT,
    HALF_TURN,
    REGION,
    Numbers,
    Odd,
    Picks,
    Shapes,
    at_nought,
)
from geozone.land.coordinates.zoneguess import guesses
from geozone.land.coordinates.zones import (
    FIRST_PREFIXED_M,
    PREFIX_M,
    WORKED_M,
    Grid,
    grid_of,
    zone_of_prefix,
)

EAST_M, NORTH_M = 1_400_000.0, 1_100_000.0
"""Nothing of China lies so far east of a meridian and so far south: x and y are swapped."""
POLE_M = 1e7
"""From the equator to the pole; what lies beyond comes back on the other side of the globe."""


def metre_odds(boxes: Numbers, shapes: Shapes, crs: CRS) -> list[Odd]:
    """What is odd about shapes (n,) with boxes (n, 4) that are said to be in metres.

    Rasters have a box and no shape.
    """
    odds = [one for one in [degrees_for_metres(boxes, crs)] if one is not None]
    seen = odds[0].picks if odds else np.zeros(len(boxes), bool)
    grid = grid_of(crs)
    away: Picks = _out_of_reach(boxes, crs, grid) & ~seen
    if grid is not None:
        away |= _partly_swapped(boxes, shapes, grid)
    if away.any():
        at = int(np.flatnonzero(away)[0])
        odds.append(_misplaced(away, boxes[at], crs, grid))
    return odds


def degrees_for_metres(boxes: Numbers, crs: CRS) -> Odd | None:
    """Boxes that are degrees; ``None`` where there are none, or a place may have such metres."""
    far = np.abs(boxes)
    like: Picks = np.maximum(far[:, 0], far[:, 2]) <= HALF_TURN
    like &= np.maximum(far[:, 1], far[:, 3]) <= HALF_TURN / 2
    if not like.any() or _in_region(np.zeros((1, 2)), crs)[0]:
        return None
    if not boxes[like].any():
        return at_nought(like)
    name = label(crs)
    return Odd(like, f"投影坐标系 {name} 中的坐标是度 / degrees in the metric CRS {name}")


def _in_region(xy: Numbers, crs: CRS) -> Picks:
    lon, lat = unprojected(crs, xy).T
    west, south, east, north = REGION
    inside: Picks = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _out_of_reach(boxes: Numbers, crs: CRS, grid: Grid | None) -> Picks:
    """Boxes that the CRS cannot hold: outside China's region, swapped, or of another zone."""
    low, high = boxes[:, :2], boxes[:, 2:]
    if grid is None or not REGION[0] <= grid.meridian <= REGION[2]:
        lonlat = unprojected(crs, np.concatenate([low, high]))
        back = projected(crs, lonlat)
        with np.errstate(invalid="ignore"):
            held = np.abs(back - np.concatenate([low, high])).max(axis=1) < 1.0
        gone: Picks = ~(held[: len(low)] & held[len(low) :])
        return gone
    origin = np.array([grid.false_east_m, grid.false_north_m])
    inside = _in_region(low, crs) & _in_region(high, crs)
    inside &= np.maximum(np.abs(low - origin), np.abs(high - origin)).max(axis=1) < POLE_M
    odd: Picks = ~inside | _swapped(low, high, grid) | _of_other_zone(low, high, grid)
    return odd


def _swapped(low: Numbers, high: Numbers, grid: Grid) -> Picks:
    """Boxes with a northing for x and an easting for y: nothing of China lies so."""
    x = low[:, 0] - grid.false_east_m
    y = high[:, 1] - grid.false_north_m
    picks: Picks = (x > EAST_M) & (y < NORTH_M)
    return picks


def _partly_swapped(boxes: Numbers, shapes: Shapes, grid: Grid) -> Picks:
    """Shapes with some vertex swapped: their box alone may be that of a whole country."""
    found = np.zeros(len(boxes), bool)
    wide = (boxes[:, 2] - grid.false_east_m > EAST_M) & (boxes[:, 1] - grid.false_north_m < NORTH_M)
    for at in np.flatnonzero(wide[: len(shapes)]):
        xy = shapely.get_coordinates(shapes[at])
        found[at] = bool(_swapped(xy, xy, grid).any())
    return found


def _of_other_zone(low: Numbers, high: Numbers, grid: Grid) -> Picks:
    """Boxes whose eastings carry the number of another zone, and lie well inside that zone."""
    zone = grid.zone
    if zone is None:
        return np.zeros(len(low), bool)
    numbers = np.floor(np.column_stack([low[:, 0], high[:, 0]]) / PREFIX_M)
    within = np.column_stack([low[:, 0], high[:, 0]]) - numbers * PREFIX_M - PREFIX_M / 2
    other = (numbers[:, 0] == numbers[:, 1]) & (numbers[:, 0] != zone.number)
    picks: Picks = other & (np.abs(within) < WORKED_M).all(axis=1)
    return picks


def _misplaced(picks: Picks, box: Numbers, crs: CRS, grid: Grid | None) -> Odd:
    """What is wrong with boxes that the CRS cannot hold, told by the first of them."""
    name, x, y = label(crs), float(box[2]), float(box[3])
    hints = guesses(x, y, grid)
    todo = "；".join(f"{zh} / {en}" for zh, en in hints) or CORRECT
    zone = zone_of_prefix(x)
    if grid is not None and grid.unprefixed and zone is not None and y < FIRST_PREFIXED_M:
        what = (
            f"坐标带有带号 {zone.number}，{name} 无带号 / "
            f"the eastings carry zone {zone.number}, {name} has no zone number"
        )
    elif grid is not None and grid.zone is not None and x < FIRST_PREFIXED_M < y:
        what = f"坐标轴颠倒 / the axes are swapped ({name})"
    elif grid is not None and grid.zone is not None and zone not in (None, grid.zone):
        what = (
            f"坐标带有带号 {zone.number if zone else '?'}，{name} 为带号 {grid.zone.number} / the "
            f"eastings carry another zone number than {name}, {grid.zone.number}"
        )
    elif grid is not None and grid.zone is not None and 0 < x < PREFIX_M:
        what = (
            f"{name} 带有带号 {grid.zone.number}，坐标没有 / "
            f"{name} has zone number {grid.zone.number}, the eastings have none"
        )
    else:
        what = (
            f"坐标不可能在 {name} 中（轴序、带号或坐标系有误） / such coordinates cannot be in "
            f"{name}: axes, zone or CRS are wrong"
        )
    return Odd(picks, what, todo)
