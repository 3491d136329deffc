"""What a scored study area comes to, as JSON values: the summary that all pages are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from geozone.answers.site import Site
from geozone.answers.suitability.breaks import BINS
from geozone.answers.suitability.model import OUTSIDE, Cite, Factor, Label, Model
from geozone.answers.suitability.scoring import Scored
from geozone.land.receipt import Receipt
from geozone.pages.receipts import inputs, receipts, versions_of
from geozone.pages.scorepotential import potential_line
from geozone.pages.scorewords import (
    CLASS_COLOURS,
    CLASS_NAMES,
    CLASSES,
    IS_NOT,
    NO_LIMITS,
    both,
    code_of,
)
from geozone.pages.text import VERDICT_NAMES
from geozone.version import VERSION

Json = dict[str, Any]  # JSON of the contract

BARS = 64
"""Bars of the histogram of scores."""

OPEN = ("restricted", "allowed")


def summary(scored: Scored, data: Mapping[str, Receipt]) -> Json:
    """Hectares, what they rest on and what they are not; ``data`` are receipts by factor.

    Scores are worked out here if they were not yet. Raises ``Refused``.
    """
    site, model, grid = scored.site, scored.model, scored.grid
    hectares, found = scored.hectares(), scored.found
    return {
        "schema": 1,
        "project": site.project.name,
        "on": site.on.isoformat(),
        "policies": [policy.id for policy in site.policies],
        "engine": f"geozone {VERSION}",
        "area": "ellipsoidal",
        "model": _model(model),
        "classes": {
            "breaks": model.classes.breaks.value,
            "limits": list(found.limits) if found.limits else None,
            "note": None if found.limits else dict(NO_LIMITS),
            "legend": [
                {
                    "code": one.value,
                    "class": code_of(one),
                    **CLASS_NAMES[one],
                    "colour": CLASS_COLOURS[one],
                }
                for one in CLASSES
            ],
            "outside": OUTSIDE,
        },
        "grid": {
            "crs": grid.crs.to_string(),
            "left": grid.left,
            "top": grid.top,
            "resolution_m": grid.resolution_m,
            "rows": grid.shape.rows,
            "cols": grid.shape.cols,
        },
        "hectares": hectares,
        "left": left(hectares),
        "unknown": {name: round(share, 6) for name, share in found.unknown.items()},
        "histogram": found.counts.reshape(BARS, BINS // BARS).sum(axis=1).tolist(),
        "factors": [_factor(one, data.get(one.id)) for one in model.factors],
        "to_verify": to_verify(model),
        "is_not": [dict(one) for one in IS_NOT],
        "layers": receipts(site),
        "inputs": inputs(site),
        "versions": versions_of([*_read(site), *data.values()]),
        "synthetic": is_synthetic(site, model),
    }


def left(hectares: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Hectares by class as the zones leave them: those of the grid of classes, the best first."""
    scored = [code_of(one) for one in CLASSES[:3]]
    sums = {name: sum(hectares[verdict][name] for verdict in OPEN) for name in scored}
    unknown = sum(hectares[verdict]["undetermined"] for verdict in OPEN)
    shut = ("undetermined", "no_rule")
    sums["undetermined"] = unknown + sum(sum(hectares[one].values()) for one in shut)
    sums["closed"] = sum(hectares["prohibited"].values())
    return {name: round(size, 4) for name, size in sums.items()}


def to_verify(model: Model) -> list[str]:
    """What nobody has held against its source yet: ``model``, or the ids of factors."""
    marked = [one.id for one in model.factors if one.cite.verify]
    return ["model", *marked] if model.cite.verify else marked


def is_synthetic(site: Site, model: Model) -> bool:
    """Whether anything that the scores rest on is made up."""
    layers = any(layer.spec.synthetic for layer in site.project.layers)
    return layers or any(one.source.synthetic for one in model.factors)


def _read(site: Site) -> Iterable[Receipt]:
    yield from (one.receipt for one in site.project.inputs)
    for ground in site.ground.themes.values():
        yield from (layer.receipt for layer in ground.layers)


def _model(model: Model) -> Json:
    return {
        "id": model.id,
        **_label(model.label),
        "activity": str(model.activity),
        "combine": model.combination.value,
        "order_weights": list(model.order_weights),
        "ratio": model.ratio,
        **_cite(model.cite),
        "groups": [
            {"id": one.id, **_label(one.label), "weight": one.weight, "ratio": one.ratio}
            for one in model.groups
        ],
        "chance": asdict(model.chance),
    }


def _factor(one: Factor, receipt: Receipt | None) -> Json:
    source, worth = one.source, one.membership
    return {
        "id": one.id,
        **_label(one.label),
        "group": one.group,
        "unit": one.unit,
        "weight": one.weight,
        "error": one.error,
        "measure": source.measure.value,
        "reach_m": source.reach_m,
        "resampling": source.resampling.value if source.resampling else None,
        "membership": {
            "curve": worth.curve.value,
            "points": [list(point) for point in worth.points],
            "below": worth.below,
        },
        **_cite(one.cite),
        "data": {
            "file": source.path,
            "accuracy_m": source.accuracy_m,
            "as_of": source.as_of,
            "synthetic": source.synthetic,
            "licence": source.licence,
            "sha256": receipt.sha256 if receipt else None,
            "receipt": receipt.brief() if receipt else None,
        },
    }


def _label(one: Label) -> Json:
    return {"zh": one.zh, "en": one.en}


def _cite(one: Cite) -> Json:
    return {"source": one.source, "verify": one.verify}


def score_lines(told: Json, out: object) -> list[str]:
    """What the command prints: hectares by class, shares unknown, and what it is not."""
    lines = ["面积（公顷，椭球面积）/ hectares, ellipsoidal:"]
    for one in CLASSES:
        names, size = CLASS_NAMES[one], told["left"][code_of(one)]
        lines.append(f"  {names['zh']} {names['en'].lower()}  {size:,.2f}")
    shares = [f"{name} {share:.1%}" for name, share in told["unknown"].items() if share]
    if shares:
        lines.append(f"指标缺数据的面积比例 / share unknown by factor: {'  '.join(shares)}")
    limits = told["classes"]["limits"]
    shown = " ".join(f"{one:.4g}" for one in limits) if limits else both(told["classes"]["note"])
    lines.append(f"分级界限 / limits: {shown}")
    if "potential" in told:
        lines.append(potential_line(told["potential"]))
    if told["to_verify"]:
        lines.append(f"待核对 / to be verified: {' '.join(told['to_verify'])}")
    restricted = {"zh": VERDICT_NAMES["restricted"]["zh"]}
    return [
        *lines,
        f"适宜性不是许可；{restricted['zh']}地块须满足所列条件 / suitability is not permission",
        f"成果 / written: {out}",
    ]
