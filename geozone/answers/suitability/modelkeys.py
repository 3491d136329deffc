"""The tables of a model's file, each checked by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from geozone.answers.suitability.model import (
    Breaks,
    Chance,
    Classes,
    Combination,
    Curve,
    Membership,
)
from geozone.answers.suitability.weights import entry
from geozone.land.factors.spec import Measure, Resampling
from geozone.land.faults import Faults
from geozone.land.keys import (
    Check,
    Key,
    counting,
    flag,
    list_of,
    number,
    one_of,
    positive,
    read_table,
    table_of,
    text,
    whole,
)
from geozone.land.layers.layerspec import LAYER_KEYS
from geozone.law.activity import Activity
from geozone.rules.vocabulary import parse_activity

Table = dict[str, Any]  # checked values of mixed types
MOST_DRAWS = 10_000
_OVER = re.compile(r"\s*>\s*(-?\d+(?:\.\d+)?)\s*")


def share(value: Any) -> float:
    """A number from 0 to 1."""
    found = number(value)
    if not 0 <= found <= 1:
        raise ValueError("应为 0 到 1 / must be from 0 to 1")
    return found


def name(value: Any) -> str:
    """An id: small letters, digits and underscores, a letter first."""
    found = text(value)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", found):
        raise ValueError("应为小写字母、数字和下划线 / must be small letters, digits and _")
    return found


def _error(value: Any) -> float:
    found = number(value)
    if found < 0:
        raise ValueError("应为 0 或正数 / must be 0 or more")
    return found


def _schema(value: Any) -> int:
    if value != 1 or isinstance(value, (bool, float)):
        raise ValueError("应为 1 / must be 1")
    return 1


def _same(value: Any) -> Any:  # checked further on
    return value


def _table(value: Any) -> Table:
    if not isinstance(value, dict):
        raise ValueError("应为表 / must be a table")
    return value


def _activity(value: Any) -> Activity:
    return parse_activity(text(value))


def _draws(value: Any) -> int:
    if counting(value) > MOST_DRAWS:
        raise ValueError(f"不超过 {MOST_DRAWS} / must be {MOST_DRAWS} at most")
    return counting(value)


def _point(value: Any) -> tuple[float, float]:
    """A value and its worth; ``"> 5"`` is the next float32 above 5, as values are compared."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("每点应为 [值, 隶属度] / every point must be [value, worth]")
    over = _OVER.fullmatch(value[0]) if isinstance(value[0], str) else None
    if over is None:
        return number(value[0]), share(value[1])
    return float(np.nextafter(np.float32(over[1]), np.float32(np.inf))), share(value[1])


def _named(kind: type[Enum]) -> Check:
    check = one_of([one.value for one in kind])
    return lambda value: kind(check(value))


def _where(value: Any) -> tuple[str, tuple[str, ...]]:
    raw = _table(value)
    if set(raw) != {"field", "values"}:
        raise ValueError('应为 / must be { field = "…", values = ["…"] }')
    return text(raw["field"]), list_of(text, least=1)(raw["values"])


TOP_KEYS = {
    "schema": Key(_schema, required=True),
    "extends": Key(text),
    "leave_out": Key(list_of(name, least=1)),
    "model": Key(_same),
    "group": Key(list_of(_same)),
    "factor": Key(list_of(_same)),
    "membership": Key(_table),
    "data": Key(_table),
    "classes": Key(_same),
    "chance": Key(_same),
    "weights": Key(_same),
    "ahp": Key(_same),
}
MODEL_KEYS = {
    "id": Key(name, required=True),
    "zh": Key(text, required=True),
    "en": Key(text, required=True),
    "activity": Key(_activity, required=True),
    "combine": Key(_named(Combination), required=True),
    "order_weights": Key(list_of(share, least=1)),
    "resolution_m": Key(positive),
    "source": Key(text, required=True),
    "verify": Key(flag),
}
GROUP_KEYS = {one: Key(name if one == "id" else text, required=True) for one in ("id", "zh", "en")}
CURVE_KEYS = {
    "curve": Key(_named(Curve), required=True),
    "points": Key(list_of(_point, least=1), required=True),
    "below": Key(share),
}
FACTOR_KEYS = {
    **GROUP_KEYS,
    "group": Key(name, required=True),
    "unit": Key(text, required=True),
    "measure": Key(_named(Measure), required=True),
    "reach_m": Key(positive),
    "membership": Key(_same, required=True),
    "source": Key(text, required=True),
    "verify": Key(flag),
}
OVERRIDE_KEYS = {**CURVE_KEYS, "source": Key(text, required=True), "verify": Key(flag)}
AS_OF_LAYERS = ("layer", "crs", "encoding", "coverage", "accuracy_m", "as_of", "band", "sha256")
DATA_KEYS = {
    "path": Key(text, required=True),
    **{one: Key(LAYER_KEYS[one].check) for one in (*AS_OF_LAYERS, "synthetic", "licence")},
    "measure": Key(_named(Measure)),
    "reach_m": Key(positive),
    "field": Key(text),
    "where": Key(_where),
    "resampling": Key(_named(Resampling)),
    "error": Key(_error),
}
CLASSES_KEYS = {"breaks": Key(_named(Breaks), required=True), "limits": Key(list_of(share))}
CHANCE_KEYS = {
    "draws": Key(_draws),
    "seed": Key(whole),
    "weight_spread": Key(share),
    "resolution_m": Key(positive),
}
AHP_KEYS = {"between": Key(_same), "within": Key(_table)}
MATRIX_KEYS = {
    "of": Key(list_of(name, least=1), required=True),
    "rows": Key(list_of(list_of(entry), least=1), required=True),
}
WEIGHTS = table_of(share)
_POINTS = {Curve.LINEAR: 2, Curve.S_SHAPED: 2, Curve.TRAPEZOID: 4}


def membership(raw: Mapping[str, Any], faults: Faults) -> Membership | None:
    """A membership of checked values of ``CURVE_KEYS``; ``None`` with faults where it is none."""
    if "curve" not in raw or "points" not in raw:
        return None
    curve, points = raw["curve"], raw["points"]
    before = len(faults.found)
    here = faults.at("points")
    wanted = _POINTS.get(curve)
    if wanted is not None and len(points) != wanted:
        here.add(
            f"{curve.value} 应有 {wanted} 点，现有 {len(points)} 点 / {curve.value} has {wanted} "
            f"points, here are {len(points)}",
            "改正 / correct them",
        )
    if curve is Curve.CLASSES:
        points = tuple(sorted(points))
    if np.any(np.diff(np.array([value for value, _ in points], dtype=np.float32)) <= 0):
        here.add(
            "值应逐点增大，不重复 / values must rise from point to point, none twice",
            "按从小到大写 / write them from low to high",
        )
    if "below" in raw and curve is not Curve.TABLE:
        faults.at("below").add("只用于 table / only a table has it", "删去 / remove it")
    if len(faults.found) > before:
        return None
    return Membership(curve, points, raw.get("below", 0.0))


def classes(raw: object, faults: Faults) -> Classes | None:
    """The ``[classes]`` table; ``None`` with faults where it is none."""
    values = read_table(raw, CLASSES_KEYS, faults)
    if "breaks" not in values:
        return None
    limits = values.get("limits")
    if values["breaks"] is Breaks.NATURAL:
        if limits is not None:
            faults.at("limits").add(
                "自然断点由得分算出 / natural breaks are found from scores", "删去 / remove it"
            )
        return Classes(Breaks.NATURAL)
    if limits is None or len(limits) != 2 or not 0 < limits[0] < limits[1]:
        faults.at("limits").add(
            "应为两个递增的界限 / must be two limits, the second above the first",
            "limits = [0.4, 0.7]",
        )
        return None
    return Classes(Breaks.THRESHOLDS, (limits[0], limits[1]))


def chance(raw: object, faults: Faults) -> Chance:
    """The ``[chance]`` table; what is not written stays as ``Chance`` has it."""
    return Chance(**read_table(raw, CHANCE_KEYS, faults))
