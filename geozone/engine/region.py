"""Where the ground answers a condition: its matching shapes and what of the theme is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import (
    Bounds,
    Shapes,
    near_window,
    polygonal,
    polygons_of,
    shapes_array,
    union_of,
    widened,
)
from geozone.land.layers.ground import Ground, ThemeGround
from geozone.land.layers.layer import Layer
from geozone.land.layers.select import answering, seen
from geozone.land.shapes.flat import Flat
from geozone.law.condition import Condition
from geozone.law.judgement import Cause

Indices = NDArray[np.intp]

SCALE_SLACK = 1.01
"""No projection that is taken stretches metres by more than this within an area."""


@dataclass(frozen=True)
class Limits:
    """Ground distances in metres up to which a condition holds, is held and is near."""

    holds: float
    """Negative: a depth inside the union."""
    held: float
    near: float


@dataclass(frozen=True, eq=False)
class Part:
    """Which shapes of a layer match a condition, and which may: their class is unknown."""

    layer: Layer
    certain: Indices
    maybe: Indices

    def cut(self, window: Bounds) -> Part:
        """The part with only the shapes whose bounds meet the window."""
        bounds = self.layer.bounds
        return Part(
            self.layer,
            self.certain[_meeting(bounds[self.certain], window)],
            self.maybe[_meeting(bounds[self.maybe], window)],
        )


def _meeting(bounds: NDArray[np.float64], window: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = window
    low, high = bounds[:, :2] <= (east, north), bounds[:, 2:] >= (west, south)
    found: NDArray[np.bool_] = low[:, 0] & low[:, 1] & high[:, 0] & high[:, 1]
    return found


@dataclass(frozen=True, eq=False)
class Group:
    """The matching shapes of a theme's layers that share accuracy and half width.

    Shapes are made when they are asked for; ``flat`` has them as bare coordinates. ``ids``
    names ``shapes`` one by one, sorted; ``maybe`` are those whose class or attribute is
    unknown. All metres are ground distance.
    """

    parts: tuple[Part, ...]
    accuracy_m: float
    half_width_m: float

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        names = [name for part in self.parts for name in part.layer.named(part.certain)]
        return np.array(sorted(range(len(names)), key=names.__getitem__), np.intp)

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes that match, in the order of their ids."""
        found = [part.layer.picked(part.certain) for part in self.parts]
        return shapes_array(np.concatenate(found)[self._order] if found else [])

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The feature ids of ``shapes``."""
        names = [name for part in self.parts for name in part.layer.named(part.certain)]
        return tuple(names[at] for at in self._order)

    @cached_property
    def maybe(self) -> Shapes:
        """The shapes that may match."""
        found = [part.layer.picked(part.maybe) for part in self.parts]
        return shapes_array(np.concatenate(found) if found else [])

    @cached_property
    def certain_count(self) -> int:
        """How many shapes match."""
        return sum(len(part.certain) for part in self.parts)

    @cached_property
    def maybe_count(self) -> int:
        """How many more may."""
        return sum(len(part.maybe) for part in self.parts)

    @cached_property
    def flat(self) -> Flat:
        """The shapes that match as bare coordinates."""
        return Flat.joined([_flat(part.layer, part.certain) for part in self.parts])

    @cached_property
    def maybe_flat(self) -> Flat:
        """The shapes that may match as bare coordinates."""
        return Flat.joined([_flat(part.layer, part.maybe) for part in self.parts])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Of ``shapes``."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def maybe_tree(self) -> shapely.STRtree:
        """Of ``maybe``."""
        return shapely.STRtree(self.maybe)

    def limits(self, within_m: float, accuracy_m: float) -> Limits:
        """The limits of a condition for a place that is itself known to ``accuracy_m``."""
        unsure = self.accuracy_m + accuracy_m
        return Limits(within_m - unsure, within_m, within_m + self.half_width_m + unsure)

    def of_few(self, ids: tuple[str, ...], shapes: Shapes, maybe: Shapes) -> Group:
        """The group with only a few shapes that are given, in the order of their ids."""
        found = replace(self, parts=())
        counts = {"certain_count": len(shapes), "maybe_count": len(maybe)}
        # What would be made of the parts when it is asked for.
        vars(found).update(counts, ids=ids, shapes=shapes, maybe=maybe)
        return found

    def cut(self, window: Bounds) -> Group:
        """The group with only the shapes whose bounds meet the window."""
        return replace(self, parts=tuple(part.cut(window) for part in self.parts))


def _flat(layer: Layer, wanted: Indices) -> Flat:
    """Some of a layer's shapes as bare coordinates; of all of them its own arrays."""
    if len(wanted) == layer.count:
        return layer.flat
    mask = np.zeros(layer.count, bool)
    mask[wanted] = True
    return layer.flat.of_shapes(mask)


class Company:
    """What was last made of a region together with others; it stays in its process."""

    def __init__(self) -> None:
        self.regions: Sequence[Region] = ()
        self.told: object = None

    def is_of(self, regions: Sequence[Region]) -> bool:
        """Whether it was made of just these."""
        if self.regions is regions:
            return True
        same = len(self.regions) == len(regions)
        return same and all(one is other for one, other in zip(self.regions, regions, strict=True))

    def __reduce__(self) -> tuple[type[Company], tuple[()]]:
        return Company, ()


@dataclass(frozen=True, eq=False)
class Region:
    """The ground's answer to one condition.

    ``seen`` is not yet eroded; ``rim_m`` is the largest accuracy and half width of the
    theme's layers; ``cause`` says why the condition is unseen outside ``seen``.
    """

    condition: Condition
    groups: tuple[Group, ...]
    seen: BaseGeometry
    cause: Cause
    rim_m: float
    crs: CRS

    @property
    def shapes(self) -> Shapes:
        """All certain shapes."""
        return shapes_array([one for group in self.groups for one in group.shapes])

    @property
    def ids(self) -> tuple[str, ...]:
        """The feature ids of ``shapes``."""
        return tuple(one for group in self.groups for one in group.ids)

    @cached_property
    def union(self) -> BaseGeometry:
        """The checked union of the matching polygons; empty where there are none."""
        return union_of(polygons_of(self.shapes))

    @cached_property
    def seen_edge(self) -> BaseGeometry:
        """The edge of ``seen``."""
        edge: BaseGeometry = shapely.boundary(self.seen)
        shapely.prepare(edge)
        return edge

    @cached_property
    def company(self) -> Company:
        """What is kept of questions to regions of which this is the first."""
        return Company()

    def clearance_m(self, accuracy_m: float) -> float:
        """How far inside the coverage a place must lie to be clear; ground metres."""
        return self.condition.within_m + self.rim_m + accuracy_m

    def cut(self, bounds: Bounds, accuracy_m: float) -> Region:
        """The region as far as it matters within the bounds, for places inside them."""
        window = widened(bounds, self.clearance_m(accuracy_m) * SCALE_SLACK + 1.0)
        groups = (group.cut(window) for group in self.groups)
        kept = tuple(group for group in groups if group.certain_count or group.maybe_count)
        return replace(self, groups=kept, seen=_seen_near(self.seen, window))

    def only(self, groups: tuple[Group, ...], window: Bounds | None) -> Region:
        """The region with these groups; its coverage cut to the window, if there is one."""
        seen = self.seen if window is None else _seen_near(self.seen, window)
        return replace(self, groups=groups, seen=seen)


def _seen_near(seen: BaseGeometry, window: Bounds) -> BaseGeometry:
    """The coverage cut to a window, whose edge then lies out of reach."""
    box = shapely.box(*window)
    if shapely.covers(seen, box):
        near = box
    elif not shapely.intersects(seen, box):
        near = shapely.Polygon()
    else:
        near = polygonal(near_window(shapes_array([seen]), window))
    shapely.prepare(near)
    return near


def survey(ground: Ground, conditions: Sequence[Condition]) -> tuple[Region, ...]:
    """The regions of the conditions, in their order."""
    return tuple(_region(ground, condition) for condition in conditions)


def _region(ground: Ground, condition: Condition) -> Region:
    theme = ground.theme(condition.theme)
    coverage, cause = seen(theme, condition)
    coverage = polygonal(shapes_array([coverage]))
    shapely.prepare(coverage)
    rims = [layer.accuracy_m + layer.half_width_m for layer in theme.layers]
    rim_m = max(rims, default=0.0)
    return Region(condition, _groups(theme, condition), coverage, cause, rim_m, ground.crs)


def _groups(theme: ThemeGround, condition: Condition) -> tuple[Group, ...]:
    kinds = {(layer.accuracy_m, layer.half_width_m) for layer in theme.layers}
    groups = (_group(theme, condition, kind) for kind in sorted(kinds))
    return tuple(group for group in groups if group.certain_count or group.maybe_count)


def _group(theme: ThemeGround, condition: Condition, kind: tuple[float, float]) -> Group:
    layers = [one for one in theme.layers if (one.accuracy_m, one.half_width_m) == kind]
    return Group(tuple(Part(*answering(layer, condition)) for layer in layers), *kind)
