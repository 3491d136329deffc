"""How stable a ranking of blocks by their mean score is under the draws of a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.answers.suitability.constraints import is_open
from geozone.answers.suitability.draws import Floats, drawn, middle, reach
from geozone.answers.suitability.openground import OpenGround
from geozone.answers.suitability.ranking import DIGITS
from geozone.answers.suitability.scoring import scorer_of
from geozone.answers.suitability.statistics import Tract
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.chances import Drawn, Gambler
from geozone.engine.grid import Grid
from geozone.engine.runner import ahead, reported
from geozone.engine.runs import Runs

_KNOWN, _SCORED = 3, 2
_ANY_LIMITS = (0.0, 0.0)


@dataclass(frozen=True)
class Place:
    """Where a block stands: ``rank`` from 1 by the mean score without errors, over open ground.

    ``first``: the share of draws in which it is first. ``ranks``: the least and the greatest rank
    of the middle of the draws (``draws.MIDDLE``). ``mean`` is over ``known_ha``, and ``deviation``
    is how far it spreads over the draws.
    """

    id: str
    rank: int
    mean: float
    deviation: float
    first: float
    ranks: tuple[int, int]
    known_ha: float

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The place as JSON values."""
        return {
            "id": self.id,
            "rank": self.rank,
            "mean": round(self.mean, 6),
            "deviation": round(self.deviation, 6),
            "first": round(self.first, 6),
            "ranks": list(self.ranks),
            "known_ha": round(self.known_ha, 4),
        }


@dataclass(frozen=True)
class Stability:
    """Places in the order of rank, equals (to 9 digits) by id.

    ``unranked`` blocks have no open ground of known score.

    ``tau``: Kendall's tau-b between the ranking without errors and that of each draw, on average
    and the least; none where fewer than two blocks are ranked or all are equal.
    """

    places: tuple[Place, ...]
    unranked: tuple[str, ...]
    tau: float | None
    least_tau: float | None

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The stability as JSON values."""
        return {
            "places": [one.to_dict() for one in self.places],
            "unranked": list(self.unranked),
            "tau": None if self.tau is None else round(self.tau, 6),
            "least_tau": None if self.least_tau is None else round(self.least_tau, 6),
        }


def stability(ground: OpenGround, blocks: Sequence[Tract]) -> Stability:
    """Of blocks whose shapes are in the CRS of the grid, under the draws of the model.

    A cell is a block's whose centre lies in or on it; a block without any has the cell that holds
    a point of it. Give only blocks that may be ranked: of each, only ground that the zones leave
    open counts, but a block's own verdict is not looked at. Raises ``Refused``, and ``ValueError``
    for ids that are repeated.
    """
    if len({one.id for one in blocks}) < len(blocks):
        raise ValueError("blocks need ids of their own")
    model = ground.model
    once = drawn(model)
    scorer = scorer_of(model)
    # The first row is the model as it is.
    draws = Drawn(
        np.vstack([scorer.weights, once.weights]),
        np.vstack([np.ones(len(scorer.weights)), once.times]),
        np.vstack([np.zeros(len(scorer.weights)), once.errors]),
    )
    gambler = Gambler(scorer, draws, reach(model), _ANY_LIMITS)
    cells = [_cells(one, ground.grid) for one in blocks]
    sums = np.zeros((len(blocks), len(draws.weights), 4))
    how = ground.how
    with ThreadPoolExecutor(max(how.jobs, 1)) as pool:

        def work(given: tuple[int, tuple[Runs, ...]]) -> list[tuple[int, Floats]]:
            return list(_totals(ground, gambler, cells, *given))

        answers = ahead(pool, work, ground.bands(), how.jobs)
        for found in reported(answers, ground.strips, how.progress):
            for number, bands in found:
                for band in bands:  # one after another: the same however the grid is cut
                    sums[number] += band
    return _stability([one.id for one in blocks], sums)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells of a block: those of a window (rows, cols) from a row and column on."""

    row: int
    col: int
    chosen: NDArray[np.bool_]


def _cells(block: Tract, grid: Grid) -> _Cells:
    shape, size = grid.shape, grid.resolution_m
    west, south, east, north = block.shape.bounds
    cols = _between((west - grid.left) / size, (east - grid.left) / size, shape.cols)
    rows = _between((grid.top - north) / size, (grid.top - south) / size, shape.rows)
    x, y = np.meshgrid(grid.x[cols], grid.y[rows])
    shapely.prepare(block.shape)
    chosen = np.asarray(shapely.intersects_xy(block.shape, x, y), bool)
    if chosen.size and not chosen.any():
        point = block.shape.representative_point()
        row, col = int((grid.top - point.y) // size), int((point.x - grid.left) // size)
        if rows.start <= row < rows.stop and cols.start <= col < cols.stop:
            chosen[row - rows.start, col - cols.start] = True
    return _Cells(rows.start, cols.start, chosen)


def _between(low: float, high: float, count: int) -> slice:
    """The cells that an interval touches, cut at the grid."""
    if not high >= low:  # of an empty shape they are no numbers
        return slice(0, 0)
    first = int(min(max(low, 0), count))
    return slice(first, max(first, int(min(max(np.floor(high) + 1, 0), count))))


def _totals(
    ground: OpenGround,
    gambler: Gambler,
    cells: Sequence[_Cells],
    row: int,
    band: tuple[Runs, ...],
) -> Iterator[tuple[int, Floats]]:
    """By bands what the draws come to in each block that has open ground in a strip."""
    rows = sum(one.shape.rows for one in band)
    near = [
        (number, one, max(one.row, row), min(one.row + len(one.chosen), row + rows))
        for number, one in enumerate(cells)
    ]
    near = [one for one in near if one[2] < one[3]]
    if not near:
        return
    opened = is_open(ground.verdicts(band))
    for number, one, first, last in near:
        cols = slice(one.col, one.col + one.chosen.shape[1])
        chosen = (
            one.chosen[first - one.row : last - one.row] & opened[first - row : last - row, cols]
        )
        if chosen.any():
            block = ground.block(first, one.col, chosen)
            yield number, gambler.totals(block.values, block.rows, block.ground)


def _stability(ids: Sequence[str], sums: Floats) -> Stability:
    """From sums (blocks, 1 + draws, 4), those without errors first."""
    known = sums[:, 0, _KNOWN]
    every = np.round(sums[:, :, _SCORED] / np.where(known > 0, known, 1.0)[:, np.newaxis], DIGITS)
    order = sorted(np.flatnonzero(known > 0).tolist(), key=lambda at: (-every[at, 0], ids[at]))
    unranked = tuple(sorted(one for at, one in enumerate(ids) if not known[at] > 0))
    if not order:
        return Stability((), unranked, None, None)
    means = every[order]
    ranks = ranked(means)[:, 1:]
    places = [
        Place(
            id=ids[at],
            rank=number + 1,
            mean=float(means[number, 0]),
            deviation=float(means[number, 1:].std()),
            first=float((ranks[number] == 1).mean()),
            ranks=_interval(ranks[number]),
            known_ha=float(known[at]) / SQUARE_METRES_PER_HECTARE,
        )
        for number, at in enumerate(order)
    ]
    taus = [kendall(means[:, 0], one) for one in means[:, 1:].T]
    told = [one for one in taus if one is not None]
    has_tau = bool(told)
    return Stability(
        tuple(places),
        unranked,
        float(np.mean(told)) if has_tau else None,
        min(told) if has_tau else None,
    )


def ranked(means: Floats) -> NDArray[np.int64]:
    """Ranks from 1 of blocks in every draw (blocks, draws), the greatest first, equals as given."""
    order = np.argsort(-means, axis=0, kind="stable")
    found = np.empty(means.shape, np.int64)
    np.put_along_axis(found, order, np.arange(1, len(means) + 1)[:, np.newaxis], axis=0)
    return found


def _interval(ranks: NDArray[np.int64]) -> tuple[int, int]:
    low, high = middle(ranks.astype(np.float64))
    return int(low), int(high)


def kendall(one: Floats, other: Floats) -> float | None:
    """Kendall's tau-b of two rankings (n,), ties allowed; none where either has but ties."""
    first = np.sign(one[:, np.newaxis] - one)
    second = np.sign(other[:, np.newaxis] - other)
    pairs = float(np.abs(first).sum() * np.abs(second).sum())
    return float((first * second).sum()) / pairs**0.5 if pairs else None
