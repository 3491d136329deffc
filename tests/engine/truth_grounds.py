"""Ground that is meant to break what cuts it, and what a partition must hold whatever it cuts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from conftest import EAST, NORTH, box, layer, regions_of

from geozone.engine.arrangement import arrange
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.outlines.edges import NOWHERE, Edges, LabelledBlock
from geozone.engine.outlines.faces import Faces, to_shapely
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.tracing import trace
from geozone.engine.runs import unpacked
from geozone.engine.states import states_at
from geozone.land.shapes.flat import Flat
from geozone.law.condition import Condition

MM = 1000.0
EDGE_M = 0.02
Shapes = list[Any]


def counter_of(shapes: Iterable[Any]) -> Counter:
    """Polygons that count together."""
    flat = Flat.of(np.array(list(shapes), object))
    return Counter(flat.xy, flat.starts, flat.sign)


@dataclass(frozen=True, eq=False)
class Ground:
    """What counters come to: edges, and per label which counters hold, shape (labels, counters)."""

    edges: Edges
    bits: Any

    @property
    def faces(self) -> Faces:
        return trace(self.edges)

    @property
    def areas_m2(self) -> Any:
        """Planar, of every label, from edges alone."""
        return label_areas(self.edges, len(self.bits))

    def area_m2(self, *held: int, free: Sequence[int] = ()) -> float:
        """Where these counters hold and those do not."""
        chosen = self.bits[:, held].all(axis=1) & ~self.bits[:, list(free)].any(axis=1)
        return float(self.areas_m2[chosen].sum())


def label_areas(edges: Edges, labels: int) -> Any:
    ends = edges.ends.astype(np.int64)
    cross = ends[:, 0] * ends[:, 3] - ends[:, 2] * ends[:, 1]
    found = np.zeros(labels + 1, np.int64)
    np.add.at(found, edges.left, cross)
    np.add.at(found, edges.right, -cross)
    return found[:-1] / 2 / MM**2


def cut(counters: Sequence[Counter], cell_mm: int = 8_192_000) -> Ground:
    """Counters, the first the study area, as one ground."""
    xy = counters[0].xy
    bounds = Bounds(*xy.min(axis=0), *xy.max(axis=0))
    numbers: dict[tuple[bool, ...], int] = {}

    def labels(table: Any) -> Any:
        rows = [tuple(row) for row in unpacked(table, len(counters)).tolist()]
        found = [numbers.setdefault(row, len(numbers)) if row[0] else NOWHERE for row in rows]
        return np.array(found, np.int32)

    blocks = list(arrange(counters, bounds, cell_mm=cell_mm))
    edges = join((LabelledBlock.of(one, labels(one.table)) for one in blocks), cell_mm)
    bits = np.array(list(numbers), bool).reshape(-1, len(counters))
    told = np.append(np.arange(len(bits)), NOWHERE).astype(np.int32)
    left, right = told[edges.left], told[edges.right]
    kept = left != right
    return Ground(Edges(edges.ends[kept], left[kept], right[kept], edges.origin), bits)


def assert_whole(faces: Faces, edges: Edges) -> None:
    """Faces are valid, and each edge is that of two, one on either side, or of the outer border.

    GEOS's own check of coverages tells less: it also finds fault with sound borders of gaps in
    which a neighbour touches both ends of an edge.
    """
    found = to_shapely(faces)
    assert shapely.is_valid(found).all(), shapely.is_valid_reason(found[~shapely.is_valid(found)])
    whole = np.rint(faces.xy * MM).astype(np.int64)
    inside = np.ones(len(whole) - 1, bool)
    inside[faces.rings[1:-1] - 1] = False
    ways = np.hstack([whole[:-1], whole[1:]])[inside]
    there, count = np.unique(ways, axis=0, return_counts=True)
    assert (count == 1).all(), "an edge of two faces on one side"
    back = set(map(tuple, there[:, [2, 3, 0, 1]].tolist()))
    alone = np.array([one for one in map(tuple, there.tolist()) if one not in back], np.int64)
    rim = edges.ends[(edges.left == NOWHERE) != (edges.right == NOWHERE)]
    assert _length(alone) == pytest.approx(_length(rim), rel=1e-12)


def _length(ends: Any) -> float:
    x0, y0, x1, y1 = ends.reshape(-1, 4).T.astype(float)
    return float(np.hypot(x1 - x0, y1 - y0).sum())


def assert_covers(faces: Faces, area: Any) -> None:
    """Faces are disjoint and together the area, but for a millimetre along its border."""
    found = to_shapely(faces)
    slack = area.length / MM + 1e-6
    assert abs(shapely.area(found).sum() - area.area) <= slack
    one, other = shapely.STRtree(found).query(found, "intersects")
    pairs = one < other
    shared = shapely.relate_pattern(found[one[pairs]], found[other[pairs]], "2********")
    assert not shared.any()


def assert_told(regions: Any, part: Any, places: Any) -> int:
    """At places away from its edges a partition says what distance says; how many were asked.

    Where they differ, the partition must be right for a place within 2 cm: a strip that is
    narrower than that may have vanished, or closed.
    """
    edges = shapely.linestrings((part.edges.ends.reshape(-1, 2, 2) + part.edges.origin) / MM)
    points = shapely.points(places)
    near = shapely.STRtree(points).query(edges, "dwithin", distance=EDGE_M)[1]
    places = np.delete(places, np.unique(near), axis=0)
    found = to_shapely(part.faces)
    face, place = shapely.STRtree(shapely.points(places)).query(found, "intersects")
    assert (np.bincount(place, minlength=len(places)) <= 1).all(), "a place in two faces"
    said = np.array(part.evidence.rows, np.uint8)[part.faces.label[face]]
    differs = np.flatnonzero((said != states_at(regions, places[place])).any(axis=1))
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    around = EDGE_M * np.column_stack([np.cos(turn), np.sin(turn)])
    for at in differs:
        nearby = states_at(regions, places[place[at]] + around)
        assert (nearby == said[at]).any(axis=0).all(), (places[place[at]], said[at])
    return len(place)


# Ground by chance


SIDES_M = (3.0, 200.0, 200.0, 2000.0, 2000.0)
THEMES = ("permanent_basic_farmland", "scenic_area", "railway", "cultural_relic", "settlement")
ASKS = (
    Condition("permanent_basic_farmland"),
    Condition("scenic_area"),
    Condition("railway", within_m=50.0),
    Condition("railway", within_m=200.0),
    Condition("cultural_relic", within_m=0.5),
    Condition("settlement"),
)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Layers and a study area."""

    layers: tuple[Any, ...]
    area: Any
    side_m: float

    @property
    def regions(self) -> Any:
        return regions_of(*self.layers, asks=ASKS)


def ground(seed: int) -> Drawn:
    """Layers of shapes that touch, repeat, nearly touch, are thin, tiny and huge; and an area."""
    draw = np.random.default_rng(seed)
    side = float(draw.choice(SIDES_M))
    area = box(0, 0, side, side)
    if draw.random() < 0.3:
        area = area.difference(box(side * 0.4, side * 0.4, side * 0.6, side * 0.5777777))
    grid = float(draw.choice([0.0, 0.001, 0.1, side / 8]))
    accuracy = {theme: float(draw.choice([0.0, 0.0, 0.3, 5.0])) for theme in THEMES[:-1]}
    shapes = {
        theme: polygons(draw, side, grid, int(draw.integers(1, 6)), cracks=not accuracy.get(theme))
        for theme in THEMES
    }
    lines = [one for one in walks(draw, side, grid) if one.length > 0]
    shapes["railway"] = [*lines, *shapes["railway"][:1]]
    pairs = shapes.items()
    made = [layer(theme, found, accuracy_m=accuracy.get(theme, 0.0)) for theme, found in pairs]
    seen = box(side * 0.2, -50_000, 50_000, side * 0.9)
    made[-1] = layer("settlement", shapes["settlement"], coverage=seen)
    return Drawn(tuple(made), area, side)


def polygons(
    draw: np.random.Generator, side: float, grid: float, count: int, *, cracks: bool = True
) -> Shapes:
    """Valid polygons, each perhaps next to, in, or nearly on those before.

    Without ``cracks`` none are thin or nearly meet: whether a crack of a millimetre closes, and
    with it how deep a place lies in the union, is not to be told.
    """
    found: Shapes = []
    makers: tuple[Any, ...] = (star, cell, holed, huge)
    others: tuple[Any, ...] = (again, beside, corner)
    if cracks:
        makers, others = (*makers, star, sliver, ragged, speck), (*others, nearly)
    for _ in range(count):
        shape = makers[draw.integers(len(makers))](draw, side)
        if found and draw.random() < 0.5:
            shape = others[draw.integers(len(others))](draw, found[draw.integers(len(found))])
        shape = placed(shape, grid)
        if shape.is_valid and shape.area > 0:
            found.append(shape)
    return found or [box(0, 0, side / 3, side / 3)]


def placed(shape: Any, grid: float) -> Any:
    """A shape on the grid, counted from the corner of the ground; as it is without one."""
    if not grid:
        return shape
    corner = np.array((EAST, NORTH))
    return shapely.transform(shape, lambda xy: np.rint((xy - corner) / grid) * grid + corner)


def _ring(xy: Any) -> Any:
    return shapely.Polygon(np.add(xy, (EAST, NORTH)))


def star(draw: np.random.Generator, side: float) -> Any:
    count = int(draw.integers(3, 20))
    turn = np.sort(draw.uniform(0, 2 * np.pi, count))
    far = side * draw.uniform(0.02, 0.4, (count, 1))
    return _ring(np.column_stack([np.cos(turn), np.sin(turn)]) * far + draw.uniform(0, side, 2))


def cell(draw: np.random.Generator, side: float) -> Any:
    west, south = draw.integers(-1, 8, 2) * side / 8
    wide, high = draw.integers(1, 5, 2) * side / 8
    return box(west, south, west + wide, south + high)


def sliver(draw: np.random.Generator, side: float) -> Any:
    """A triangle 0.1 to 5 mm thick, right across the ground."""
    ends = draw.uniform(-0.2, 1.2, (2, 2)) * side
    thick = draw.choice([1e-4, 5e-4, 1e-3, 5e-3])
    return _ring([*ends, ends[1] + draw.normal(0, 1, 2) * thick])


def ragged(draw: np.random.Generator, side: float) -> Any:
    """A box one of whose sides is nearly straight."""
    x = np.sort(draw.uniform(0, side, 12))
    y = side / 2 + draw.choice([1e-4, 1e-3, 2e-3]) * draw.normal(0, 1, 12)
    low = side * draw.uniform(0, 0.4)
    return _ring([(x[0], low), (x[-1], low), *np.column_stack([x, y])[::-1]])


def holed(draw: np.random.Generator, side: float) -> Any:
    """A box whose hole touches it in a corner, with an island in the hole that may touch too."""
    west, south = draw.uniform(0, 0.5, 2) * side
    wide = side * draw.uniform(0.2, 0.5)
    shell = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    hole = np.array([(0, 0.5), (0.5, 0.1), (0.9, 0.5), (0.5, 0.9)])
    island = np.array([(0.5, 0.3), (0.7, 0.5), (0.5, 0.7), (draw.choice([0.3, 0.1]), 0.5)])
    at = np.array((EAST + west, NORTH + south))
    parts = [shapely.Polygon(shell * wide + at, [hole * wide + at])]
    if draw.random() < 0.5:
        parts.append(shapely.Polygon(island * wide + at))
    return shapely.MultiPolygon(parts)


def huge(draw: np.random.Generator, side: float) -> Any:
    """Much larger than the ground, one edge across it."""
    ends = draw.uniform(0, side, (2, 2))
    way = (ends[1] - ends[0]) / max(float(np.hypot(*(ends[1] - ends[0]))), 1e-9)
    aside = np.array((-way[1], way[0]))
    one, other = ends[0] - way * 30_000, ends[1] + way * 30_000
    return _ring([one, other, other + aside * 30_000, one + aside * 20_000])


def speck(draw: np.random.Generator, side: float) -> Any:
    at = draw.uniform(0, side, 2)
    return _ring(at + draw.uniform(0, 1, (3, 2)) * draw.choice([1e-3, 1e-2, 0.3]))


def again(_: np.random.Generator, shape: Any) -> Any:
    return shape


def beside(_: np.random.Generator, shape: Any) -> Any:
    """A neighbour that shares one edge, its vertices in the other order."""
    xy = shapely.get_coordinates(shapely.get_parts(shape)[0].exterior)[:2]
    aside = (xy[1] - xy[0])[::-1] * (-0.5, 0.5)
    return shapely.Polygon([xy[1], xy[0], xy[0] - aside, xy[1] - aside])


def nearly(draw: np.random.Generator, shape: Any) -> Any:
    """A copy whose border runs 0.1 to 2 mm beside."""
    thick = draw.choice([1e-4, 5e-4, 2e-3])
    return shapely.transform(shape, lambda xy: xy + draw.normal(0, thick, 2))


def corner(draw: np.random.Generator, shape: Any) -> Any:
    """A triangle that touches in one corner."""
    at = draw.choice(shapely.get_coordinates(shape))
    size = np.ptp(shapely.get_coordinates(shape), axis=0).max() * 0.3
    return shapely.Polygon([at, at + draw.normal(0, size, 2), at + draw.normal(0, size, 2)])


def walks(draw: np.random.Generator, side: float, grid: float) -> Shapes:
    """A path, the way there and back, and a single point."""
    count = int(draw.integers(2, 12))
    turn = np.cumsum(draw.normal(0, draw.choice([0.0, 0.01, 1.0]), count))
    steps = np.column_stack([np.cos(turn), np.sin(turn)]) * side / count
    path = np.cumsum(steps, axis=0) + draw.uniform(0, side, 2) + (EAST, NORTH)
    back = np.concatenate([path, path[::-1][1 : count // 2 + 1]])
    shapes = (shapely.LineString(path), shapely.LineString(back))
    return [placed(one, grid) for one in shapes]


def places_in(ground: Drawn, part: Any, seed: int, count: int = 400) -> Any:
    """Places anywhere in the area, and 2 to 10 cm beside edges."""
    draw = np.random.default_rng(seed)
    west, south, east, north = ground.area.bounds
    anywhere = draw.uniform((west, south), (east, north), (count, 2))
    ends = part.edges.ends[draw.integers(0, len(part.edges), count)].astype(float)
    along = np.clip(draw.uniform(-0.25, 1.25, count), 0, 1)[:, None]
    on = (ends[:, :2] * (1 - along) + ends[:, 2:] * along + part.edges.origin) / MM
    turn, far = draw.uniform(0, 2 * np.pi, count), draw.uniform(EDGE_M, 0.1, count)
    beside = on + np.column_stack([np.cos(turn) * far, np.sin(turn) * far])
    found = np.concatenate([anywhere, beside])
    return found[shapely.intersects_xy(ground.area, found)]
