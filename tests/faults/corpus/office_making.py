"""How the cases of offices are made: files and projects, spoiled once."""

from __future__ import annotations

import sqlite3
import zipfile
from typing import Any

import geopandas
import numpy as np
import rasterio
import shapely
from corpus.ground import (
    AREA,
    CRS,
    FAR,
    FIELD,
    PLACES,
    RAIL,
    RAIL_KEYS,
    Ground,
    P,
    degrees,
    features,
    frame,
    shifted,
    write_layers,
)

LON, LAT = PLACES["in"].x, PLACES["in"].y
NORTH = 4_000_000
OWN_GRID = (
    'PROJCS["自定义",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    f'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",-{NORTH}.0],'
    'PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def content(name: str, said: str | bytes, **keys: Any):
    def make(g: Ground) -> None:
        g.file(name, said)
        g.layer(name, **keys)

    return make


def saved(name: str, listed: str = "", **keys: Any):
    """The layer under test written under one name and listed under the same, or another."""

    def make(g: Ground) -> None:
        g.vector(name, (FAR, FIELD))
        g.layer(listed or name, **keys)

    return make


def side_files(rename):
    """A Shapefile whose side files are named by ``rename`` of their path."""

    def make(g: Ground) -> None:
        g.subject("road.shp")
        for ending in (".dbf", ".shx", ".prj", ".cpg"):
            path = g.folder / f"road{ending}"
            path.rename(rename(path))

    return make


def own_grid(g: Ground) -> None:
    path = g.folder / "own.shp"
    shapes = [shifted(one, 0, -NORTH) for one in (FAR, FIELD)]
    geopandas.GeoDataFrame(geometry=shapes).to_file(path)
    g.file("own.prj", OWN_GRID)
    g.layer("own.shp")


def beside(name: str, said: bytes):
    def make(g: Ground) -> None:
        g.subject("pbf.gpkg")
        g.file(name, said)

    return make


def styles_of_qgis(g: Ground) -> None:
    base = sqlite3.connect(g.subject("pbf.gpkg"))
    base.execute("create table layer_styles (id integer primary key, f_table_name text, qml text)")
    base.execute(
        "insert into gpkg_contents (table_name, data_type, identifier)"
        " values ('layer_styles', 'attributes', 'layer_styles')"
    )
    base.commit()
    base.close()


def area_in_an_archive(g: Ground) -> None:
    """The study area as a Shapefile in an archive."""
    g.subject("pbf.gpkg")
    g.vector("made/area.shp", [AREA])
    with zipfile.ZipFile(g.folder / "研究区.zip", "w") as archive:
        for path in sorted((g.folder / "made").iterdir()):
            archive.write(path, path.name)
    g.project["area"] = "研究区.zip"


def outline(shape: Any, said: str = "") -> str:
    corners = " ".join(f"{x:.9f},{y:.9f},0" for x, y in degrees(shape).exterior.coords)
    ring = f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"
    body = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    return f"<Placemark>{said}{body}</Placemark>"


def kml(*placemarks: str, encoding: str = "UTF-8") -> bytes:
    said = f'<?xml version="1.0" encoding="{encoding}"?>'
    said += '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>奥维</name>'
    return (said + "".join(placemarks) + "</Document></kml>").encode(encoding)


def area_as_a_placemark(g: Ground) -> None:
    g.subject("pbf.gpkg")
    g.file("area.kml", kml(outline(AREA)))
    g.project["area"] = "area.kml"


def area_of_two_layers(g: Ground) -> None:
    g.subject("pbf.gpkg")
    write_layers(g.folder / "two.gpkg", {"a": frame([AREA]), "b": frame([FAR])})
    g.project["area"] = "two.gpkg"


def covered_by_two_layers(g: Ground) -> None:
    write_layers(g.folder / "two.gpkg", {"a": frame([AREA]), "b": frame([FAR])})
    g.subject("pbf.gpkg", coverage="two.gpkg")


def project(**keys: Any):
    def make(g: Ground) -> None:
        g.subject("pbf.gpkg")
        g.project.update(keys)

    return make


def edited(change):
    def make(g: Ground) -> None:
        g.subject("pbf.gpkg")
        g.edit = change

    return make


def written_over(name: str, make=lambda g: None):
    """The result is to be written to a file that the command reads."""

    def changed(g: Ground) -> None:
        g.subject("pbf.gpkg")
        make(g)
        g.options = ["--out", str(g.folder / name)]

    return changed


def rail(distance: float, **keys: Any):
    """A railway at so many planar metres east of the place."""

    def make(g: Ground) -> None:
        g.rail(**keys)
        g.vector("rail.gpkg", [shifted(RAIL, distance - 150)], LEVEL=["正线"])

    return make


def rail_of_two_corners(g: Ground) -> None:
    """A railway of 900 km whose straight line in degrees runs over the place."""
    line = shapely.LineString([(LON - 5, LAT + 1.5), (LON + 5, LAT - 1.5)])
    content("rail.geojson", features(line, properties=[{"LEVEL": "正线"}]))(g)
    g.layers[-1].update(theme="railway", **RAIL_KEYS)


def rail_seen_until(distance: float):
    def make(g: Ground) -> None:
        west, south, _, north = AREA.bounds
        g.vector("seen.gpkg", [shapely.box(west, south, P.x + distance, north)])
        g.rail(coverage="seen.gpkg")
        g.vector("rail.gpkg", [shifted(RAIL, -8000)], LEVEL=["正线"])

    return make


def rail_class(value: str, mapped: dict[str, str]):
    return lambda g: g.rail(value=value, **{"class": {"field": "LEVEL", "map": mapped}})


def sheet_of_nothing(value: float, dtype: str, nodata: float | None):
    """A raster of one value throughout, said to be surveyed."""

    def make(g: Ground) -> None:
        place = rasterio.transform.from_origin(AREA.bounds[0], AREA.bounds[3], 50, 50)
        options = {"width": 400, "height": 400, "count": 1, "crs": CRS, "transform": place}
        path = g.folder / "pbf.tif"
        with rasterio.open(path, "w", driver="GTiff", dtype=dtype, nodata=nodata, **options) as out:
            out.write(np.full((400, 400), value, dtype), 1)
        values = {"0": "none", "1": "present"}
        g.layer("pbf.tif", band=1, accuracy_m=50, empty_ok=True, **{"class": {"values": values}})

    return make


LONG = shapely.Point(P.x, P.y).buffer(500, quad_segs=2000)
WKT = "".join(f'{n},"{shapely.to_wkt(one)}"\n' for n, one in ((1, FAR), (2, LONG)))
