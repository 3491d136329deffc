"""Cuts and squares of the grid, against fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.kernels.binning import nearest
from geozone.engine.kernels.noding_snap import passes_through

spans = st.integers(-(2**41), 2**41)


@given(start=spans, span=spans, part=st.integers(0, 2**41), whole=st.integers(1, 2**41))
def test_a_cut_is_the_nearest_millimetre(start: int, span: int, part: int, whole: int) -> None:
    part = min(part, whole)
    found = nearest(start, span, part, whole)
    assert found == floor(start + Fraction(span * part, whole) + Fraction(1, 2))


def square_hit(ends: Any, x: int, y: int) -> bool:
    """Whether a segment has a point that rounds to (x, y), by cutting it with fractions."""
    x0, y0, x1, y1 = map(int, ends)
    cuts = {Fraction(0), Fraction(1)}
    half = Fraction(1, 2)
    for start, span, middle in ((x0, x1 - x0, x), (y0, y1 - y0, y)):
        if span:
            cuts |= {(middle - half - start) / span, (middle + half - start) / span}
    steps = sorted(one for one in cuts if 0 <= one <= 1)
    steps += [(one + two) / 2 for one, two in pairwise(steps)]
    points = [(x0 + one * (x1 - x0), y0 + one * (y1 - y0)) for one in steps]
    return any((floor(px + half), floor(py + half)) == (x, y) for px, py in points)


near_ends = st.tuples(*[st.integers(0, 9)] * 4)


@given(ends=near_ends, x=st.integers(0, 9), y=st.integers(0, 9))
def test_a_square_is_hit_where_a_point_rounds_to_its_middle(
    ends: tuple[int, ...], x: int, y: int
) -> None:
    segment = np.array(ends, np.int32)
    assert passes_through(segment, x, y) == square_hit(segment, x, y)
