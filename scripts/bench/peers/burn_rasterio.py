"""burn: rasterio, one condition after the other, with OR of their bits."""

from __future__ import annotations

from common import Clock, Given, Raster, Told, answer, area_mask, by_rasterio, counted, stacked


def work(given: Given) -> Told:
    """A bitset per cell."""
    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area().geometry.iloc[0]
    grid = Raster.over(area, given.resolution_m)
    burned = by_rasterio(grid)
    with clock("engine"):
        bits = stacked(given.questions, frames, grid, burned)
    result = counted(given.questions, bits, area_mask(area, grid))
    return clock.told(result, ["rasterio", "shapely", "geopandas"])


if __name__ == "__main__":
    answer("burn", "rasterio loop", work)
