"""Polygons of shapely as the engine draws them and as features of a layer."""

from __future__ import annotations

import numpy as np
import shapely

from geozone.engine.outlines.faces import Faces
from geozone.pages.layer import Features


def faces_of(polygons):
    """Polygons that do not touch, as the engine draws them."""
    rings = [[one.exterior, *one.interiors] for one in polygons]
    xy = [np.array(ring.coords) for each in rings for ring in each]
    return Faces(
        np.zeros(len(polygons), np.int32),
        np.cumsum([0, *(len(each) for each in rings)]),
        np.cumsum([0, *(len(ring) for ring in xy)]),
        np.concatenate(xy) if xy else np.empty((0, 2)),
    )


def features_of(shapes, values):
    """Polygons and multipolygons as the features of a layer."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    members = np.searchsorted(owner, np.arange(len(shapes) + 1))
    return Features(faces_of(parts), members, values)
