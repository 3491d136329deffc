"""burn: gdal_rasterize, one condition after the other; buffers by GEOS before it."""

from __future__ import annotations

import shutil
import subprocess

import geopandas as gpd
import numpy as np
import pyogrio
from common import AbsentError, Clock, Given, Raster, Told, answer, area_mask, asked, counted


def work(given: Given) -> Told:
    """A bitset per cell, from one byte raster per condition."""
    import rasterio  # noqa: PLC0415 - to read the rasters back

    tool = shutil.which("gdal_rasterize")
    if tool is None:
        raise AbsentError("gdal_rasterize (Debian: gdal-bin)")
    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area()
    grid = Raster.over(area.geometry.iloc[0], given.resolution_m)
    size = [str(grid.resolution_m)] * 2
    extent = [str(one) for one in grid.extent]
    source, target = given.scratch / "peer-burn.gpkg", given.scratch / "peer-burn.tif"
    with clock("engine"):
        bits = np.zeros((grid.rows, grid.cols), np.uint32)
        for k, question in enumerate(given.questions):
            if question.within_m:
                frame = gpd.GeoDataFrame(geometry=asked(question, frames), crs=area.crs)
                source.unlink(missing_ok=True)
                pyogrio.write_dataframe(frame, source, layer="peer")
                inputs, where = [(source, "peer")], []
            else:
                inputs = [(given.data / f"{name}.gpkg", name) for name in question.files]
                where = ["-where", question.sql]
            target.unlink(missing_ok=True)
            made = ["-te", *extent, "-tr", *size, "-ot", "Byte", "-init", "0"]
            for at, (path, layer) in enumerate(inputs):
                head = made if at == 0 else []
                command = [tool, "-q", "-burn", "1", *where, "-l", layer, *head]
                subprocess.run(
                    [*command, str(path), str(target)], check=True, stderr=subprocess.DEVNULL
                )
            with rasterio.open(target) as file:
                bits |= file.read(1).astype(np.uint32) << k
    target.unlink()
    source.unlink(missing_ok=True)
    result = counted(given.questions, bits, area_mask(area.geometry.iloc[0], grid))
    done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True)
    return clock.told(result, ["rasterio"], done.stdout.strip())


if __name__ == "__main__":
    answer("burn", "gdal_rasterize", work)
