"""Very many points on their way from the CRS of their table to the working one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.coordinates.crsways import ACCURACY, Ways
from geozone.land.faults import Faults
from geozone.land.project import Project
from geozone.land.proposals.columnfacts import Stated
from geozone.land.proposals.inarea import lie_in

AT_ONCE = 1 << 16
"""Points that one thread moves at a time."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moved:
    """Points in the working CRS (n, 2), and whether each lies in the study area."""

    xy: Numbers
    inside: NDArray[np.bool_]


def accuracies(stated: Stated, project: Project, rows: int) -> Numbers:
    """The accuracy of each row in metres, (n,): its own, else the project's."""
    unstated = float(project.proposal_accuracy_m)
    known = stated.facts.get(ACCURACY)
    if known is None:
        return np.full(rows, unstated)
    values = [float(one) if isinstance(one, (int, float)) else unstated for one in known.values]
    return np.array(values)[known.codes]


def moved(
    xy: Numbers, crs: CRS, accuracy_m: Numbers, *, project: Project, ways: Ways, threads: int
) -> Moved:
    """Points (n, 2) of accuracies (n,) in the working CRS; those without a way are not inside."""
    found = {one: ways.way(crs, one, Faults("")) for one in _distinct(accuracy_m)}
    way = next((one for one in found.values() if one is not None), None)
    if way is None:
        return Moved(xy, np.zeros(len(xy), bool))
    target = xy if way.is_identity else _in_pieces(way, xy, threads)
    inside, lost = lie_in(project.area, target), [one for one in found if found[one] is None]
    return Moved(target, inside & ~np.isin(accuracy_m, lost) if lost else inside)


def _distinct(values: Numbers) -> list[float]:
    """Each value once, ascending."""
    is_one = len(values) and (values == values[0]).all()
    found: list[float] = (values[:1] if is_one else np.unique(values)).tolist()
    return found


def _in_pieces(
    work: Callable[[Numbers], NDArray[Any]], xy: Numbers, threads: int
) -> NDArray[Any]:  # what the work gives of each point
    pieces = [xy[at : at + AT_ONCE] for at in range(0, max(len(xy), 1), AT_ONCE)]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return np.concatenate(list(pool.map(work, pieces)))
