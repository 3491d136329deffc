"""Wells and a parcel for beijing: what BJ19 said of each on dates of its time."""

from __future__ import annotations

from pathlib import Path

from sample_ground.siting import Siting
from sample_ground.tables import Cell, Proposed, parcel_at, write_corners, write_wells

SHALLOW = "shallow_closed_loop:project"
HYDROTHERMAL = "middeep_reinjection:project"
MAIN = "reclaimed_water_main"


def write(folder: Path, siting: Siting) -> None:
    """wells.csv and parcel.txt."""
    frame = siting.base.frame
    write_wells(folder / "wells.csv", wells(siting), frame, encoding="utf-8")
    middle = siting.spot((116.46, 39.70), room_m=300)
    write_corners(
        folder / "parcel.txt",
        parcel_at(middle, 360, 240, turn_degrees=10),
        frame,
        zone=39,
        name="示例公共建筑地块",
        encoding="utf-8",
    )


def _well(name: str, activity: str, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name}（合成示例）",
        "activity": activity,
        "阶段": "新建",
        "用途": "供暖",
        "热平衡": None,
        "封闭循环": None,
        "回灌率": None,
        "同层回灌": None,
        "采矿许可证": None,
        "取水许可证": None,
        "政府投资": "否",
        "点位精度": 0,
    }
    return usual | other


def _hydrothermal(name: str, ratio: float, **other: Cell) -> dict[str, Cell]:
    facts: dict[str, Cell] = {"封闭循环": "是", "回灌率": ratio, "同层回灌": "是"}
    return _well(name, HYDROTHERMAL, **facts, **other)


def wells(siting: Siting) -> list[Proposed]:
    """Nine projects at points."""
    licences: dict[str, Cell] = {"采矿许可证": "示采2018-1", "取水许可证": "示取2018-1"}
    unlicensed: dict[str, Cell] = {"采矿许可证": "否", "取水许可证": "否"}
    field = siting.themes["geothermal_field"].buffer(-500)
    mains = siting.themes[MAIN].buffer(250) - siting.themes["heating_network_area"]
    return [
        ("J01", siting.spot((116.56, 39.78)), _well("地埋管 热平衡", SHALLOW, 热平衡="是")),
        ("J02", siting.spot((116.58, 39.75)), _well("地埋管 不平衡", SHALLOW, 热平衡="否")),
        ("J03", siting.spot((116.62, 39.77)), _well("地埋管 未填热平衡", SHALLOW)),
        ("J04", siting.spot((116.385, 40.160), within=field),
         _hydrothermal("两证齐全 全部回灌", 1.0, 政府投资="是", **licences)),
        ("J05", siting.spot((116.500, 39.715), within=field),
         _hydrothermal("回灌九成", 0.9, **unlicensed)),
        ("J06", siting.spot((116.42, 40.15), within=field),
         _well("取热不取水", "middeep_closed_loop:project", 封闭循环="是", **unlicensed)),
        ("J07", siting.spot((116.42, 39.73), within=mains),
         _well("再生水主干管网沿线", "surface_or_reclaimed_water:project")),
        ("J08", siting.spot((116.60, 39.72), inside=["permanent_basic_farmland"]),
         _well("农田内地埋管", SHALLOW, 热平衡="是")),
        ("J09", siting.spot((116.65, 39.89), inside=["forbidden_abstraction_zone"]),
         _hydrothermal("禁止开采区内", 1.0, **licences)),
    ]  # fmt: skip
