"""What compiles loops, loaded beside other work."""

from __future__ import annotations


def load() -> None:
    """Load numba and have one loop called, which takes half a second."""
    import numpy as np  # noqa: PLC0415 - loads late, as the loops do

    from geozone.engine.kernels.tracenodes import count_parting  # noqa: PLC0415 - numba loads slowly

    nothing = np.empty(0, np.int32)
    count_parting(nothing, nothing, nothing)  # the first loop of all loads the most
