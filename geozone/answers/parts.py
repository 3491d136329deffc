"""The ground of one proposal by what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.place import adcode_at
from geozone.answers.site import Site
from geozone.engine.located import Part
from geozone.land.layers.later import Deferred, Later
from geozone.law.judgement import Judgement
from geozone.law.verdict import Verdict


@dataclass(frozen=True, eq=False, kw_only=True)
class AssessedPart:
    """A part of a shape with one verdict; areas in ellipsoidal square metres."""

    verdict: Verdict
    area_m2: float
    share: float
    adcode: str | None
    shape: Deferred[BaseGeometry] = Deferred()  # noqa: RUF009 - a descriptor


def assessed_parts(
    site: Site, parts: tuple[Part, ...], judged: list[Judgement]
) -> tuple[AssessedPart, ...]:
    """The parts summed per verdict and administrative code, severest first."""
    total = sum(part.area_m2 for part in parts)
    layered = bool(site.ground.theme("jurisdiction").layers)
    groups: dict[tuple[Verdict, str], list[Part]] = {}
    for part, one in zip(parts, judged, strict=True):
        adcode = adcode_at(site, part.shape) if layered else site.project.adcode
        groups.setdefault((one.verdict, adcode or ""), []).append(part)
    found = []
    for (verdict, adcode), members in sorted(groups.items(), key=lambda each: _rank(each[0])):
        area = sum(one.area_m2 for one in members)
        found.append(
            AssessedPart(
                verdict=verdict,
                area_m2=area,
                share=area / total if total else 1.0,
                adcode=adcode or None,
                shape=Later(partial(_joined_shape, members)),
            )
        )
    return tuple(found)


def _joined_shape(parts: Sequence[Part]) -> BaseGeometry:
    return shapely.union_all([one.shape for one in parts])


def _rank(key: tuple[Verdict, str]) -> tuple[int, str]:
    return (-key[0], key[1])


def masked(parts: tuple[Part, ...], judged: list[Judgement]) -> dict[str, float]:
    """Ground inside the shape where a rule bans wells, per rule."""
    found: dict[str, float] = {}
    for part, one in zip(parts, judged, strict=True):
        for name in one.masks:
            found[name] = found.get(name, 0.0) + part.area_m2
    return dict(sorted(found.items()))
