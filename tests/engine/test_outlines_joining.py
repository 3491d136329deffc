"""Cells joined are one ground, however it was cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.arrangement import arrange
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.outlines.edges import NEXT_CELL, NOWHERE, LabelledBlock
from geozone.engine.outlines.faces import Faces, to_shapely
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.tracing import trace
from geozone.land.shapes.flat import Flat

few = examples(15)


def block(*cells: tuple[int, int, Any, Any, Any]) -> LabelledBlock:
    """Cells: column, row, ends, labels left and right."""
    starts = np.cumsum([0, *(len(one[2]) for one in cells)]).astype(np.int64)
    places = np.array([one[:2] for one in cells], np.int64)
    arrays = (np.concatenate([np.array(one[at], np.int32) for one in cells]) for at in (2, 3, 4))
    return LabelledBlock(places, starts, *arrays)


def cell_of(picture: Any, col: int, row: int, size: int) -> LabelledBlock:
    """The edges around the unit squares of one cell of a picture of labels."""
    ends, left, right = [], [], []
    part = picture[col * size : (col + 1) * size, row * size : (row + 1) * size]
    around = np.full((size + 2, size + 2), NEXT_CELL)
    around[1:-1, 1:-1] = part
    for x in range(size + 1):
        for y in range(size + 1):
            upright = (x, y, x, y + 1, around[x, y + 1], around[x + 1, y + 1])
            level = (x, y, x + 1, y, around[x + 1, y + 1], around[x + 1, y])
            for *end, one, other in ([upright] if y < size else []) + ([level] if x < size else []):
                if one != other:
                    ends.append(end)
                    left.append(one)
                    right.append(other)
    return block((col, row, np.reshape(ends, (-1, 4)), left, right))


def cells_of(picture: Any, size: int) -> list[LabelledBlock]:
    across, up = (side // size for side in picture.shape)
    return [cell_of(picture, col, row, size) for col in range(across) for row in range(up)]


def as_bytes(faces: Faces) -> bytes:
    arrays = (faces.label, faces.polygons, faces.rings, faces.xy)
    return b"".join(one.tobytes() for one in arrays)


@few
@given(seed=st.integers(0, 100_000), size=st.sampled_from([1, 2, 3, 4, 6]))
def test_cells_joined_are_one_cell_byte_for_byte(seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    picture = draw.integers(-1, draw.integers(1, 4), (12, 12))
    cells = cells_of(picture, size)
    kept = [cell for cell in cells if (cell.left >= 0).any() or (cell.right >= 0).any()]
    mixed = [kept[at] for at in draw.permutation(len(kept))]
    whole = trace(join(cells_of(picture, 12), 12))
    assert (
        as_bytes(trace(join(cells, size))) == as_bytes(trace(join(mixed, size))) == as_bytes(whole)
    )
    assert shapely.area(to_shapely(whole)).sum() * 1e6 == pytest.approx((picture >= 0).sum())


def test_nodes_on_one_side_only_change_nothing() -> None:
    west = cell_of(np.array([[0, 1]] * 2), 0, 0, 2)
    ends = [[0, 0, 2, 0], [2, 0, 2, 2], [2, 2, 0, 2], [0, 2, 0, 0]]
    east = block((1, 0, ends, [1] * 4, [NEXT_CELL] * 4))
    faces = trace(join([west, east], 2))
    lower, upper = to_shapely(faces)
    assert (faces.xy * 1000).max() == 4
    assert lower.equals(shapely.box(0, 0, 0.002, 0.001))
    assert upper.area == pytest.approx(6e-6)


def frame(label: int, col: int = 0) -> LabelledBlock:
    ends = [[0, 0, 5, 0], [5, 0, 5, 5], [5, 5, 0, 5], [0, 5, 0, 0]]
    return block((col, 0, ends, [label] * 4, [NEXT_CELL] * 4))


def test_a_cell_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="give every cell once"):
        join([frame(0), frame(0)], 5)


def test_a_slanted_frame_is_refused() -> None:
    cell = frame(0)
    cell.ends[1, 2] = 6
    with pytest.raises(ValueError, match="not parallel"):
        join([cell], 5)


def test_ground_wider_than_the_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="wider"):
        join([frame(0), frame(0, col=1 << 30)], 5)


def test_no_cells_and_cells_of_nowhere_have_no_edges() -> None:
    assert len(join([], 5)) == len(join([frame(NOWHERE)], 5)) == 0


def labelled(blocks: Any) -> list[LabelledBlock]:
    """Blocks of an arrangement with one label for every set of counters, none outside."""
    known: dict[bytes, int] = {}
    found = []
    for one in blocks:
        names = [row.tobytes() if row[0] & np.uint64(1) else None for row in one.table]
        labels = [NOWHERE if row is None else known.setdefault(row, len(known)) for row in names]
        found.append(LabelledBlock.of(one, np.array(labels, np.int32)))
    return found


@few
@given(seed=st.integers(0, 100_000), cell_mm=st.sampled_from([7_000, 16_000, 64_000]))
def test_arrangements_become_valid_disjoint_and_whole(seed: int, cell_mm: int) -> None:
    draw = np.random.default_rng(seed)
    area = shapely.Point(50, 50).buffer(40, quad_segs=7)
    corners = draw.uniform(0, 100, (12, 3, 2))
    shapes = [np.array([area]), shapely.polygons(corners[:6]), shapely.polygons(corners[6:])]
    flats = [Flat.of(one) for one in shapes]
    counters = [Counter(one.xy, one.starts, one.sign) for one in flats]
    blocks = labelled(arrange(counters, Bounds(0, 0, 100, 100), cell_mm=cell_mm))
    faces = trace(join(blocks, cell_mm))
    found = to_shapely(faces)
    assert shapely.is_valid(found).all()
    assert shapely.area(found).sum() == pytest.approx(area.area, abs=0.5)
    one, other = shapely.STRtree(found).query(found, predicate="intersects")
    pairs = one < other
    shared = shapely.intersection(found[one[pairs]], found[other[pairs]])
    assert shapely.area(shared).sum() < 1e-9
    places = draw.uniform(10, 90, (200, 2))
    bits = [shapely.intersects_xy(shapely.union_all(one), places) for one in shapes]
    wanted = bits[0] & bits[1] & bits[2]
    near = shapely.STRtree(shapely.boundary(np.concatenate(shapes)))
    far = np.ones(len(places), bool)
    far[near.query(shapely.points(places), "dwithin", distance=0.01)[0]] = False
    inside = shapely.intersects_xy(shapely.union_all(found), places)
    assert np.array_equal(inside[far], bits[0][far])
    by_label = [shapely.union_all(found[faces.label == one]) for one in np.unique(faces.label)]
    for ground in by_label:
        said = wanted[far & shapely.intersects_xy(ground, places)]
        assert not len(said) or said.all() or not said.any()
