"""The project: its file, its study area and its layers, read whole or refused whole."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land import CLEARED
from geozone.land.bounds import AREA, ENDING, Bounds
from geozone.land.environment import said
from geozone.land.faults import Faults
from geozone.land.keys import Key, list_of, read_table
from geozone.land.layers.coverage import Polygons
from geozone.land.layers.layer import Layer
from geozone.land.layers.layerspec import layer_spec
from geozone.land.layers.sheet import Frame
from geozone.land.projectspec import project_spec
from geozone.land.receipt import Input
from geozone.land.sources.reads import local_files
from geozone.land.spec import LayerSpec, ProjectSpec
from geozone.land.store.keys import Site, Wanted
from geozone.land.store.opening import PLAIN, Ways, open_layers
from geozone.land.store.shelf import Shelf
from geozone.law.activity import Activity

FILE_NAME = "geozone.toml"
STORE = Path(".geozone")
"""Where checked layers are kept, in the project's folder."""
SCHEMA = 1
BEND_M = 1.0
"""Straight edges that would bend more than this in the working CRS are warned about."""


@dataclass(frozen=True, eq=False)
class Project:
    """A project, ready to be asked. ``area`` is polygonal, in ``crs`` (x east, y north, metres)."""

    file: Path
    name: str
    area: BaseGeometry
    crs: CRS
    adcode: str | None
    on: date | None
    policies: tuple[str, ...] | None
    activities: tuple[Activity, ...]
    resolution_m: float
    proposal_accuracy_m: float
    parameters: Mapping[str, float | str]
    office: Mapping[str, str]
    layers: tuple[Layer, ...]
    warnings: tuple[str, ...]
    area_sha256: str = ""
    inputs: tuple[Input, ...] = ()
    """The files of the study area and of coverages."""
    reads: tuple[Path, ...] = ()
    """Every local file that the project rests on, and that no output may replace."""
    store: Path | None = None
    """Where checked layers and evidence are kept; ``None``: nowhere."""


def read_project(path: Path | str, *, store: Path | None = STORE, ways: Ways = PLAIN) -> Project:
    """The project of a ``geozone.toml`` or of its folder.

    ``store`` is the folder, relative to the project's, in which checked layers are kept;
    ``None`` reads every file anew. ``ways`` says how layers are read.
    Raises ``Refused`` with every fault of the file and of all its layers.
    """
    file = Path(path)
    file = file / FILE_NAME if file.is_dir() else file
    faults = Faults(str(file))
    raw = _toml(file, faults)
    spec, specs = _specs(raw, faults)
    shelf = Shelf(file.parent / store) if store is not None else None
    bounds = Bounds(file.parent, shelf.beside(ENDING) if shelf else None)
    placed = bounds.area(spec, faults)
    frame = Frame(placed.shape, placed.crs) if placed else None
    site = Site(file.parent, frame, placed.sha256 if placed else "")
    coverages = bounds.coverages(specs, frame, site.area_sha256, faults)
    layers = open_layers(_wanted(specs, coverages), site, shelf, faults, ways)
    faults.settle()
    if frame is None or placed is None:
        raise AssertionError("an area without a frame has a fault")
    inputs = _inputs(spec, placed, coverages)
    return Project(
        file=file,
        name=spec.name,
        area=frame.area,
        crs=frame.crs,
        adcode=spec.adcode,
        on=spec.on,
        policies=spec.policies,
        activities=spec.activities,
        resolution_m=spec.resolution_m,
        proposal_accuracy_m=spec.proposal_accuracy_m,
        parameters=spec.parameters,
        office=spec.office,
        layers=tuple(layer for layer in layers if layer is not None),
        warnings=(
            *said(CLEARED),
            *(f"{one.role} {one.name}: {note}" for one in inputs for note in one.receipt.notes),
            *(one for layer in layers if layer for one in warnings_of(layer)),
        ),
        area_sha256=placed.sha256,
        inputs=inputs,
        reads=(file, *local_files(_written(spec, specs), file.parent)),
        store=None if store is None else file.parent / store,
    )


def _written(spec: ProjectSpec, specs: Sequence[LayerSpec]) -> list[str]:
    """Every path that a project file writes."""
    packs = [one for one in spec.policies or () if one.lower().endswith(".toml")]
    beside = [one.coverage for one in specs if one.coverage and one.coverage != "area"]
    shifts = [one.datum_shift for one in specs if one.datum_shift]
    return [spec.area, *packs, *beside, *shifts, *(path for one in specs for path in one.paths)]


def _toml(file: Path, faults: Faults) -> dict[str, object]:
    todo = "改正后重试 / correct it and try again"
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError:
        faults.add("项目文件不存在 / there is no project file", f"新建 {FILE_NAME} / create it")
    except UnicodeDecodeError:
        faults.add("不是 UTF-8 / is not UTF-8", "另存为 UTF-8 / save it as UTF-8")
    except (ValueError, RecursionError) as error:  # also of endless digits and nesting
        faults.add(f"不是有效的 TOML / is not valid TOML: {error}", todo)
    faults.settle()
    return {}


def _schema(value: object) -> int:
    if value != SCHEMA or isinstance(value, (bool, float)):
        raise ValueError(f"应为 {SCHEMA} / must be {SCHEMA}")
    return SCHEMA


def _same(value: object) -> object:
    return value


TOP_KEYS = {
    "schema": Key(_schema, required=True),
    "project": Key(_same, required=True),
    "layer": Key(list_of(_same)),
}


def _specs(raw: dict[str, object], faults: Faults) -> tuple[ProjectSpec, list[LayerSpec]]:
    top = read_table(raw, TOP_KEYS, faults)
    spec = project_spec(top.get("project", {}), faults)
    found = [layer_spec(one, i, faults) for i, one in enumerate(top.get("layer", ()), 1)]
    specs = [one for one in found if one is not None]
    if spec.adcode is None and all(one.theme != "jurisdiction" for one in specs):
        faults.at("project, adcode").add(
            "没有 adcode，也没有 jurisdiction 图层 / neither an adcode nor a jurisdiction layer",
            'adcode = "13"',
        )
    for one in specs:
        if one.theme == "jurisdiction" and "adcode" not in (one.fields or {}):
            faults.at(f"{one.place}, fields").add(
                "jurisdiction 图层须有 adcode / a jurisdiction layer needs its adcode",
                'fields = { adcode = "XZQDM" }',
            )
    return spec, specs


def _inputs(
    spec: ProjectSpec, area: Polygons, coverages: Mapping[str, Polygons]
) -> tuple[Input, ...]:
    files = [Input.of("coverage", one, coverages[one].receipt) for one in sorted(coverages)]
    return (
        Input.of("area", spec.area, area.receipt),
        *(one for one in files if one.name != AREA),
    )


def _wanted(specs: Sequence[LayerSpec], coverages: Mapping[str, Polygons]) -> list[Wanted]:
    return [
        Wanted(spec, name, coverages.get(spec.coverage or ""))
        for spec, name in zip(specs, _names(specs), strict=True)
    ]


def _names(specs: Sequence[LayerSpec]) -> list[str]:
    """A name per layer: its table, or the stem of its first file; more where they repeat."""

    def name(spec: LayerSpec, *, whole: bool) -> str:
        if spec.layer and spec.paths[0].lower().startswith("postgis:"):
            return spec.layer if whole else spec.layer.split(".")[:2][-1]
        path = PurePosixPath(spec.paths[0])
        stem = path.parent.joinpath(path.stem).as_posix() if whole else path.stem
        return f"{stem}:{spec.layer}" if spec.layer else stem

    files = {(name(spec, whole=False), name(spec, whole=True)) for spec in specs}
    alike = Counter(short for short, _ in files)
    return [name(spec, whole=alike[name(spec, whole=False)] > 1) for spec in specs]


def warnings_of(layer: Layer) -> list[str]:
    """What a user should hear of a layer that was read."""
    here, receipt, spec = f"{layer.spec.place} {layer.name}", layer.receipt, layer.spec
    said = [f"{here}: {note}" for note in receipt.done]
    for problem in receipt.waived:
        said.append(f"{here}: 书面豁免 / waived: {problem}: {(spec.waive or {})[problem]}")
    for problem in sorted(set(spec.waive or {}) - set(receipt.waived)):
        said.append(f"{here}: 豁免未用到 / waiver without a problem: {problem}")
    if receipt.bend_m > max(BEND_M, layer.accuracy_m):
        said.append(
            f"{here}: 经纬度长边按直线处理，偏差可达 {receipt.bend_m:.0f} m / "
            "long edges in degrees are taken as straight in the working CRS, "
            f"up to {receipt.bend_m:.0f} m off"
        )
    if layer.coverage.is_empty and not receipt.waived:
        said.append(
            f"{here}: 未声明 coverage，要素之外均不可知 / no coverage: nothing beyond its features "
            "is known"
        )
    if spec.coverage == AREA:
        said.append(
            f"{here}: coverage 仅到研究区边界，边缘按距离规则不可知 / coverage ends at the area: a "
            "rim as wide as a rule's distance stays undetermined"
        )
    return said
