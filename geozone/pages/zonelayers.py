"""Zones as layers of polygons, drawn batch by batch from the partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.zoning import Reason, Zoning
from geozone.engine.drawings import Called
from geozone.engine.outlines.faces import Faces, wkb
from geozone.law.activity import Activity
from geozone.pages.layer import Features, Kind, Layer
from geozone.pages.style import qml
from geozone.pages.tables import neutral

COLUMNS: Mapping[str, Kind] = {
    "verdict": str, "rules": str, "causes": str, "needs": str, "area_m2": float, "synthetic": str,
}  # fmt: skip

MANY_VERTICES = 5_000
"""More make a multipolygon slow to draw and to ask: its polygons become features."""

BATCH_VERTICES = 500_000
"""Vertices that are written at once, if no feature has more."""

_MULTI = b"\x01" + (6).to_bytes(4, "little")
"""How the WKB of a multipolygon begins; the number of its polygons follows."""


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
    told, cut = zoning.sorted[activity], zoning.partition
    called = Called(f"zones {activity}", tuple(map(repr, told.reasons)))
    faces, sizes = cut.sized(told.labels, called)
    ends = np.searchsorted(faces.label, np.arange(len(told.reasons) + 1)).tolist()
    for number, why in enumerate(told.reasons):
        first, end = ends[number : number + 2]
        zone = faces.part(first, end)
        if split and len(zone.xy) > MANY_VERTICES:
            for part in vertex_batches(zone):
                yield single(part, _values(why, sizes[first : first + len(part)], synthetic))
                first += len(part)
        elif len(zone):
            whole = told.area_m2[number : number + 1]
            yield together(zone, _values(why, whole, synthetic))


def vertex_batches(faces: Faces, most: int = BATCH_VERTICES) -> Iterator[Faces]:
    """Faces in runs, each of so many vertices at most, or of one polygon."""
    total, first = faces.rings[faces.polygons] - faces.rings[0], 0
    while first < len(faces):
        last = int(np.searchsorted(total, total[first] + most, side="right")) - 1
        last = max(last, first + 1)
        yield faces.part(first, last)
        first = last


def single(faces: Faces, values: Mapping[str, list[Any]]) -> Features:
    """Every polygon as a multipolygon of its own."""
    head = _MULTI + (1).to_bytes(4, "little")
    made = wkb(faces)
    content, ends = made.data.tobytes(), made.offsets.tolist()
    texts = [head + content[a:b] for a, b in pairwise(ends)]
    starts = faces.rings[faces.polygons[:-1]]
    low, high = np.minimum.reduceat(faces.xy, starts), np.maximum.reduceat(faces.xy, starts)
    return Features(texts, np.hstack([low, high]), values)


def together(faces: Faces, values: Mapping[str, list[Any]]) -> Features:
    """All polygons as one multipolygon."""
    text = _MULTI + len(faces).to_bytes(4, "little") + wkb(faces).data.tobytes()
    bounds = np.hstack([faces.xy.min(axis=0), faces.xy.max(axis=0)])
    return Features([text], bounds.reshape(1, 4), values)


def _values(why: Reason, sizes: NDArray[np.float64], synthetic: str) -> dict[str, list[Any]]:
    """The columns of features of one zone, of these areas."""
    count = len(sizes)
    return {
        "verdict": [why.verdict.code] * count,
        "rules": [neutral("; ".join(why.rules))] * count,
        "causes": [neutral("; ".join(why.causes))] * count,
        "needs": [neutral("; ".join(why.needs))] * count,
        "area_m2": [round(size, 2) for size in sizes.tolist()],
        "synthetic": [synthetic] * count,
    }
