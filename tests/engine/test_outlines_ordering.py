"""Things that are mostly in order already come out as if all were sorted."""

from __future__ import annotations

import numpy as np
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.outlines.ordering import _sorted


@given(st.integers(0, 1_000_000), st.integers(0, 400), st.integers(0, 12))
@examples(60)
def test_most_in_order(seed, count, late):
    draw = np.random.default_rng(seed)
    kinds = int(draw.integers(1, 60))
    rows = draw.integers(0, kinds, (count, 3))
    rows = np.concatenate([rows[np.lexsort(rows.T[::-1])], draw.integers(0, kinds, (late, 3))])
    keys = tuple(np.ascontiguousarray(one) for one in rows.T)
    assert _sorted(*keys).tolist() == np.lexsort(keys[::-1]).tolist()
