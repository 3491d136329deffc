"""Loops compiled by numba; loaded only by what asks whole grounds, not single proposals."""

from __future__ import annotations


def load() -> None:
    """Load what compiles loops, which takes half a second, beside other work."""
    import numpy as np  # noqa: PLC0415 - loads late, as the loops do

    from geozone.engine.kernels.tracenodes import count_parting  # noqa: PLC0415 - numba loads slowly

    nothing = np.empty(0, np.int32)
    count_parting(nothing, nothing, nothing)  # the first loop of all loads the most
