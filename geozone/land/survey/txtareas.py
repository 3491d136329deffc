"""The counts and areas that a 界址点 TXT states, held against its points."""

from __future__ import annotations

from collections.abc import Sequence

from geozone.land.faults import Faults
from geozone.land.survey.numbers import half_width, plain_count, plain_number
from geozone.land.survey.rings import Loop

TOLERANCE = 0.005
UNITS = (
    ("公顷 / hectares", 10_000.0, 4),
    ("平方米 / m²", 1.0, 0),
    ("亩 / mu", 10_000 / 15, 2),
)
"""Units of a stated area: name, square metres, and decimals from which rounding is excused."""


def check_count(stated: str, loops: Sequence[Loop], notes: list[str], faults: Faults) -> bool:
    """Whether a count is stated that fits the points; one that does not is a fault.

    It may include the closing points or not, written or not, and repeated points or not.
    """
    if not stated:
        return False
    try:
        count = plain_count(stated)
    except ValueError as error:
        faults.at("界址点数").add(str(error), "核对点数 / check the points")
        return False
    distinct = sum(len(one.corners) for one in loops)
    closings = sum(one.closed for one in loops)
    dropped = sum(one.dropped for one in loops)
    whole = {distinct + len(loops), distinct + len(loops) + dropped}
    bare = {distinct, distinct + dropped, distinct + closings + dropped}
    if count not in whole | bare:
        read = distinct + closings + dropped
        faults.add(
            f"界址点数 {stated}，读到 {read} / {stated} points stated, {read} read",
            "核对点数，文件可能不全 / check the points, the file may be cut",
        )
        return False
    if count not in whole:
        notes.append("界址点数不含闭合点 / the stated count leaves the closing points out")
    return True


def check_area(stated: str, area_m2: float, notes: list[str], faults: Faults) -> bool:
    """Whether an area is stated that fits the planar one; one that fits in no unit is a fault.

    Units: hectares, square metres or 亩, within half a percent or the last digit's rounding.
    """
    if not stated:
        return False
    here = faults.at("地块面积")
    try:
        area = plain_number(stated)
    except ValueError as error:
        here.add(str(error), "地块面积（公顷） / area in hectares")
        return False
    if area == 0:
        notes.append("地块面积为 0，未核对 / the stated area is 0 and was not checked")
        return False
    fitting = next((unit for unit in UNITS if _fits(stated, area, area_m2, unit)), None)
    if fitting is None:
        here.add(
            f"地块面积 {stated} 与坐标面积 {area_m2 / 1e4:.4f} 公顷不符 / "
            f"the stated area {stated} is not that of the points, {area_m2 / 1e4:.4f} ha",
            "核对面积与坐标 / check area and points",
        )
    elif fitting != UNITS[0]:
        notes.append(f"地块面积按{fitting[0]} / the area is stated in that unit")
    return fitting is not None


def _fits(stated: str, area: float, area_m2: float, unit: tuple[str, float, int]) -> bool:
    decimals = len(half_width(stated).strip().partition(".")[2])
    rounding = 0.5 * 10.0**-decimals if decimals >= unit[2] else 0.0
    away = abs(area * unit[1] - area_m2)
    return away <= max(TOLERANCE * area_m2, rounding * unit[1])
