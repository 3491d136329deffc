"""New edges spliced into what was traced before: the same polygons as tracing all edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_outlines_trace import edges_of

from geozone.engine.kernels.splicecut import mark_near
from geozone.engine.outlines.closedcells import Cells
from geozone.engine.outlines.edges import Edges
from geozone.engine.outlines.faces import Faces
from geozone.engine.outlines.splicing import Measures, Spliced, splice
from geozone.engine.outlines.tracing import drawn, trace

SIDE_M, SIDE_MM, ACROSS = 20, 20_000, 5
seeds = st.integers(0, 1_000_000)


def lines_over(draw: np.random.Generator, grid: float) -> list[Any]:
    """Lines, boxes and diamonds by chance, the lines between cells, and the outer border."""
    width = ACROSS * SIDE_M
    ends = np.rint(draw.uniform(0, width, (int(draw.integers(0, 25)), 2, 2)) / grid) * grid
    corners = np.rint(draw.uniform(0, width - 16, (int(draw.integers(0, 40)), 2)) / grid) * grid
    sizes = np.rint(draw.uniform(1, 15, (len(corners), 2)) / grid) * grid + grid
    boxes = shapely.box(*corners.T, *np.minimum(corners + sizes, width).T)
    middles = corners + sizes / 2
    pointed = shapely.buffer(shapely.points(middles), sizes[:, 0] / 2, quad_segs=1)
    borders = [[(at, 0), (at, width)] for at in range(0, width + 1, SIDE_M)]
    borders += [[(y, x) for x, y in one] for one in borders]
    inner = shapely.intersection(shapely.boundary(pointed), shapely.box(0, 0, width, width))
    return [
        *shapely.linestrings(ends),
        *shapely.boundary(boxes),
        *inner,
        *shapely.linestrings(borders),
    ]


def pieces(draw: np.random.Generator) -> Any:
    """Polygons between such lines, each within one cell."""
    grid = draw.choice([0.001, 1.0, 5.0])
    noded = shapely.union_all(lines_over(draw, grid), grid_size=grid)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def labelled(draw: np.random.Generator, points: Any) -> Any:
    """Labels of ground around places by chance, some of nowhere; a few pieces have their own."""
    count = int(draw.integers(1, 30))
    around = draw.uniform(0, ACROSS * SIDE_M, (count, 2))
    kinds = draw.integers(-1 if draw.random() < 0.5 else 0, draw.integers(1, 5), count)
    nearest = np.hypot(*(points[:, None] - around[None]).transpose(2, 0, 1)).argmin(axis=1)
    alone = draw.random(len(points)) < draw.choice([0.0, 0.1, 0.5])
    return np.where(alone, draw.integers(0, 4, len(points)), kinds[nearest])


def from_corner(edges: Edges) -> Edges:
    """The edges in millimetres from the corner of the first cell."""
    ends = edges.ends + np.tile(edges.origin, 2).astype(np.int32)
    return Edges(ends, edges.left, edges.right, np.zeros(2, np.int64))


def within(edges: Edges, inside: Any) -> Edges:
    """The edges in closed cells."""
    middles = shapely.points((edges.ends[:, :2] / 2.0 + edges.ends[:, 2:] / 2.0) / 1000.0)
    kept = shapely.intersects(inside, middles)
    return Edges(edges.ends[kept], edges.left[kept], edges.right[kept], edges.origin)


def as_bytes(faces: Faces) -> list[bytes]:
    return [one.tobytes() for one in (faces.label, faces.polygons, faces.rings, faces.xy)]


def spliced(seed: int) -> tuple[Faces, Faces]:
    """Ground that changed in some cells, spliced, and traced anew."""
    draw = np.random.default_rng(seed)
    ground = pieces(draw)
    points = shapely.get_coordinates(shapely.point_on_surface(ground))
    cells = (points // SIDE_M).astype(np.int64)
    chosen = draw.permutation(ACROSS * ACROSS)[: int(draw.integers(1, 9))]
    new = np.isin(cells[:, 1] * ACROSS + cells[:, 0], chosen)
    before = labelled(draw, points)
    after = np.where(new, labelled(draw, points), before)
    places = np.stack([chosen % ACROSS, chosen // ACROSS], axis=1).astype(np.int64)
    old = drawn(from_corner(edges_of(ground, before)))
    edges = from_corner(edges_of(ground, after))
    corners = places * float(SIDE_M)
    inside = shapely.union_all(shapely.box(*corners.T, *(corners + SIDE_M).T))
    known = Measures.of(old.rings, old.xy) if draw.random() < 0.5 else None
    closed, same = Cells.of(places, SIDE_MM), np.arange(9, dtype=np.int32)
    new = splice(old, within(edges, inside), closed, same, known)
    found, which = whole(new), new.which
    xy, starts, at = new.new
    assert sorted(at.tolist()) == np.flatnonzero(which < 0).tolist()
    for number, ring in enumerate(at.tolist()):
        ours = found.xy[found.rings[ring] : found.rings[ring + 1]]
        assert np.array_equal(ours, xy[starts[number] : starts[number + 1]])
    stays = np.flatnonzero(which >= 0)
    for ring, known in zip(stays.tolist(), which[stays].tolist(), strict=True):
        ours = found.xy[found.rings[ring] : found.rings[ring + 1]]
        theirs = old.faces().xy[old.rings[known] : old.rings[known + 1]]
        assert np.array_equal(ours, theirs)
    return found, trace(edges)


def whole(given: Spliced) -> Faces:
    return given.part(0, len(given.label))


@given(seeds)
@examples(60)
def test_splicing_is_tracing_anew(seed: int) -> None:
    found, wanted = spliced(seed)
    assert as_bytes(found) == as_bytes(wanted)


def crossed() -> tuple[Edges, Edges]:
    """Two halves of a square of four cells, and a line across one cell that ends in no edge."""
    square = [shapely.box(x, y, x + 20, y + 20) for x in (0, 20) for y in (0, 20)]
    loose = np.array([[5_000, 5_000, 9_000, 9_000]], np.int32)
    one, other = np.array([2], np.int32), np.array([3], np.int32)
    return from_corner(edges_of(square, [0, 0, 1, 1])), Edges(
        loose, one, other, np.zeros(2, np.int64)
    )


def cells(*places: tuple[int, int]) -> Cells:
    return Cells.of(np.array(places, np.int64).reshape(-1, 2), SIDE_MM)


def test_edges_that_do_not_meet_the_others_are_told() -> None:
    before, loose = crossed()
    old, same = drawn(before), np.arange(2, dtype=np.int32)
    nothing = Edges(before.ends[:0], before.left[:0], before.right[:0], before.origin)
    for edges in (loose, nothing):  # a cell without its old edges: those beside it lead nowhere
        with pytest.raises(ArithmeticError, match=r"leads nowhere|disagree"):
            splice(old, edges, cells((0, 0)), same)
    far = Edges(loose.ends, loose.left, loose.right, np.array([1 << 40, 0], np.int64))
    with pytest.raises(ArithmeticError, match="too far"):
        splice(old, far, cells((0, 0)), same)


def test_no_cells_change_nothing_but_labels() -> None:
    before, loose = crossed()
    nothing = Edges(loose.ends[:0], loose.left[:0], loose.right[:0], np.zeros(2, np.int64))
    found = splice(drawn(before), nothing, cells(), np.array([1, 0], np.int32))
    assert as_bytes(whole(found)) == as_bytes(trace(before, np.array([1, 0], np.int32)))
    assert sorted(found.which.tolist()) == [0, 1]


@given(seeds)
@examples(30)
def test_rings_are_measured_and_found_near(seed: int) -> None:
    """Boxes and areas as shapely has them; near is who has a corner in one of the cells."""
    draw = np.random.default_rng(seed)
    ground = pieces(draw)
    points = shapely.get_coordinates(shapely.point_on_surface(ground))
    old = drawn(from_corner(edges_of(ground, labelled(draw, points))))
    known = Measures.of(old.rings, old.xy)
    chosen = draw.permutation(ACROSS * ACROSS)[: int(draw.integers(0, 5))]
    closed = Cells.of(np.stack([chosen % ACROSS, chosen // ACROSS], axis=1), SIDE_MM)
    near = np.zeros(len(old.rings) - 1, bool)
    where = (closed.size, closed.corner, closed.inside)
    mark_near(old.rings, old.xy, known.boxes, *where, near)
    for ring, (first, end) in enumerate(zip(old.rings, old.rings[1:], strict=False)):
        xy = old.xy[first:end]
        assert known.boxes[ring].tolist() == [*xy.min(axis=0), *xy.max(axis=0)]
        assert abs(known.twice[ring]) == round(2 * shapely.Polygon(xy).area)
        assert (known.twice[ring] > 0) == shapely.is_ccw(shapely.LinearRing(xy))
        assert near[ring] == closed.hold(xy).any()


@given(seeds)
@examples(10)
def test_parts_are_those_of_the_whole(seed: int) -> None:
    """Of polygons that are traced, in metres or not, and of spliced ones."""
    draw = np.random.default_rng(seed)
    ground = pieces(draw)
    edges = from_corner(
        edges_of(ground, labelled(draw, shapely.get_coordinates(shapely.point_on_surface(ground))))
    )
    old = drawn(edges)
    nothing = Edges(edges.ends[:0], edges.left[:0], edges.right[:0], edges.origin)
    same = splice(old, nothing, cells(), np.arange(9, dtype=np.int32))
    faces = trace(edges)
    first, end = sorted(draw.integers(0, len(faces) + 1, 2).tolist())
    wanted = as_bytes(faces.part(first, end))
    assert as_bytes(old.part(first, end)) == wanted
    assert as_bytes(same.part(first, end)) == wanted


def test_places_on_the_border_of_a_cell_lie_in_it() -> None:
    some = cells((1, 1), (-1, 0))
    places = np.array([(20_000, 20_000), (40_000, 30_000), (30_000, 40_000), (40_000, 40_000)])
    assert some.hold(places).all()
    assert some.hold(np.array([(-20_000, 0), (0, 20_000), (-1, 1)])).all()
    outside = [(19_999, 30_000), (40_001, 30_000), (30_000, 19_999), (1, 1), (-20_001, 5), (5, 5)]
    assert not some.hold(np.array(outside)).any()
    along, within, beside = (
        (20_000, 20_000, 20_000, 40_000),
        (20_000, 20_000, 40_000, 40_000),
        (40_000, 20_000, 60_000, 40_000),
    )
    assert some.hold_edges(np.array([along, within, beside])).tolist() == [True, True, False]
