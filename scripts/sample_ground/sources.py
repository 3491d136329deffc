"""Reading the public files that the sample ground stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Elevation:
    """Heights in metres on a regular longitude/latitude lattice; row 0 is the northernmost."""

    west: float
    north: float
    step: float
    metres: NDArray[np.float64]

    def at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bilinear heights at degrees inside the lattice."""
        rows, cols = self.metres.shape
        x = np.clip((lon - self.west) / self.step - 0.5, 0, cols - 1.001)
        y = np.clip((self.north - lat) / self.step - 0.5, 0, rows - 1.001)
        left, top = x.astype(int), y.astype(int)
        across, down = x - left, y - top
        upper = self.metres[top, left] * (1 - across) + self.metres[top, left + 1] * across
        lower = self.metres[top + 1, left] * (1 - across) + self.metres[top + 1, left + 1] * across
        return np.asarray(upper * (1 - down) + lower * down)


@dataclass(frozen=True, eq=False)
class Sources:
    """Everything real, in degrees (EPSG:4326), and what was dropped from it."""

    folder: Path
    provinces: gpd.GeoDataFrame
    rivers: gpd.GeoDataFrame
    lakes: gpd.GeoDataFrame
    places: pd.DataFrame
    railways: gpd.GeoSeries
    highways: gpd.GeoSeries
    elevation: Elevation
    dropped: dict[str, int]


def read_sources(folder: Path) -> Sources:
    """The public files of ``folder`` (see layers/catalog.md for where each comes from)."""
    railways, lost_railways = _lines(folder / "world_railways.geojson")
    highways, lost_highways = _lines(folder / "world_highways.geojson")
    return Sources(
        folder=folder,
        provinces=gpd.read_file(folder / "ne10m_admin1.geojson"),
        rivers=gpd.read_file(folder / "ne10m_rivers.geojson"),
        lakes=gpd.read_file(folder / "ne10m_lakes.geojson"),
        places=pd.read_csv(folder / "geonames_cities500_bbox.csv"),
        railways=railways,
        highways=highways,
        elevation=_elevation(folder / "etopo5.tif"),
        dropped={"railway": lost_railways, "highway": lost_highways},
    )


def _lines(path: Path) -> tuple[gpd.GeoSeries, int]:
    lines = gpd.read_file(path).geometry
    broken = shapely.is_missing(lines.values) | shapely.is_empty(lines.values)
    good = ~broken & shapely.is_valid(lines.values)
    return lines[good].reset_index(drop=True), int((~good).sum())


def _elevation(path: Path) -> Elevation:
    with rasterio.open(path) as raster:
        moved = raster.transform
        return Elevation(moved.c, moved.f, moved.a, raster.read(1).astype(np.float64))
