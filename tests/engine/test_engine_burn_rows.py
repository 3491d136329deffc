"""Rows of a band, step by step: which cells are asked, in which order, and how they are filled."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.grid import Shape2d
from geozone.engine.kernels.rows_order import by_column, by_row
from geozone.engine.kernels.rows_pieces import SEGMENTS, met
from geozone.engine.kernels.rows_reach import LANES, Frame, Limit, capsule_cells
from geozone.engine.runs import Runs, expanded

HALF = np.uint64(32)
COLS = [1, 2, 3, 200, 256, 257, 12_695, 65_536, 65_537, 2**31 - 1]
seeds = st.integers(0, 10_000)
few = examples(60)


@few
@given(seed=seeds, cols=st.sampled_from(COLS), count=st.sampled_from([0, 1, 2, 40, 3000]))
def test_events_are_sorted_by_row_and_column(seed: int, cols: int, count: int) -> None:
    draw, rows = np.random.default_rng(seed), 5
    events = draw.integers(0, (rows, cols, 2**31 - 1), (count, 3)).astype(np.int32)
    starts, keys = np.zeros(rows + 1, np.int64), np.empty(count + 3, np.uint64)
    by_row(events, count, starts, keys)
    assert starts.tolist() == np.searchsorted(np.sort(events[:, 0]), range(rows + 1)).tolist()
    for row, (first, end) in enumerate(pairwise(starts)):
        room, digits = np.empty(end - first, np.uint64), np.empty(256, np.int64)
        line = by_column(keys[first:end], room, cols, digits)
        mine = events[events[:, 0] == row]
        mine = mine[np.argsort(mine[:, 1], kind="stable")]
        assert (line >> HALF).tolist() == mine[:, 1].tolist()
        assert (line & np.uint64(2**32 - 1)).tolist() == mine[:, 2].tolist()


@few
@given(seed=seeds, kind=st.sampled_from([np.uint8, np.uint16, np.uint32]))
def test_cells_are_filled_up_to_the_last_and_no_further(seed: int, kind: type) -> None:
    draw = np.random.default_rng(seed)
    shape = Shape2d(int(draw.integers(1, 5)), int(draw.choice([1, 15, 16, 17, 40, 200])))
    firsts = [
        np.append(0, 1 + np.flatnonzero(draw.random(shape.cols - 1) < chance))
        for chance in draw.choice([0.02, 0.3, 1.0], shape.rows)
    ]
    starts, cols = np.cumsum([0, *map(len, firsts)]), np.concatenate(firsts).astype(np.int32)
    ids = draw.integers(0, 7, len(cols)).astype(np.int32)
    numbers = draw.integers(0, np.iinfo(kind).max, 7).astype(np.uint32)
    runs = Runs(0, shape, starts, cols, ids, np.zeros((7, 1), np.uint64), 1)
    guarded = np.full((shape.rows + 2, shape.cols), 77, kind)
    expanded(runs, numbers, numbers % 3 > 0, guarded[1:-1], outside=9)
    told = np.where(numbers % 3 > 0, numbers, 9)[ids]
    for row, (first, end) in enumerate(pairwise(starts)):
        lengths = np.diff(np.append(cols[first:end], shape.cols))
        assert guarded[row + 1].tolist() == np.repeat(told[first:end], lengths).tolist()
    assert (guarded[[0, -1]] == 77).all()


def capsule_by_chance(draw: np.random.Generator, frame: Frame) -> tuple[float, float, float, float]:
    """A segment around a frame: of any slope, of no length, along a row, nearly along it."""
    size = frame.size
    ax, bx = frame.left + draw.uniform(-20, frame.cols + 20, 2) * size
    ay, by = frame.top - draw.uniform(-20, frame.first + frame.rows + 20, 2) * size
    flat = draw.integers(5)
    if flat == 0:
        bx, by = ax, ay
    if flat in (1, 2):
        ay = frame.top - (math.floor((frame.top - ay) / size) + 0.5) * size
        by = ay + float(draw.choice([0.0, 1e-9, -1e-9, 1e-7, 1e-3])) * (flat == 2)
    if flat == 3:
        bx = ax + float(draw.choice([0.0, 1e-9, 1e-4]))
    return float(ax), float(ay), float(bx), float(by)


@few
@given(seed=seeds, size=st.sampled_from([0.01, 1.0, 30.0]))
def test_cells_of_a_capsule_are_asked_or_surely_in_it(seed: int, size: float) -> None:
    """What may be in it holds all that is within the most, what surely is only the least."""
    draw = np.random.default_rng(seed)
    frame = Frame(500_000.0, 4_000_000.0, size, int(draw.integers(0, 40)), LANES, 50)
    least = float(draw.choice([0.0, 0.3, 1.0, 6.5, 40.0])) * size
    limit = Limit(least, least * 1.001 + 1e-6, least * least if least > 0 else -1.0, -1, 0)
    bounds = np.empty(4 * LANES)
    x = frame.left + (np.arange(frame.cols) + 0.5) * size
    for _ in range(20):
        ends = capsule_by_chance(draw, frame)
        capsule_cells(ends, 0, frame, limit, bounds)
        first, end, sure_first, sure_end = bounds.reshape(4, LANES)
        begin, other = np.array(ends[:2]), np.array(ends[2:])
        along = other - begin
        for row in range(LANES):
            cells = np.arange(frame.cols)
            centres = np.column_stack(
                [x, np.full(frame.cols, frame.top - (frame.first + row + 0.5) * size)]
            )
            share = np.clip((centres - begin) @ along / max(along @ along, 1e-300), 0.0, 1.0)
            off = np.hypot(*(begin + share[:, None] * along - centres).T)
            maybe = (cells >= first[row]) & (cells < end[row])
            sure = (cells >= sure_first[row]) & (cells < sure_end[row])
            assert maybe[off <= limit.most - 1e-8].all(), ends
            assert (off[sure] <= least + 1e-8).all(), ends
            assert 0 <= first[row] <= frame.cols
            assert 0 <= end[row] <= frame.cols
            assert not sure.any() or limit.least2 >= 0


@few
@given(seed=seeds, count=st.sampled_from([1, 2, 7, SEGMENTS + 1]))
def test_segments_that_come_near_rows_are_met(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    frame = Frame(0.0, 1000.0, 10.0, int(draw.integers(0, 30)), int(draw.integers(1, 20)), 9)
    xy = np.round(draw.uniform(0, 1100, (count + 2, 2)) / 5) * 5
    reach, rows = float(draw.choice([0.001, 0.5, 7.0])), np.empty(3 * SEGMENTS, np.int32)
    found = met(xy, (1, count), frame, reach, rows)
    expected = {}
    at = (frame.top - xy[:, 1]) / frame.size - 0.5 - frame.first
    for segment in range(max(count - 1, 1)):
        one, other = at[1 + segment], at[min(2 + segment, count)]
        near = np.arange(frame.rows)
        near = near[(near >= min(one, other) - reach) & (near <= max(one, other) + reach)]
        if len(near):
            expected[segment] = (near[0], near[-1])
    told = rows[2 * SEGMENTS : 2 * SEGMENTS + found].tolist()
    assert {one: (rows[one], rows[SEGMENTS + one]) for one in told} == expected


def test_a_point_is_a_piece_of_one_segment() -> None:
    rows = np.empty(3 * SEGMENTS, np.int32)
    frame = Frame(0.0, 100.0, 10.0, 0, 10, 9)
    assert met(np.array([[5.0, 55.0]]), (0, 0), frame, 0.001, rows) == 1
    assert (rows[0], rows[SEGMENTS]) == (4, 4)


@pytest.mark.parametrize("cols", [1, 16, 100])
def test_a_row_that_is_one_run_is_filled(cols: int) -> None:
    runs = Runs(
        0, Shape2d(1, cols), np.array([0, 1]), np.zeros(1, np.int32), np.zeros(1, np.int32),
        np.zeros((1, 1), np.uint64), 1,
    )  # fmt: skip
    out = np.zeros((1, cols), np.uint16)
    expanded(runs, np.array([5], np.uint32), np.array([True]), out)
    assert (out == 5).all()
