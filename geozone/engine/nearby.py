"""What lies around one place: the features of all regions found at once, each made but once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.bareshapes import Stand, standing
from geozone.engine.boxgrid import BoxGrid, gaps
from geozone.engine.covers import covers_of, said_by
from geozone.engine.outline import Bounds, Shapes, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.roles import Boxes, Roles, roles_of
from geozone.law.state import State

Rows = NDArray[np.int32 | np.intp]
Mask = NDArray[np.bool_]
Metres = NDArray[np.float64]

SPARE_M = 1.0
"""Planar metres added to every reach: what lies farther cannot matter."""

FIRST = 4
"""So many questions are answered sooner by looking at every box than by sorting them first."""


@dataclass(frozen=True, eq=False)
class Around:
    """What lies around one shape.

    ``still``: per region the state that it has all over the shape, ``None`` where it may
    change there. ``held``: where that is so because a feature holds all of the shape.
    ``ground``: the state that regions have there apart from their features, ``None`` where
    the edge of their coverage is near. ``rows`` (k,) are the features in the windows that
    ``Region.cut`` looks at, ``asks`` (k, roles) tells of which roles.
    """

    near: Nearby
    bounds: Bounds
    accuracy_m: float
    still: list[State | None]
    held: list[bool]
    ground: list[State | None]
    rows: Rows
    asks: Mask
    _groups: dict[int, tuple[Group | None, ...]] = field(default_factory=dict)

    @property
    def stirred(self) -> list[int]:
        """The regions whose state may change along the shape."""
        return [at for at, state in enumerate(self.still) if state is None]

    def groups(self, region: int) -> tuple[Group | None, ...]:
        """The groups of a region as ``Region.cut`` leaves them, ``None`` where nothing is left."""
        if region not in self._groups:
            self._groups[region] = self.near.few(region, self.rows, self.asks)
        return self._groups[region]

    def local(self, region: int) -> Region:
        """A region as ``Region.cut`` leaves it; its coverage whole where its edge is far."""
        groups = tuple(one for one in self.groups(region) if one is not None)
        whole = self.near.regions[region]
        reach = whole.clearance_m(self.accuracy_m) * SCALE_SLACK + SPARE_M
        window = widened(self.bounds, reach) if self.ground[region] is None else None
        return whole.only(groups, window)


class _Close(NamedTuple):
    """Features in the windows of regions: which (k,), and of which roles (k, roles).

    They matter to a place within ``limit`` (k,) planar metres.
    """

    rows: Rows
    asks: Mask
    limit: Metres


@dataclass(frozen=True, eq=False)
class _Reach:
    """Planar metres for places of one accuracy: by region and role.

    ``clear``: how far around a place the coverage matters, by region, and ``window`` the same
    by role, ``widest`` of all. ``limits``: how far off features matter, by pattern of roles;
    ``sure``: how deep inside any of them all holds; ``holds``: up to how far off they hold for
    certain, by role; ``holding``: the roles of which any do.
    """

    clear: list[float]
    window: Metres
    widest: float
    limits: Metres
    sure: float
    holds: Metres
    holding: list[int]


class Nearby:
    """The features of regions by place, in the working CRS, metres.

    Features are taken from their layers when a shape first comes near them, and kept.
    """

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = tuple(regions)
        self._roles: Roles = roles_of(self.regions)
        self._questions = 0
        self._made = np.full(self._roles.count, None, object)
        self._names: dict[int, str] = {}
        self._covers = covers_of(self.regions)
        self._reaches: dict[float, _Reach] = {}

    @cached_property
    def _grid(self) -> BoxGrid:
        return BoxGrid.of(self._roles.bounds)

    def around(self, shape: BaseGeometry, accuracy_m: float) -> Around:
        """What the regions have around a point or polygon that is known to ``accuracy_m``."""
        bounds, reach = shape.bounds, self._reach(accuracy_m)
        ground = self._ground(bounds, reach.clear)
        still, held = list(ground), [False] * len(ground)
        close = self._within(bounds, reach)
        if len(close.rows):
            self._hold(self._deep(shape, close, reach), still, held)
        return Around(self, bounds, accuracy_m, still, held, ground, close.rows, close.asks)

    def _hold(self, deep: dict[int, bool], still: list[State | None], held: list[bool]) -> None:
        """Notes what features say that hold all of a shape, and which regions stir."""
        roles = self._roles
        for role, all_over in deep.items():
            at = roles.region[role]
            if not all_over:
                still[at] = None
            elif still[at] is not None and roles.certain[role]:
                still[at], held[at] = State.HOLDS, True
            elif still[at] is not None and not held[at]:
                still[at] = State.UNSEEN
        for role in deep:
            at = roles.region[role]
            held[at] = held[at] and still[at] is not None

    def _deep(self, shape: BaseGeometry, close: _Close, reach: _Reach) -> dict[int, bool]:
        """Of which roles the features near a shape leave no edge in it: they hold all of it.

        That is so where it lies deep inside each of them, or not near the limit of one.
        """
        rows, asks, limit = close
        stands = self._stands(shape.bounds, rows, limit, reach.sure)
        deep = [at for at, one in enumerate(stands) if one is Stand.HOLDS]
        held: Mask = np.asarray(asks[deep].any(axis=0))
        found = dict.fromkeys(np.flatnonzero(held).tolist(), True)
        open_ = [at for at, one in enumerate(stands) if one is Stand.OPEN]
        if open_:
            shapes = self.shapes(rows[open_])
            near = np.flatnonzero(shapely.dwithin(shapes, shape, limit[open_]))
            if len(near):
                left = self._left(shape.bounds, shapes[near], asks[open_][near], held, reach)
                found.update(left)
        return found

    def _left(
        self, bounds: Bounds, shapes: Shapes, asks: Mask, held: Mask, reach: _Reach
    ) -> dict[int, bool]:
        """The same of the roles of features that are made; ``held`` (roles,) tells of others."""
        inside = shapely.contains_properly(shapes, shapely.box(*widened(bounds, reach.sure)))
        left = set(np.flatnonzero((asks & ~inside[:, None]).any(axis=0)).tolist())
        found = {role: role not in left for role in np.flatnonzero(asks.any(axis=0)).tolist()}
        unsure = [role for role in reach.holding if role in left]
        if unsure:
            west, south, east, north = bounds
            middle = shapely.Point((west + east) / 2, (south + north) / 2)
            for role in unsure:
                far = reach.holds[role] - math.hypot(east - west, north - south) / 2
                here = shapes[asks[:, role]]
                within = held[role] or bool(shapely.dwithin(here, middle, far).any())
                found[role] = bool(far > 0 and within)
        return found

    def _within(self, bounds: Bounds, reach: _Reach) -> _Close:
        """The features in the windows of the regions."""
        rows, boxes, pattern = self._boxes(widened(bounds, reach.widest + SPARE_M))
        gap = gaps(boxes, bounds)
        close = np.flatnonzero(gap <= reach.widest)
        close = close[rows[close].argsort()]
        asks = self._roles.patterns[pattern[close]]
        asks &= gap[close, None] <= reach.window
        rows, limit, some = rows[close], reach.limits[pattern[close]], asks.any(axis=1)
        if some.all():
            return _Close(rows, asks, limit)
        return _Close(rows[some], asks[some], limit[some])

    def _boxes(self, window: Bounds) -> tuple[Rows, Boxes, Rows]:
        """Features among which are all whose bounds meet a window; their bounds and patterns."""
        self._questions += 1
        roles = self._roles
        if self._questions <= FIRST:
            return roles.meeting(window)
        rows = self._grid.near(window)
        return rows, roles.bounds[rows], roles.pattern[rows]

    def _stands(self, bounds: Bounds, rows: Rows, limit: Metres, sure: float) -> list[Stand]:
        """How features stand to bounds, told of bare coordinates; made ones are to be asked."""
        found, places, pieces = [Stand.OPEN] * len(rows), [], []
        for at, row in enumerate(rows.tolist()):
            piece = self._roles.piece(row) if self._made[row] is None else None
            if piece is not None:
                places.append(at)
                pieces.append(piece)
        if pieces:
            margins = [max(one, sure) for one in limit[places].tolist()]
            told = standing(pieces, bounds, margins)
            for at, stand in zip(places, told, strict=True):
                found[at] = stand
        return found

    def _reach(self, accuracy_m: float) -> _Reach:
        found = self._reaches.get(accuracy_m)
        if found is None:
            clear = [one.clearance_m(accuracy_m) for one in self.regions]
            pairs = zip(self._roles.region, self._roles.group, strict=True)
            groups = [(self.regions[at], self.regions[at].groups[group]) for at, group in pairs]
            limits = [
                group.limits(region.condition.within_m, accuracy_m) for region, group in groups
            ]
            sure = max([group.accuracy_m + accuracy_m for _, group in groups], default=0.0)
            wide = [one * SCALE_SLACK + SPARE_M for one in clear]
            window = np.array([wide[at] for at in self._roles.region], float)
            near = np.array([one.near for one in limits], float) * SCALE_SLACK + SPARE_M
            holds = np.array([one.holds for one in limits], float) / SCALE_SLACK - SPARE_M
            found = _Reach(
                wide,
                window,
                float(window.max(initial=0.0)),
                (self._roles.patterns * near).max(axis=1, initial=0.0),
                sure * SCALE_SLACK + SPARE_M,
                holds,
                np.flatnonzero(holds > 0).tolist(),
            )
            self._reaches = {accuracy_m: found}
        return found

    def _ground(self, bounds: Bounds, clear: list[float]) -> list[State | None]:
        """The state of each region where no feature is near, ``None`` where it may change."""
        found: list[State | None] = [State.UNSEEN] * len(self.regions)
        for cover in self._covers:
            told: dict[float, State | None] = {}
            most = max([clear[at] for at in cover.regions])
            whole = said_by(cover.seen, bounds, most) is State.CLEAR
            for at in cover.regions:
                if not whole and clear[at] not in told:
                    told[clear[at]] = said_by(cover.seen, bounds, clear[at])
                found[at] = State.CLEAR if whole else told[clear[at]]
        return found

    def shapes(self, rows: Rows) -> Shapes:
        """Features, prepared."""
        found = self._made[rows]
        missing = [at for at, one in enumerate(found.tolist()) if one is None]
        if missing:
            for members, here in self._roles.by_layer(rows[missing]):
                made = members.layer.picked(members.places(here))
                shapely.prepare(made)
                self._made[here] = made
            found = self._made[rows]
        return found

    def few(self, region: int, rows: Rows, asks: Mask) -> tuple[Group | None, ...]:
        """The groups of a region with only some features."""
        found: list[Group | None] = []
        for number, group in enumerate(self.regions[region].groups):
            certain = self._asked(region, number, rows, asks, certain=True)
            maybe = self._asked(region, number, rows, asks, certain=False)
            if not len(certain) and not len(maybe):
                found.append(None)
                continue
            named = sorted(zip(self._named(certain), certain.tolist(), strict=True))
            order = np.array([row for _, row in named], np.intp)
            ids = tuple([name for name, _ in named])
            found.append(group.of_few(ids, self.shapes(order), self.shapes(maybe)))
        return tuple(found)

    def _asked(self, region: int, group: int, rows: Rows, asks: Mask, *, certain: bool) -> Rows:
        """Which of some features are in a group, for certain or maybe."""
        roles = self._roles.of(region, group, certain=certain)
        return rows[asks[:, roles].any(axis=1)] if roles else rows[:0]

    def _named(self, rows: Rows) -> list[str]:
        """The ids of features."""
        missing = [row for row in rows.tolist() if row not in self._names]
        for members, here in self._roles.by_layer(np.array(missing, np.intp)):
            names = members.layer.named(members.places(here))
            self._names.update(zip(here.tolist(), names, strict=True))
        return [self._names[row] for row in rows.tolist()]


def nearby(regions: Sequence[Region]) -> Nearby:
    """What lies around places for regions; kept by the first of them for as long as it is."""
    kept = regions[0].company
    if not (isinstance(kept.told, Nearby) and kept.is_of(regions)):
        kept.told = Nearby(regions)
        kept.regions = regions
    found: Nearby = kept.told
    return found
