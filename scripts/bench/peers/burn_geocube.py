"""burn: geocube, one condition after the other, with OR of their bits."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from common import Clock, Given, Raster, Told, answer, area_mask, counted, stacked
from numpy.typing import NDArray


def work(given: Given) -> Told:
    """A bitset per cell."""
    from geocube.api.core import make_geocube  # noqa: PLC0415 - absent is an answer
    from shapely import box  # noqa: PLC0415

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area()
    grid = Raster.over(area.geometry.iloc[0], given.resolution_m)
    size = grid.resolution_m
    name = {"properties": {"name": area.crs.to_string()}}
    frame = box(*grid.extent).__geo_interface__ | {"crs": name}

    def burned(shapes: NDArray[np.object_]) -> NDArray[np.uint8]:
        ones = {"one": np.ones(len(shapes), np.uint8)}
        table = gpd.GeoDataFrame(ones, geometry=shapes, crs=area.crs)
        cube = make_geocube(
            table, measurements=["one"], resolution=(-size, size), geom=frame, fill=0
        )
        mask: NDArray[np.uint8] = (cube["one"].to_numpy() > 0).view(np.uint8)
        return mask[: grid.rows, : grid.cols]

    with clock("engine"):
        bits = stacked(given.questions, frames, grid, burned)
    result = counted(given.questions, bits, area_mask(area.geometry.iloc[0], grid))
    return clock.told(result, ["geocube", "rasterio"])


if __name__ == "__main__":
    answer("burn", "geocube", work)
