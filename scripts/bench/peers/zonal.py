"""zonal: shares of every evidence row in blocks, from a grid: ``zonal.py exactextract --data DIR``.

The grid of evidence is burned before the clock starts.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from common import Clock, Given, Raster, Told, answer, asked
from numpy.typing import NDArray

Rows = NDArray[np.uint32]


def _evidence(given: Given, target: Path) -> Rows:
    """Write a grid of row numbers; the rows are bitsets of conditions."""
    import rasterio  # noqa: PLC0415 - absent is an answer
    from rasterio.features import rasterize  # noqa: PLC0415
    from rasterio.transform import from_origin  # noqa: PLC0415

    frames, area = given.read(), given.area()
    grid = Raster.over(area.geometry.iloc[0], given.resolution_m)
    transform = from_origin(grid.west, grid.north, grid.resolution_m, grid.resolution_m)
    bits = np.zeros((grid.rows, grid.cols), np.uint32)
    for k, question in enumerate(given.questions):
        shapes = asked(question, frames)
        if len(shapes):
            mask = rasterize(shapes, bits.shape, transform=transform, dtype="uint8")
            bits |= mask.astype(np.uint32) << k
    rows: Rows = np.unique(bits)
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint16", "crs": area.crs, "tiled": True}
    profile |= {"height": grid.rows, "width": grid.cols, "transform": transform}
    profile |= {"compress": "zstd", "zstd_level": 1, "bigtiff": "IF_SAFER"}
    with rasterio.open(target, "w", **profile) as file:
        file.write(np.searchsorted(rows, bits).astype(np.uint16), 1)
    return rows


def _exactextract(path: Path, blocks: gpd.GeoDataFrame, rows: Rows) -> dict[int, float]:
    from exactextract import exact_extract  # noqa: PLC0415 - absent is an answer

    told = exact_extract(str(path), blocks, ["unique", "frac"], output="pandas")
    found: dict[int, float] = {}
    sizes = blocks.area.to_numpy()
    for values, shares, size in zip(told["unique"], told["frac"], sizes, strict=True):
        for value, share in zip(values, shares, strict=True):
            found[int(value)] = found.get(int(value), 0.0) + share * size
    return found


def _rasterstats(path: Path, blocks: gpd.GeoDataFrame, rows: Rows) -> dict[int, float]:
    from rasterstats import zonal_stats  # noqa: PLC0415 - absent is an answer

    found: dict[int, float] = {}
    told: list[dict[int, int]] = zonal_stats(blocks, str(path), categorical=True, nodata=65_535)
    for counts, size in zip(told, blocks.area.to_numpy(), strict=True):
        total = sum(counts.values())
        for value, count in counts.items():
            found[int(value)] = found.get(int(value), 0.0) + count / total * size
    return found


PEERS: dict[str, Any] = {"exactextract": _exactextract, "rasterstats": _rasterstats}


def work(peer: str, given: Given) -> Told:
    """Square metres of every condition in all blocks together."""
    clock = Clock()
    target = given.scratch / f"peer-zonal-{peer}.tif"
    blocks = given.proposals("blocks")
    rows = _evidence(given, target)
    with clock("engine"):
        found = PEERS[peer](target, blocks, rows)
    target.unlink()
    held = {
        one.key: sum(size for row, size in found.items() if int(rows[row]) >> k & 1)
        for k, one in enumerate(given.questions)
    }
    return clock.told({"held": held, "blocks": len(blocks)}, [peer])


if __name__ == "__main__":
    peer = sys.argv.pop(1)
    answer("zonal", peer, partial(work, peer))
