"""Scores of a whole study area, strip by strip, and what the zones leave of them."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import IO

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.suitability.breaks import Counts, classified, counted, natural_breaks
from geozone.answers.suitability.constraints import Closed, closed, is_open
from geozone.answers.suitability.draws import weighed
from geozone.answers.suitability.model import (
    OUTSIDE,
    Breaks,
    Class,
    Combination,
    Curve,
    Factor,
    Model,
)
from geozone.answers.working import Working, exactly
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.grid import Grid
from geozone.engine.runner import ahead, reported
from geozone.engine.runs import Runs
from geozone.engine.scores import CurveOf, Kind, Scorer, Way
from geozone.land.coordinates.scale import scale_at
from geozone.land.factors.window import FactorTiles, Window
from geozone.law.verdict import Verdict

STRIP_ROWS = 256
"""Rows that a thread works on at a time: a multiple of the rows of the engine's bands."""

TILE_COLS = 2048
"""Columns of factors that are read at a time."""

Codes = NDArray[np.uint8]
Scores = NDArray[np.float32]

KINDS = {
    Curve.LINEAR: Kind.STRAIGHT,
    Curve.TRAPEZOID: Kind.STRAIGHT,
    Curve.S_SHAPED: Kind.S_SHAPED,
    Curve.TABLE: Kind.STEPS,
    Curve.CLASSES: Kind.CODES,
}
WAYS = {
    Combination.WEIGHTED_SUM: Way.SUM,
    Combination.OWA: Way.ORDERED,
    Combination.TOPSIS: Way.CLOSENESS,
}


@dataclass(frozen=True, eq=False)
class Strip:
    """Rows of a scored grid from ``row`` on, arrays (rows, cols).

    ``scores`` are 0 to 1, NaN where a factor is unknown and outside the area, whatever the zones
    say; ``verdicts`` are numbers of ``Verdict``, ``OUTSIDE`` outside; ``classes`` follow from the
    scores alone, ``codes`` are what the zones leave of them.
    """

    row: int
    scores: Scores
    verdicts: Codes
    classes: Codes
    codes: Codes


@dataclass(frozen=True, eq=False)
class Found:
    """What the first way through a study area finds.

    ``counts`` are of the scores of open ground; ``unknown`` is the share of the area's cells
    where each factor is unknown.
    """

    counts: Counts
    unknown: Mapping[str, float]
    limits: tuple[float, float] | None


class Scored:
    """A scored study area. Scores are worked out once and kept in a file without a name."""

    def __init__(
        self, site: Site, model: Model, tiles: Mapping[str, FactorTiles], how: Working | None = None
    ) -> None:
        """Raises ``Refused`` where the grid is too fine, or cannot be judged exactly."""
        self.site, self.model = site, model
        self._how = how or Working()
        self._factors = weighed(model)
        self._tiles = [tiles[one.id] for one in self._factors]
        self._scorer = scorer_of(model)
        with exactly(site.project):
            self._closed = Closed.of(site, model.activity, model.resolution_m, self._how)

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self._closed.grid

    @cached_property
    def found(self) -> Found:
        """Limits of classes and what is unknown; works out all scores. Raises ``Refused``."""
        total = -(-self.grid.shape.rows // STRIP_ROWS)
        cells, missing, counts = 0, np.zeros(len(self._factors), np.int64), counted(np.empty(0))
        with ThreadPoolExecutor(max(self._how.jobs, 1)) as pool:
            work = ahead(pool, self._worked, self._numbered(), self._how.jobs)
            for scores, verdicts, unknown in reported(work, total, self._how.progress):
                self._file.write(scores.tobytes())
                inside = verdicts != OUTSIDE
                cells += int(inside.sum())
                missing += unknown
                counts += counted(scores[is_open(verdicts)])
        shares = missing / max(cells, 1)
        told = {one.id: float(share) for one, share in zip(self._factors, shares, strict=True)}
        return Found(counts, told, self._limits(counts))

    def _limits(self, counts: Counts) -> tuple[float, float] | None:
        classes = self.model.classes
        return classes.limits if classes.breaks is Breaks.THRESHOLDS else natural_breaks(counts)

    @cached_property
    def _file(self) -> IO[bytes]:
        place = self._how.folder
        if place:
            place.mkdir(parents=True, exist_ok=True)
        closing = ExitStack()
        weakref.finalize(self, closing.close)
        return closing.enter_context(tempfile.TemporaryFile(dir=place))

    def _numbered(self) -> Iterator[tuple[int, tuple[Runs, ...]]]:
        yield from enumerate(self._closed.bands(STRIP_ROWS))

    def _worked(
        self, given: tuple[int, tuple[Runs, ...]]
    ) -> tuple[Scores, Codes, NDArray[np.int64]]:
        """Scores and verdicts of a strip, and of how many cells inside each factor is unknown."""
        number, band = given
        verdicts = self._closed.cells(band)
        scores = np.full(verdicts.shape, np.nan, np.float32)
        unknown = np.zeros(len(self._factors), np.int64)
        strip = self._window(number * STRIP_ROWS, len(verdicts))
        for cells, window in strip.parts(STRIP_ROWS, TILE_COLS):
            inside = verdicts[cells] != OUTSIDE
            if inside.any():
                values = np.stack([one.tile(window)[inside] for one in self._tiles])
                scores[cells][inside] = self._scorer.scores(values)
                unknown += [
                    int(np.isnan(self._scorer.worths(at, row)).sum())
                    for at, row in enumerate(values)
                ]
        return scores, verdicts, unknown

    def _window(self, row: int, rows: int) -> Window:
        grid = self.grid
        size = grid.resolution_m
        return Window(grid.left, grid.top - row * size, size, rows, grid.shape.cols, grid.crs)

    def strips(self) -> Iterator[Strip]:
        """The strips from the top; begins anew at every call. Raises ``Refused``."""
        limits, cols = self.found.limits, self.grid.shape.cols
        row, place = 0, 0
        for band in self._closed.bands(STRIP_ROWS):
            verdicts = self._closed.cells(band)
            size = verdicts.size * np.dtype(np.float32).itemsize
            self._file.seek(place)
            scores = np.frombuffer(self._file.read(size), np.float32).reshape(-1, cols)
            classes = _classes(scores, limits)
            classes[verdicts == OUTSIDE] = OUTSIDE
            yield Strip(row, scores, verdicts, classes, closed(classes, verdicts))
            row, place = row + len(verdicts), place + size

    def hectares(self) -> dict[str, dict[str, float]]:
        """Hectares on the ellipsoid per verdict and class by score; unknown is a class."""
        sums = np.zeros((len(Verdict), len(Class)))
        for strip in self.strips():
            metres = self._cell_m2(strip.row + len(strip.scores) / 2)
            inside = strip.verdicts != OUTSIDE
            pair = strip.verdicts[inside].astype(np.intp) * len(Class) + strip.classes[inside]
            weights = np.broadcast_to(metres, inside.shape)[inside]
            sums += np.bincount(pair, weights, sums.size).reshape(sums.shape)
        sums = np.round(sums / SQUARE_METRES_PER_HECTARE, 4)
        told = [one for one in Class if one is not Class.CLOSED]
        return {
            verdict.code: {one.name.lower(): float(sums[verdict, one.value]) for one in told}
            for verdict in reversed(Verdict)
        }

    def _cell_m2(self, row: float) -> NDArray[np.float64]:
        """What the cells of a row are worth on the ground, shape (cols,)."""
        grid = self.grid
        north = np.full(grid.shape.cols, grid.top - row * grid.resolution_m)
        found: NDArray[np.float64] = (grid.resolution_m / scale_at(grid.crs, grid.x, north)) ** 2
        return found


def _classes(scores: Scores, limits: tuple[float, float] | None) -> Codes:
    """The classes of scores; without limits nothing can be told."""
    if limits is None:
        return np.full(scores.shape, Class.UNDETERMINED.value, np.uint8)
    return classified(scores, limits)


def scorer_of(model: Model) -> Scorer:
    """The model's curves and weights for a kernel, factors without weight left out."""
    chosen = weighed(model)
    curves = [_curve(one) for one in chosen]
    weights = [one.weight for one in chosen]
    return Scorer(curves, weights, WAYS[model.combination], model.order_weights)


def _curve(one: Factor) -> CurveOf:
    given = one.membership
    return CurveOf(KINDS[given.curve], given.points, given.below)
