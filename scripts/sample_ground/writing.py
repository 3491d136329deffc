"""Writing files whose bytes depend on their content only."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin
from shapely.geometry import mapping

STAMP = "2026-01-01T00:00:00.000Z"
NOTE = "合成示例数据 / synthetic sample"


def write_geojson(path: Path, frame: gpd.GeoDataFrame, *, decimals: int = 7) -> None:
    """A GeoJSON file in longitude and latitude, one feature a line."""
    frame = frame.to_crs("EPSG:4490") if frame.crs else frame
    columns = [name for name in frame.columns if name != frame.geometry.name]
    lines = [
        json.dumps(_feature(row, columns, decimals), ensure_ascii=False, separators=(",", ":"))
        for row in frame.to_dict("records")
    ]
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8")


def _feature(row: Mapping[str, object], columns: Iterable[str], decimals: int) -> dict[str, object]:
    shape = mapping(row["geometry"])
    return {
        "type": "Feature",
        "properties": {name: row[name] for name in columns},
        "geometry": {
            "type": shape["type"],
            "coordinates": _rounded(shape["coordinates"], decimals),
        },
    }


def _rounded(value: object, decimals: int) -> object:
    if isinstance(value, tuple | list):
        return [_rounded(one, decimals) for one in value]
    return round(float(value), decimals)  # type: ignore[arg-type]


def write_gpkg(path: Path, sheets: Mapping[str, gpd.GeoDataFrame], geometry: str) -> None:
    """A GeoPackage with one layer per sheet, its time stamps fixed."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    for name, sheet in sheets.items():
        pyogrio.write_dataframe(
            sheet, path, layer=name, driver="GPKG", geometry_type=geometry, SPATIAL_INDEX="NO"
        )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapefile(path: Path, frame: gpd.GeoDataFrame) -> None:
    """A Shapefile in GB18030 that, as so often, does not say so."""
    pyogrio.write_dataframe(
        frame,
        path,
        driver="ESRI Shapefile",
        encoding="GB18030",
        layer_options={"DBF_DATE_LAST_UPDATE": STAMP[:10]},
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[29] = 0  # the byte that names the code page
    table.write_bytes(bytes(content))


def write_classes(
    path: Path, values: NDArray[np.uint8], *, west: float, north: float, step: float
) -> None:
    """A GeoTIFF of class numbers in degrees (EPSG:4490); 255 is unseen."""
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "nodata": 255,
        "crs": "EPSG:4490",
        "height": values.shape[0],
        "width": values.shape[1],
        "transform": from_origin(west, north, step, step),
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(values, 1)
        raster.update_tags(note=NOTE)


def write_table(path: Path, rows: Iterable[Iterable[object]], *, encoding: str) -> None:
    """A comma-separated table."""
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
