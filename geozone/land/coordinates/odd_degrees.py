"""What is odd about coordinates that are said to be degrees."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS

from geozone.land.coordinates.crs import label
from geozone.land.coordinates.odd import (
    HALF_TURN,
    REGION,
    Numbers,
    Odd,
    Picks,
    Shapes,
    at_nought,
    each_once,
)
from geozone.land.coordinates.zoneguess import guesses

NORTHERN, WESTERN = (73.0, 90.0), (18.0, 54.0)
"""Latitudes and longitudes of the Arctic that are places of China with their axes swapped."""
ZERO_DEG = 1e-9


def degree_odds(boxes: Numbers, shapes: Shapes, crs: CRS) -> list[Odd]:
    """What is odd about boxes (n, 4) that are said to be in degrees."""
    name = label(crs)
    west, south, east, north = boxes.T
    null = np.hypot(west, south) < ZERO_DEG
    null |= np.hypot(east, north) < ZERO_DEG
    arctic = (south >= NORTHERN[0]) & (west >= WESTERN[0]) & (east <= WESTERN[1])
    in_china = (west >= REGION[0]) & (east <= REGION[2]) & (south >= REGION[1])
    arctic &= bool((in_china & (north <= REGION[3])).any())
    return each_once(
        [
            *degree_units(boxes, crs),
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
            at_nought(null),
            Odd(
                arctic,
                "经纬度颠倒 / longitude and latitude are swapped",
                "对调两列 / swap them in the file",
            ),
        ]
    )


def degree_units(boxes: Numbers, crs: CRS) -> list[Odd]:
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
    return each_once(odds)


def _crosses(boxes: Numbers, shapes: Shapes) -> Picks:
    """Which shapes have an edge of more than half a turn."""
    found = np.zeros(len(boxes), bool)
    for at in np.flatnonzero(boxes[:, 2] - boxes[:, 0] > HALF_TURN):
        parts = shapely.get_parts(shapes[at : at + 1])
        lines = np.concatenate([shapely.get_rings(parts), parts[shapely.get_type_id(parts) == 1]])
        xy, of = shapely.get_coordinates(lines, return_index=True)
        long = np.abs(np.diff(xy[:, 0])) > HALF_TURN
        found[at] = bool((long & (of[:-1] == of[1:])).any())
    return found
