"""Scores of a whole study area, strip by strip, and what the zones leave of them."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TypeVar

import numpy as np
from numpy.typing import NDArray

from geozone.answers.grids import check_size
from geozone.answers.site import Site
from geozone.answers.suitability.breaks import Counts, classified, counted, natural_breaks
from geozone.answers.suitability.constraints import closed, is_open
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
from geozone.answers.suitability.openground import OpenGround
from geozone.answers.working import Working
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.grid import Grid
from geozone.engine.runner import ahead, reported
from geozone.engine.runs import Runs
from geozone.engine.scores import CurveOf, Kind, Scorer, Way, ground_by_class
from geozone.land.factors.window import FactorTiles
from geozone.law.verdict import Verdict

Told = TypeVar("Told")
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


@dataclass(frozen=True, eq=False)
class _Worked:
    """Scores (rows, cols) of a strip, cells inside the area, and as ``Found`` has them."""

    scores: Scores
    cells: int
    unknown: NDArray[np.int64]
    counts: Counts


class Scored:
    """A scored study area. Scores are worked out once and kept in a file without a name."""

    def __init__(
        self, site: Site, model: Model, tiles: Mapping[str, FactorTiles], how: Working | None = None
    ) -> None:
        """Raises ``Refused`` where the grid is too fine, or cannot be judged exactly."""
        self.site, self.model = site, model
        self._scorer = scorer_of(model)
        size = check_size(site, model.resolution_m)
        self._ground = OpenGround(site, model, tiles, how, resolution_m=size)

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self._ground.grid

    @cached_property
    def found(self) -> Found:
        """Limits of classes and what is unknown; works out all scores. Raises ``Refused``."""
        ground, how = self._ground, self._ground.how
        factors = weighed(self.model)
        cells, missing, counts = 0, np.zeros(len(factors), np.int64), counted(np.empty(0))
        with ThreadPoolExecutor(max(how.jobs, 1)) as pool:
            work = ahead(pool, self._worked, ground.bands(), how.jobs)
            for one in reported(work, ground.strips, how.progress):
                self._file.write(one.scores.data)
                cells += one.cells
                missing += one.unknown
                counts += one.counts
        shares = missing / max(cells, 1)
        told = {one.id: float(share) for one, share in zip(factors, shares, strict=True)}
        return Found(counts, told, self._limits(counts))

    def _limits(self, counts: Counts) -> tuple[float, float] | None:
        classes = self.model.classes
        return classes.limits if classes.breaks is Breaks.THRESHOLDS else natural_breaks(counts)

    @cached_property
    def _file(self) -> IO[bytes]:
        place = self._ground.how.folder
        if place:
            place.mkdir(parents=True, exist_ok=True)
        closing = ExitStack()
        weakref.finalize(self, closing.close)
        return closing.enter_context(tempfile.TemporaryFile(dir=place))

    def _worked(self, given: tuple[int, tuple[Runs, ...]]) -> _Worked:
        row, band = given
        verdicts = self._ground.verdicts(band)
        inside = verdicts != OUTSIDE
        scores = np.full(verdicts.shape, np.nan, np.float32)
        unknown = np.zeros(len(self._scorer.weights), np.int64)
        for part, values in self._ground.values(row, 0, inside):
            scores[part], missing = self._scorer.within(values, inside[part])
            unknown += missing
        counts = counted(scores, is_open(verdicts))
        return _Worked(scores, int(inside.sum()), unknown, counts)

    def strips(self) -> Iterator[Strip]:
        """The strips from the top; begins anew at every call. Raises ``Refused``."""
        return self._told(lambda strip: strip)

    def _told(self, work: Callable[[Strip], Told]) -> Iterator[Told]:
        """What threads make of the strips, from the top."""
        limits, jobs = self.found.limits, self._ground.how.jobs

        def told(given: tuple[int, tuple[Runs, ...], Scores]) -> Told:
            row, band, scores = given
            verdicts = self._ground.verdicts(band)
            classes = _classes(scores, limits)
            classes[verdicts == OUTSIDE] = OUTSIDE
            return work(Strip(row, scores, verdicts, classes, closed(classes, verdicts)))

        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            yield from ahead(pool, told, self._kept(), jobs)

    def _kept(self) -> Iterator[tuple[int, tuple[Runs, ...], Scores]]:
        """The first row of each strip, its runs and its scores."""
        cols = self.grid.shape.cols
        one_row = cols * np.dtype(np.float32).itemsize
        for row, band in self._ground.bands():
            self._file.seek(row * one_row)
            read = self._file.read(sum(one.shape.rows for one in band) * one_row)
            yield row, band, np.frombuffer(read, np.float32).reshape(-1, cols)

    def hectares(self) -> dict[str, dict[str, float]]:
        """Hectares on the ellipsoid per verdict and class by score; unknown is a class."""
        shape = len(Verdict), len(Class)

        def metres(strip: Strip) -> NDArray[np.float64]:
            cells = self._ground.metres(strip.row, len(strip.verdicts))
            return ground_by_class(strip.verdicts, strip.classes, cells, shape)

        sums = sum(self._told(metres), np.zeros(shape))
        sums = np.round(sums / SQUARE_METRES_PER_HECTARE, 4)
        told = [one for one in Class if one is not Class.CLOSED]
        return {
            verdict.code: {one.name.lower(): float(sums[verdict, one.value]) for one in told}
            for verdict in reversed(Verdict)
        }


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
