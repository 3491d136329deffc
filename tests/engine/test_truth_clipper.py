"""The arrangement against a clipper that shares nothing with GEOS.

In one of two hundred pairs of rings that cross themselves a millimetre beside one another the
clipper itself goes wrong, by whole squares; there windings counted in every face decide.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyclipr
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from truth_grounds import MM, cut

from geozone.engine.cutting import Counter

PAIRS = 5
"""Of an example: 10,000 in the long profile."""

laws = settings(deadline=None)
POSITIVE = pyclipr.FillRule.Positive


def ring(draw: np.random.Generator, size: int) -> Any:
    """A ring of whole millimetres, spiky, by chance, or of few places; it may cross itself."""
    count = int(draw.integers(3, 25))
    kind = draw.integers(0, 4)
    if kind == 0:
        turn = np.sort(draw.uniform(0, 2 * np.pi, count))
        far = draw.uniform(0.05, 0.5, count) * size
        xy = np.column_stack([np.cos(turn), np.sin(turn)]) * far[:, None] + size / 2
    elif kind == 1:
        xy = draw.uniform(0, size, (count, 2))
    elif kind == 2:
        xy = draw.integers(0, 9, (count, 2)) * (size / 8)
    else:
        x = np.sort(draw.uniform(0, size, count))
        xy = np.vstack([np.column_stack([x, draw.normal(size / 2, 2, count)]), (size / 2, size)])
    return np.rint(xy).astype(np.int64)


def like(draw: np.random.Generator, other: Any) -> Any:
    """A ring that shares vertices with another, touches it, or runs a millimetre beside."""
    kind = draw.integers(0, 3)
    if kind == 0:
        return other[::-1] + draw.integers(-2, 3, other.shape)
    if kind == 1:
        return other + draw.integers(-1, 2, 2)
    part = other[: int(draw.integers(1, len(other) + 1))]
    return np.vstack([part, ring(draw, int(other.max()) + 1)])


def counted(rings: list[Any]) -> Counter:
    closed = [np.vstack([one, one[:1]]) for one in rings]
    starts = np.cumsum([0, *(len(one) for one in closed)]).astype(np.int64)
    return Counter(np.concatenate(closed) / MM, starts, np.ones(len(closed), np.int8))


def clipped(one: list[Any], other: list[Any], kind: Any) -> float:
    clipper = pyclipr.Clipper()
    clipper.scaleFactor = 1
    clipper.addPaths(one, pyclipr.Subject)
    if other:
        clipper.addPaths(other, pyclipr.Clip)
    found = 0.0
    for path in clipper.execute(kind, POSITIVE):
        x, y = np.asarray(path, float).T
        found += float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    return found / MM**2


def told(one: list[Any], other: list[Any]) -> tuple[float, float, float]:
    """Both, the first only, and either, by windings at a place in every face between rings."""
    noded = shapely.union_all([shapely.LinearRing(ring) for ring in (*one, *other)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    places = shapely.get_coordinates(shapely.point_on_surface(faces))
    first, second = (windings(rings, places) > 0 for rings in (one, other))
    areas = shapely.area(faces) / MM**2
    chosen = (first & second, first & ~second, first | second)
    both, only, either = (float(areas[mask].sum()) for mask in chosen)
    return both, only, either


def windings(rings: list[Any], places: Any) -> Any:
    found = np.zeros(len(places), int)
    x, y = places.T[:, :, None]
    for ring in rings:
        (ax, ay), (bx, by) = ring.T, np.roll(ring, -1, axis=0).T
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        found += ((ay <= y) & (by > y) & (side > 0)).sum(axis=1)
        found -= ((ay > y) & (by <= y) & (side < 0)).sum(axis=1)
    return found


def length(rings: list[Any]) -> float:
    ways = [np.roll(one, -1, axis=0) - one for one in rings]
    return sum(float(np.hypot(*way.T).sum()) for way in ways) / MM


@laws
@given(seed=st.integers(0, 1_000_000), size=st.sampled_from([30, 3000, 100_000, 5_000_000]))
def test_areas_are_those_of_the_clipper(seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    for _ in range(PAIRS):
        one = [ring(draw, size) for _ in range(draw.integers(1, 4))]
        other = [like(draw, one[0]) if draw.random() < 0.5 else ring(draw, size)]
        both = np.vstack(one + other)
        low, high = both.min() - 5, both.max() + 5
        frame = shapely.get_coordinates(shapely.box(low, low, high, high))[:-1].astype(np.int64)
        area = counted([frame if shapely.is_ccw(shapely.LinearRing(frame)) else frame[::-1]])
        found = cut([area, counted(one), counted(other)])
        slack = (length(one) + length(other)) / MM + 1e-6
        union = found.area_m2(1) + found.area_m2(2, free=[1])
        got = np.array([found.area_m2(1, 2), found.area_m2(1, free=[2]), union])
        kinds = (pyclipr.Intersection, pyclipr.Difference, pyclipr.Union)
        wanted = [clipped(one, other, kind) for kind in kinds]
        if np.abs(got - wanted).max() > slack:
            wanted = told(one, other)
        assert got == pytest.approx(wanted, rel=1e-9, abs=slack)
