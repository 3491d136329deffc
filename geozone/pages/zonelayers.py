"""Zones as layers of polygons, drawn batch by batch from the partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.zoning import Reason, Zoning
from geozone.engine.outlines.faces import Faces, parts, vertices
from geozone.law.activity import Activity
from geozone.pages.layer import Features, Kind, Layer, Same
from geozone.pages.style import qml
from geozone.pages.tables import neutral

COLUMNS: Mapping[str, Kind] = {
    "verdict": str, "rules": str, "causes": str, "needs": str, "area_m2": float, "synthetic": str,
}  # fmt: skip

MANY_VERTICES = 5_000
"""More make a multipolygon slow to draw and to ask: its polygons become features."""


def zone_layers(zoning: Zoning, *, split: bool = True) -> list[Layer]:
    """One layer per activity, ``TECH__OBJECT``, its zones in their order, severest first.

    With ``split`` the polygons of zones of many vertices are features of their own, each with
    its own area; else every zone is one feature. Layers are drawn when they are written, once.
    """
    synthetic = is_synthetic(zoning.site)
    return [
        Layer(one.layer_name, COLUMNS, _features(zoning, one, synthetic, split), qml())
        for one in zoning.judgements
    ]


def is_synthetic(site: Site) -> str:
    """What features say where a layer is made up; else nothing."""
    any_made = any(layer.spec.synthetic for layer in site.project.layers)
    return "合成示例数据 / synthetic sample" if any_made else ""


def _features(
    zoning: Zoning, activity: Activity, synthetic: str, split: bool
) -> Iterator[Features]:
    told = zoning.sorted[activity]
    drawn, sizes = zoning.sized(activity)
    ends = np.searchsorted(drawn.label, np.arange(len(told.reasons) + 1)).tolist()
    for number, why in enumerate(told.reasons):
        first, end = ends[number : number + 2]
        if split and vertices(drawn, first, end) > MANY_VERTICES:
            for part in parts(drawn, first, end):
                yield single(drawn.part(*part), _values(why, sizes[slice(*part)], synthetic))
        elif end > first:
            whole = told.area_m2[number : number + 1]
            yield together(drawn.part(first, end), _values(why, whole, synthetic))


def single(faces: Faces, values: Mapping[str, Sequence[Any]]) -> Features:
    """Every polygon as a multipolygon of its own."""
    return Features(faces, np.arange(len(faces) + 1), values)


def together(faces: Faces, values: Mapping[str, Sequence[Any]]) -> Features:
    """All polygons as one multipolygon."""
    return Features(faces, np.array([0, len(faces)]), values)


def _values(why: Reason, sizes: NDArray[np.float64], synthetic: str) -> dict[str, Sequence[Any]]:
    """The columns of features of one zone, of these areas."""
    count = len(sizes)
    return {
        "verdict": Same(why.verdict.code, count),
        "rules": Same(neutral("; ".join(why.rules)), count),
        "causes": Same(neutral("; ".join(why.causes)), count),
        "needs": Same(neutral("; ".join(why.needs)), count),
        "area_m2": hundredths(sizes).tolist(),
        "synthetic": Same(synthetic, count),
    }


def hundredths(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers to two digits, each as ``round`` gives it."""
    scaled = sizes * 100
    found = np.rint(scaled) / 100
    halves = np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) <= np.spacing(np.abs(scaled))
    found[halves] = [round(size, 2) for size in sizes[halves].tolist()]
    return found
