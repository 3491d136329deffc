"""One layer of forty fields in every format, the same bytes each time, to be damaged."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import rasterio
import shapely
from affine import Affine
from corpus.ground import AREA, CRS, frame

import geozone
from geozone.options import Options

SEED = 20240601


def shapes() -> list[shapely.Polygon]:
    """Forty fields of many corners, over the area."""
    random_ = np.random.default_rng(SEED)
    places = random_.uniform((511_000, 4_198_000), (529_000, 4_216_000), (40, 2))
    sizes = random_.uniform(50, 400, 40)
    return [shapely.Point(x, y).buffer(size, 6) for (x, y), size in zip(places, sizes, strict=True)]


def write(folder: Path) -> None:
    """Writes the sample in every format, and the area."""
    for old in folder.glob("*.*"):
        old.unlink()  # a GeoPackage written over keeps traces of the old one
    made = frame(shapes(), holder=[f"权利人{i:02d}" for i in range(40)])
    frame([AREA]).to_file(folder / "area.gpkg")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    made.to_file(folder / "land.gpkg")
    made.to_file(folder / "land.shp", encoding="utf-8")
    table = bytearray((folder / "land.dbf").read_bytes())
    table[1:4] = (124, 1, 1)
    (folder / "land.dbf").write_bytes(table)
    made.to_crs("EPSG:4490").to_file(folder / "land.geojson")
    made.to_file(folder / "land.fgb", driver="FlatGeobuf")
    made.to_parquet(folder / "land.parquet")
    rows = [f"{row.holder};{row.geometry.wkt}" for row in made.itertuples()]
    (folder / "land.csv").write_text("\n".join(["holder;wkt", *rows]) + "\n", "utf-8")
    with zipfile.ZipFile(folder / "land.zip", "w", zipfile.ZIP_DEFLATED) as out:
        info = zipfile.ZipInfo("land.geojson", (2024, 1, 1, 0, 0, 0))
        out.writestr(info, (folder / "land.geojson").read_bytes(), zipfile.ZIP_DEFLATED)
    at = Affine(100, 0, 509_000, 0, -100, 4_218_000)
    cells = (np.indices((220, 220)).sum(axis=0) // 9 % 4 == 0).astype("uint8")
    kind = {"dtype": "uint8", "count": 1, "height": 220, "width": 220, "compress": "deflate"}
    with (
        warnings.catch_warnings(),
        rasterio.open(
            folder / "land.tif", "w", driver="GTiff", crs=CRS, transform=at, **kind
        ) as tif,
    ):
        warnings.simplefilter("ignore")  # rasterio multiplies affines in an old way
        tif.write(cells, 1)


SIDES = {"shp": ("land.shp", "land.shx", "land.dbf", "land.prj", "land.cpg")}
KINDS = ("gpkg", "shp", "geojson", "fgb", "parquet", "csv", "zip", "tif")


def files_of(kind: str) -> tuple[str, ...]:
    return SIDES.get(kind, (f"land.{kind}",))


def project(folder: Path, kind: str, sha256: str | None = None) -> str:
    """The text of a project whose only layer is the sample of a format."""
    fields = "" if kind == "tif" else 'fields = { holder = "holder" }\n'
    extra = {"csv": f'crs = "{CRS}"\n'}.get(kind, "")
    if kind == "tif":
        extra = 'class = { values = { 0 = "none", 1 = "present" } }\n'
    said = f'sha256 = "{sha256}"\n' if sha256 else ""
    return (
        'schema = 1\n[project]\nname = "x"\narea = "area.gpkg"\nadcode = "13"\n[[layer]]\n'
        f'theme = "permanent_basic_farmland"\npath = "land.{kind}"\naccuracy_m = 0\n'
        f"{fields}{extra}{said}"
    )


def read(folder: Path, kind: str, sha256: str | None = None) -> Any:
    """The layer as read. Raises ``Refused``."""
    file = folder / "geozone.toml"
    file.write_text(project(folder, kind, sha256), "utf-8")
    return geozone.open(file, Options(keep=False)).project.layers[0]
