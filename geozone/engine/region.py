"""Where the ground answers a condition: its matching shapes and what of the theme is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
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
from geozone.land.layers.select import seen, shapes_of
from geozone.law.condition import Condition
from geozone.law.judgement import Cause

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
class Group:
    """The matching shapes of a theme's layers that share accuracy and half width.

    ``ids`` names the shapes one by one; ``maybe`` are those whose class or attribute is
    unknown. All metres are ground distance.
    """

    shapes: Shapes
    ids: tuple[str, ...]
    maybe: Shapes
    accuracy_m: float
    half_width_m: float

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

    def cut(self, window: Bounds) -> Group:
        """The group with only the shapes whose bounds meet the window."""
        box = shapely.box(*window)
        kept = np.sort(self.tree.query(box))
        maybe = self.maybe[np.sort(self.maybe_tree.query(box))]
        ids = tuple(self.ids[index] for index in kept)
        return replace(self, shapes=self.shapes[kept], ids=ids, maybe=maybe)


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

    def clearance_m(self, accuracy_m: float) -> float:
        """How far inside the coverage a place must lie to be clear; ground metres."""
        return self.condition.within_m + self.rim_m + accuracy_m

    def cut(self, bounds: Bounds, accuracy_m: float) -> Region:
        """The region as far as it matters within the bounds, for places inside them."""
        window = widened(bounds, self.clearance_m(accuracy_m) * SCALE_SLACK + 1.0)
        groups = (group.cut(window) for group in self.groups)
        kept = tuple(group for group in groups if len(group.shapes) or len(group.maybe))
        return replace(self, groups=kept, seen=_seen_near(self.seen, window))


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
    return tuple(group for group in groups if len(group.shapes) or len(group.maybe))


def _group(theme: ThemeGround, condition: Condition, kind: tuple[float, float]) -> Group:
    layers = [one for one in theme.layers if (one.accuracy_m, one.half_width_m) == kind]
    shapes: list[BaseGeometry] = []
    ids: list[str] = []
    maybe: list[BaseGeometry] = []
    for layer in layers:
        certain, names, unknown = shapes_of(layer, condition)
        shapes.extend(certain)
        ids.extend(names)
        maybe.extend(unknown)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    return Group(
        shapes_array([shapes[index] for index in order]),
        tuple(ids[index] for index in order),
        shapes_array(maybe),
        *kind,
    )
