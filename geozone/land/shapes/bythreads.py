"""Asking many shapes at once, by several threads: GEOS works without Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

THREADS = 4
"""More gain nothing: the rest of reading has one."""

FEW = 2_000
"""So many shapes are asked at once: threads are not worth their making."""

SHARES = 16
"""Shapes differ in size: who is done early takes one of the shares that are left."""


def by_threads(
    ask: Callable[[NDArray[np.object_]], NDArray[Any]], shapes: NDArray[np.object_]
) -> NDArray[Any]:
    """What a function of shapely gives for shapes (n,), one answer each, in their order."""
    if len(shapes) <= FEW:
        return ask(shapes)
    with ThreadPoolExecutor(THREADS) as pool:
        return np.concatenate(list(pool.map(ask, np.array_split(shapes, SHARES))))
