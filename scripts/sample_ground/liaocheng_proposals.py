"""Wells, blocks and a parcel for liaocheng."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from sample_ground.siting import Siting
from sample_ground.tables import (
    Cell,
    Proposed,
    parcel_at,
    write_blocks,
    write_projected_wells,
)
from sample_ground.writing import NOTE, write_geojson

PROJECT = "middeep_reinjection:project"
SCOPE = ("abstraction_restricted_scope",)


def write(folder: Path, siting: Siting) -> None:
    """wells.csv (projected coordinates), blocks.gpkg and parcel.geojson."""
    frame = siting.base.frame
    write_projected_wells(
        folder / "wells.csv", wells(siting), frame, crs="EPSG:4527", encoding="gb18030"
    )
    write_blocks(folder / "blocks.gpkg", blocks(siting), frame)
    parcel = parcel_at(siting.spot((116.02, 36.62), room_m=300), 500, 320, turn_degrees=20)
    table = gpd.GeoDataFrame(
        {"id": ["DK001"], "name": ["示例学校地块"], "note": [NOTE]},
        geometry=[parcel],
        crs=frame.crs,
    )
    write_geojson(folder / "parcel.geojson", table, decimals=8)


def _well(name: str, activity: str = PROJECT, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name}（合成示例）",
        "activity": activity,
        "阶段": "新建",
        "用途": "供暖",
        "回灌率": 1.0,
        "同层回灌": "是",
        "采矿许可证": None,
        "取水许可证": None,
        "装机容量": None,
        "供暖面积": 52000,
        "热平衡": None,
        "建筑类型": None,
        "绿色建筑": None,
        "批准文件": None,
        "点位精度": 0,
    }
    return usual | other


def wells(siting: Siting) -> list[Proposed]:
    """Seven projects at points."""
    base = siting.base
    clear = siting.spot((116.10, 36.72), also=SCOPE)
    town = siting.spot((116.24, 36.63), also=SCOPE)
    return [
        ("L01", clear, _well("好项目", 采矿许可证="示采2026-1", 取水许可证="示取2026-1")),
        ("L02", base.point(116.01, 36.47), _well("禁止取水范围内")),
        ("L03", siting.spot((115.62, 36.42), inside=SCOPE), _well("限制取水范围内")),
        ("L04", siting.spot((116.02, 36.80), also=SCOPE),
         _well("温泉", "bathing:project", 用途="洗浴", 回灌率=None, 同层回灌=None)),
        ("L05", town,
         _well("住宅地埋管", "shallow_closed_loop:project", 供暖面积=12000, 热平衡="是",
               建筑类型="住宅", 绿色建筑="是", 回灌率=None, 同层回灌=None)),
        ("L06", town, _well("未填热平衡", "shallow_closed_loop:project", 供暖面积=9000,
                            回灌率=None, 同层回灌=None)),
        ("L07", siting.spot((115.80, 36.30), inside=["permanent_basic_farmland"], also=SCOPE),
         _well("农田内", 点位精度=5)),
    ]  # fmt: skip


def _block(name: str, activity: str, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name}（合成示例）",
        "activity": activity,
        "stage": "new",
        "use": "heating",
        "reinjection_ratio": 1.0,
        "reinjection_same_layer": "true",
        "heating_area_m2": 60000,
    }
    return usual | other


def blocks(siting: Siting) -> list[Proposed]:
    """Three polygons: clear, across two scopes, over the wetland."""
    base = siting.base
    clear = siting.spot((116.15, 36.70), also=SCOPE, room_m=400)
    return [
        ("B21", siting.block("B21", clear, 260.0), _block("空地项目", PROJECT)),
        ("B22", siting.block("B22", base.point(116.045, 36.46), 1500.0),
         _block("跨两类取水范围", PROJECT)),
        ("B23", siting.block("B23", base.point(115.885, 36.625), 1200.0),
         _block("跨湿地红线的开采区块", "middeep_reinjection:block_mining", heating_area_m2=None)),
    ]  # fmt: skip
