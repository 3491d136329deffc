"""Whose territory a place lies in."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.site import Site


def adcode_at(site: Site, shape: BaseGeometry) -> str | None:
    """The administrative code at a shape's inner point: the jurisdiction layer's, else the area's.

    Near a border the most detailed code that covers the point is given.
    """
    layers = site.ground.theme("jurisdiction").layers
    if not layers:
        return site.project.adcode
    point = shapely.point_on_surface(shape)
    codes = [
        code
        for layer in layers
        for inside, code in zip(
            shapely.covers(layer.shapes, point), layer.attributes["adcode"], strict=True
        )
        if inside and code
    ]
    return max(codes, key=lambda code: (len(code), code), default=None)
