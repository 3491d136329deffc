"""Reading a file of declared parameters; its values never appear in a fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS
from pyproj.exceptions import ProjError

from geozone.land.coordinates.crs import (
    GEOGRAPHIC,
    Operation,
    datum_key,
    is_metric,
    label,
    named_crs,
    parse_crs,
)
from geozone.land.coordinates.datums import datums
from geozone.land.coordinates.shift import Four, Seven, Shift
from geozone.land.faults import Faults, did_you_mean
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.sheet import Frame
from geozone.land.sources.source import opened
from geozone.land.spec import LayerSpec

MOST_BYTES = 1 << 16
MOST_MOVED_M = 1000.0
"""No change of datum in China moves a place by more: units or convention are wrong."""

WAYS = ("position_vector", "coordinate_frame")
TURNS = ("clockwise", "counterclockwise")


@dataclass(frozen=True)
class Range:
    """A number of a parameter file: its limits, both included."""

    low: float
    high: float

    def holds(self, value: object) -> bool:
        """Whether a TOML value is a number in the range."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and self.low <= float(value) <= self.high  # type: ignore[arg-type]  # a number


NUMBERS: Mapping[str, Mapping[str, Range]] = {
    "seven": {
        **dict.fromkeys(("dx_m", "dy_m", "dz_m"), Range(-1e5, 1e5)),
        **dict.fromkeys(("rx_arcsec", "ry_arcsec", "rz_arcsec"), Range(-3600, 3600)),
        "scale_ppm": Range(-1000, 1000),
    },
    "four": {
        **dict.fromkeys(("dx_east_m", "dy_north_m"), Range(-1e8, 1e8)),
        "rotation_arcsec": Range(-648_000, 648_000),
        "scale_ppm": Range(-10_000, 10_000),
    },
}
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "seven": {"convention": WAYS},
    "four": {"rotation": TURNS},
}
ACCURACY = Range(0.001, 1000)
EXAMPLE = (
    'method = "seven", from = "EPSG:4610", convention = "position_vector", dx_m, dy_m, dz_m, '
    "rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm, accuracy_m；"
    'method = "four", from = "EPSG:2383", to = "EPSG:4547", rotation = "clockwise", dx_east_m, '
    "dy_north_m, rotation_arcsec, scale_ppm, accuracy_m"
)


def read_shift(written: str, folder: Path, faults: Faults) -> Shift | None:
    """The shift that a TOML file declares; ``None`` with faults, which never show a value."""
    before = len(faults.found)
    raw = _raw(written, folder, faults)
    if raw is None:
        return None
    method = str(raw.get("method", ""))
    if method not in NUMBERS:
        faults.at("method").add('应为 "seven" 或 "four" / must be "seven" or "four"', EXAMPLE)
        return None
    _check(raw, method, faults)
    frame, target = _frames(raw, method, faults)
    if len(faults.found) > before or frame is None or target is None:
        return None
    numbers = {name: float(raw[name]) for name in NUMBERS[method]}
    made = (
        Seven(str(raw["convention"]), **numbers)
        if method == "seven"
        else Four(str(raw["rotation"]), **numbers)
    )
    return Shift(datum_key(frame), frame, target, float(raw["accuracy_m"]), made)


def _raw(written: str, folder: Path, faults: Faults) -> dict[str, Any] | None:
    todo = "改正参数文件 / correct the parameter file"
    try:
        with opened(written, folder) as source:
            content = source.path.read_bytes()[: MOST_BYTES + 1]
    except UnreadableError as error:
        faults.add(error.what, error.todo)
        return None
    except OSError:
        faults.add("无法读取 / cannot be read", todo)
        return None
    if len(content) > MOST_BYTES:
        faults.add("过大 / too large", todo)
        return None
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        faults.add("不是 UTF-8 / is not UTF-8", "另存为 UTF-8 / save it as UTF-8")
    except (ValueError, RecursionError) as error:  # also of endless digits and nesting
        at = re.search(r"line \d+", str(error))  # the text itself could show a parameter
        where = f": {at.group()}" if at else ""
        faults.add(f"不是有效的 TOML / is not valid TOML{where}", todo)
    return None


def _check(raw: Mapping[str, Any], method: str, faults: Faults) -> None:
    """Every key there, known and in range."""
    numbers = {**NUMBERS[method], "accuracy_m": ACCURACY}
    words = WORDS[method]
    known = ("method", "from", *(("to",) if method == "four" else ()), *words, *numbers)
    for name in raw:
        if name not in known:
            shown = repr(name) if not re.search(r"\d", name) else "…"
            faults.add(f"未知的键 {shown} / unknown key {shown}", did_you_mean(name, known))
    for name in known:
        here = faults.at(name)
        if name not in raw:
            here.add(f"缺少必填键 {name!r} / required key {name!r} is missing", EXAMPLE)
        elif name in words and raw[name] not in words[name]:
            here.add("不在词表中 / is not a known word", " | ".join(words[name]))
        elif name in numbers and not numbers[name].holds(raw[name]):
            low, high = numbers[name].low, numbers[name].high
            here.add(
                "不是数字或超出范围（不显示其值） / is no number in range (its value is not shown)",
                f"{low:g}…{high:g}",
            )


def _frames(raw: Mapping[str, Any], method: str, faults: Faults) -> tuple[CRS | None, CRS | None]:
    """The CRS that the parameters are of, and the one they lead to; faults where they are wrong."""
    frame = _named(raw.get("from"), faults.at("from"))
    if frame is not None and (not frame.is_projected and not frame.is_geographic):
        faults.at("from").add("不是地理或投影坐标系 / is no map CRS", 'from = "EPSG:4610"')
    known = datums().get(datum_key(frame)) if frame is not None else None
    unknown = frame is not None and datum_key(frame).startswith("unknown")
    if unknown or (known is not None and known.kind != "old"):
        faults.at("from").add(
            "不是旧基准 / is no old datum: " + (label(frame) if frame else ""),
            'from = "EPSG:4610"（西安80） | "EPSG:4214"（北京54）',
        )
    if method == "seven":
        return frame, GEOGRAPHIC
    target = None
    if isinstance(raw.get("to"), str):
        try:
            target = parse_crs(raw["to"])
        except ValueError as error:
            faults.at("to").add(str(error), 'to = "EPSG:4547"')
    for name, crs in (("from", frame), ("to", target)):
        if crs is not None and not is_metric(crs):
            faults.at(name).add(
                "四参数须为以米为单位的投影坐标系 / four parameters are of projections in metres",
                f'{name} = "EPSG:…"',
            )
    return frame, target


def _named(text: object, faults: Faults) -> CRS | None:
    if not isinstance(text, str):
        if text is not None:
            faults.add("应为文本 / must be a text", 'from = "EPSG:4610"')
        return None
    try:
        return named_crs(text)
    except ValueError as error:
        faults.add(str(error), 'from = "EPSG:4610"')
        return None


def check_moves(shift: Shift, longitude: float, latitude: float, faults: Faults) -> bool:
    """Whether a shift moves a place by no more than a change of datum can; a fault where not."""
    try:
        moved = shift.moves_m(longitude, latitude)
    except ProjError:
        moved = float("inf")
    if moved <= MOST_MOVED_M:
        return True
    faults.add(
        f"参数使研究区移动超过 {MOST_MOVED_M:g} m / "
        f"the parameters move the study area by more than {MOST_MOVED_M:g} m",
        "核对单位、符号与旋转约定 / check units, signs and convention",
    )
    return False


def with_shift(spec: LayerSpec, folder: Path, frame: Frame | None, faults: Faults) -> LayerSpec:
    """The spec with the shift that its file declares, whose accuracy adds to the layer's."""
    if spec.datum_shift is None:
        return spec
    here = faults.of(spec.datum_shift).at(f"{spec.place}, datum_shift")
    shift = _fitting(spec.datum_shift, folder, frame, here)
    if shift is None:
        return spec
    return replace(spec, shift=shift, accuracy_m=spec.accuracy_m + shift.accuracy_m)


def declared_shift(path: Path | None, frame: Frame, faults: Faults) -> Shift | None:
    """The shift that the caller declares for proposals; ``None`` beside a fault, or if none is."""
    if path is None:
        return None
    return _fitting(str(path), Path(), frame, Faults(str(path), found=faults.found))


def _fitting(written: str, folder: Path, frame: Frame | None, faults: Faults) -> Shift | None:
    """The shift of a file, if it moves the study area by no more than it can."""
    shift = read_shift(written, folder, faults)
    if shift is None or frame is None:
        return shift
    degrees = Operation(frame.crs, GEOGRAPHIC)(np.array(frame.area.centroid.coords))
    longitude, latitude = float(degrees[0, 0]), float(degrees[0, 1])
    return shift if check_moves(shift, longitude, latitude, faults) else None
