"""Build the sample ground: ``python scripts/build_layers.py --source DIR [--out layers]``.

DIR holds the public files that layers/catalog.md lists. The same files give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import shapely
from sample_ground import beijing, hebei, liaocheng, shanxi
from sample_ground.base import Base, expressway_sheet, railway_sheet
from sample_ground.catalog import catalog_text, osm_notice, write_real_ground
from sample_ground.content import Content, Makers, read_content, sheets_of
from sample_ground.factors import write_factors
from sample_ground.network import Net, net_of
from sample_ground.project_file import project_text
from sample_ground.proposals import write_proposals
from sample_ground.shapes import Frame, chance, outline, snapped
from sample_ground.sheet import Sheet, write_sheets
from sample_ground.sources import Sources, read_sources
from sample_ground.writing import NOTE, write_geojson, write_gpkg
from shapely.geometry.base import BaseGeometry

SEED = 20240601


GROUNDS = Path(__file__).resolve().parent / "sample_ground" / "grounds"
RELICS_SEEN_WEST_OF = {"hebei-demo": 115.86}
SCORED = ("hebei-demo",)
"""Samples with a suitability model."""
SAMPLES: Mapping[str, Makers] = {
    "hebei-demo": hebei.MAKERS,
    "shanxi": shanxi.MAKERS,
    "liaocheng": liaocheng.MAKERS,
    "beijing": beijing.MAKERS,
}


def build(source: Path, out: Path) -> None:
    """Write every file under ``out``."""
    sources = read_sources(source)
    net = net_of(sources.highways)
    built = {name: _build_sample(name, sources, net, out) for name in SAMPLES}
    write_real_ground(out / "base", sources)
    (out / "osm").mkdir(exist_ok=True)
    (out / "osm" / "NOTICE.md").write_text(osm_notice(sources.dropped), encoding="utf-8")
    listed = [(name, sheet) for name, sheets in built.items() for sheet in sheets]
    (out / "catalog.md").write_text(catalog_text(listed), encoding="utf-8")


def _build_sample(name: str, sources: Sources, net: Net, out: Path) -> list[Sheet]:
    content = read_content(GROUNDS / f"{name}.toml")
    heading = content.heading
    frame = Frame(heading.crs)
    base = Base(name, SEED, frame, snapped(_area(content, sources, frame, name)), sources, net)
    listed = sheets_of(content, base, SAMPLES[name])
    sheets = [railway_sheet(base), expressway_sheet(base, content.routes), *listed]
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    _write_area(folder / heading.area, base.area, frame)
    _write_coverages(folder, base)
    write_sheets(folder, sheets, frame)
    (folder / "geozone.toml").write_text(project_text(heading, sheets), encoding="utf-8")
    write_proposals(folder, base, sheets)
    if name in SCORED:
        write_factors(folder, base.area, heading.crs, SEED)
    return sheets


def _area(content: Content, sources: Sources, frame: Frame, name: str) -> BaseGeometry:
    if "province" in content.table:
        provinces = sources.provinces
        found = provinces.loc[provinces["name"] == content.table["province"], "geometry"]
        return frame.metres(found.iloc[0])
    return outline(frame, content.table["corners"], chance(SEED, f"{name}/area"))


def _write_coverages(folder: Path, base: Base) -> None:
    _write_coverage(folder / "coverage.geojson", base.seen, base.frame)
    if base.name in RELICS_SEEN_WEST_OF:
        part = _west_of(RELICS_SEEN_WEST_OF[base.name], base)
        _write_coverage(folder / "coverage-relics.geojson", part, base.frame)


def _west_of(lon: float, base: Base) -> BaseGeometry:
    west, south, _, north = base.window(20000).bounds
    half = shapely.box(west, south, base.point(lon, 38.95).x, north)
    return snapped(base.seen.intersection(half))


def _write_area(path: Path, area: BaseGeometry, frame: Frame) -> None:
    table = gpd.GeoDataFrame({"note": [NOTE]}, geometry=[area], crs=frame.crs)
    if path.suffix == ".gpkg":
        write_gpkg(path, {"area": table}, area.geom_type)
    else:
        write_geojson(path, table)


def _write_coverage(path: Path, shape: BaseGeometry, frame: Frame) -> None:
    write_geojson(path, gpd.GeoDataFrame({"note": [NOTE]}, geometry=[shape], crs=frame.crs))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder of the public files")
    default = Path(__file__).resolve().parents[1] / "layers"
    parser.add_argument("--out", type=Path, default=default, help="where to write")
    options = parser.parse_args(arguments)
    build(options.source, options.out)


if __name__ == "__main__":
    main()
