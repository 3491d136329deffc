"""Reading a plain table of very many points, to the same proposals as row by row."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.crsways import ACCURACY, Ways
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.project import Project
from geozone.land.proposals.columnfacts import Stated, stated_columns
from geozone.land.proposals.columns import (
    Coded,
    Columns,
    Placed,
    Table,
    placed_columns,
    plain_table,
)
from geozone.land.proposals.factstable import unused
from geozone.land.proposals.places import unused_columns
from geozone.land.proposals.proposed import Proposals
from geozone.land.proposals.receipts import receipt_of_points
from geozone.land.receipt import HashedFile, Input
from geozone.land.sources.reads import local_files
from geozone.land.sources.source import opened
from geozone.law.activity import Activity

AT_ONCE = 1 << 16
"""Points that one thread moves to the working CRS at a time."""


def read_points(
    path: str | Path,
    project: Project,
    *,
    activity: Activity | None = None,
    crs: str | None = None,
    threads: int = 1,
) -> Proposals | None:
    """The proposals of a plain table of points; ``None`` where any row needs a closer look."""
    try:
        with opened(str(path), Path(), stranger=True) as source:
            content, files, notes = source.path.read_bytes(), source.files, source.notes
    except UnreadableError:
        return None
    table = plain_table(content)
    if table is None:
        return None
    placed = placed_columns(table, crs)
    stated = stated_columns(table, activity) if placed else None
    if placed is None or stated is None:
        return None
    made = _made(placed, stated, project, threads)
    if made is None:
        return None
    told = [*notes, *table.notes, *unused(table.heads), *_idle(placed, table)]
    return _told(made, path, files, told)


def _idle(placed: Placed, table: Table) -> Sequence[str]:
    return unused_columns(placed.way, table.heads, is_corners=False)


@dataclass(frozen=True, eq=False)
class _Made:
    """The proposals, their CRS and the ways that they went."""

    columns: Columns
    placed: Placed
    ways: Ways


def _made(placed: Placed, stated: Stated, project: Project, threads: int) -> _Made | None:
    """The points in the working CRS; ``None`` where one cannot be moved or lies outside."""
    unstated = float(project.proposal_accuracy_m)
    rows, known = len(placed.xy), stated.facts.get(ACCURACY)
    accuracies = np.full(rows, unstated) if known is None else _accuracies(known, unstated)
    ways, faults = Ways(project.crs), Faults("")
    found = [ways.way(placed.crs, float(one), faults) for one in np.unique(accuracies)]
    operation = found[0]
    if faults.found or operation is None:
        return None
    xy = _moved(placed.xy, operation, threads)
    shapely.prepare(project.area)
    if not np.isfinite(xy).all() or not _all_inside(project, xy, threads):
        return None
    columns = Columns(stated.ids, xy, accuracies, stated.activity, stated.facts, stated.names)
    return _Made(columns, placed, ways)


def _accuracies(known: Coded, unstated: float) -> NDArray[np.float64]:
    values = [float(one) if isinstance(one, (int, float)) else unstated for one in known.values]
    return np.array(values)[known.codes]


def _moved(xy: NDArray[np.float64], operation: Operation, threads: int) -> NDArray[np.float64]:
    pieces = [xy[at : at + AT_ONCE] for at in range(0, len(xy), AT_ONCE)]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return np.concatenate(list(pool.map(operation, pieces)))


def _all_inside(project: Project, xy: NDArray[np.float64], threads: int) -> bool:
    pieces = [xy[at : at + AT_ONCE] for at in range(0, len(xy), AT_ONCE)]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return all(pool.map(lambda one: bool(_inside(project, one)), pieces))


def _inside(project: Project, xy: NDArray[np.float64]) -> np.bool_:
    found: np.bool_ = shapely.intersects_xy(project.area, xy[:, 0], xy[:, 1]).all()
    return found


def _told(
    made: _Made, path: str | Path, files: tuple[HashedFile, ...], notes: Sequence[str]
) -> Proposals:
    receipt = receipt_of_points(files, len(made.columns), made.placed.crs, made.ways)
    return Proposals(
        items=made.columns,
        notes=tuple(notes),
        sha256=receipt.sha256,
        inputs=(Input.of("proposals", str(path), receipt),),
        reads=local_files([str(path)], Path()),
    )
