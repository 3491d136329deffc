"""From a model's file to a ``Model``, every fault at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geozone.answers.suitability.model import (
    Cite,
    Combination,
    Curve,
    Factor,
    Group,
    Label,
    Model,
)
from geozone.answers.suitability.modelfile import WrittenFactor, written_files
from geozone.answers.suitability.modelmerge import Merged, merged
from geozone.answers.suitability.weights import SUM_TOLERANCE
from geozone.land.factors.spec import FactorSource, Measure, Resampling
from geozone.land.faults import Faults
from geozone.land.spec import is_raster

_MIXING = (Resampling.BILINEAR, Resampling.AVERAGE)
_REACHING = (Measure.DISTANCE, Measure.DENSITY)
_OF_VECTORS = ("layer", "field", "where", "encoding", "reach_m")
_OF_RASTERS = ("band", "resampling")
_REMOVE = "删去 / remove it"


def read_model(path: Path | str) -> Model:
    """The model of a ``MODEL.toml``; factors and groups in the order of their ids.

    Raises ``Refused`` with every fault: wrong, missing or unknown keys, factors without data,
    weights that do not sum to 1, judgements that are not reciprocal or do not agree.
    """
    faults = Faults(str(path))
    found = merged(written_files(Path(path), faults), faults)
    factors = {one.id: _source(one, found, faults) for one in found.factors}
    orders = _order_weights(found, faults.at("model, order_weights"))
    if found.classes is None and not faults.found:
        faults.at("classes").add("缺少 / is missing", 'breaks = "natural_breaks"')
    faults.settle()
    return _model(found, factors, orders)


def _model(
    found: Merged, sources: Mapping[str, FactorSource], order_weights: tuple[float, ...]
) -> Model:
    if found.classes is None:
        raise AssertionError("a model without classes has a fault")
    weights, said = found.weights, found.model
    return Model(
        id=said["id"],
        label=Label(said["zh"], said["en"]),
        activity=said["activity"],
        factors=tuple(_factor(one, found, sources[one.id]) for one in found.factors),
        groups=tuple(
            Group(name, found.groups[name], share, weights.ratios.get(name))
            for name, share in sorted(weights.groups.items())
        ),
        combination=said["combine"],
        classes=found.classes,
        chance=found.chance,
        cite=Cite(said["source"], said.get("verify", False)),
        order_weights=order_weights,
        ratio=weights.ratio,
        resolution_m=said.get("resolution_m"),
    )


def _factor(one: WrittenFactor, found: Merged, source: FactorSource) -> Factor:
    if one.membership is None:
        raise AssertionError("a factor without membership has a fault")
    return Factor(
        id=one.id,
        label=one.label,
        group=one.group,
        unit=one.unit,
        source=source,
        membership=one.membership,
        weight=found.weights.factors[one.id],
        cite=one.cite,
        error=found.data[one.id].get("error", 0.0),
    )


def _order_weights(found: Merged, faults: Faults) -> tuple[float, ...]:
    """The order weights, one a factor, that OWA needs and nothing else has."""
    written: tuple[float, ...] = found.model.get("order_weights", ())
    if found.model.get("combine") is not Combination.OWA:
        if written and "combine" in found.model:
            faults.add("只用于 owa / only owa has them", _REMOVE)
        return ()
    if len(written) != len(found.factors):
        faults.add(
            f"应有 {len(found.factors)} 个，现有 {len(written)} 个 / there must be one a factor, "
            f"{len(found.factors)}, here are {len(written)}",
            "从最好的隶属度到最差的 / from the best membership to the worst",
        )
    elif abs((total := math.fsum(written)) - 1) > SUM_TOLERANCE:
        faults.add(
            f"之和为 {total:.9g}，应为 1 / they sum to {total:.9g}, not 1",
            "改正后重试 / correct it and try again",
        )
    return written


def _source(one: WrittenFactor, found: Merged, faults: Faults) -> FactorSource:
    """A factor's data; what the data say of measure and reach stands before the model's."""
    here = faults.at(f"data.{one.id}")
    given = {**one.data, **found.data.get(one.id, {})}
    measure: Measure = given.get("measure", Measure.VALUE)
    if {"path", "measure"} <= set(given):
        check = _check_raster if is_raster(given["path"], "band" in given) else _check_vector
        check(given, found.data[one.id], here)
    has_codes = one.membership is not None and one.membership.curve is Curve.CLASSES
    if "error" in given and has_codes and measure is not Measure.INSIDE:
        _report_error(here, "分类代码没有标准误 / codes of classes have no standard error")
    if has_codes and given.get("resampling") in _MIXING:
        here.at("resampling").add(
            "分类值不能混合 / codes of classes cannot be mixed", 'resampling = "nearest" | "mode"'
        )
    return FactorSource(
        path=given.get("path", ""),
        measure=measure,
        layer=given.get("layer"),
        band=given.get("band"),
        field=given.get("field"),
        where=given.get("where"),
        resampling=given.get("resampling"),
        reach_m=given.get("reach_m") if measure in _REACHING else None,
        crs=given.get("crs"),
        encoding=given.get("encoding"),
        coverage=given.get("coverage"),
        accuracy_m=given.get("accuracy_m", 0.0),
        sha256=given.get("sha256"),
        as_of=given["as_of"].isoformat() if "as_of" in given else None,
        synthetic=given.get("synthetic", False),
        licence=given.get("licence", ""),
    )


def _report_error(faults: Faults, what: str) -> None:
    """That no number can be added to codes, or to what is inside or not."""
    todo = "删去；边界误差写 accuracy_m / remove it; accuracy_m tells how far edges are off"
    faults.at("error").add(what, todo)


def _check_raster(given: Mapping[str, Any], data: Mapping[str, Any], faults: Faults) -> None:
    if given["measure"] is not Measure.VALUE:
        faults.at("measure").add(
            f"栅格没有 {given['measure'].value} / a raster has no {given['measure'].value}",
            'measure = "value"',
        )
    for name in (one for one in _OF_VECTORS if one in data):
        faults.at(name).add(f"栅格不用 / a raster has no {name!r}", _REMOVE)


def _check_vector(given: Mapping[str, Any], data: Mapping[str, Any], faults: Faults) -> None:
    measure: Measure = given["measure"]
    for name in (one for one in _OF_RASTERS if one in data):
        faults.at(name).add(f"只用于栅格 / only rasters have {name!r}", _REMOVE)
    if "accuracy_m" not in data:
        faults.at("accuracy_m").add(
            "矢量数据须写精度 / shapes need their accuracy", "accuracy_m = 0（或更大 / or more）"
        )
    if measure is Measure.INSIDE and "error" in data:
        _report_error(faults, "范围内外没有标准误 / inside or outside has no standard error")
    if measure in _REACHING and "reach_m" not in given:
        faults.at("reach_m").add(
            f"{measure.value} 须写 reach_m / {measure.value} needs reach_m", "reach_m = 5000"
        )
    if measure not in _REACHING and "reach_m" in data:
        faults.at("reach_m").add(f"{measure.value} 不用 / {measure.value} has none", _REMOVE)
    if (measure is Measure.VALUE) != ("field" in data):
        what = "value 须写字段 field / value needs a field"
        strange = f"{measure.value} 不用 / {measure.value} has none"
        faults.at("field").add(
            what if measure is Measure.VALUE else strange,
            'field = "…"' if measure is Measure.VALUE else _REMOVE,
        )
