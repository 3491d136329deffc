"""The state of conditions at points, by exact ground distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.engine.outline import CLOSED_M, TOLERANCE_M, Shapes, outline, shapes_array
from geozone.engine.region import Group, Limits, Region
from geozone.land.coordinates.scale import scale_at
from geozone.law.state import State

States = NDArray[np.uint8]
"""Values of ``State``."""

Mask = NDArray[np.bool_]

FEW = 64
"""So many pairs of shapes and spots are looked at one by one."""

STRENGTH = np.array([0, 2, 3, 4, 1], np.uint8)
"""By state, how strongly it says something: clear, unseen, near outside, near inside, holds."""

BY_STRENGTH = np.array(
    [State.CLEAR, State.UNSEEN, State.NEAR_OUTSIDE, State.NEAR_INSIDE, State.HOLDS], np.uint8
)


@dataclass(frozen=True, eq=False)
class Spots:
    """Points with the scale of the projection there; arrays of shape (n,)."""

    points: Shapes
    scale: NDArray[np.float64]
    crs: CRS

    @classmethod
    def of(cls, crs: CRS, xy: NDArray[np.float64]) -> Spots:
        """The spots at coordinates of shape (n, 2), x east and y north."""
        given = np.asarray(xy, float).reshape(-1, 2)
        scale = scale_at(crs, given[:, 0], given[:, 1]) if len(given) else np.empty(0)
        return cls(shapes_array(shapely.points(given)), scale, crs)

    def __getitem__(self, chosen: Mask | NDArray[np.intp]) -> Spots:
        return Spots(self.points[chosen], self.scale[chosen], self.crs)

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Shapes and spots that are near one another, by index; arrays of one length."""

    shape: NDArray[np.intp]
    spot: NDArray[np.intp]

    def __getitem__(self, chosen: Mask) -> Pairs:
        return Pairs(self.shape[chosen], self.spot[chosen])


def strongest(first: States, second: States) -> States:
    """Of two states at each place, the one that says more."""
    found: States = BY_STRENGTH[np.maximum(STRENGTH[first], STRENGTH[second])]
    return found


def states_at(
    regions: Sequence[Region], points: NDArray[np.float64], accuracy_m: float = 0.0
) -> States:
    """The state of every region at points.

    ``points`` has shape (n, 2) in metres of the working CRS and is known to ``accuracy_m``;
    the answer has shape (n, len(regions)).
    """
    given = np.asarray(points, float).reshape(-1, 2)
    if not len(regions):
        return np.zeros((len(given), 0), np.uint8)
    spots = Spots.of(regions[0].crs, given)
    return np.column_stack([region_states(region, spots, accuracy_m) for region in regions])


def region_states(region: Region, spots: Spots, accuracy_m: float) -> States:
    """The state of one region at spots, shape (n,)."""
    found = background(region, spots, accuracy_m)
    for group in region.groups:
        limits = group.limits(region.condition.within_m, accuracy_m)
        found = strongest(found, group_states(group, spots, limits))
    return found


def background(region: Region, spots: Spots, accuracy_m: float) -> States:
    """Clear where the theme is seen far enough around and no unknown shape is near, else unseen."""
    clearance = region.clearance_m(accuracy_m)
    clear = shapely.dwithin(region.seen, spots.points, TOLERANCE_M)
    if clearance > 0 and clear.any():
        edges = shapes_array(shapely.get_parts(region.seen_edge))
        far = max(clearance - 2 * TOLERANCE_M, 0.0)
        close = pairs_within(edges, shapely.STRtree(edges), spots[clear], far).spot
        clear[np.flatnonzero(clear)[close]] = False
    for group in region.groups:
        if len(group.maybe):
            near = group.limits(region.condition.within_m, accuracy_m).near
            clear[pairs_within(group.maybe, group.maybe_tree, spots, near).spot] = False
    return np.where(clear, np.uint8(State.CLEAR), np.uint8(State.UNSEEN))


def group_states(group: Group, spots: Spots, limits: Limits) -> States:
    """What a group of shapes says at spots, coverage aside: clear to holds, shape (n,)."""
    found = np.zeros(len(spots), np.uint8)
    pairs = pairs_within(group.shapes, group.tree, spots, limits.near)
    found[pairs.spot] = State.NEAR_OUTSIDE
    if limits.held < limits.near:
        pairs = pairs[_close(group.shapes, spots, pairs, limits.held)]
    found[pairs.spot] = State.NEAR_INSIDE
    if limits.holds >= 0:
        if limits.holds < limits.held:
            pairs = pairs[_close(group.shapes, spots, pairs, limits.holds)]
        found[pairs.spot] = State.HOLDS
    else:
        found[_deep(group, spots, limits)] = State.HOLDS
    return found


def pairs_within(shapes: Shapes, tree: shapely.STRtree, spots: Spots, metres: float) -> Pairs:
    """The pairs of shapes and spots at most so far apart on the ground."""
    none = np.empty(0, np.intp)
    if not len(spots) or not len(shapes):
        return Pairs(none, none)
    if len(spots) * len(shapes) <= FEW:
        pairs = Pairs(*np.divmod(np.arange(len(spots) * len(shapes)), len(spots)))
        return pairs[_close(shapes, spots, pairs, metres)]
    reach = (metres + TOLERANCE_M) * spots.scale.max() + scale_slack(metres)
    west, south, east, north = shapely.total_bounds(spots.points)
    around = shapely.box(west - reach, south - reach, east + reach, north + reach)
    near = np.sort(tree.query(around))
    shapely.prepare(shapes[near])
    places = shapely.STRtree(spots.points)
    shape, spot = places.query(shapes[near], predicate="dwithin", distance=reach)
    pairs = Pairs(near[shape], spot)
    return pairs[_close(shapes, spots, pairs, metres)]


def _close(shapes: Shapes, spots: Spots, pairs: Pairs, metres: float) -> Mask:
    """Which pairs are at most so far apart; where it is a matter of the scale, the scale midway."""
    there, here = shapes[pairs.shape], spots.points[pairs.spot]
    reach = (metres + TOLERANCE_M) * spots.scale[pairs.spot]
    slack = scale_slack(metres)
    close: Mask = shapely.dwithin(there, here, reach + slack)
    if metres <= 0 or not close.any():
        return close
    sure = shapely.dwithin(there, here, np.maximum(reach - slack, 0.0))
    unsure = np.flatnonzero(close & ~sure)
    if len(unsure):
        found = ground_lengths(spots.crs, shapely.shortest_line(there[unsure], here[unsure]))
        close[unsure] = found <= metres + TOLERANCE_M
    return close


def scale_slack(metres: float) -> float:
    """How far off, at most, a distance is when one end's scale is taken for the whole of it.

    The scale of a transverse Mercator projection changes by less than 1e-8 a metre within
    four degrees of its meridian.
    """
    return 1e-8 * metres * metres


def ground_lengths(crs: CRS, lines: Shapes) -> NDArray[np.float64]:
    """Ground lengths of straight lines of two points each, by the scale at their middles."""
    ends = shapely.get_coordinates(lines).reshape(-1, 4)
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    planar = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    lengths: NDArray[np.float64] = planar / scale_at(crs, middle[:, 0], middle[:, 1])
    return lengths


def _deep(group: Group, spots: Spots, limits: Limits) -> NDArray[np.intp]:
    """Indices of the spots at least ``-limits.holds`` inside the union of the polygons."""
    flat = shapely.get_dimensions(group.shapes) == 2
    pairs = pairs_within(group.shapes, group.tree, spots, -limits.holds + 3 * CLOSED_M)
    pairs = pairs[flat[pairs.shape]]
    inside = np.unique(pairs.spot[_close(group.shapes, spots, pairs, 0.0)])
    if not len(inside):
        return inside
    edges = outline(group.shapes[np.unique(pairs.shape[np.isin(pairs.spot, inside)])])
    chosen = spots[inside]
    depth = -limits.holds + CLOSED_M / float(chosen.scale.mean()) - 2 * TOLERANCE_M
    shallow = pairs_within(edges, shapely.STRtree(edges), chosen, depth).spot
    deep: NDArray[np.intp] = np.delete(inside, np.unique(shallow))
    return deep
