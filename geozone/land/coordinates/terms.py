"""What a CRS may be used for: as it stands, under declared terms, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pyproj import CRS
from pyproj.exceptions import ProjError

from geozone.land.coordinates.crs import (
    GEOGRAPHIC,
    Operation,
    datum_key,
    datum_of,
    in_degrees,
    is_metric,
    is_taken,
    label,
    projected,
    registered,
    untaken,
)
from geozone.land.coordinates.datums import OFFSET, OLD, TAKEN, claimed, datums
from geozone.land.coordinates.shift import Shift

SAME_M = 1e-3
"""Two systems are the same where no coordinate differs by more, in metres."""
MAP_KINDS = ("Projected CRS", "Geographic 2D CRS", "Bound CRS")


@dataclass(frozen=True)
class Terms:
    """What the user has declared: accuracy in metres, and parameters for an old datum.

    ``key`` is where the accuracy is written.
    """

    accuracy_m: float = 0.0
    shift: Shift | None = None
    key: str = "accuracy_m"


@dataclass(frozen=True)
class Refusal:
    """Why a CRS is not used, and what to do."""

    what: str
    todo: str


AS_IT_STANDS = Terms()
SUPPLY = "提供 CGCS2000 数据 / supply CGCS2000 data"
CORRECT = "改正文件的坐标系定义 / correct the definition of the CRS in the file"


def refusal(crs: CRS, terms: Terms = AS_IT_STANDS) -> Refusal | None:
    """Why coordinates in this CRS are not used under these terms; ``None`` where they are."""
    checks: tuple[Callable[[CRS, Terms], Refusal | None], ...] = (
        _kind,
        _bound,
        _datum,
        _units,
        _claims,
        _way,
    )
    return next((found for check in checks if (found := check(crs, terms))), None)


def _kind(crs: CRS, _: Terms) -> Refusal | None:
    rotated = crs.is_geographic and crs.is_derived
    if crs.type_name in MAP_KINDS and not rotated:
        return None
    kind = f"{crs.type_name} {crs.name}"
    return Refusal(
        f"既非投影也非经纬度坐标系（独立坐标系不接受） / neither projected nor longitude and "
        f"latitude (local systems are refused): {kind}",
        "转换为 CGCS2000 经纬度或投影坐标 / convert it to CGCS2000",
    )


def _bound(crs: CRS, _: Terms) -> Refusal | None:
    if not crs.is_bound:
        return None
    return Refusal(
        f"坐标系定义自带转换参数（TOWGS84） / the definition carries a shift (TOWGS84): {crs.name}",
        CORRECT,
    )


def _datum(crs: CRS, terms: Terms) -> Refusal | None:
    datum = datum_of(crs)
    if terms.shift is not None:
        return _shifted(crs, terms.shift)
    if datum is not None and datum.kind == OFFSET:
        return _offset(crs, terms)
    if datum is None or datum.kind == OLD:
        return _untaken(crs)
    ellipsoid = crs.ellipsoid
    if not _has_taken_ellipsoid(crs):
        shown = ellipsoid.name if ellipsoid is not None else "?"
        return Refusal(
            f"{crs.name}：基准为 {datum.zh}，椭球却是 {shown} / "
            f"{crs.name}: the datum is {datum.en}, the ellipsoid is {shown}",
            CORRECT,
        )
    return None


def _has_taken_ellipsoid(crs: CRS) -> bool:
    """Whether the ellipsoid is that of a datum that is taken: a tenth of a millimetre apart."""
    it = crs.ellipsoid
    return it is not None and any(
        one.kind == TAKEN and one.has_ellipsoid(it.semi_major_metre, it.inverse_flattening)
        for one in datums().values()
    )


def _shifted(crs: CRS, shift: Shift) -> Refusal | None:
    """Declared parameters serve their own datum alone."""
    if datum_key(crs) == shift.datum:
        return None
    frame = label(shift.frame)
    return Refusal(
        f"datum_shift 属于 {frame}，文件是 {label(crs)} / "
        f"the declared parameters are of {frame}, the file is in {label(crs)}",
        "删去 datum_shift 或改正坐标系 / remove datum_shift or correct the CRS",
    )


def _offset(crs: CRS, terms: Terms) -> Refusal | None:
    datum = datum_of(crs)
    if datum is None or terms.accuracy_m >= datum.error_m:
        return None
    return Refusal(
        f"{datum.zh} 坐标有偏移，最大 {datum.error_m:g} m，不可还原 / "
        f"{datum.en} is off by up to {datum.error_m:g} m and cannot be set right",
        f"提供 CGCS2000 数据；或按原样使用，写 {terms.key} = {datum.error_m:g}（或更大） / supply "
        f"CGCS2000 data, or to use it as it stands write {terms.key} = {datum.error_m:g} or more",
    )


def _untaken(crs: CRS) -> Refusal:
    if datum_key(crs).startswith("unknown") and _has_taken_ellipsoid(crs):
        return Refusal(
            f"{untaken(crs)}；文件未写明基准 / the file does not say which datum it is",
            '确为 CGCS2000 时声明，如 crs = "EPSG:4547"（投影须一致），或改正 .prj / if it is '
            "CGCS2000, declare crs with the same projection, or correct the .prj",
        )
    return Refusal(
        untaken(crs),
        f"{SUPPLY}；或声明转换参数 / or declare parameters: datum_shift, --datum-shift",
    )


def _units(crs: CRS, _: Terms) -> Refusal | None:
    meridian = crs.prime_meridian
    shown = ", ".join(sorted({axis.unit_name for axis in crs.axis_info[:2]}))
    if meridian is not None and meridian.longitude != 0:
        shown = f"{meridian.name} {meridian.longitude:g}°"
    elif is_metric(crs) or in_degrees(crs):
        return None
    return Refusal(
        f"坐标系单位应为米或度，本初子午线应为格林尼治 / units must be metres or degrees, "
        f"the meridian Greenwich: {crs.name}: {shown}",
        SUPPLY,
    )


def _claims(crs: CRS, _: Terms) -> Refusal | None:
    """A definition whose name says one thing and whose numbers say another."""
    own, base = datum_key(crs), crs.geodetic_crs
    names = [crs.name, *([base.name] if base is not None else [])]
    for name in names:
        ids = {one.id for one in claimed(name)}
        if ids and own not in ids and not _all_taken({own, *ids}):
            return Refusal(
                f"名称 {name} 与基准不符 / the name {name} does not go with the datum: {own}",
                CORRECT,
            )
    known = registered(crs.name) if crs.to_epsg() is None else None
    if known is not None and is_taken(known) and is_taken(crs) and not same_places(known, crs):
        return Refusal(
            f"名为 {crs.name}，参数却不同 / is called {crs.name}, but its parameters differ",
            f"{CORRECT} ({label(known)})",
        )
    return None


def _all_taken(ids: set[str]) -> bool:
    return all(one in datums() and datums()[one].kind == TAKEN for one in ids)


def _way(crs: CRS, terms: Terms) -> Refusal | None:
    """Whether the CRS, as its file defines it, leads to degrees."""
    try:
        Operation(crs, GEOGRAPHIC, terms.shift)(np.array([[0.0, 0.0]]))
    except ProjError:
        return Refusal(
            f"坐标系定义已损坏 / the definition of the CRS is broken: {crs.name}", CORRECT
        )
    return None


def same_places(one: CRS, other: CRS) -> bool:
    """Whether the same coordinates mean the same places in two CRSs, to a millimetre.

    So 6-degree and 3-degree zones of one meridian are the same, and by policy CGCS2000 and
    WGS 84; never two other datums.
    """
    if one == other:
        return True
    if datum_key(one) != datum_key(other) and not (is_taken(one) and is_taken(other)):
        return False
    return same_projection(one, other)


def same_projection(one: CRS, other: CRS) -> bool:
    """Whether two CRSs give the same coordinates to the same longitudes and latitudes."""
    if one.is_geographic or other.is_geographic:
        return bool(one.is_geographic and other.is_geographic)
    lon, lat = np.meshgrid(np.arange(75.0, 136.0, 15.0), np.arange(15.0, 56.0, 10.0))
    places = np.column_stack([lon.ravel(), lat.ravel()])
    try:
        there = [projected(crs, places) for crs in (one, other)]
    except ProjError:
        return False
    apart = np.abs(there[0] - there[1])
    return bool(np.isfinite(apart).all() and (apart < SAME_M).all())
