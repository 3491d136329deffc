"""burn: rasterio, one condition after the other, with OR of their bits."""

from __future__ import annotations

import numpy as np
from common import Clock, Given, Raster, Told, answer, area_mask, asked, counted
from numpy.typing import NDArray


def work(given: Given) -> Told:
    """A bitset per cell."""
    from rasterio.features import rasterize  # noqa: PLC0415 - absent is an answer
    from rasterio.transform import from_origin  # noqa: PLC0415

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area().geometry.iloc[0]
    grid = Raster.over(area, given.resolution_m)
    shape, size = (grid.rows, grid.cols), grid.resolution_m
    transform = from_origin(grid.west, grid.north, size, size)
    with clock("engine"):
        bits = np.zeros(shape, np.uint32)
        mask: NDArray[np.uint8] = np.zeros(shape, np.uint8)
        for k, question in enumerate(given.questions):
            mask[:] = 0
            shapes = asked(question, frames)
            if len(shapes):
                rasterize(shapes, out=mask, transform=transform, default_value=1)
                bits |= mask.astype(np.uint32) << k
    result = counted(given.questions, bits, area_mask(area, grid))
    return clock.told(result, ["rasterio", "shapely", "geopandas"])


if __name__ == "__main__":
    answer("burn", "rasterio loop", work)
