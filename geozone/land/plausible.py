"""Whether coordinates can be of the CRS they are said to be of: units, zones, axes, oddities.

Nothing is ever set right here: what does not fit is refused, with the numbers and what would fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.crs import label, projected, unprojected
from geozone.land.faults import Faults
from geozone.land.problems import SHOWN
from geozone.land.zoneguess import guesses
from geozone.land.zones import (
    FIRST_PREFIXED_M,
    PREFIX_M,
    WORKED_M,
    Grid,
    grid_of,
    zone_of_prefix,
)

Numbers = NDArray[np.float64]
Picks = NDArray[np.bool_]

REGION = (55.0, 2.5, 155.0, 62.0)
"""China and what lies around it: west, south, east, north in degrees."""
NORTHERN, WESTERN = (73.0, 90.0), (18.0, 54.0)
"""Latitudes and longitudes of the Arctic that are places of China with their axes swapped."""
HALF_TURN = 180.0
ZERO_DEG = 1e-9
CORRECT = "改正坐标系声明 / correct the stated CRS"


@dataclass(frozen=True, eq=False)
class Odd:
    """Which boxes (n,) cannot be where they claim to be, why, and what would fit."""

    picks: Picks
    what: str
    todo: str = CORRECT


def units_fit(bounds: Numbers, crs: CRS, faults: Faults) -> bool:
    """Whether a raster of these bounds (west, south, east, north) can be of this CRS."""
    boxes = np.asarray(bounds, float).reshape(1, 4)
    if crs.is_projected:  # margins may lie anywhere: its middle counts
        x, y = (boxes[0, :2] + boxes[0, 2:]) / 2
        inner = np.array([[x, y, x, y]])
        odd = _degrees_for_metres(boxes, crs) or next(iter(_projected_odds(inner, crs)), None)
    else:
        odd = next((one for one in _degree_units(boxes, crs) if one.picks.any()), None)
    if odd is None:
        return True
    faults.at("crs").add(f"{odd.what}: {_span(boxes)}", odd.todo)
    return False


def shapes_fit(
    shapes: NDArray[np.object_], names: tuple[str, ...], crs: CRS, faults: Faults
) -> bool:
    """Whether shapes (n,), none empty, can be of this CRS; a fault for each way they cannot.

    ``names`` are the features' names, or nothing where there is but one.
    """
    if not len(shapes):
        return True
    boxes: Numbers = shapely.bounds(shapes)
    odds = _projected_odds(boxes, crs) if crs.is_projected else _degree_odds(boxes, shapes, crs)
    for odd in odds:
        faults.at("crs").add(
            f"{odd.what}: {_span(boxes[odd.picks])}{_which(odd.picks, names)}", odd.todo
        )
    return not odds


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


def _first(odds: list[Odd]) -> list[Odd]:
    """Every odd with the boxes that none before it has, where any are left."""
    kept: list[Odd] = []
    taken = np.zeros(len(odds[0].picks), bool)
    for odd in odds:
        picks = odd.picks & ~taken
        if picks.any():
            kept.append(Odd(picks, odd.what, odd.todo))
        taken |= picks
    return kept


def _degree_odds(boxes: Numbers, shapes: NDArray[np.object_], crs: CRS) -> list[Odd]:
    """What is odd about boxes (n, 4) that are said to be in degrees."""
    name = label(crs)
    west, south, east, north = boxes.T
    null = np.hypot(west, south) < ZERO_DEG
    null |= np.hypot(east, north) < ZERO_DEG
    arctic = (south >= NORTHERN[0]) & (west >= WESTERN[0]) & (east <= WESTERN[1])
    in_china = (west >= REGION[0]) & (east <= REGION[2]) & (south >= REGION[1])
    arctic &= bool((in_china & (north <= REGION[3])).any())
    return _first(
        [
            *_degree_units(boxes, crs),
            Odd(
                (np.abs(south) == 90) | (np.abs(north) == 90),
                f"坐标在极点 / a coordinate is at a pole ({name})",
                "裁剪到研究区附近 / cut it to the region",
            ),
            Odd(
                _crosses(boxes, shapes),
                f"跨越 180° 经线 / an edge crosses the antimeridian ({name})",
                "裁剪到研究区附近 / cut it to the region",
            ),
            Odd(
                null,
                "坐标为 (0, 0) / coordinates are (0, 0)",
                "补正坐标或删除 / supply the coordinates or remove the feature",
            ),
            Odd(
                arctic,
                "经纬度颠倒 / longitude and latitude are swapped",
                "对调两列 / swap them in the file",
            ),
        ]
    )


def _degree_units(boxes: Numbers, crs: CRS) -> list[Odd]:
    """Boxes (n, 4) that are no degrees at all, or not from -180 to 180."""
    name = label(crs)
    west, south, east, north = boxes.T
    far_x = np.maximum(np.abs(west), np.abs(east))
    far_y = np.maximum(np.abs(south), np.abs(north))
    metres = (far_x > 2 * HALF_TURN) | (far_y > 2 * HALF_TURN)
    at = int(np.flatnonzero(metres)[0]) if metres.any() else 0
    hints = guesses(float(east[at]), float(north[at])) if metres.any() else ()
    hint = "".join(f"；{zh} / {en}" for zh, en in hints)
    says = f"地理坐标系 {name} 中的坐标不是度 / coordinates in {name} are not degrees"
    swapped = (far_y > HALF_TURN / 2) & (far_x <= HALF_TURN / 2)
    odds = [
        Odd(metres, f"{says}{hint}"),
        Odd(
            swapped,
            f"{says}；或经纬度颠倒 / or longitude and latitude are swapped",
            "对调经度与纬度 / swap longitude and latitude in the file",
        ),
        Odd(
            (far_x > HALF_TURN) & (far_y <= HALF_TURN / 2),
            f"{says}：经度应在 -180 至 180 / longitudes must be from -180 to 180, not 0 to 360",
            "改写经度 / write them so",
        ),
        Odd(far_y > HALF_TURN / 2, says),
    ]
    return _first(odds)


def _crosses(boxes: Numbers, shapes: NDArray[np.object_]) -> Picks:
    """Which shapes have an edge of more than half a turn."""
    found = np.zeros(len(boxes), bool)
    for at in np.flatnonzero(boxes[:, 2] - boxes[:, 0] > HALF_TURN):
        parts = shapely.get_parts(shapes[at : at + 1])
        lines = np.concatenate([shapely.get_rings(parts), parts[shapely.get_type_id(parts) == 1]])
        xy, of = shapely.get_coordinates(lines, return_index=True)
        long = np.abs(np.diff(xy[:, 0])) > HALF_TURN
        found[at] = bool((long & (of[:-1] == of[1:])).any())
    return found


def _projected_odds(boxes: Numbers, crs: CRS) -> list[Odd]:
    """What is odd about boxes (n, 4) that are said to be in metres."""
    odds = [one for one in [_degrees_for_metres(boxes, crs)] if one is not None]
    seen = odds[0].picks if odds else np.zeros(len(boxes), bool)
    grid = grid_of(crs)
    away: Picks = _out_of_reach(boxes, crs, grid) & ~seen
    if away.any():
        at = int(np.flatnonzero(away)[0])
        odds.append(_misplaced(away, boxes[at], crs, grid))
    return odds


def _degrees_for_metres(boxes: Numbers, crs: CRS) -> Odd | None:
    """Boxes that are degrees; ``None`` where there are none, or a place may have such metres."""
    far = np.abs(boxes)
    like: Picks = np.maximum(far[:, 0], far[:, 2]) <= HALF_TURN
    like &= np.maximum(far[:, 1], far[:, 3]) <= HALF_TURN / 2
    if not like.any() or _in_region(np.zeros((1, 2)), crs)[0]:
        return None
    if not boxes[like].any():
        return Odd(
            like,
            "坐标为 (0, 0) / coordinates are (0, 0)",
            "补正坐标或删除 / supply the coordinates or remove the feature",
        )
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
    inside = _in_region(low, crs) & _in_region(high, crs)
    odd: Picks = ~inside | _swapped(low, high, grid) | _of_other_zone(low, high, grid)
    return odd


def _swapped(low: Numbers, high: Numbers, grid: Grid) -> Picks:
    """Boxes with a northing for x and an easting for y: nothing of China lies so."""
    x = low[:, 0] - grid.false_east_m
    y = high[:, 1] - grid.false_north_m
    picks: Picks = (x > 1.4e6) & (y < 1.1e6)
    return picks


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
