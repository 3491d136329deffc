"""Geometries from well-known binary, with what is broken left out."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def shapes_of(blobs: NDArray[np.object_]) -> NDArray[np.object_]:
    """The geometry of each blob (n,); ``None`` where there is none or it cannot be read.

    Coordinates that are no numbers pass: they are found and told where shapes are checked.
    """
    with np.errstate(invalid="ignore"):
        shapes: NDArray[np.object_] = shapely.from_wkb(blobs, on_invalid="ignore")
    return shapes
