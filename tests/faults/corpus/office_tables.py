"""How the proposals of offices are made: tables, workbooks and vectors, spoiled once."""

from __future__ import annotations

import os
import struct
from typing import Any

import openpyxl
import shapely
from corpus.ground import FAR, PLACES, WELL, Ground, P, Q, degrees, features, square, wells

LON, LAT = PLACES["in"].x, PLACES["in"].y
IN = f"in,{LON:.9f},{LAT:.9f},{WELL},new"
OUT = f"out,{PLACES['out'].x:.9f},{PLACES['out'].y:.9f},{WELL},new"
HEAD = "id,lon,lat,activity,stage"


def table(said: str, *options: str, name: str = "wells2.csv"):
    return lambda g: g.propose(name, said, *options)


def two(head: str = "", value: str = "", lon: str = "", stage: str = "new"):
    """The two wells with one more column, or another way to write the longitude."""
    at = lon or f"{LON:.9f}"
    rows = [HEAD + head, f"in,{at},{LAT:.9f},{WELL},{stage}{value}", f"{OUT}{value}"]
    return table("\n".join(rows) + "\n")


def sheet(fill, head: str = HEAD):
    """A workbook of the two wells; ``fill`` changes its sheet."""

    def make(g: Ground) -> None:
        book = openpyxl.Workbook()
        for row in ([*head.split(",")], ["in", LON, LAT, WELL, "new"], OUT.split(",")):
            book.active.append(row)
        fill(book.active)
        book.save(g.folder / "井位表(1).xlsx")
        g.proposals = "井位表(1).xlsx"

    return make


def put(**cells: Any):
    def fill(made: Any) -> None:
        for name, value in cells.items():
            made[name] = value

    return fill


def as_percent(made: Any) -> None:
    put(F1="回灌率", F2=1.0, F3=1.0)(made)
    made["F2"].number_format = made["F3"].number_format = "0%"


def hide_row(made: Any) -> None:
    made.row_dimensions[2].hidden = True


def title_above(made: Any) -> None:
    made.insert_rows(1)
    made["A1"] = "地热勘查井一览表"


def gbk_name(g: Ground) -> None:
    name = os.fsdecode("井位".encode("gbk") + b".csv")
    (g.folder / name).write_text(wells(), "utf-8")
    g.proposals = name


def doubtful_angles(g: Ground) -> None:
    """114.1500, 38.0300: decimal on free ground, as DDD.MMSS (114°15′, 38°03′) in the field."""
    g.layer("pbf.geojson")
    g.file("pbf.geojson", features(degrees(FAR), shapely.box(114.24, 38.04, 114.26, 38.06)))
    g.propose("w.csv", f"{HEAD}\nin,114.1500,38.0300,{WELL},new\n")


def thing(said: str):
    """Proposals in GeoJSON with members written as ``said``."""
    at = shapely.to_geojson(PLACES["in"])
    feature = f'{{"type":"Feature","properties":{{"stage":"new",{said}}},"geometry":{at}}}'
    whole = f'{{"type":"FeatureCollection","features":[{feature}]}}'
    return lambda g: g.propose("w.geojson", whole, "--activity", WELL)


def shapefile_of_wells(spoil):
    def make(g: Ground) -> None:
        names = {"id": ["out", "in"], "activity": [WELL] * 2, "stage": ["new"] * 2}
        g.vector("wells.shp", [Q, P], **names)
        g.proposals = "wells.shp"
        g.subject("pbf.gpkg")
        spoil(g)

    return make


def delete_the_row(g: Ground) -> None:
    path = g.folder / "wells.dbf"
    said = bytearray(path.read_bytes())
    head, size = struct.unpack("<HH", said[8:12])
    said[head + size] = ord("*")
    path.write_bytes(said)


def point_at_the_first_twice(g: Ground) -> None:
    path = g.folder / "wells.shx"
    said = bytearray(path.read_bytes())
    said[108:116] = said[100:108]
    path.write_bytes(said)


def corners(change):
    """A corner table of one block at the place; ``change`` spoils its rows."""
    at = list(square(P.x, P.y, 100).exterior.coords)[:-1]
    block = "middeep_reinjection:block_exploration"
    rows = [f"in,{k + 1},{y:.2f},38{x:.2f},{block},new" for k, (x, y) in enumerate(at)]
    said = "\n".join(["id,点号,X坐标,Y坐标,activity,stage", *change(rows)]) + "\n"
    return table(said, "--crs", "EPSG:4526")


def swap_second(rows: list[str]) -> list[str]:
    cells = rows[1].split(",")
    cells[2:4] = reversed(cells[2:4])
    return [rows[0], ",".join(cells), *rows[2:]]
