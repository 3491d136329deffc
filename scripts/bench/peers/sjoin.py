"""wells, parcels: geopandas.sjoin, one condition after the other: ``sjoin.py wells --data DIR``."""

from __future__ import annotations

import sys

import geopandas as gpd
import pandas as pd
import shapely
from common import Clock, Given, Question, Told, answer


def _layer(question: Question, frames: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    parts = [question.picks(frames[name])[["geometry"]] for name in question.files]
    return pd.concat(parts, ignore_index=True)


def _joined(
    question: Question, proposals: gpd.GeoDataFrame, layer: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    if question.within_m:
        return gpd.sjoin(proposals, layer, predicate="dwithin", distance=question.within_m)
    return gpd.sjoin(proposals, layer, predicate="intersects")


def wells(given: Given) -> Told:
    """Wells for which each condition holds."""
    clock = Clock()
    with clock("read"):
        frames, proposals = given.read(), given.proposals("wells")
    held = {}
    with clock("engine"):
        for one in given.questions:
            held[one.key] = int(_joined(one, proposals, _layer(one, frames)).index.nunique())
    return clock.told({"held": held}, ["geopandas", "shapely"])


def parcels(given: Given) -> Told:
    """Pairs of parcel and feature, and the area they share where no distance is asked."""
    clock = Clock()
    with clock("read"):
        frames, proposals = given.read(), given.proposals("parcels")
    pairs, shared = {}, {}
    with clock("engine"):
        for one in given.questions:
            layer = _layer(one, frames)
            found = _joined(one, proposals, layer)
            pairs[one.key], shared[one.key] = len(found), 0.0
            if not one.within_m:
                theirs = layer.geometry.to_numpy()[found["index_right"]]
                both = shapely.intersection(found.geometry.to_numpy(), theirs)
                shared[one.key] = round(float(shapely.area(both).sum()), 3)
    return clock.told({"pairs": pairs, "shared": shared}, ["geopandas", "shapely"])


if __name__ == "__main__":
    task = sys.argv.pop(1)
    answer(task, "geopandas.sjoin", {"wells": wells, "parcels": parcels}[task])
