"""Writing proposals: tables of wells, GeoPackages of blocks, parcels as corner points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from sample_ground.shapes import Frame, snapped
from sample_ground.writing import write_gpkg, write_table

Cell = str | float | None
Proposed = tuple[str, BaseGeometry, Mapping[str, Cell]]
"""A proposal: id, shape in the project's metres, and the columns that it fills."""


def columns_of(rows: Sequence[Proposed]) -> list[str]:
    """Every column that a row fills, in the order of first use."""
    return list(dict.fromkeys(name for _, _, cells in rows for name in cells))


def write_wells(path: Path, rows: Sequence[Proposed], frame: Frame, *, encoding: str) -> None:
    """A table of wells in longitude and latitude."""
    names = columns_of(rows)
    table: list[list[object]] = [["id", "lon", "lat", *names]]
    for number, shape, cells in rows:
        place = frame.degrees(shape)
        table.append(
            [number, f"{place.x:.8f}", f"{place.y:.8f}", *(cells.get(name) for name in names)]
        )
    write_table(path, table, encoding=encoding)


def write_projected_wells(
    path: Path, rows: Sequence[Proposed], frame: Frame, *, crs: str, encoding: str
) -> None:
    """A table of wells as surveyors write them: x to the north, y to the east, in a named CRS."""
    names = columns_of(rows)
    moved = Transformer.from_crs(frame.crs, crs, always_xy=True)
    table: list[list[object]] = [["id", "x_north", "y_east", "crs", *names]]
    for number, shape, cells in rows:
        east, north = moved.transform(shape.x, shape.y)
        place = [f"{north:.3f}", f"{east:.3f}", crs]
        table.append([number, *place, *(cells.get(name) for name in names)])
    write_table(path, table, encoding=encoding)


def write_blocks(path: Path, rows: Sequence[Proposed], frame: Frame) -> None:
    """A GeoPackage of polygons with their facts, in degrees."""
    names = columns_of(rows)
    columns: dict[str, list[Cell]] = {"id": [number for number, _, _ in rows]}
    columns |= {name: [cells.get(name) for _, _, cells in rows] for name in names}
    shapes = [frame.degrees(snapped(shape)) for _, shape, _ in rows]
    table = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")
    write_gpkg(path, {"blocks": table}, "Polygon")


def parcel_at(middle: Point, width_m: float, depth_m: float, *, turn_degrees: float) -> Polygon:
    """A turned rectangle about a middle, clockwise from the north-western corner."""
    box = np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]]) * [width_m / 2, depth_m / 2]
    turn = np.radians(turn_degrees)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return Polygon(box @ spin.T + [middle.x, middle.y])


def write_corners(
    path: Path, parcel: Polygon, frame: Frame, *, zone: int, name: str, encoding: str
) -> None:
    """A parcel as 界址点 TXT in a 3-degree zone with prefix (EPSG = 4488 + zone)."""
    moved = Transformer.from_crs(frame.crs, f"EPSG:{4488 + zone}", always_xy=True)
    xy = np.round(np.column_stack(moved.transform(*shapely.get_coordinates(parcel).T)), 3)
    middle = frame.degrees(parcel.centroid)
    hectares = Polygon(xy).area / 10_000
    ring = [
        f"J{i % (len(xy) - 1) + 1},1,{north:.3f},{east:.3f}" for i, (east, north) in enumerate(xy)
    ]
    head = f"{len(ring)},{hectares:.4f},DK001,{name},面,{sheet_number(middle)},供热用地,1305,@"
    lines = [*_heading(zone), head, *ring]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))


def _heading(zone: int) -> list[str]:
    return [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=示例单位（合成示例数据）",
        "数据产生日期=2024-05-08",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={zone}",
        "精度=0.001",
        "转换参数=0,0,0,0,0,0,0",
        "[地块坐标]",
    ]


def sheet_number(place: Point) -> str:
    """The 1:10 000 map sheet of a place in degrees."""
    row = 96 - int(place.y % 4 / (2.5 / 60))
    column = int(place.x % 6 / (3.75 / 60)) + 1
    letter = chr(ord("A") + int(place.y // 4))
    return f"{letter}{int(place.x // 6) + 31}G{row:03d}{column:03d}"
