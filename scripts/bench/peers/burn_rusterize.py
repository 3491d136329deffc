"""burn: rusterize, one condition after the other, with OR of their bits."""

from __future__ import annotations

import numpy as np
from common import Clock, Given, Raster, Told, answer, area_mask, counted, stacked
from numpy.typing import NDArray


def work(given: Given) -> Told:
    """A bitset per cell."""
    from rusterize import rusterize  # noqa: PLC0415 - absent is an answer

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area().geometry.iloc[0]
    grid = Raster.over(area, given.resolution_m)

    def burned(shapes: NDArray[np.object_]) -> NDArray[np.uint8]:
        mask: NDArray[np.uint8] = rusterize(
            list(shapes),
            out_shape=(grid.rows, grid.cols),
            extent=grid.extent,
            burn=1,
            fun="any",
            background=0,
            encoding="numpy",
            dtype="uint8",
        )
        return mask.reshape(grid.rows, grid.cols)

    with clock("engine"):
        bits = stacked(given.questions, frames, grid, burned)
    result = counted(given.questions, bits, area_mask(area, grid))
    return clock.told(result, ["rusterize", "shapely"])


if __name__ == "__main__":
    answer("burn", "rusterize", work)
