"""The features in which a plan rule counts: settlements, boundaries, planned blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.plan.meeting import Meeting, local_scale, meeting
from geozone.answers.plan.scene import Scene
from geozone.answers.plan.told import Doubt
from geozone.engine.outline import TOLERANCE_M, shapes_array
from geozone.engine.region import SCALE_SLACK
from geozone.land.layers.layer import Layer
from geozone.land.layers.select import matching, seen
from geozone.law.condition import Condition
from geozone.law.plan import PlanTest


@dataclass(frozen=True, eq=False)
class Feature:
    """One feature, known to ``accuracy_m``; ``doubts``: why it may not be of the kind asked.

    ``lacks``: what the rule asks of the feature and the layer does not say.
    """

    id: str
    shape: BaseGeometry
    accuracy_m: float
    doubts: tuple[Doubt, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Features:
    """All features that a plan rule may count in, by id."""

    condition: Condition
    items: tuple[Feature, ...]
    scene: Scene

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapes_array([one.shape for one in self.items]))

    @cached_property
    def accuracy_m(self) -> float:
        """The worst accuracy of the features' layers."""
        return self.scene.accuracy_m(self.condition.theme)

    def met(self, shape: BaseGeometry, accuracy_m: float) -> dict[int, Meeting]:
        """How a shape lies to each feature that it meets, by the feature's place in ``items``."""
        wide = (self.accuracy_m + accuracy_m) * SCALE_SLACK + TOLERANCE_M
        scale = local_scale(self.scene.site.project.crs, shape)
        near = np.sort(self._tree.query(shape, predicate="dwithin", distance=wide))
        found = {
            int(at): meeting(
                shape, self.items[at].shape, self.items[at].accuracy_m + accuracy_m, scale
            )
            for at in near
        }
        return {at: lies for at, lies in found.items() if lies is not Meeting.APART}


def features_of(scene: Scene, plan: PlanTest) -> Features:
    """The features of the rule's theme, classes and attributes; those that may be, with doubts."""
    attributes = tuple(sorted(plan.only.items()))
    condition = Condition(plan.within or "", plan.classes, attributes)
    theme = scene.site.ground.theme(condition.theme)
    found = [
        one
        for layer in theme.layers
        if not layer.spec.is_raster
        for one in _of_layer(scene, plan, layer, condition)
    ]
    return Features(condition, tuple(sorted(found, key=_by_id)), scene)


def _by_id(one: Feature) -> tuple[str, bytes]:
    return one.id, one.shape.wkb


def _of_layer(
    scene: Scene, plan: PlanTest, layer: Layer, condition: Condition
) -> Iterator[Feature]:
    certain, maybe = matching(layer, condition)
    _, cause = seen(scene.site.ground.theme(condition.theme), condition)
    for at in (*certain, *maybe):
        if not _excluded(plan, layer, int(at)):
            name = layer.ids[at]
            unsure = () if at in certain else (Doubt(cause, condition.theme, "", (name,)),)
            lacks = _lacks(plan, layer, int(at))
            yield Feature(name, layer.shapes[at], layer.accuracy_m, unsure, lacks)


def _excluded(plan: PlanTest, layer: Layer, at: int) -> bool:
    """Whether an attribute rules the feature out; an unknown one rules nothing out."""
    return any(_attribute(layer, name, at) in values for name, values in plan.excludes.items())


def _lacks(plan: PlanTest, layer: Layer, at: int) -> tuple[str, ...]:
    """The class and attributes that the rule asks for and that are not known of the feature."""
    asked = sorted({*plan.only, *plan.excludes})
    unknown = [name for name in asked if _attribute(layer, name, at) is None]
    return tuple(["class"] * bool(plan.classes and layer.classes[at] is None) + unknown)


def _attribute(layer: Layer, name: str, at: int) -> str | None:
    return layer.attributes[name][at] if name in layer.attributes else None
