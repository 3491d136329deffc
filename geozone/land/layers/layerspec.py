"""From a ``[[layer]]`` table to a ``LayerSpec``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from geozone.land.coordinates.datums import source_datum
from geozone.land.faults import Faults, did_you_mean
from geozone.land.keys import (
    Check,
    Key,
    counting,
    day,
    flag,
    list_of,
    metres,
    one_of,
    read_table,
    table_of,
    text,
    whole,
)
from geozone.land.spec import RASTER_SUFFIXES, WAIVABLE, LayerSpec, is_raster
from geozone.rules.vocabulary import Theme, facts, themes

Table = dict[str, Any]  # checked values of mixed types


def _table(value: Any) -> Table:
    if not isinstance(value, dict):
        raise ValueError("应为表 / must be a table")
    return value


def _span(value: Any) -> tuple[date, date]:
    days = list_of(day, least=2)(value)
    if len(days) != 2 or days[0] > days[1]:
        raise ValueError("应为 [起, 止]，起不晚于止 / must be [from, to] with from <= to")
    return days[0], days[1]


def _hash(value: Any) -> str:
    code = text(value).lower()
    if len(code) != 64 or set(code) - set("0123456789abcdef"):
        raise ValueError("应为 64 位十六进制 / must be 64 hexadecimal digits")
    return code


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("应为列表 / must be a list")
    return value


LAYER_KEYS = {
    "theme": Key(text, required=True),
    "path": Key(text),
    "paths": Key(list_of(text, least=1)),
    "layer": Key(text),
    "crs": Key(text),
    "datum_shift": Key(text),
    "encoding": Key(text),
    "class": Key(_table),
    "fields": Key(table_of(text)),
    "coverage": Key(text),
    "empty_ok": Key(flag),
    "complete_for": Key(list_of(text, least=1)),
    "accuracy_m": Key(metres, required=True),
    "as_of": Key(day),
    "valid": Key(_span),
    "max_age_days": Key(whole),
    "half_width_m": Key(metres),
    "band": Key(counting),
    "sha256": Key(_hash),
    "features": Key(whole),
    "waive": Key(_list),
    "synthetic": Key(flag),
    "source": Key(text),
    "licence": Key(text),
}
_AS_THEY_ARE = [
    "layer",
    "crs",
    "datum_shift",
    "encoding",
    "coverage",
    "empty_ok",
    "as_of",
    "valid",
    "max_age_days",
    "half_width_m",
    "band",
    "sha256",
    "features",
    "synthetic",
    "source",
    "licence",
    "fields",
]


def layer_spec(raw: object, number: int, faults: Faults) -> LayerSpec | None:
    """One ``[[layer]]`` table; ``None`` where its theme or path cannot be told.

    Wrong values go to ``faults`` and count as not written.
    """
    theme_name = raw.get("theme") if isinstance(raw, dict) else None
    here = faults.at(f"layer {number}" + (f" ({theme_name})" if theme_name else ""))
    values = read_table(raw, LAYER_KEYS, here)
    paths = _paths(values, raw, here)
    theme = _theme(values, here)
    if theme is None or not paths:
        return None
    given = {name: values[name] for name in _AS_THEY_ARE if name in values}
    cells = "band" in values or "values" in values.get("class", {})
    raster = is_raster(paths[0], cells)
    _check_age(values, here)
    _check_source(values, here)
    _check_kind(values, raster, here)
    given["fields"] = _fields(values.get("fields", {}), theme, here)
    return LayerSpec(
        number=number,
        theme=theme.id,
        paths=paths,
        accuracy_m=values.get("accuracy_m", 0.0),
        complete_for=_complete_for(values, theme, here),
        waive=_waivers(values.get("waive", []), here),
        **_classes(values.get("class"), theme, raster, here),
        **given,
    )


def _theme(values: Table, faults: Faults) -> Theme | None:
    name = values.get("theme")
    if name is not None and name not in themes():
        what = f"未知的专题 {name!r} / unknown theme {name!r}"
        faults.at("theme").add(what, did_you_mean(name, themes()))
    return themes().get(name) if name else None


def _paths(values: Table, raw: object, faults: Faults) -> tuple[str, ...]:
    written = [name for name in ("path", "paths") if isinstance(raw, dict) and name in raw]
    if len(written) != 1:
        what = "path 与 paths 须写且只写一个 / exactly one of path and paths must be written"
        faults.at("path").add(what, 'path = "file.gpkg"')
    if written == ["paths"]:
        paths: tuple[str, ...] = values.get("paths", ())
    else:
        paths = (values["path"],) if "path" in values else ()
    if len({one.lower().endswith(RASTER_SUFFIXES) for one in paths}) > 1:
        faults.at("paths").add(
            "栅格与矢量混在一个图层 / rasters and vectors in one layer",
            "分成两个 [[layer]] / write two [[layer]] tables",
        )
    if len({PurePosixPath(one).as_posix() for one in paths}) < len(paths):
        faults.at("paths").add("同一文件重复列出 / a file is listed twice", "删去重复 / remove it")
    return paths


def _check_age(values: Table, faults: Faults) -> None:
    if "max_age_days" in values and "as_of" not in values:
        faults.at("max_age_days").add(
            "有 max_age_days 须有 as_of / max_age_days needs as_of",
            "补写 as_of = 数据日期 / add as_of = the day of the data",
        )


def _check_source(values: Table, faults: Faults) -> None:
    """A layer from a shifted web map is off by as much, whatever its file states."""
    datum = source_datum(values.get("source", ""))
    if datum is None or values.get("accuracy_m", 0.0) >= datum.error_m:
        return
    faults.at("source").add(
        f"来源是 {datum.zh}，坐标有偏移，最大 {datum.error_m:g} m / the source is a map in "
        f"{datum.en}, off by up to {datum.error_m:g} m",
        f"换用 CGCS2000 数据；或按原样使用，写 accuracy_m = {datum.error_m:g}（或更大） / use "
        f"CGCS2000 data, or to use it as it stands write accuracy_m = {datum.error_m:g} or more",
    )


def _check_kind(values: Table, raster: bool, faults: Faults) -> None:
    """Keys that only one kind of file has."""
    strange = ("layer", "encoding", "fields", "half_width_m", "features") if raster else ("band",)
    kind = "栅格图层不用 / a raster layer has no" if raster else "只用于栅格 / only rasters have"
    for name in strange:
        if name in values:
            faults.at(name).add(f"{kind} {name!r}", "删去 / remove it")


def _fields(fields: Mapping[str, str], theme: Theme, faults: Faults) -> dict[str, str]:
    """The fields of known attributes."""
    known = [*theme.attributes, *(name for name in facts() if name not in theme.attributes)]
    for name in fields:
        if name not in known:
            what = f"{theme.id} 没有属性 {name!r} / {theme.id} has no attribute {name!r}"
            faults.at("fields").add(what, did_you_mean(name, known))
    return {name: column for name, column in fields.items() if name in known}


def _complete_for(values: Table, theme: Theme, faults: Faults) -> frozenset[str] | None:
    asked = values.get("complete_for")
    if asked is None:
        return None
    for name in asked:
        if name not in theme.classes:
            what = f"{theme.id} 没有类别 {name!r} / {theme.id} has no class {name!r}"
            faults.at("complete_for").add(what, did_you_mean(name, theme.classes or ("—",)))
    return frozenset(asked)


def _waivers(raw: list[Any], faults: Faults) -> Mapping[str, str]:
    keys = {"problem": Key(one_of(WAIVABLE), required=True), "why": Key(text, required=True)}
    read = [read_table(one, keys, faults.at(f"waive {i}")) for i, one in enumerate(raw, 1)]
    return {one["problem"]: one["why"] for one in read if {"problem", "why"} <= set(one)}


def _classes(raw: Table | None, theme: Theme, raster: bool, faults: Faults) -> Table:
    here = faults.at("class")
    if raw is None:
        if theme.classes and not raster:
            _ask_for_classes(theme, here)
        return {}
    if raster:
        return _raster_classes(raw, theme, here)
    if not theme.classes:
        here.add(f"{theme.id} 没有类别 / {theme.id} has no classes", "删去 class / remove class")
        return {}
    word = one_of((*theme.classes, "unknown"))
    keys = {"field": Key(text, required=True), "map": Key(_mapping(word), required=True)}
    values = read_table(raw, keys, here)
    if not {"field", "map"} <= set(values):
        return {}
    written = [value.strip() for value in values["map"]]
    for value in sorted({one for one in written if written.count(one) > 1}):
        here.at("map").add(f"同一值写了两次 / one value twice: {value!r}", "删去一个 / remove one")
    mapping = {
        value.strip(): None if name == "unknown" else name for value, name in values["map"].items()
    }
    return {"class_field": values["field"], "class_map": mapping}


def _ask_for_classes(theme: Theme, faults: Faults) -> None:
    faults.add(
        f"{theme.id} 有类别，须写 class / {theme.id} has classes and needs class",
        f'class = {{ field = "…", map = {{ "…" = "{theme.classes[0]}" }} }}; '
        f"classes: {', '.join(theme.classes)}, unknown",
    )


def _mapping(word: Check) -> Check:
    def checked(value: Any) -> dict[str, str]:
        mapping: dict[str, str] = table_of(word)(value)
        if not mapping:
            raise ValueError("映射为空 / the map is empty")
        return mapping

    return checked


def _raster_classes(raw: Table, theme: Theme, faults: Faults) -> Table:
    words = (*theme.classes, "unknown", "none") if theme.classes else ("present", "unknown", "none")
    keys = {"values": Key(_mapping(one_of(words)), required=True)}
    values = read_table(raw, keys, faults).get("values", {})
    try:
        return {"class_values": {float(key): word for key, word in values.items()}}
    except ValueError:
        what = "values 的键应为栅格数值 / the keys of values must be raster values"
        faults.at("values").add(what, 'values = { 0 = "none", 1 = "…" }')
        return {}
