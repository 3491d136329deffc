"""Degrees from every way that Chinese tables write longitudes and latitudes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geozone.land.survey.numbers import half_width

Axis = Literal["lon", "lat"]
Writing = Literal["decimal", "dms", "packed_dms"]

MARKS = str.maketrans(
    dict.fromkeys("º˚⁰度", "°")
    | dict.fromkeys("′‘’`´ʹ分", "'")
    | dict.fromkeys("″“”ʺ〃秒", '"')
    | dict.fromkeys("－−–—", "-")
)
HEMISPHERES = {"E": "lon", "东经": "lon", "N": "lat", "北纬": "lat"}
ELSEWHERE = ("S", "W", "南纬", "西经")
SIDE = "|".join((*HEMISPHERES, *ELSEWHERE))
SIDED = re.compile(rf"({SIDE})?[\s:]*([-+.\d].*?)\s*({SIDE})?", re.IGNORECASE | re.DOTALL)
DECIMAL = re.compile(r"\d{1,3}(?:\.\d*)?°?", re.ASCII)
PARTS = re.compile(
    r"(\d{1,3})\s*(?:°|[-:\s])\s*(\d{1,3}(?:\.\d*)?)\s*(?:'|[-:\s]|$)"
    r"(?:\s*(\d{1,3}(?:\.\d*)?)\s*(?:\"|$))?",
    re.ASCII,
)
PACKED_WHOLE = re.compile(r"(\d{1,3})(\d\d)(\d\d(?:\.\d*)?)", re.ASCII)
PACKED_POINT = re.compile(r"(\d{1,3})(?:\.(\d*))?", re.ASCII)
LIMIT = {"lon": 180.0, "lat": 90.0, None: 180.0}
WORDS: dict[Writing, tuple[str, ...]] = {
    "decimal": ("decimal", "十进制度", "十进制", "度", "°"),
    "dms": ("dms", "度分秒", "ddd°mm'ss\"", "dd°mm'ss\"", "ddd:mm:ss", "dd:mm:ss"),
    "packed_dms": ("packed_dms", "ddd.mmss", "dd.mmss", "dddmmss", "ddmmss", "压缩度分秒"),
}
"""How a table declares the writing of its angles, in any case."""
NOT_WRITTEN: dict[Writing | None, str] = {
    None: "不是角度 / not a number and not an angle",
    "decimal": "不是十进制度 / not a number of decimal degrees",
    "dms": "不是度分秒 / not degrees, minutes and seconds",
}
SHORTEST, LONGEST = 4, 8
"""Decimals of an angle that could be minutes and seconds: MMSS to MMSSssss."""


@dataclass(frozen=True)
class Angle:
    """An angle in decimal degrees, and what was put right in reading it (else ``None``)."""

    value: float
    note: str | None = None


def writing_of(declared: str) -> Writing:
    """The writing that a table declares, such as ``packed_dms`` or ``DDD.MMSS``.

    Raises ``ValueError`` where it is none.
    """
    word = _even(declared)
    for writing, words in WORDS.items():
        if word in map(_even, words):
            return writing
    raise ValueError(f"未知的角度格式 / unknown angle format {declared!r}: {', '.join(WORDS)}")


def _even(text: str) -> str:
    """The text with one spelling for each mark."""
    return half_width(text).translate(MARKS).replace("''", '"').strip().casefold()


def degrees_from(text: str, axis: Axis | None = None, writing: Writing | None = None) -> Angle:
    """The degrees that ``text`` writes: decimal, or degrees, minutes and seconds with marks.

    Packed digits (DDDMMSS, DDD.MMSSss) are read only where ``writing`` declares them; a
    declared writing admits no other. Raises ``ValueError``: minutes or seconds above 60, south
    or west, a side that is not the axis, beyond 180 (lat: 90) degrees, or no angle at all.
    """
    plain = half_width(text).translate(MARKS).replace("''", '"').strip()
    bare = _without_side(plain, text, axis)
    if bare.startswith("-"):
        raise ValueError(
            f"南纬、西经或负角不接受 / south, west and negatives are refused: {text!r}"
        )
    angle = _read(bare.removeprefix("+"), text, writing)
    if angle.value > LIMIT[axis]:
        raise ValueError(_too_large(text, bare, axis))
    return angle


def _without_side(plain: str, text: str, axis: Axis | None) -> str:
    """The text without its E, N, 东经 or 北纬. Raises ``ValueError`` for the other sides."""
    found = SIDED.fullmatch(plain)
    before, bare, after = found.groups() if found else (None, plain, None)
    sides = [one.upper() for one in (before, after) if one]
    if any(side in ELSEWHERE for side in sides):
        raise ValueError(f"南纬、西经不接受 / south and west are refused: {text!r}")
    if len(sides) > 1:
        raise ValueError(f"方向写了两次 / the side is written twice: {text!r}")
    if sides and axis is not None and HEMISPHERES[sides[0]] != axis:
        raise ValueError(f"经纬度颠倒 / longitude and latitude are swapped: {text!r}")
    return bare


def _read(bare: str, text: str, writing: Writing | None) -> Angle:
    if writing == "packed_dms":
        return _packed(bare, text)
    if DECIMAL.fullmatch(bare) and writing != "dms":
        return Angle(float(bare.rstrip("°")))
    parts = PARTS.fullmatch(bare)
    if parts is not None and writing != "decimal":
        return _sum(*parts.groups(), text=text)
    if PACKED_WHOLE.fullmatch(bare):
        raise ValueError(_too_large(text, bare, None))
    raise ValueError(f"{NOT_WRITTEN[writing]}: {text!r}")


def _packed(bare: str, text: str) -> Angle:
    """DDDMMSS, DDDMMSS.ss or DDD.MMSSss; decimals that a spreadsheet dropped are zeros."""
    whole = PACKED_WHOLE.fullmatch(bare)
    if whole:
        return _sum(*whole.groups(), text=text)
    point = PACKED_POINT.fullmatch(bare)
    if point is None:
        raise ValueError(f"不是 DDDMMSS 或 DDD.MMSSss / neither of these: {text!r}")
    decimals = (point.group(2) or "").ljust(SHORTEST, "0")
    seconds = f"{decimals[2:4]}.{decimals[4:] or '0'}"
    return _sum(point.group(1), decimals[:2], seconds, text=text)


def _sum(degrees: str, minutes: str, seconds: str | None, *, text: str) -> Angle:
    """Degrees, minutes and seconds as one; 60 is carried and said. Raises ``ValueError``."""
    if seconds is not None and "." in minutes:
        raise ValueError(f"有秒时分应为整数 / minutes beside seconds must be whole: {text!r}")
    low = [float(minutes), float(seconds or 0)]
    if max(low) > 60:
        raise ValueError(f"分或秒大于 60 / minutes or seconds above 60: {text!r}")
    value = float(degrees) + low[0] / 60 + low[1] / 3600
    if 60 not in low:
        return Angle(value)
    return Angle(value, f"分或秒等于 60，已进位 / minutes or seconds of 60 are carried: {text!r}")


def _too_large(text: str, bare: str, axis: Axis | None) -> str:
    says = f"超出 {LIMIT[axis]:.0f}° / beyond {LIMIT[axis]:.0f} degrees: {text!r}"
    if PACKED_WHOLE.fullmatch(bare):
        return (
            f"{says}；若为 DDDMMSS，请写明 / if it is DDDMMSS, declare it: "
            "angle_format = packed_dms"
        )
    return f"{says}；或经纬度颠倒 / or swapped with the longitude" if axis == "lat" else says


def written_to_deg(text: str) -> float:
    """How far an angle may be from what it says, in degrees, as it is written to few digits.

    Decimals are rounded: half a last digit. Minutes and seconds are often cut: a whole one.
    Raises ``ValueError`` where ``text`` is no angle.
    """
    degrees_from(text)
    groups = re.findall(r"\d+(?:\.(\d+))?", half_width(text).translate(MARKS))
    step = float(60.0 ** -(len(groups) - 1) * 10.0 ** -len(groups[-1]))
    return step if len(groups) > 1 else step / 2


def may_be_packed(texts: Iterable[str]) -> bool:
    """Whether decimal angles could all be DDD.MMSSss, so that the two readings differ.

    So it is where each has minutes and seconds below 60 in its decimals, none has more than
    eight, and one at least has four.
    """
    decimals = []
    for text in texts:
        found = PACKED_POINT.fullmatch(half_width(text).strip().rstrip("°"))
        if found is None:
            return False
        decimals.append(found.group(2) or "")
    if not any(len(one) >= SHORTEST for one in decimals):
        return False
    return all(len(one) <= LONGEST and _like_minutes(one) for one in decimals)


def _like_minutes(decimals: str) -> bool:
    whole = decimals.ljust(SHORTEST, "0")
    return int(whole[:2]) < 60 and int(whole[2:4]) < 60
