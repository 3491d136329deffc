"""Ordinary geopandas code for the same question, as a yardstick: read, reproject, buffer, join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pandas
import rasterio
from corpus.ground import CRS, Ground


def plain_answer(ground: Ground) -> str:
    """``prohibited`` or ``allowed`` at ``P``; ``stopped`` where the code breaks off."""
    try:
        wells = _wells(ground.folder / ground.proposals).to_crs(CRS)
        well = wells[wells["id"] != "out"] if "id" in wells else wells
        hits = [_hits(ground.folder, layer, well) for layer in ground.layers]
    except Exception:  # noqa: BLE001 - whatever breaks off gives no permission
        return "stopped"
    return "prohibited" if any(hits) else "allowed"


def _wells(path: Path) -> Any:
    if path.suffix not in (".csv", ".xlsx", ".txt"):
        return _in_degrees(geopandas.read_file(path))
    table = pandas.read_excel(path) if path.suffix == ".xlsx" else pandas.read_csv(path)
    points = geopandas.points_from_xy(table["lon"], table["lat"])
    return geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:4490")


def _in_degrees(found: Any, crs: str | None = None) -> Any:
    return found if found.crs is not None else found.set_crs(crs or "EPSG:4490")


def _hits(folder: Path, layer: dict[str, Any], well: Any) -> bool:
    return any(_hit(folder / one, layer, well) for one in layer.get("paths", [layer.get("path")]))


def _hit(path: Path, layer: dict[str, Any], well: Any) -> bool:
    if path.suffix in (".tif", ".tiff"):
        with rasterio.open(path) as raster:
            at = well.to_crs(raster.crs).geometry.iloc[0]
            return bool(next(raster.sample([(at.x, at.y)]))[0] == 1)
    if path.suffix == ".parquet":
        found = geopandas.read_parquet(path)
    else:
        found = geopandas.read_file(path, layer=layer.get("layer"))
    zones = _in_degrees(found, layer.get("crs")).to_crs(CRS)
    if "class" in layer:
        named = zones[layer["class"]["field"]].map(layer["class"]["map"])
        zones = zones[named.isin(["line", "corridor", "tunnel"])]
    reach = 200.0 if layer["theme"] in ("railway", "expressway") else 0.0
    return bool(len(geopandas.sjoin(well, zones.set_geometry(zones.buffer(reach)))))
