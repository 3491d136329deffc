"""Which CRS would bring a layer to the study area: for the words of a fault only."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, is_taken, named_crs
from geozone.land.coordinates.zoneguess import Said, written
from geozone.land.coordinates.zones import MERIDIANS, SIX, THREE, Grid, grid_of

Coordinates = NDArray[np.float64]

MOST = 200
"""Vertices that are tried."""
NEAR_DEG = 0.05


def hint(shapes: NDArray[np.object_], area: BaseGeometry, *, crs: CRS, source: CRS | str) -> str:
    """What CRS, or order of axes, would bring shapes to the area; empty where none is found.

    ``shapes`` (n,) and ``area`` are in the working CRS ``crs``; ``source`` is what the file is in.
    """
    stated = _known(source)
    xy = shapely.get_coordinates(shapes)
    xy = xy[np.isfinite(xy).all(axis=1)][:: max(1, len(xy) // MOST)]
    if stated is None or not len(xy):
        return ""
    goal = _box(area, crs)
    own = Operation(crs, stated)(xy)
    said = _swapped(own, goal) if stated.is_geographic else _other_zone(own, stated, goal)
    return f"；{said[0]} / {said[1]}" if said is not None else ""


def _known(source: CRS | str) -> CRS | None:
    try:
        crs = named_crs(source) if isinstance(source, str) else source
    except ValueError:
        return None
    return crs if is_taken(crs) else None


def _box(area: BaseGeometry, crs: CRS) -> tuple[float, float, float, float]:
    """The bounds of the area in degrees, a little wider."""
    corners = shapely.get_coordinates(shapely.segmentize(area.envelope, 50_000.0))
    lonlat = Operation(crs, GEOGRAPHIC)(corners)
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return west - NEAR_DEG, south - NEAR_DEG, east + NEAR_DEG, north + NEAR_DEG


def _meets(lonlat: Coordinates, box: tuple[float, float, float, float]) -> bool:
    inside = (lonlat >= box[:2]).all(axis=1) & (lonlat <= box[2:]).all(axis=1)
    return bool(inside.any())


def _swapped(own: Coordinates, goal: tuple[float, float, float, float]) -> Said | None:
    if not _meets(own[:, ::-1], goal):
        return None
    return (
        "经纬度颠倒则相合：对调两列",
        "with longitude and latitude swapped it would fit: swap them in the file",
    )


def _other_zone(
    own: Coordinates, stated: CRS, goal: tuple[float, float, float, float]
) -> Said | None:
    """The zone whose meridian brings the coordinates to the goal, as read or with axes swapped."""
    grid = grid_of(stated)
    base = stated if grid is not None else CRS.from_epsg(THREE[13].epsg(prefixed=False))
    at = grid.meridian if grid is not None else THREE[13].meridian
    for pairs, swapped in ((own, False), (own[:, ::-1], True)):
        lonlat = Operation(base, GEOGRAPHIC)(np.ascontiguousarray(pairs))
        for meridian in _meridians(grid):
            is_own = not swapped and grid is not None and meridian == at
            if not is_own and _meets(lonlat + np.array([meridian - at, 0.0]), goal):
                return _says(meridian, grid, swapped)
    return None


def _meridians(grid: Grid | None) -> tuple[int, ...]:
    if grid is not None and grid.scale != 1:  # UTM
        return tuple(range(75, 136, 6))
    return MERIDIANS


def _says(meridian: int, grid: Grid | None, swapped: bool) -> Said:
    three = next(zone for zone in THREE if zone.meridian == meridian)
    six = next((zone for zone in SIX if zone.meridian == meridian), None)
    if grid is not None and grid.scale != 1:
        zh, en = written(32600 + (meridian + 183) // 6)
    else:
        zh, en = written(three.epsg(prefixed=grid is not None and grid.zone is not None))
        if six is not None and not (grid is not None and grid.zone):
            zh = f"{zh}（与 EPSG:{six.epsg(prefixed=False)} 相同）"
    turn = ("x、y 颠倒、" if swapped else "", "x and y swapped and " if swapped else "")
    return f"{turn[0]}中央经线 {meridian}° 则相合：{zh}", f"{turn[1]}meridian {meridian} fits: {en}"
