"""Wells, blocks and a parcel for hebei-demo, one for each thing that can happen."""

from __future__ import annotations

from pathlib import Path

import shapely
from shapely.geometry import Point, Polygon, box

from sample_ground.hebei import hills
from sample_ground.siting import Siting
from sample_ground.tables import (
    Cell,
    Proposed,
    parcel_at,
    write_blocks,
    write_corners,
    write_wells,
)

PRODUCTION = "middeep_reinjection:well_production"
PLAIN = ("settlement", "right_mining")


def write(folder: Path, siting: Siting) -> None:
    """wells.csv, blocks.gpkg and parcel.txt."""
    frame = siting.base.frame
    write_wells(folder / "wells.csv", wells(siting), frame, encoding="utf-8")
    write_blocks(folder / "blocks.gpkg", blocks(siting), frame)
    parcel = parcel_at(siting.spot((115.69, 39.04), room_m=260), 300, 200, turn_degrees=12)
    write_corners(
        folder / "parcel.txt", parcel, frame, zone=39, name="示例供热站地块", encoding="gbk"
    )


def _well(name: str, activity: str = PRODUCTION, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name}（合成示例）",
        "activity": activity,
        "阶段": "新建",
        "热储层": "基岩",
        "用途": "供暖",
        "回灌率": 1.0,
        "reinjection_same_layer": "是",
        "井深": 1800,
        "temperature_c": 62,
        "abstraction_capacity_m3h": 80,
        "reinjection_capacity_m3h": 75,
        "approvals": None,
        "点位精度": 0,
    }
    return usual | other


def wells(siting: Siting) -> list[Proposed]:
    """Fifteen wells and one shallow project."""
    high = siting.base.area.buffer(-2000) & hills(siting.base).buffer(-500)
    seen_plain = siting.base.area.buffer(-3000) - siting.base.blob("h", (115.15, 38.95), 14000.0)
    good = siting.spot((115.70, 39.03), within=seen_plain, also=PLAIN)
    other = siting.spot((115.56, 38.99), within=seen_plain, also=PLAIN)
    third = siting.spot((115.78, 38.99), within=seen_plain, also=PLAIN)
    blind = siting.spot((115.89, 38.99), also=PLAIN)
    at = {"away_from": "railway"}
    return [
        ("W01", good, _well("好井 基岩")),
        ("W02", other, _well("馆陶组井", 热储层="馆陶组")),
        ("W03", siting.spot((115.60, 38.99), inside=["permanent_basic_farmland"]), _well("农田内")),
        ("W04", third, _well("明化镇组井", 热储层="明化镇组", 井深=900, temperature_c=48)),
        ("W05", siting.beside("expressway", (115.50, 38.92), 198.6, **at), _well("高速198.6米")),
        ("W06", siting.beside("expressway", (115.60, 38.96), 201.4, **at), _well("高速201.4米")),
        ("W07", siting.beside("railway", (115.60, 38.95), 120.0, away_from="expressway"),
         _well("铁路120米")),
        ("W08", siting.spot((115.20, 38.90), within=high), _well("山区井")),
        ("W09", siting.spot((115.20, 39.00), inside=["ecological_redline"]), _well("红线内")),
        ("W10", blind, _well("文物图层未覆盖")),
        ("W11", siting.spot((115.45, 38.96), within=seen_plain, also=PLAIN),
         _well("未填回灌率", 回灌率=None)),
        ("W12", siting.spot((115.40, 39.00), within=seen_plain),
         _well("勘查井", "middeep_reinjection:well_exploration")),
        ("W13", siting.spot((115.74, 38.99), within=seen_plain),
         _well("地埋管", "shallow_closed_loop:project", 热储层=None, 井深=120, temperature_c=15)),
        ("W14", siting.spot((115.66, 38.94), within=seen_plain, also=PLAIN),
         _well("未等量回灌", "middeep_no_reinjection:well_production", 回灌率=0.9)),
        ("W15", siting.spot((115.80, 39.03), within=seen_plain, also=PLAIN),
         _well("点位精度20米", 点位精度=20)),
    ]  # fmt: skip


def _block(name: str, activity: str, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name}（合成示例）",
        "activity": activity,
        "stage": "new",
        "reservoir": "bedrock",
        "exploration_stage": "pre_feasibility",
        "expert_proof": None,
        "exploration_period": None,
        "holders": 1,
        "holder": None,
        "right_id": None,
        "granted_on": None,
        "design_scale_m3a": None,
    }
    return usual | other


def blocks(siting: Siting) -> list[Proposed]:
    """Five mining blocks, two exploration blocks and four mining rights."""
    found = [*_mining_blocks(siting), *_exploration_blocks(siting), *_rights(siting)]
    return sorted(found, key=lambda one: one[0])


def _mining_blocks(siting: Siting) -> list[Proposed]:
    mining = "middeep_reinjection:block_mining"
    base = siting.base
    farmed = siting.spot((115.50, 38.99), inside=["permanent_basic_farmland"], also=["settlement"])
    lake = base.point(115.845, 38.92)
    border = base.frame.point(shapely.get_coordinates(base.frame.degrees(base.area.boundary))[20])
    clear = siting.spot((115.655, 38.985), also=["settlement"], room_m=300)
    return [
        ("B01", siting.block("B01", farmed, 1100.0),
         _block("农田内有专家论证", mining, exploration_stage="feasibility",
                expert_proof="示例论证〔2024〕1号")),
        ("B02", siting.block("B02", farmed, 1100.0), _block("农田内无专家论证", mining)),
        ("B03", siting.block("B03", lake, 1500.0), _block("跨湖泊管理范围", mining)),
        ("B04", siting.block("B04", border, 1200.0), _block("跨研究区边界", mining)),
        ("B07", siting.block("B07", clear, 250.0),
         _block("开采区块只做过调查", mining, exploration_stage="survey")),
    ]  # fmt: skip


def _exploration_blocks(siting: Siting) -> list[Proposed]:
    exploration = "middeep_reinjection:block_exploration"
    facts: dict[str, Cell] = {"exploration_stage": "survey", "exploration_period": "2年"}
    return [
        ("B05", _aligned(siting, 41, 57), _block("勘查区块", exploration, **facts)),
        ("B08", _aligned(siting, 46, 59),
         _block("勘查区块两个主体", exploration, holders=2, **facts)),
    ]  # fmt: skip


def _rights(siting: Siting) -> list[Proposed]:
    """A fourth new right in a county town, one that stands alone, two in one village."""
    block = ["planned_block"]
    alone = siting.spot((115.475, 38.943), inside=block, also=["settlement"], room_m=350)
    village = siting.spot((115.757, 38.961), inside=[*block, "settlement"], room_m=130)
    beside = Point(village.x - 300, village.y)
    return [
        ("B06", siting.block("B06", siting.base.point(115.654, 39.017), 450.0),
         _right("县城第4个新设采矿权", "C13-2024-07", holder="示例热力戊")),
        ("B09", siting.block("B09", alone, 230.0),
         _right("区块内唯一采矿权", "C13-2024-08", holder="示例热力己")),
        ("B10", siting.block("B10", village, 90.0),
         _right("同村第1个采矿权", "C13-2024-09", holder="示例热力庚", design_scale_m3a=120000)),
        ("B11", siting.block("B11", beside, 90.0),
         _right("同村第2个采矿权", "C13-2024-10", holder="示例热力辛", design_scale_m3a=120000)),
    ]  # fmt: skip


def _right(name: str, right_id: str, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "exploration_stage": "feasibility",
        "right_id": right_id,
        "granted_on": "2024-06-01",
        "design_scale_m3a": 250000,
    }
    return _block(name, "middeep_reinjection:right_mining", **(usual | other))


def _aligned(siting: Siting, east: int, north: int) -> Polygon:
    """Two by two basic unit blocks on the minute grid; minutes past 115° E and 38° N."""
    minute = 1 / 60
    west, south = 115 + east * minute, 38 + north * minute
    degrees = box(west, south, west + 2 * minute, south + 2 * minute).segmentize(minute / 4)
    return siting.base.frame.metres(degrees)
