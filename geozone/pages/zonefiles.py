"""Zones as files: GeoPackage with styles, evidence grid with its table, and a summary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.zoning import Zone, Zoning, judge_rows, not_judged
from geozone.engine.burn import Burned
from geozone.engine.grid import Grid
from geozone.law.activity import Activity
from geozone.pages.files import staged, write_text
from geozone.pages.receipts import inputs, receipts, versions
from geozone.pages.stamp import finish_geopackage
from geozone.pages.style import qml
from geozone.pages.tables import json_text, neutral
from geozone.rules import vocabulary
from geozone.version import VERSION

ZONE_FILES = ("zones.gpkg", "evidence.tif", "evidence.json", "summary.json")


def write_zones(folder: Path, zoning: Zoning, grid: Grid, burned: Burned) -> None:
    """Write zones.gpkg, evidence.tif, evidence.json and, last, summary.json."""
    table = _evidence_table(zoning.site, grid, burned)
    with staged(folder) as drafts:
        _geopackage(drafts / "zones.gpkg", zoning)
        _evidence_grid(drafts / "evidence.tif", grid, burned)
        write_text(drafts / "evidence.json", json_text(table))
        write_text(drafts / "summary.json", json_text(summary(zoning)))


def summary(zoning: Zoning) -> dict[str, Any]:  # JSON of the contract
    """Hectares per activity and verdict, and what they rest on."""
    site = zoning.site
    return {
        "schema": 1,
        "project": site.project.name,
        "on": site.on.isoformat(),
        "policies": [policy.id for policy in site.policies],
        "engine": f"geozone {VERSION}",
        "area": "ellipsoidal",
        "hectares": zoning.summary(),
        "limits": {
            "zh": "允许仅以所列文件为限。",
            "en": "Allowed only as far as the listed documents go.",
        },
        "not_judged": not_judged(site),
        "layers": receipts(site),
        "inputs": inputs(site),
        "versions": versions(site),
        "synthetic": any(layer.spec.synthetic for layer in site.project.layers),
    }


def _geopackage(path: Path, zoning: Zoning) -> None:
    styles: dict[str, str] = {}
    for activity, zones in zoning.zones.items():
        _layer(path, zoning, activity, zones)
        styles[activity.layer_name] = qml()
    finish_geopackage(path, zoning.site.on, styles)


def _layer(draft: Path, zoning: Zoning, activity: Activity, zones: tuple[Zone, ...]) -> None:
    import geopandas  # noqa: PLC0415 - heavy, and only this file needs it here

    frame = geopandas.GeoDataFrame(
        {
            "verdict": [one.reason.verdict.code for one in zones],
            "rules": [neutral("; ".join(one.reason.rules)) for one in zones],
            "causes": [neutral("; ".join(one.reason.causes)) for one in zones],
            "needs": [neutral("; ".join(one.reason.needs)) for one in zones],
            "area_m2": [round(one.area_m2, 2) for one in zones],
            "synthetic": [_is_synthetic(zoning.site)] * len(zones),
        },
        geometry=[one.shape for one in zones],
        crs=zoning.site.project.crs,
    )
    frame.to_file(
        draft,
        layer=activity.layer_name,
        driver="GPKG",
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        mode="a" if draft.exists() else "w",
    )


def _is_synthetic(site: Site) -> str:
    any_made = any(layer.spec.synthetic for layer in site.project.layers)
    return "合成示例数据 / synthetic sample" if any_made else ""


def nodata_index(index: NDArray[np.unsignedinteger[Any]]) -> int:
    """The index that marks cells outside the study area: the largest of its type."""
    return int(np.iinfo(index.dtype).max)


def masked_index(burned: Burned) -> NDArray[np.unsignedinteger[Any]]:
    """Evidence indices with cells outside the study area marked."""
    return np.where(burned.inside, burned.index, nodata_index(burned.index)).astype(
        burned.index.dtype
    )


def _evidence_grid(path: Path, grid: Grid, burned: Burned) -> None:
    import rasterio  # noqa: PLC0415 - heavy, and only this file needs it here

    index = masked_index(burned)
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=grid.shape.cols,
        height=grid.shape.rows,
        count=1,
        dtype=index.dtype,
        crs=grid.crs.to_wkt(),
        transform=grid.transform,
        nodata=nodata_index(index),
        compress="ZSTD",
        level=1,
        overview_resampling="mode",
    ) as target:
        target.write(index, 1)


def _evidence_table(site: Site, grid: Grid, burned: Burned) -> dict[str, Any]:
    judged = judge_rows(site, burned.evidence)
    return {
        "schema": 1,
        "on": site.on.isoformat(),
        "engine": f"geozone {VERSION}",
        "resolution_m": grid.resolution_m,
        "outside": nodata_index(burned.index),
        "conditions": [one.key for one in burned.evidence.conditions],
        "states": ["clear", "near_outside", "near_inside", "holds", "unseen"],
        "rows": [[int(state) for state in row] for row in burned.evidence.rows],
        "verdicts": {
            str(activity): [one.verdict.code for one in rows] for activity, rows in judged.items()
        },
        "themes": _themes(site),
    }


def _themes(site: Site) -> Mapping[str, dict[str, str]]:
    used = {region.condition.theme for region in site.regions}
    return {
        name: {"zh": theme.zh, "en": theme.en}
        for name, theme in vocabulary.themes().items()
        if name in used
    }
