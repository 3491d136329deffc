"""Fields as rings to be counted: what a partition is cut along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.arrangement import Counter
from geozone.engine.fields import Field
from geozone.engine.outlines.buffers import buffer_rings
from geozone.engine.scalefit import ScaleFit

POINT_M = 1e-5
"""A reach below this is the tolerance of arithmetic: no ground lies in it."""

Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Counters:
    """Rings, each set counted once; field f is answered by counter ``speaks[f]``."""

    rings: tuple[Counter, ...]
    speaks: NDArray[np.intp]

    def bits(self, held: Bits) -> Bits:
        """The answers to fields, shape (k, fields), from those of counters, (k, counters)."""
        found: Bits = held[:, self.speaks]
        return found


def counters(fields: Sequence[Field], scale: ScaleFit, *, jobs: int = 1) -> Counters:
    """The counters of fields, that of the first one first.

    Buffers are right to 1 cm: decide by distance, draw by buffer.
    """
    rings: list[Counter] = []
    known: dict[tuple[int, float, bool], int] = {}
    speaks = []
    for one in fields:
        reach_m = one.reach_m if one.reach_m > POINT_M else 0.0
        key = (id(one.flat), reach_m, one.solid)  # fields hold their coordinates all the while
        if key not in known:
            found = buffer_rings(
                one.flat, reach_m, scale, solid=one.solid, jobs=jobs, blunt=one.blunt
            )
            known[key] = len(rings)
            rings.append(Counter(found.xy, found.starts, found.sign))
        speaks.append(known[key])
    return Counters(tuple(rings), np.array(speaks, np.intp))
