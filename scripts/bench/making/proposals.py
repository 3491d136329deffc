"""Wells, parcels and blocks to be judged, by the hundred thousand."""

from __future__ import annotations

import numpy as np
import shapely

from making.ground import Ground
from making.outlines import Shapes, Wiggle, blobs, polygons, rounded

INSIDE_M = -200.0


def wells(ground: Ground, count: int) -> Shapes:
    """Points (count,) inside the area."""
    rng = ground.chance("wells")
    found: Shapes = shapely.points(rounded(ground.places(rng, count, INSIDE_M)))
    return found


def parcels(ground: Ground, count: int) -> Shapes:
    """Polygons (count,) of 5 to 60 vertices and about 0.2 to 20 hectares inside the area."""
    rng = ground.chance("parcels")
    found = []
    for vertices, share in ((5, 0.5), (12, 0.4), (60, 0.1)):
        places = ground.places(rng, round(count * share), INSIDE_M)
        radius = np.exp(rng.uniform(np.log(25.0), np.log(250.0), len(places)))
        make = Wiggle(vertices, spread=0.12, flatness=0.4)
        found.append(polygons(blobs(rng, places, radius, make).rings()))
    whole = np.concatenate(found)
    return whole[shapely.covered_by(whole, _prepared(ground))]


def blocks(ground: Ground, count: int) -> Shapes:
    """Polygons (at most count,) of 200 vertices and about 2 to 20 km2 inside the area."""
    rng = ground.chance("blocks")
    places = ground.places(rng, count, INSIDE_M)
    radius = np.exp(rng.uniform(np.log(800.0), np.log(2_500.0), len(places)))
    found = polygons(blobs(rng, places, radius, Wiggle(200, spread=0.15)).rings())
    return found[shapely.covered_by(found, _prepared(ground))]


def _prepared(ground: Ground) -> shapely.Polygon:
    shapely.prepare(ground.area)
    return ground.area
