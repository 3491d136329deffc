"""A comparison as files: table, JSON, GeoPackage with styles, and a web map."""

from __future__ import annotations

from pathlib import Path

from geozone.answers.compare import ChangedZone, Comparison
from geozone.answers.grids import whole_grid
from geozone.answers.working import Working
from geozone.land.project import Project
from geozone.law.activity import Activity
from geozone.law.errors import Fault, Refused
from geozone.pages.changemap import change_map
from geozone.pages.comparison import codes, csv_text, is_synthetic, result
from geozone.pages.content import Projection
from geozone.pages.files import staged, write_text
from geozone.pages.stamp import finish_geopackage
from geozone.pages.style import qml
from geozone.pages.tables import json_text, neutral
from geozone.pages.text import SYNTHETIC

FIELDS = [
    "verdict_a", "verdict_b", "rules_a", "rules_b", "changed_by", "causes_a", "causes_b",
    "layers", "area_m2", "synthetic", "geometry",
]  # fmt: skip


def check_drawable(project: Project) -> None:
    """Raise ``Refused`` where the project's CRS is none that the web map can draw."""
    try:
        Projection.of(project.crs)
    except ValueError as error:
        todo = 'choose a 3-degree zone: crs = "EPSG:4547"'
        raise Refused([Fault(str(project.file), "project.crs", str(error), todo)]) from error


CHANGE_FILES = ("changes.csv", "changes.gpkg", "changes.html", "changes.json")


def write_comparison(folder: Path, found: Comparison, how: Working | None = None) -> None:
    """Write changes.csv, changes.gpkg, changes.html and, last, changes.json.

    Raises ``Refused`` where the folder cannot be written to or the map cannot be drawn.
    """
    check_drawable(found.pair.a.project)
    grid, burned = whole_grid(found.pair.joint, None, how)
    page = change_map(found, grid, burned)
    with staged(folder, last="changes.json") as drafts:
        write_text(drafts / "changes.csv", csv_text(found))
        _geopackage(drafts / "changes.gpkg", found)
        write_text(drafts / "changes.html", page)
        write_text(drafts / "changes.json", json_text(result(found)))


def _geopackage(path: Path, found: Comparison) -> None:
    """One layer per activity, ``TECH__OBJECT``, coloured by the new verdict; fixed stamps."""
    for activity, zones in found.changes.items():
        _layer(path, found, activity, zones)
    style = qml("verdict_b")
    styles = {activity.layer_name: style for activity in found.changes}
    finish_geopackage(path, found.side_b.on, styles)


def _layer(
    path: Path, found: Comparison, activity: Activity, zones: tuple[ChangedZone, ...]
) -> None:
    import geopandas  # noqa: PLC0415 - heavy, and only this file needs it here

    made_up = f"{SYNTHETIC['zh']} / {SYNTHETIC['en']}" if is_synthetic(found) else ""
    rows = [
        {
            "verdict_a": one.change.a.verdict.code,
            "verdict_b": one.change.b.verdict.code,
            **{key: neutral("; ".join(each)) for key, each in codes(one).items()},
            "area_m2": round(one.area_m2, 2),
            "synthetic": made_up,
            "geometry": one.shape,
        }
        for one in zones
    ]
    frame = geopandas.GeoDataFrame(rows, columns=FIELDS, crs=found.pair.a.project.crs)
    frame.astype({"area_m2": "float64"}).to_file(
        path,
        layer=activity.layer_name,
        driver="GPKG",
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        mode="a" if path.exists() else "w",
    )
