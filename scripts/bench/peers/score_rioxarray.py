"""Rasters brought to one grid by rioxarray and scored by numpy in memory: no zones, no reasons."""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from pathlib import Path

import numpy as np
import rioxarray
from numpy.typing import NDArray
from rasterio.enums import Resampling

Values = NDArray[np.float32]


def main() -> None:
    """Score the grid of the first raster, and print seconds and the shares of classes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scores", type=Path, help="write them here, after the clock stops")
    args = parser.parse_args()
    folder = args.data / "factors"
    model = tomllib.loads((folder / "MODEL.toml").read_text("utf-8"))
    began, used = time.perf_counter(), time.process_time()
    first = model["factor"][0]["id"]
    like = rioxarray.open_rasterio(folder / model["data"][first]["path"], masked=True)[0]
    total: Values = np.zeros(like.shape, np.float32)
    for one in model["factor"]:
        given = model["data"][one["id"]]
        raster = rioxarray.open_rasterio(folder / given["path"], masked=True)[0]
        if raster.shape != like.shape or given["resampling"] != "nearest":
            how = Resampling[given["resampling"]]
            raster = raster.rio.reproject_match(like, resampling=how)
        values = raster.to_numpy().astype(np.float32)
        total += np.float32(model["weights"][one["id"]]) * _worth(values, one["membership"])
    low, high = model["classes"]["limits"]
    classes = (total >= low).astype(np.uint8) + (total >= high)
    classes[np.isnan(total)] = 3
    spent, used = time.perf_counter() - began, time.process_time() - used
    counts = np.bincount(classes.ravel(), minlength=4)[:3]
    told = {"engine_s": spent, "engine_cpu_s": used, "shares": (counts / counts.sum()).tolist()}
    print(json.dumps(told))
    if args.scores:
        np.save(args.scores, total)


def _worth(values: Values, membership: dict[str, object]) -> Values:
    xs, ys = np.array(membership["points"], np.float32).T
    if membership["curve"] == "table":
        steps = np.concatenate([[0.0], ys]).astype(np.float32)
        found = steps[np.searchsorted(xs, values, side="right")]
        return np.where(np.isnan(values), np.float32(np.nan), found)
    if membership["curve"] == "s_shaped":
        along = np.clip((values - xs[0]) / (xs[1] - xs[0]), 0, 1)
        bent = np.where(along <= 0.5, 2 * along**2, 1 - 2 * (1 - along) ** 2)
        return (ys[0] + (ys[1] - ys[0]) * bent).astype(np.float32)
    return np.interp(values, xs, ys).astype(np.float32)


if __name__ == "__main__":
    main()
