"""Build the sample ground: ``python scripts/build_layers.py --source DIR [--out layers]``.

DIR holds the public files that layers/catalog.md lists. The same files give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely
from sample_ground import hebei, liaocheng, shanxi
from sample_ground.base import Base
from sample_ground.catalog import catalog_text, osm_notice, write_real_ground
from sample_ground.network import Net, net_of
from sample_ground.project_file import Heading, project_text
from sample_ground.proposals import write_proposals
from sample_ground.shapes import Frame, chance, outline, snapped
from sample_ground.sheet import Sheet, write_sheets
from sample_ground.sources import Sources, read_sources
from sample_ground.writing import NOTE, write_geojson, write_gpkg
from shapely.geometry.base import BaseGeometry

SEED = 20240601


@dataclass(frozen=True)
class Sample:
    """One sample project: its folder, outline, layers and proposals."""

    folder: str
    heading: Heading
    area: Callable[[Sources, Frame], BaseGeometry]
    sheets: Callable[[Base], list[Sheet]]
    relics_from_lon: float | None = None


def _hebei_area(_: Sources, frame: Frame) -> BaseGeometry:
    return outline(frame, hebei.CORNERS, chance(SEED, "hebei-demo/area"))


def _shanxi_area(sources: Sources, frame: Frame) -> BaseGeometry:
    province = sources.provinces.loc[sources.provinces["name"] == "Shanxi", "geometry"].iloc[0]
    return frame.metres(province)


def _liaocheng_area(_: Sources, frame: Frame) -> BaseGeometry:
    return outline(frame, liaocheng.CORNERS, chance(SEED, "liaocheng/area"))


SAMPLES = [
    Sample("hebei-demo", hebei.HEADING, _hebei_area, hebei.sheets, relics_from_lon=115.86),
    Sample("shanxi", shanxi.HEADING, _shanxi_area, shanxi.sheets),
    Sample("liaocheng", liaocheng.HEADING, _liaocheng_area, liaocheng.sheets),
]


def build(source: Path, out: Path) -> None:
    """Write every file under ``out``."""
    sources = read_sources(source)
    net = net_of(sources.highways)
    built = [(sample, _build_sample(sample, sources, net, out)) for sample in SAMPLES]
    write_real_ground(out / "base", sources)
    (out / "osm").mkdir(exist_ok=True)
    (out / "osm" / "NOTICE.md").write_text(osm_notice(sources.dropped), encoding="utf-8")
    listed = [(sample.folder, sheet) for sample, sheets in built for sheet in sheets]
    (out / "catalog.md").write_text(catalog_text(listed, sources.dropped), encoding="utf-8")


def _build_sample(sample: Sample, sources: Sources, net: Net, out: Path) -> list[Sheet]:
    folder = out / sample.folder
    folder.mkdir(parents=True, exist_ok=True)
    frame = Frame(sample.heading.crs)
    area = snapped(sample.area(sources, frame))
    base = Base(sample.folder, SEED, frame, area, sources, net)
    _write_area(folder / sample.heading.area, area, frame)
    _write_coverage(folder / "coverage.geojson", base.seen, frame)
    if sample.relics_from_lon is not None:
        part = _west_of(sample.relics_from_lon, base)
        _write_coverage(folder / "coverage-relics.geojson", part, frame)
    sheets = sample.sheets(base)
    write_sheets(folder, sheets, frame)
    text = project_text(sample.heading, sheets)
    (folder / "geozone.toml").write_text(text, encoding="utf-8")
    write_proposals(folder, base, sheets)
    return sheets


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
