"""burn: rusterize, one condition after the other, with OR of their bits."""

from __future__ import annotations

import numpy as np
from common import Clock, Given, Raster, Told, answer, area_mask, asked, counted


def work(given: Given) -> Told:
    """A bitset per cell."""
    from rusterize import rusterize  # noqa: PLC0415 - absent is an answer

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area().geometry.iloc[0]
    grid = Raster.over(area, given.resolution_m)
    with clock("engine"):
        bits = np.zeros((grid.rows, grid.cols), np.uint32)
        for k, question in enumerate(given.questions):
            shapes = asked(question, frames)
            if not len(shapes):
                continue
            mask = rusterize(
                list(shapes),
                out_shape=(grid.rows, grid.cols),
                extent=grid.extent,
                burn=1,
                fun="any",
                background=0,
                encoding="numpy",
                dtype="uint8",
            )
            bits |= mask.reshape(bits.shape).astype(np.uint32) << k
    result = counted(given.questions, bits, area_mask(area, grid))
    return clock.told(result, ["rusterize", "shapely"])


if __name__ == "__main__":
    answer("burn", "rusterize", work)
