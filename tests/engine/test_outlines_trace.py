"""Polygons traced from edges are valid, disjoint, whole, and the same as GEOS makes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.outlines.edges import Edges
from geozone.engine.outlines.faces import Faces, multipolygons, to_shapely, wkb
from geozone.engine.outlines.simplify import simplified
from geozone.engine.outlines.tracing import trace

few = examples(20)
seeds = st.integers(0, 100_000)


def edges_of(polygons: Any, labels: Any) -> Edges:
    """The edges of a noded coverage of whole millimetres, those inside a label left out."""
    sides: dict[Any, list[int]] = {}
    for polygon, label in zip(shapely.orient_polygons(polygons), labels, strict=True):
        for ring in (polygon.exterior, *polygon.interiors):
            corners = [tuple(one) for one in np.rint(np.array(ring.coords) * 1000).astype(np.int64)]
            for one, other in pairwise(corners):
                key = (min(one, other), max(one, other))
                sides.setdefault(key, [-1, -1])[0 if one < other else 1] = label
    kept = sorted((key, both) for key, both in sides.items() if both[0] != both[1])
    ends = np.array([(*one, *other) for (one, other), _ in kept], np.int64).reshape(-1, 4)
    origin = ends[0, :2] if len(ends) else np.zeros(2, np.int64)
    both = np.array([both for _, both in kept], np.int32).reshape(-1, 2)
    return Edges(
        (ends - np.tile(origin, 2)).astype(np.int32),
        np.ascontiguousarray(both[:, 0]),
        np.ascontiguousarray(both[:, 1]),
        origin,
    )


def random_ground(seed: int) -> tuple[Any, Any]:
    """Polygons that lines by chance enclose, islands among them, and labels by chance."""
    draw = np.random.default_rng(seed)
    grid = draw.choice([0.001, 1.0, 5.0])
    count = int(draw.integers(3, 40))
    ends = np.rint(draw.uniform(0, 100, (count, 2, 2)) / grid) * grid
    corners = draw.uniform(0, 95, (count // 2, 2))
    sizes = draw.uniform(0.5, 5, (count // 2, 2))
    boxes = shapely.box(*corners.T, *(corners + sizes).T)
    lines = [*shapely.linestrings(ends), *shapely.boundary(boxes), shapely.box(0, 0, 100, 100)]
    lines[-1] = lines[-1].exterior
    noded = shapely.union_all(lines, grid_size=grid)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return found, draw.integers(-1, draw.integers(1, 6), len(found))


def checked(faces: Faces) -> Any:
    """The polygons, once they are known to be what faces promise."""
    found = to_shapely(faces)
    assert shapely.is_valid(found).all(), shapely.is_valid_reason(found[~shapely.is_valid(found)])
    rings, owner = shapely.get_rings(found, return_index=True)
    first = np.append(True, owner[1:] != owner[:-1])[: len(rings)]
    assert np.array_equal(shapely.is_ccw(rings), first)
    for ring, start in enumerate(faces.rings[:-1]):
        corners = faces.xy[start : faces.rings[ring + 1] - 1]
        assert tuple(corners[0]) == min(map(tuple, corners))
    shells = faces.xy[faces.rings[faces.polygons[:-1]]]
    keys = [(label, *corner) for label, corner in zip(faces.label, shells.tolist(), strict=True)]
    assert keys == sorted(keys)
    directed = [
        (*one, *other)
        for ring, start in enumerate(faces.rings[:-1])
        for one, other in zip(
            faces.xy[start : faces.rings[ring + 1] - 1].tolist(),
            faces.xy[start + 1 : faces.rings[ring + 1]].tolist(),
            strict=True,
        )
    ]
    assert len(directed) == len(set(directed)), "two polygons on the same side of an edge"
    return found


def same(found: Any, wanted: Any) -> bool:
    return bool(shapely.equals(shapely.normalize(found), shapely.normalize(wanted)))


@few
@given(seed=seeds)
def test_polygons_are_those_of_geos(seed: int) -> None:
    polygons, labels = random_ground(seed)
    faces = trace(edges_of(polygons, labels))
    checked(faces)
    count = int(labels.max()) + 1
    for label, found in enumerate(multipolygons(faces, count)):
        wanted = shapely.coverage_union_all(polygons[labels == label])
        assert found.area == pytest.approx(shapely.area(polygons[labels == label]).sum(), abs=1e-6)
        assert shapely.is_valid(found)
        assert len(shapely.get_parts(found)) == len(shapely.get_parts(wanted))
        assert shapely.symmetric_difference(found, wanted).area < 1e-6


@few
@given(seed=seeds)
def test_neither_order_nor_threads_nor_direction_matter(seed: int) -> None:
    polygons, labels = random_ground(seed)
    edges = edges_of(polygons, labels)
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(edges))
    turned = draw.random(len(edges)) < 0.5
    ends = np.where(turned[:, None], edges.ends[:, [2, 3, 0, 1]], edges.ends)[order]
    left = np.where(turned, edges.right, edges.left)[order]
    right = np.where(turned, edges.left, edges.right)[order]
    shift = np.array([12345, -777], np.int32)
    moved = Edges(ends - np.tile(shift, 2), left, right, edges.origin + shift)
    one, other = trace(edges), trace(moved, jobs=3)
    assert as_bytes(one) == as_bytes(other)


def as_bytes(faces: Faces) -> bytes:
    arrays = (faces.label, faces.polygons, faces.rings, faces.xy)
    return b"".join(one.tobytes() for one in arrays)


@few
@given(seed=seeds)
def test_zones_of_several_labels_are_their_union(seed: int) -> None:
    polygons, labels = random_ground(seed)
    zones = np.array([0, 1, 0, -1, 1, 0], np.int32)
    told = np.where(labels >= 0, zones[labels], -1)
    one = trace(edges_of(polygons, labels), zones)
    assert as_bytes(one) == as_bytes(trace(edges_of(polygons, told)))
    checked(one)


@few
@given(seed=seeds)
def test_wkb_is_that_of_shapely(seed: int) -> None:
    polygons, labels = random_ground(seed)
    faces = trace(edges_of(polygons, labels))
    cuts = [0, len(faces) // 3, len(faces)]  # the first may be without polygons
    given = [shapely.MultiPolygon(list(to_shapely(faces)[a:b])) for a, b in pairwise(cuts)]
    written = [bytes(one) for one in wkb(faces, np.array(cuts)).pieces()]
    assert written == [shapely.to_wkb(one, byte_order=1) for one in given]
    rest = faces.part(cuts[1], len(faces))
    assert [bytes(one) for one in wkb(rest, np.array([0, len(rest)])).pieces()] == written[1:]


@few
@given(seed=seeds, tolerance=st.sampled_from([0.5, 3.0, 20.0]))
def test_simplified_polygons_stay_disjoint(seed: int, tolerance: float) -> None:
    found = to_shapely(trace(edges_of(*random_ground(seed))))
    drawn = simplified(found, tolerance)
    assert shapely.is_valid(drawn).all()
    assert len(drawn) == len(found)
    one, other = shapely.STRtree(drawn).query(drawn, predicate="intersects")
    pairs = one < other
    shared = shapely.intersection(drawn[one[pairs]], drawn[other[pairs]])
    assert shapely.area(shared).sum() < 1e-9


BOX = shapely.box


def painted(picture: str) -> Any:
    """The polygons of a picture of digits, label by label; a dot is nowhere."""
    rows = picture.split()[::-1]
    cells = [(x, y, row[x]) for y, row in enumerate(rows) for x in range(len(row))]
    squares = [BOX(x, y, x + 1, y + 1) for x, y, _ in cells]
    labels = [-1 if digit == "." else int(digit) for _, _, digit in cells]
    return checked(trace(edges_of(np.array(squares), labels)))


NASTY = [
    ("a hole that touches its shell", "000 0.0 .00", 1, [1]),
    ("checkerboard", "010 101 010", 9, [0] * 9),
    ("holes that touch one another", "00000 0.000 00.00 00000", 1, [2]),
    ("island in a hole", "00000 0...0 0.0.0 0...0 00000", 2, [1, 0]),
    ("island that touches its hole's rim", "00000 0...0 0..00 0.0.0 00000", 1, [2]),
    ("bow tie", "0. .0", 2, [0, 0]),
    ("ring closed in a point", "000 0.0 00.", 1, [1]),
    ("filled holes", "00000 01020 00000", 3, [2, 0, 0]),
    ("comb of holes at the rim", "0000000 0.0.0.0 .0.0.00 0000000", 1, None),
    ("hole around an island of another label", "0000 0110 0110 0000", 2, [1, 0]),
]


@pytest.mark.parametrize(("name", "picture", "parts", "holes"), NASTY, ids=[n[0] for n in NASTY])
def test_nasty_contacts(name: str, picture: str, parts: int, holes: list[int] | None) -> None:
    found = painted(picture)
    rows = picture.split()
    assert shapely.area(found).sum() == sum(len(row) - row.count(".") for row in rows)
    assert len(found) == parts, found
    if holes is not None:
        assert [len(one.interiors) for one in found] == holes


def test_many_islands_find_their_shells() -> None:
    boxes = [BOX(x * 10, y * 10, x * 10 + 10, y * 10 + 10) for x in range(12) for y in range(12)]
    outer = [one.buffer(-1, join_style="mitre") for one in boxes]
    inner = [one.buffer(-3, join_style="mitre") for one in boxes]
    ground = [BOX(0, 0, 120, 120).difference(shapely.multipolygons(outer))]
    rings = [one.difference(other) for one, other in zip(outer, inner, strict=True)]
    polygons = np.array([*ground, *rings, *inner])
    found = checked(trace(edges_of(polygons, [0] + [1] * 144 + [0] * 144)))
    assert sorted(len(one.interiors) for one in found) == [0] * 144 + [1] * 144 + [144]


def test_straight_corners_go_where_borders_vanish() -> None:
    top = shapely.Polygon([(0, 1), (1, 1), (2, 1), (2, 2), (0, 2)])
    polygons = np.array([BOX(0, 0, 1, 1), BOX(1, 0, 2, 1), top])
    (found,) = checked(trace(edges_of(polygons, [0, 1, 2]), np.zeros(3, np.int32)))
    assert found.wkt == "POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))"


def test_nothing_gives_nothing() -> None:
    none = Edges(
        np.empty((0, 4), np.int32), np.empty(0, np.int32), np.empty(0, np.int32), np.zeros(2, int)
    )
    faces = trace(none)
    assert len(faces) == 0
    assert len(to_shapely(faces)) == len(wkb(faces, np.zeros(1, np.int64)).data) == 0
    assert shapely.is_empty(multipolygons(faces, 2)).all()


SQUARE = np.array([[0, 0, 9, 0], [9, 0, 9, 9], [9, 9, 0, 9], [0, 9, 0, 0]], np.int32)
INSIDE, OUTSIDE = np.zeros(4, np.int32), np.full(4, -1, np.int32)


@pytest.mark.parametrize(
    ("ends", "left", "says"),
    [
        (SQUARE[:3], INSIDE[:3], "leads nowhere"),
        (SQUARE[[0, 1, 2, 3, 0]], np.zeros(5, np.int32), "."),
        (SQUARE, np.array([0, 1, 0, 0], np.int32), "disagree"),
        (SQUARE, OUTSIDE, "without land"),
    ],
    ids=["open", "twice", "labels at odds", "inside out"],
)
def test_what_is_no_ground_is_refused(ends: Any, left: Any, says: str) -> None:
    right = np.where(left == -1, 0, -1).astype(np.int32)
    with pytest.raises(ArithmeticError, match=says):
        trace(Edges(np.ascontiguousarray(ends), left, right, np.zeros(2, np.int64)))


def test_every_label_needs_a_zone() -> None:
    edges = edges_of(np.array([BOX(0, 0, 1, 1)]), [3])
    with pytest.raises(ValueError, match="label 3"):
        trace(edges, np.zeros(3, np.int32))
