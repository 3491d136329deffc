"""Shapes that touch themselves or each other in every awkward way, each valid by itself."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import Generator

from making.outlines import Numbers, Shapes, rounded

STEP_M = 30.0
"""Whole multiples of half of it are edges and centres of cells: edges lie on them."""


def _polygon(shell: list[tuple[float, float]], *holes: list[tuple[float, float]]) -> object:
    return shapely.Polygon(shell, holes)


SQUARE = [(0.0, 0.0), (12.0, 0.0), (12.0, 12.0), (0.0, 12.0)]
GALLERY: tuple[tuple[object, ...], ...] = (
    # a hole that touches its shell with a corner: at a vertex, and in the middle of an edge
    (_polygon(SQUARE, [(0, 0), (5, 2), (2, 5)]),),
    (_polygon(SQUARE, [(6, 0), (8, 4), (4, 4)]),),
    # two holes that touch in a point, and one filled by another feature to the last millimetre
    (_polygon(SQUARE, [(2, 2), (6, 2), (6, 6), (2, 6)], [(6, 6), (10, 6), (10, 10), (6, 10)]),),
    (_polygon(SQUARE, [(3, 3), (9, 3), (9, 9), (3, 9)]), shapely.box(3, 3, 9, 9)),
    # an island in a hole that touches the hole's edge in a point
    (_polygon(SQUARE, [(3, 3), (9, 3), (9, 9), (3, 9)]), _polygon([(3, 6), (6, 5), (6, 7)])),
    # bow ties: two parts of one feature, two features, four around one point
    (
        shapely.MultiPolygon(
            [([(0, 0), (6, 6), (0, 12)], None), ([(12, 0), (12, 12), (6, 6)], None)]
        ),
    ),
    (shapely.box(0, 0, 6, 6), shapely.box(6, 6, 12, 12)),
    tuple(shapely.box(x, y, x + 6, y + 6) for x in (0, 6) for y in (0, 6)),
    # edges that run along each other over a part of their length, and T-junctions
    (shapely.box(0, 0, 12, 6), shapely.box(3, 6, 9, 12), shapely.box(6, 3, 14, 6)),
    (_polygon([(0, 0), (12, 0), (12, 6), (7, 6), (4, 6), (0, 6)]), shapely.box(0, 6, 12, 12)),
    # a needle 0.1 mm wide, a comb, and a thin frame
    (_polygon([(0, 0), (12, 0), (12, 6), (6, 6), (6, 12), (5.9998, 6), (0, 6)]),),
    (_polygon([(0, 0), (12, 0), (12, 12), (10, 12), (10, 1), (8, 1), (8, 12), (0, 12)]),),
    (_polygon(SQUARE, [(0.0005, 0.0005), (11.9995, 0.0005), (11.9995, 11.9995)]),),
    # the same ground three times, once the other way round
    (shapely.box(0, 0, 12, 12), shapely.box(0, 0, 12, 12), _polygon(SQUARE[::-1])),
)


def gallery(rng: Generator, places: Numbers) -> Shapes:
    """The shapes of the gallery at places (n, 2): square to the grid, or turned at random.

    Only what is valid by itself comes back.
    """
    found = []
    for number, place in enumerate(places):
        shapes = np.array(GALLERY[number % len(GALLERY)], object)
        size = rng.choice([STEP_M / 6, STEP_M / 2, STEP_M])
        corner = np.floor(place / STEP_M) * STEP_M
        turn = 0.0 if number // len(GALLERY) % 2 == 0 else rng.uniform(0, 2 * np.pi)
        found.append(_placed(shapes, float(size), turn, corner))
    whole: Shapes = np.concatenate(found)
    return whole[shapely.is_valid(whole) & (shapely.area(whole) > 0)]


def _placed(shapes: Shapes, size: float, turn: float, corner: Numbers) -> Shapes:
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    moved: Shapes = shapely.transform(shapes, lambda xy: rounded(xy * size @ rotation + corner))
    return moved
