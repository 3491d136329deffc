"""Endings that are not read, and what to convert each to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from geozone.land.formats.features import UnreadableError

TO_GDB = "请转 GDB/SHP / convert it to a file geodatabase or a shapefile"
TO_GPKG = "请转 GPKG 或 SHP / convert it to GeoPackage or shapefile"
TO_DXF = "请另存为文本 DXF，或转 GPKG/SHP / save it as text DXF, or convert it to GeoPackage"
TO_XLSX = "请另存为 XLSX 或 CSV / save it as XLSX or CSV"
OTHERS: dict[str, tuple[str, str]] = {
    ".mdb": ("个人地理数据库 / a personal geodatabase", TO_GDB),
    ".accdb": ("个人地理数据库 / a personal geodatabase", TO_GDB),
    ".geodatabase": ("移动地理数据库 / a mobile geodatabase", TO_GDB),
    ".sde": ("数据库连接文件 / a database connection", TO_GDB),
    ".lyr": ("图层样式，无数据 / a layer file without data", TO_GDB),
    ".lyrx": ("图层样式，无数据 / a layer file without data", TO_GDB),
    ".mxd": ("地图文档，无数据 / a map document without data", TO_GDB),
    ".qgs": ("QGIS 工程，无数据 / a QGIS project without data", TO_GPKG),
    ".qgz": ("QGIS 工程，无数据 / a QGIS project without data", TO_GPKG),
    ".e00": ("ArcInfo 交换文件 / an ArcInfo export", TO_GDB),
    ".tab": ("MapInfo 表 / a MapInfo table", TO_GPKG),
    ".mif": ("MapInfo 交换文件 / a MapInfo interchange file", TO_GPKG),
    ".mid": ("MapInfo 交换文件 / a MapInfo interchange file", TO_GPKG),
    ".gml": ("GML", TO_GPKG),
    ".gpx": ("GPX", TO_GPKG),
    ".osm": ("OSM", TO_GPKG),
    ".pbf": ("OSM", TO_GPKG),
    ".sqlite": ("SQLite/SpatiaLite", TO_GPKG),
    ".db": ("SQLite/SpatiaLite", TO_GPKG),
    ".vrt": ("虚拟数据集，指向别处的数据 / a virtual data set: its data are elsewhere", TO_GPKG),
    ".topojson": ("TopoJSON", "请转 GeoJSON / convert it to GeoJSON"),
    ".dwg": ("DWG", TO_DXF),
    ".dgn": ("DGN", TO_DXF),
    ".wl": ("MapGIS", TO_GDB),
    ".wp": ("MapGIS", TO_GDB),
    ".wt": ("MapGIS", TO_GDB),
    ".xls": ("旧式工作簿 / an old workbook", TO_XLSX),
    ".xlsm": ("含宏的工作簿 / a workbook with macros", TO_XLSX),
    ".xlsb": ("二进制工作簿 / a binary workbook", TO_XLSX),
    ".ods": ("ODS", TO_XLSX),
    ".et": ("WPS 表格 / a WPS sheet", TO_XLSX),
}


def refuse_ending(ending: str, known: Iterable[str]) -> NoReturn:
    """Raises ``UnreadableError``: what files of this ending are, and what to convert them to."""
    what, todo = OTHERS.get(ending.lower(), ("", ""))
    raise UnreadableError(
        f"不支持的格式 {ending!r} / format {ending!r} is not read" + (f": {what}" if what else ""),
        todo or f"转为 / convert it to: {', '.join(known)}",
    )
