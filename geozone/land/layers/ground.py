"""The ground on a decision date: the layers of each theme that are valid and fresh enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.layers.layer import Layer
from geozone.land.project import Project
from geozone.law.judgement import Cause


@dataclass(frozen=True, eq=False)
class ThemeGround:
    """The layers of one theme on the date.

    ``cause`` (no layer, or stale) means unseen everywhere, and no layers. ``partly_stale``:
    some layer of the theme is stale; the others' features hold, but nothing is clear.
    """

    theme: str
    layers: tuple[Layer, ...]
    cause: Cause | None
    partly_stale: bool = False


@dataclass(frozen=True, eq=False)
class Ground:
    """The study area and its themes on the day ``on``, in the working CRS."""

    crs: CRS
    area: BaseGeometry
    on: date
    themes: Mapping[str, ThemeGround]

    def theme(self, name: str) -> ThemeGround:
        """The layers of a theme; cause ``no_layer`` where none supplies it."""
        return self.themes.get(name) or ThemeGround(name, (), Cause.NO_LAYER)


def ground(project: Project, on: date) -> Ground:
    """The project's ground on the day ``on``."""
    by_theme: dict[str, list[Layer]] = {}
    for layer in project.layers:
        by_theme.setdefault(layer.theme, []).append(layer)
    themes = {theme: _theme(theme, by_theme[theme], on) for theme in sorted(by_theme)}
    return Ground(project.crs, project.area, on, themes)


def _theme(theme: str, layers: Sequence[Layer], on: date) -> ThemeGround:
    current = [layer for layer in layers if _valid(layer, on)]
    fresh = tuple(layer for layer in current if not _stale(layer, on))
    # Snapshots of one series claim the same classes: each series needs one for the date.
    expired = {layer.complete_for for layer in layers} - {layer.complete_for for layer in current}
    stale = len(fresh) < len(current) or bool(expired)
    if not fresh:
        return ThemeGround(theme, (), Cause.STALE_LAYER)
    return ThemeGround(theme, fresh, None, partly_stale=stale)


def _valid(layer: Layer, on: date) -> bool:
    span = layer.spec.valid
    return span is None or span[0] <= on <= span[1]


def _stale(layer: Layer, on: date) -> bool:
    """Whether more than ``max_age_days`` lie between the layer's data and the date, either way."""
    spec = layer.spec
    if spec.max_age_days is None or spec.as_of is None:
        return False
    return abs(on - spec.as_of) > timedelta(days=spec.max_age_days)
