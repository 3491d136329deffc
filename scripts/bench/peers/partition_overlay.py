"""partition: geopandas.overlay(how="union"), one dissolved condition after the other."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import shapely
from common import Clock, Given, Told, answer, asked

BEGUN = "bits"


def work(given: Given) -> Told:
    """Ground with its full set of conditions, and the area of each condition."""
    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area()
    warnings.filterwarnings("ignore", message=".*keep_geom_type.*")
    questions = given.questions
    with clock("engine"):
        ground = gpd.GeoDataFrame({BEGUN: [0]}, geometry=area.geometry.to_numpy(), crs=area.crs)
        for k, question in enumerate(questions):
            shapes = asked(question, frames)
            if not len(shapes):
                continue
            held = shapely.get_parts(shapely.intersection(shapely.union_all(shapes), area.geometry))
            layer = gpd.GeoDataFrame({"held": [1 << k] * len(held)}, geometry=held, crs=area.crs)
            layer = layer[layer.geom_type == "Polygon"]
            ground = gpd.overlay(ground, layer, how="union", keep_geom_type=True)
            ground[BEGUN] = ground[BEGUN].fillna(0).astype(int) | ground["held"].fillna(0).astype(
                int
            )
            ground = ground[[BEGUN, "geometry"]].explode(ignore_index=True)
        rows = ground.dissolve(by=BEGUN)
    bits = rows.index.to_numpy().astype(np.uint32)
    sizes = rows.area.to_numpy()
    held_m2 = {one.key: float(sizes[bits >> k & 1 == 1].sum()) for k, one in enumerate(questions)}
    result = {"held": held_m2, "places": float(sizes.sum()), "rows": len(rows)}
    return clock.told(result, ["geopandas", "shapely"])


if __name__ == "__main__":
    answer("partition", "geopandas.overlay union, chained", work)
