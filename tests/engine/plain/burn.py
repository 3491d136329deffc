"""Evidence on a grid: the state of every condition at every cell centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.burn import Burned
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.outline import TOLERANCE_M, near_window, shapes_array, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.runner import Progress
from geozone.engine.states import Mask, Spots, States, region_states, strongest
from geozone.engine.table import Table, distinct
from geozone.law.evidence import Evidence
from geozone.law.state import State
from plain.raster import Bracket, Field, clear_of_edge, inside, within
from plain.tiles import joined, renumbered, run

TILE = Shape2d(512, 512)
NARROW = (1 << 16) - 1


@dataclass(frozen=True, eq=False)
class BurnTask:
    """A window of the grid, its upper left cell, and what matters there."""

    row: int
    col: int
    grid: Grid
    area: BaseGeometry
    regions: tuple[Region, ...]


@dataclass(frozen=True, eq=False)
class BurnedTile:
    """The table of a tile's inside cells, row by row, and which cells those are."""

    row: int
    col: int
    inside: Mask
    table: Table


def burn(
    regions: Sequence[Region],
    grid: Grid,
    area: BaseGeometry,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Burned:
    """The states of regions at the cell centres of a grid that lie in an area.

    Exact: each is what ``states_at`` gives at the centre. ``jobs`` processes share the tiles.
    """
    shapely.prepare(area)
    corners = [
        (row, col)
        for row in range(0, grid.shape.rows, TILE.rows)
        for col in range(0, grid.shape.cols, TILE.cols)
        if shapely.intersects(area, shapely.box(*grid.window(row, col, TILE).bounds))
    ]
    tasks = _tasks(regions, grid, area, corners)
    tiles = list(run(burn_tile, tasks, len(corners), jobs=jobs, progress=progress))
    evidence = joined([one.condition for one in regions], [tile.table for tile in tiles])
    return _assembled(grid, tiles, evidence)


def _tasks(
    regions: Sequence[Region],
    grid: Grid,
    area: BaseGeometry,
    corners: Sequence[tuple[int, int]],
) -> Iterator[BurnTask]:
    for row, col in corners:
        window = grid.window(row, col, TILE)
        local = tuple(region.cut(window.bounds, 0.0) for region in regions)
        yield BurnTask(row, col, window, area, local)


def _assembled(grid: Grid, tiles: Sequence[BurnedTile], evidence: Evidence) -> Burned:
    size = (grid.shape.rows, grid.shape.cols)
    kind = np.uint16 if len(evidence.rows) <= NARROW else np.uint32
    index = np.full(size, np.iinfo(kind).max, kind)
    for tile in tiles:
        rows, cols = tile.inside.shape
        window = (slice(tile.row, tile.row + rows), slice(tile.col, tile.col + cols))
        index[window][tile.inside] = renumbered(tile.table, evidence)
    return Burned(index, evidence)


def burn_tile(task: BurnTask) -> BurnedTile:
    """The evidence of one tile."""
    field = Field.of(task.grid)
    chosen = _inside_area(field, task.area)
    columns = [_states(field, region, chosen)[chosen] for region in task.regions]
    return BurnedTile(task.row, task.col, chosen, distinct(columns, int(chosen.sum())))


def _centres(grid: Grid, cells: Mask) -> NDArray[np.float64]:
    rows, cols = np.nonzero(cells)
    return np.column_stack([grid.x[cols], grid.y[rows]])


def _inside_area(field: Field, area: BaseGeometry) -> Mask:
    near = near_window(shapes_array([area]), widened(field.grid.bounds, 1.0))
    bracket = within(field, near, 0.0)
    unsure = bracket.maybe & ~bracket.sure
    found = bracket.sure.copy()
    centres = shapely.points(_centres(field.grid, unsure))
    found[unsure] = shapely.dwithin(area, centres, TOLERANCE_M)
    return found


def _states(field: Field, region: Region, chosen: Mask) -> States:
    """The states of a region on the field, exact where chosen."""
    lowest, highest = _background(field, region)
    for group in region.groups:
        low, high = _group(field, region, group)
        lowest, highest = strongest(lowest, low), strongest(highest, high)
    unsure = (lowest != highest) & chosen
    spots = Spots.of(region.crs, _centres(field.grid, unsure))
    lowest[unsure] = region_states(region, spots, 0.0)
    return lowest


def _background(field: Field, region: Region) -> tuple[States, States]:
    """The least and the most that coverage and unknown shapes may say."""
    clear = clear_of_edge(field, shapes_array([region.seen]), region.clearance_m(0.0))
    unknown = Bracket(field.nothing(), field.nothing())
    for group in region.groups:
        near = group.limits(region.condition.within_m, 0.0).near
        here = within(field, group.maybe, near)
        unknown = Bracket(unknown.sure | here.sure, unknown.maybe | here.maybe)
    unseen, seen = np.uint8(State.UNSEEN), np.uint8(State.CLEAR)
    return (
        np.where(clear.maybe & ~unknown.sure, seen, unseen),
        np.where(clear.sure & ~unknown.maybe, seen, unseen),
    )


def _group(field: Field, region: Region, group: Group) -> tuple[States, States]:
    """The least and the most that a group may say."""
    limits = group.limits(region.condition.within_m, 0.0)
    reach = max(limits.near, -limits.holds) * SCALE_SLACK + 1.0
    shapes = near_window(group.shapes, widened(field.grid.bounds, reach))
    least, most = np.zeros((2, *field.nothing().shape), np.uint8)
    said = (
        (limits.near, State.NEAR_OUTSIDE),
        (limits.held, State.NEAR_INSIDE),
        (limits.holds, State.HOLDS),
    )
    known: dict[float, Bracket] = {}
    for limit, state in said:
        if limit not in known:
            known[limit] = (within if limit >= 0 else inside)(field, shapes, abs(limit))
        least[known[limit].sure] = state
        most[known[limit].maybe] = state
    return least, most
