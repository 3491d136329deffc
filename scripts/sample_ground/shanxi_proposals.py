"""Wells, blocks and a parcel for shanxi."""

from __future__ import annotations

from pathlib import Path

from sample_ground.siting import Siting
from sample_ground.tables import (
    Cell,
    Proposed,
    parcel_at,
    write_blocks,
    write_corners,
    write_wells,
)

ZONES = ("overdraft_zone", "limited_abstraction_zone")
PRODUCTION = "middeep_reinjection:well_production"


def write(folder: Path, siting: Siting) -> None:
    """wells.csv, blocks.gpkg and parcel.txt."""
    frame = siting.base.frame
    write_wells(folder / "wells.csv", wells(siting), frame, encoding="utf-8-sig")
    write_blocks(folder / "blocks.gpkg", blocks(siting), frame)
    middle = siting.spot((112.60, 37.74), inside=["overdraft_zone", "spring_zone"], room_m=300)
    parcel = parcel_at(middle, 400, 260, turn_degrees=-8)
    write_corners(
        folder / "parcel.txt", parcel, frame, zone=38, name="示例住宅地块", encoding="utf-8"
    )


def _well(name: str, activity: str = PRODUCTION, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name} (synthetic)",
        "activity": activity,
        "stage": "new",
        "use": "heating",
        "reinjection_ratio": 1.0,
        "reinjection_same_layer": "true",
        "reinjection_scheme": None,
        "approved_abstraction": None,
        "aquifer": None,
        "within_groundwater_quota": None,
        "reinjection_credit": "ok",
        "metering_online": "yes",
        "approvals": None,
        "position_accuracy_m": 0,
    }
    return usual | other


def wells(siting: Siting) -> list[Proposed]:
    """Nine wells and projects at points."""
    base = siting.base
    shown = {"reinjection_scheme": "SCH-2026-01", "approved_abstraction": "ABS-2026-07"}
    shallow: dict[str, Cell] = {"aquifer": "unconfined", "within_groundwater_quota": "yes"}
    clear = siting.spot((111.95, 37.10), also=[*ZONES, "spring_zone"])
    zone = siting.spot((112.45, 37.55), inside=["overdraft_zone"])
    return [
        ("S01", clear, _well("clear and complete", **shown)),
        ("S02", zone, _well("over-draft zone, everything shown", **shown)),
        ("S03", siting.spot((111.00, 35.00), inside=["overdraft_zone"]),
         _well("over-draft zone, scheme not stated")),
        ("S04", base.point(112.43, 37.71), _well("key spring zone at Jinci", **shown)),
        ("S05", siting.spot((112.841, 37.634), inside=["drinking_water_zone"]),
         _well("inside a groundwater source", **shown)),
        ("S06", zone, _well("groundwater heat pump in over-draft", "shallow_groundwater:project",
                            reinjection_ratio=0.96, **shallow)),
        ("S07", siting.spot((112.55, 38.62), also=[*ZONES, "spring_zone"]),
         _well("groundwater heat pump, 95 %", "shallow_groundwater:project",
               reinjection_ratio=0.95, **shallow)),
        ("S08", zone, _well("no equal reinjection", "middeep_no_reinjection:project",
                            reinjection_ratio=0.8)),
        ("S09", siting.spot((113.70, 39.66), inside=["scenic_area"]),
         _well("bathing in a scenic area", "bathing:project", use="bathing",
               reinjection_ratio=None, reinjection_same_layer=None)),
    ]  # fmt: skip


def _block(name: str, activity: str, **other: Cell) -> dict[str, Cell]:
    usual: dict[str, Cell] = {
        "name": f"{name} (synthetic)",
        "activity": activity,
        "stage": "new",
        "reinjection_ratio": 1.0,
        "reinjection_same_layer": "true",
        "reinjection_scheme": None,
        "approved_abstraction": None,
        "reinjection_credit": "ok",
        "use": "heating",
    }
    return usual | other


def blocks(siting: Siting) -> list[Proposed]:
    """Three polygons: in the over-draft zone, across a key spring zone, in the farmland."""
    project = "middeep_reinjection:project"
    shown: dict[str, Cell] = {
        "reinjection_scheme": "SCH-2026-02",
        "approved_abstraction": "ABS-2026-08",
    }
    zone = siting.spot((112.45, 37.60), inside=["overdraft_zone"], room_m=600)
    farm = siting.spot((111.45, 35.90), inside=["permanent_basic_farmland"], room_m=500)
    return [
        ("B11", siting.block("B11", zone, 380.0),
         _block("over-draft zone, shown", project, **shown)),
        ("B12", siting.block("B12", siting.base.point(112.475, 37.71), 2500.0),
         _block("across the key zone of Jinci", project, **shown)),
        ("B13", siting.block("B13", farm, 600.0),
         _block("mining block in farmland", "middeep_reinjection:block_mining")),
    ]  # fmt: skip
