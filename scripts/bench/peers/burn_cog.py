"""burn to file: the rasterio loop, written by GDAL's COG driver with zstd."""

from __future__ import annotations

import numpy as np
from common import Clock, Given, Raster, Told, answer, by_rasterio, stacked


def work(given: Given) -> Told:
    """A COG of row numbers, two bytes a cell, with overviews by mode."""
    import rasterio  # noqa: PLC0415 - absent is an answer
    from rasterio.shutil import copy  # noqa: PLC0415

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area()
    grid = Raster.over(area.geometry.iloc[0], given.resolution_m)
    burned = by_rasterio(grid)
    plain, target = given.scratch / "peer-plain.tif", given.scratch / "peer-cog.tif"
    with clock("engine"):
        bits = stacked(given.questions, frames, grid, burned)
        rows = np.unique(bits)
        index = np.searchsorted(rows, bits).astype(np.uint16)
        profile = {
            "driver": "GTiff",
            "height": grid.rows,
            "width": grid.cols,
            "count": 1,
            "dtype": "uint16",
            "crs": area.crs,
            "transform": grid.transform,
            "tiled": True,
            "bigtiff": "IF_SAFER",
        }
        with rasterio.open(plain, "w", **profile) as file:
            file.write(index, 1)
        copy(plain, target, driver="COG", compress="ZSTD", level=1, overview_resampling="MODE")
    result = {"bytes": target.stat().st_size, "rows": len(rows)}
    plain.unlink()
    target.unlink()
    return clock.told(result, ["rasterio"])


if __name__ == "__main__":
    answer("burn to file", "rasterio loop + COG driver", work)
