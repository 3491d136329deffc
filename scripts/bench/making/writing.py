"""Files of a made project: layers for geozone and its peers, the project, the questions asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.law.condition import Condition
from geozone.rules.compiling import compile_programs
from geozone.rules.shipped import load_policies
from geozone.rules.vocabulary import parse_activity, themes
from making.layers import MADE, Origin, Sheet
from making.outlines import Shapes

CRS = "EPSG:4546"
ROWS = 65_536
HEADING = "为测速而生成，不用于任何真实决定 / made for benchmarks, not for any real decision."


@dataclass(frozen=True)
class Law:
    """The packs, the place, the day and the activities of a made project."""

    adcode: str | None
    policies: Sequence[str]
    activities: Sequence[str]
    on: date


SHANXI = Law("14", ("SX26", "SX23"), ("middeep_reinjection:well_production",), date(2026, 6, 1))
"""Asks 17 conditions of the 14 layers that hold something, and 3 of what is surveyed and empty."""


@dataclass(frozen=True)
class Listed:
    """What the project file says of a layer that was written."""

    name: str
    theme: str
    features: int
    vertices: int
    classes: tuple[str, ...]
    fields: tuple[str, ...]
    half_width_m: float | None
    origin: Origin = MADE


def write_sheet(folder: Path, sheet: Sheet, crs: str = CRS, *, container: bool = True) -> Listed:
    """A layer as GeoParquet, and as GeoPackage for those who read that better."""
    frame = gpd.GeoDataFrame(
        {name: list(values) for name, values in sheet.columns.items()},
        geometry=gpd.GeoSeries(sheet.shapes, crs=crs),
    )
    frame.to_parquet(folder / f"{sheet.name}.parquet", compression="zstd", row_group_size=ROWS)
    if container and len(frame):
        target = folder / f"{sheet.name}.gpkg"
        target.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, target, layer=sheet.name)
    return Listed(
        sheet.name,
        sheet.theme,
        len(frame),
        int(shapely.get_num_coordinates(sheet.shapes).sum()),
        tuple(sorted(set(sheet.columns.get("class", ())))),
        tuple(name for name in sheet.columns if name != "class"),
        sheet.half_width_m,
        sheet.origin,
    )


def write_area(folder: Path, area: BaseGeometry, crs: str = CRS) -> None:
    """The study area as ``area.parquet`` and ``area.gpkg``."""
    frame = gpd.GeoDataFrame(geometry=[area], crs=crs)
    frame.to_parquet(folder / "area.parquet")
    (folder / "area.gpkg").unlink(missing_ok=True)
    pyogrio.write_dataframe(frame, folder / "area.gpkg", layer="area")


def write_proposals(folder: Path, name: str, shapes: Shapes, crs: str = CRS) -> None:
    """Proposals with ids from 1: GeoParquet and GeoPackage, points also as CSV."""
    ids = [f"P{number}" for number in range(1, len(shapes) + 1)]
    frame = gpd.GeoDataFrame({"id": ids}, geometry=gpd.GeoSeries(shapes, crs=crs))
    frame.to_parquet(folder / f"{name}.parquet", compression="zstd", row_group_size=ROWS)
    if len(shapes) and shapely.get_type_id(shapes[0]) == 0:
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        rows = (f"{one},{a:.4f},{b:.4f}" for one, a, b in zip(ids, x, y, strict=True))
        (folder / f"{name}.csv").write_text(
            "id,east,north\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )
        return
    (folder / f"{name}.gpkg").unlink(missing_ok=True)
    pyogrio.write_dataframe(frame, folder / f"{name}.gpkg", layer=name)


def write_project(
    folder: Path,
    title: str,
    law: Law,
    listed: Sequence[Listed],
    *,
    accuracy_m: float = 0.0,
    crs: str = CRS,
) -> Path:
    """``geozone.toml``, or ``geozone-accuracy-5.toml`` where layers are right to 5 m only."""
    ending = f"-accuracy-{accuracy_m:g}" if accuracy_m else ""
    target = folder / f"geozone{ending}.toml"
    head = {
        "name": title,
        "area": "area.parquet",
        "on": law.on,
        "policies": list(law.policies),
        "activities": list(law.activities),
        "resolution_m": 30,
        "crs": crs,
        "proposal_accuracy_m": 0,
        "parameters": {"well_spacing_m": 500},
    } | ({"adcode": law.adcode} if law.adcode else {})
    tables = [_table("[project]", head)]
    tables += [_table("[[layer]]", _keys(one, accuracy_m)) for one in listed]
    target.write_text(
        f"# {HEADING}\nschema = 1\n\n" + "\n".join(tables),
        encoding="utf-8",
    )
    return target


def _keys(layer: Listed, accuracy_m: float) -> dict[str, object]:
    classes = {word: word for word in layer.classes or themes()[layer.theme].classes[:1]}
    has_classes = bool(themes()[layer.theme].classes)
    keys: dict[str, object | None] = {
        "theme": layer.theme,
        "path": f"{layer.name}.parquet",
        "class": {"field": "class", "map": classes} if has_classes and layer.features else None,
        "fields": {name: name for name in layer.fields} or None,
        "coverage": "area",
        "empty_ok": None if layer.features else True,
        "accuracy_m": accuracy_m,
        "half_width_m": layer.half_width_m,
        "as_of": layer.origin.as_of,
        "synthetic": layer.origin.synthetic or None,
        "source": layer.origin.source,
        "licence": layer.origin.licence,
    }
    return {key: value for key, value in keys.items() if value is not None}


def write_conditions(folder: Path, law: Law, listed: Iterable[Listed]) -> int:
    """``conditions.json``: what the rules ask, by file and column, for peers; how many."""
    policies = load_policies(law.policies, folder=folder, file="law", parameters=PARAMETERS)
    wanted = [parse_activity(one) for one in law.activities]
    programs = compile_programs(policies, wanted, on=law.on, adcode=law.adcode)
    by_theme: dict[str, list[Listed]] = {}
    for one in listed:
        by_theme.setdefault(one.theme, []).append(one)
    told = [_told(one, by_theme.get(one.theme, [])) for one in programs[0].conditions]
    held = [one for one in told if one["files"]]
    text = json.dumps(held, ensure_ascii=False, indent=1)
    (folder / "conditions.json").write_text(text + "\n", encoding="utf-8")
    return len(held)


PARAMETERS = {"well_spacing_m": 500.0}


def _told(condition: Condition, layers: Iterable[Listed]) -> dict[str, object]:
    where = {name: list(values) for name, values in condition.attributes}
    if condition.classes:
        where["class"] = list(condition.classes)
    return {
        "key": condition.key,
        "files": [one.name for one in layers if one.features],
        "where": where,
        "within_m": condition.within_m,
    }


def _table(title: str, keys: Mapping[str, object]) -> str:
    return "\n".join([title, *(f"{key} = {_value(value)}" for key, value in keys.items())]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
