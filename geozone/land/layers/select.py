"""What a layer answers to a condition: the shapes that match, and where nothing is missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.land.layers.ground import ThemeGround
from geozone.land.layers.layer import Layer
from geozone.land.store.columns import Column
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import Truth
from geozone.rules.vocabulary import themes

Indices = NDArray[np.intp]
Shapes = NDArray[np.object_]


NONE = np.array([], np.intp)
FILL_GRID_M = 1e-3
"""Neighbours whose edges differ by less than this have no gap between them."""


def _asks_values(condition: Condition) -> bool:
    return condition.above is not None or condition.below is not None


def matching(layer: Layer, condition: Condition) -> tuple[Indices, Indices]:
    """Indices of the shapes that match, and of those that may: asked class or attribute unknown.

    An adcode matches where the feature lies inside the asked division (``1401`` in ``14``);
    a feature of a wider division (``14`` asked for ``1401``) may match.
    """
    if _asks_values(condition) or layer.raster is not None:
        return NONE, NONE
    if not condition.classes and not condition.attributes:
        return np.arange(layer.count), NONE
    truths = np.full(layer.count, Truth.TRUE)
    if condition.classes:
        truths = np.minimum(truths, _truths(layer.class_column, condition.classes, _among))
    for name, wanted in condition.attributes:
        test = _in_division if name == "adcode" else _among
        truths = np.minimum(truths, _truths(layer.column(name), wanted, test))
    return np.flatnonzero(truths == Truth.TRUE), np.flatnonzero(truths == Truth.UNKNOWN)


def _truths(
    column: Column, wanted: tuple[str, ...], test: Callable[[str, tuple[str, ...]], Truth]
) -> NDArray[np.int_]:
    return column.mapped(lambda value: test(value, wanted), none=Truth.UNKNOWN)


def _among(value: str, wanted: tuple[str, ...]) -> Truth:
    return Truth.TRUE if value in wanted else Truth.FALSE


def _in_division(value: str, wanted: tuple[str, ...]) -> Truth:
    if any(value.startswith(one) for one in wanted):
        return Truth.TRUE
    return Truth.UNKNOWN if any(one.startswith(value) for one in wanted) else Truth.FALSE


def answering(layer: Layer, condition: Condition) -> tuple[Layer, Indices, Indices]:
    """The layer that a condition is asked of, with what ``matching`` tells of it.

    Cells above or below the condition's limits come as a layer of polygons that all match.
    """
    if not _asks_values(condition) or layer.raster is None:
        return layer, *matching(layer, condition)
    cells = layer.raster.where(condition.above, condition.below)
    told = replace(
        layer,
        shapes=cells,
        classes=(None,) * len(cells),
        attributes={},
        ids=tuple(f"{layer.name}#{number}" for number in range(1, len(cells) + 1)),
        raster=None,
        held=None,
    )
    return told, np.arange(len(cells)), np.array([], np.intp)


def seen(theme: ThemeGround, condition: Condition) -> tuple[BaseGeometry, Cause]:
    """Where the theme is seen for the condition, and why it is not seen elsewhere.

    The intersection of the coverages of all layers that claim an asked class; empty where
    some asked class is claimed by none. Not shrunk by distance or accuracy.
    """
    empty: BaseGeometry = shapely.Polygon()
    if theme.cause is not None:
        return empty, theme.cause
    able = [one for one in theme.layers if (one.raster is not None) == _asks_values(condition)]
    asked = set(condition.classes or themes()[theme.theme].classes)
    claims = [one for one in able if one.complete_for is None or one.complete_for & asked]
    if theme.partly_stale:
        return empty, Cause.STALE_LAYER
    cause = Cause.WAIVED if any(one.waived for one in claims) else Cause.OUTSIDE_COVERAGE
    claimed = set().union(
        *(asked if one.complete_for is None else one.complete_for for one in able)
    )
    if not able or asked - claimed:
        return empty, cause
    whole: BaseGeometry = shapely.intersection_all(_distinct([one.coverage for one in claims]))
    if themes()[theme.theme].exhaustive and not _asks_values(condition):
        return shapely.intersection(whole, _filled(theme)), cause
    return whole, cause


def _distinct(coverages: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Coverages without those that are another one of them: layers often share theirs."""
    return list({id(one): one for one in coverages}.values())


def _filled(theme: ThemeGround) -> BaseGeometry:
    """The ground that has some feature: elsewhere a theme that fills the ground is not known."""
    shapes = np.concatenate([one.shapes for one in theme.layers])
    filled: BaseGeometry = shapely.union_all(shapes, grid_size=FILL_GRID_M)
    return filled
