"""Ground drawn by chance: what changes no byte of the arrangement, and what GEOS makes of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from arranged import (
    as_bytes,
    away,
    bits_of,
    counter_areas_m2,
    labels_at,
    of_shapes,
    over,
    twice_mm2,
)
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine import cutting
from geozone.engine.cutting import Bounds, Counter


def drawn(seed: int, side: float = 300.0, count: int = 4) -> list[list[Any]]:
    """Polygons of several kinds: round, drawn at random, with shared borders, holed, multiple."""
    draw = np.random.default_rng(seed)
    edges = np.round(np.sort(draw.uniform(0, side, 6)), int(draw.integers(0, 4)))
    parcels = [
        shapely.box(west, south, east, north)
        for west, east in pairwise(edges)
        for south, north in pairwise(edges)
        if east > west and north > south and draw.random() < 0.6
    ]
    found = [parcels]
    for _ in range(count):
        middles = draw.uniform(0, side, (int(draw.integers(1, 9)), 2))
        lines = [shapely.LineString(one + draw.normal(0, 40, (6, 2))) for one in middles]
        round_ones = list(shapely.buffer(lines, draw.uniform(1, 20, len(lines)), quad_segs=18))
        parts = shapely.get_parts(np.array(round_ones, object))
        found.append([one for one in parts if draw.random() < 0.8])
    turned = [shapely.affinity.rotate(one, 45, origin=(0, 0)) for one in parcels]
    return [*found, turned, [one.difference(one.buffer(-3)) for one in parcels]]


def ground(seed: int) -> tuple[list[Counter], list[list[Any]], Bounds]:
    area = shapely.box(20, 20, 280, 270).difference(shapely.box(100, 100, 130, 120))
    shapes = [[area], *drawn(seed)]
    return [of_shapes(one) for one in shapes], shapes, Bounds(*area.bounds)


laws = examples(5)
seeds = st.integers(0, 10_000)
CELL = 40_007


def mixed(one: Counter, draw: np.random.Generator) -> Counter:
    """The same rings in another order, begun elsewhere and some of them run the other way."""
    rings, sign = [], []
    for at in draw.permutation(len(one.sign)):
        ring = np.roll(one.xy[one.starts[at] : one.starts[at + 1] - 1], draw.integers(9), axis=0)
        turn = int(draw.choice([-1, 1]))
        rings.append(np.concatenate([ring, ring[:1]])[::turn])
        sign.append(one.sign[at] * turn)
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    xy = np.ascontiguousarray(np.concatenate(rings)) if rings else np.empty((0, 2))
    return Counter(xy, starts.astype(np.int64), np.array(sign, np.int8))


def twice(one: Counter) -> Counter:
    starts = np.concatenate([one.starts, one.starts[1:] + len(one.xy)])
    return Counter(np.concatenate([one.xy] * 2), starts, np.concatenate([one.sign] * 2))


@laws
@given(seed=seeds)
def test_order_repetition_and_threads_change_no_byte(seed: int) -> None:
    counters, _, bounds = ground(seed)
    draw = np.random.default_rng(seed)
    whole = as_bytes(over(counters, bounds, cell_mm=CELL))
    assert as_bytes(over([mixed(one, draw) for one in counters], bounds, cell_mm=CELL)) == whole
    assert as_bytes(over([twice(one) for one in counters], bounds, cell_mm=CELL)) == whole
    assert as_bytes(over(counters, bounds, cell_mm=CELL, jobs=3)) == whole


@laws
@given(seed=seeds)
def test_cells_do_not_depend_on_their_neighbours(seed: int) -> None:
    counters, _, bounds = ground(seed)
    step = CELL / 1000
    whole = {(one.col, one.row): one for one in over(counters, bounds, cell_mm=CELL)}
    for col, row in list(whole)[:: len(whole) // 4]:
        west, south = (col + 0.5) * step, (row + 0.5) * step
        some = over(counters, Bounds(west, south, west + step, south + 1), cell_mm=CELL)
        assert (col, row) in {(one.col, one.row) for one in some}
        assert as_bytes(some) == as_bytes(whole[one.col, one.row] for one in some)
    mosaic = over(counters, bounds, cell_mm=CELL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "BAND", 500)
        assert as_bytes(over(counters, bounds, cell_mm=CELL)) == as_bytes(mosaic)


@laws
@given(seed=seeds)
def test_areas_are_those_of_geos(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    snapped = [shapely.set_precision(merged(one), 0.001) for one in shapes]
    found = counter_areas_m2(over(counters, bounds, cell_mm=CELL), len(counters))
    for number, one in enumerate(snapped):
        inside = shapely.intersection(one, snapped[0])
        assert found[number] == pytest.approx(inside.area, abs=0.001 * inside.length + 1e-6)


def merged(shapes: list[Any]) -> Any:
    return shapely.union_all(np.array(shapes, object))


@laws
@given(seed=seeds)
def test_areas_of_sets_are_those_of_faces_of_geos(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    unions = [merged(one) for one in shapes]
    faces = shapely.get_parts(
        shapely.polygonize([shapely.union_all([shapely.boundary(one) for one in unions])])
    )
    inner = shapely.point_on_surface(faces)
    faces, inner = (one[shapely.intersects(unions[0], inner)] for one in (faces, inner))
    held = np.column_stack([shapely.intersects(one, inner) for one in unions])
    wanted: dict[tuple[bool, ...], list[float]] = {}
    for bits, face in zip(held, faces, strict=True):
        area = wanted.setdefault(tuple(map(bool, bits)), [0.0, 1e-6])
        area[0], area[1] = area[0] + face.area, area[1] + 0.002 * face.length
    found: dict[tuple[bool, ...], float] = {}
    for cell in over(counters, bounds, cell_mm=CELL):
        for words, area in zip(cell.table, twice_mm2(cell), strict=True):
            key = tuple(map(bool, bits_of(words, len(counters))))
            found[key] = found.get(key, 0.0) + area / 2e6
    for key in {key for key in (*wanted, *found) if key[0]}:
        area, slack = wanted.get(key, (0.0, 0.01))
        assert found.get(key, 0.0) == pytest.approx(area, abs=slack)


@laws
@given(seed=seeds)
def test_every_polygon_keeps_its_counter(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    cells = {(one.col, one.row): one for one in over(counters, bounds, cell_mm=CELL)}
    for number, some in enumerate(shapes):
        points = shapely.get_coordinates(shapely.point_on_surface(some)) * 1000
        points = away(counters[:1], away([counters[number]], np.floor(points) + 0.37))
        points = points[shapely.intersects_xy(shapes[0][0], points / 1000)]
        for point in points:
            place = np.floor(point / CELL).astype(int)
            cell = cells[tuple(place)]
            words = cell.table[labels_at(cell, (point - place * CELL)[None])[0]]
            assert bits_of(words, len(counters))[number]
