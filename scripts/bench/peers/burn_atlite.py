"""burn: atlite's ExclusionContainer: which cells are free of every condition, without reasons."""

from __future__ import annotations

import geopandas as gpd
from common import Clock, Given, Told, answer


def work(given: Given) -> Told:
    """A mask of eligible cells over atlite's own padded grid; buffers by GEOS."""
    from atlite.gis import ExclusionContainer, shape_availability  # noqa: PLC0415

    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area()
    with clock("engine"):
        excluder = ExclusionContainer(crs=area.crs, res=given.resolution_m)
        for question in given.questions:
            for name in question.files:
                shapes = question.picks(frames[name]).geometry.reset_index(drop=True)
                if len(shapes):
                    excluder.add_geometry(gpd.GeoSeries(shapes), buffer=question.within_m)
        mask, _ = shape_availability(area.geometry, excluder)
    result = {"free": int(mask.sum())}
    return clock.told(result, ["atlite", "rasterio"], "no reasons: free or not")


if __name__ == "__main__":
    answer("burn", "atlite", work)
