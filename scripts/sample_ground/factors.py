"""Data behind the sample of a suitability model: smooth made-up ground, towns and their pipes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from sample_ground.shapes import chance
from sample_ground.writing import NOTE, write_geojson

STEP_M = 300.0
BEYOND_M = 600.0
UNKNOWN = 255
WAVES = 24
TOWNS = 9
TOWN_M = 2600.0
MODEL = "score.toml"
POTENTIAL = "potential.toml"
POINTS = "temperatures.csv"
WELLS = 60
WELL_ERROR = 1.5
NETWORKS = "networks.geojson"

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """The cells of the rasters, and the centres of towns (n, 2), in metres."""

    left: float
    top: float
    rows: int
    cols: int
    towns: Values

    @property
    def centres(self) -> tuple[Values, Values]:
        """East and north coordinates, shape (rows, cols)."""
        x = self.left + (np.arange(self.cols) + 0.5) * STEP_M
        y = self.top - (np.arange(self.rows) + 0.5) * STEP_M
        east, north = np.meshgrid(x, y)
        return east, north


def write_factors(folder: Path, area: BaseGeometry, crs: str, seed: int) -> None:
    """Write rasters, networks and the model that reads them; the same seed, the same bytes."""
    west, south, east, north = area.buffer(BEYOND_M).bounds
    left, top = math.floor(west / STEP_M) * STEP_M, math.ceil(north / STEP_M) * STEP_M
    rows, cols = math.ceil((top - south) / STEP_M), math.ceil((east - left) / STEP_M)
    random = chance(seed, f"{folder.name}/factors")
    frame = Frame(left, top, rows, cols, np.array(list(_towns(area, random))[:TOWNS]))
    for name, values in _rasters(frame, random):
        _write(folder / name, values, frame, crs)
    (folder / POINTS).write_text(_measured(folder, area, crs, seed), encoding="utf-8")
    lines = gpd.GeoDataFrame({"note": [NOTE] * len(frame.towns)}, geometry=_pipes(frame), crs=crs)
    write_geojson(folder / NETWORKS, lines)
    (folder / MODEL).write_text(TEXT, encoding="utf-8")
    (folder / POTENTIAL).write_text(POTENTIAL_TEXT, encoding="utf-8")


def _towns(area: BaseGeometry, random: np.random.Generator) -> Iterator[tuple[float, float]]:
    west, south, east, north = area.bounds
    inner = area.buffer(-TOWN_M)
    for _ in range(60 * TOWNS):
        x, y = float(random.uniform(west, east)), float(random.uniform(south, north))
        if inner.contains(shapely.Point(x, y)):
            yield x, y


def _pipes(frame: Frame) -> list[BaseGeometry]:
    """A cross of pipes in every town."""
    return [
        shapely.MultiLineString(
            [[(x - 1200, y - 300), (x + 1300, y + 250)], [(x - 200, y - 1100), (x + 150, y + 900)]]
        )
        for x, y in frame.towns
    ]


def _rasters(frame: Frame, random: np.random.Generator) -> Iterator[tuple[str, Values]]:
    """The rasters by name; not surveyed is NaN."""
    x, y = frame.centres
    warm = 58 + 14 * _waves(frame, random) + 12 * (x - frame.left) / (frame.cols * STEP_M)
    hole = np.hypot(x - x.mean() - 9000, y - y.mean() - 5000) < 2400
    yield "temperature.tif", np.where(hole, np.nan, np.clip(np.rint(warm), 15, 110))
    kind = _waves(frame, random) + 0.6 * _waves(frame, random)
    yield "reservoir.tif", np.digitize(kind, [-1.1, -0.2, 0.9]).astype(np.float64)
    demand = np.zeros(x.shape)
    for east, north in frame.towns:
        demand += 170 * np.exp(-(((x - east) ** 2 + (y - north) ** 2) / (2 * TOWN_M**2)))
    yield "heat_demand.tif", np.clip(np.rint(demand + 12), 0, UNKNOWN - 1)


def _waves(frame: Frame, random: np.random.Generator) -> Values:
    """A smooth field of mean 0 and deviation 1, about."""
    x, y = np.meshgrid(np.arange(frame.cols), np.arange(frame.rows))
    field = np.zeros(x.shape)
    for _ in range(WAVES):
        along, across = random.normal(0, 4, 2)
        turn = random.uniform(0, 2 * np.pi)
        field += np.sin(2 * np.pi * (along * x + across * y) / frame.cols + turn)
    return field / math.sqrt(WAVES / 2)


def _measured(folder: Path, area: BaseGeometry, crs: str, seed: int) -> str:
    """A table of wells that measured the raster of temperatures, each a little off."""
    random = chance(seed, f"{folder.name}/{POINTS}")
    west, south, east, north = area.bounds
    lines = ["id,east,north,crs,temperature_c,note"]
    with rasterio.open(folder / "temperature.tif") as raster:
        warm = raster.read(1)
        while len(lines) <= WELLS:
            x, y = float(random.uniform(west, east)), float(random.uniform(south, north))
            row, col = raster.index(x, y)
            if warm[row, col] != UNKNOWN and area.contains(shapely.Point(x, y)):
                value = float(warm[row, col] + random.normal(0, WELL_ERROR))
                lines.append(f"T{len(lines):02},{x:.1f},{y:.1f},{crs},{value:.1f},{NOTE}")
    return "\n".join(lines) + "\n"


def _write(path: Path, values: Values, frame: Frame, crs: str) -> None:
    profile = {
        "driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": UNKNOWN, "crs": crs,
        "height": frame.rows, "width": frame.cols, "compress": "deflate", "predictor": 2,
        "transform": from_origin(frame.left, frame.top, STEP_M, STEP_M),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(np.where(np.isnan(values), UNKNOWN, values).astype(np.uint8), 1)
        raster.update_tags(note=NOTE)


TEXT = """\
# 合成示例数据 / synthetic sample. Built by scripts/build_layers.py; not for any real decision.
schema = 1
extends = "middeep_hydrothermal"

[data.temperature_c]
path = "temperature.tif"
resampling = "nearest"
error = 4.0
as_of = 2024-01-01
synthetic = true

[data.reservoir]
path = "reservoir.tif"
resampling = "nearest"
as_of = 2024-01-01
synthetic = true

[data.field]
path = "plan.gpkg"
layer = "geothermal_field"
coverage = "coverage.geojson"
accuracy_m = 10
as_of = 2024-01-01
synthetic = true

[data.heat_demand]
path = "heat_demand.tif"
resampling = "nearest"
error = 8.0
as_of = 2024-01-01
synthetic = true

[data.network_m]
path = "networks.geojson"
reach_m = 3000
coverage = "coverage.geojson"
accuracy_m = 20
as_of = 2024-01-01
synthetic = true

[data.priority_area]
path = "plan.gpkg"
layer = "key_exploitation_area"
coverage = "coverage.geojson"
accuracy_m = 10
as_of = 2024-01-01
synthetic = true
"""

POTENTIAL_TEXT = """\
# 合成示例数据 / synthetic sample: every number is invented; not for any real decision.
# 体积法 / volume method: thickness x ((1 - porosity) x rock + porosity x water) x (reservoir -
# reference) x recovery. low, high: limits between which a number may lie; verify: not yet held
# against its source. Other methods: [unit_heat] heat, unit; [figures] table, row, heat, area.
schema = 1
classes = ["suitable", "moderate"]
synthetic = true
# whole = "…"   # the row of a document's table that is about the whole study area

[volume]
thickness_m = { value = 300, low = 200, high = 400, source = "合成示例 / invented", verify = true }
porosity = { value = 0.06, low = 0.03, high = 0.10, source = "合成示例 / invented", verify = true }
rock_heat = { value = 2.5e6, source = "合成示例 / invented", verify = true }
water_heat = { value = 4.1e6, source = "合成示例 / invented", verify = true }
reservoir_degc = { value = 65, low = 55, high = 75, source = "合成示例 / invented", verify = true }
reference_degc = { value = 15, source = "合成示例 / invented", verify = true }
recovery = { value = 0.15, low = 0.10, high = 0.20, source = "合成示例 / invented", verify = true }
years = { value = 100, source = "合成示例 / invented", verify = true }
"""
