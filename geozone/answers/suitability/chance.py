"""How sure the class of every cell is, what decides it there, and what holds it back."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import IO

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.borders import NOTHING, Borders, BordersFound
from geozone.answers.suitability.breaks import classified
from geozone.answers.suitability.constraints import closed, is_open
from geozone.answers.suitability.draws import Floats, drawn, reach, weighed
from geozone.answers.suitability.model import Class, Model
from geozone.answers.suitability.openground import Block, OpenGround
from geozone.answers.suitability.scoring import scorer_of
from geozone.answers.suitability.sensitivity import (
    Table,
    changed,
    changes,
    table,
)
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.chances import Gambler, Outcomes
from geozone.engine.grid import Grid
from geozone.engine.runner import ahead, reported
from geozone.engine.runs import Runs
from geozone.law.errors import Fault, Refused

CLASSES = (Class.UNSUITABLE, Class.MODERATE, Class.SUITABLE)
"""Classes that have a chance, in the order of the percents: worst first."""

NO_FACTOR = 254
"""No factor decides, as nothing moves the score; or none holds it back, as all are at their best.
"""

STILL = 1e-12
"""Variance of a score of 0 to 1 below which it does not move."""

Codes = NDArray[np.uint8]

_PERCENT, _CODES, _SURE, _DECIDING, _SHARE, _LIMITING = slice(0, 3), 3, 4, 5, 6, 7
_CELLS, _OPENED, _PLANES = slice(0, 8), 8, 9
_ANY_LIMITS = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class ChanceStrip:
    """Rows of the grid from ``row`` on, arrays (rows, cols) of uint8, ``NOTHING`` as above.

    ``percent`` (3, rows, cols): in how many of 100 draws a cell is of each of ``CLASSES``; they
    sum to 100; 100 is said only where all draws agree.
    ``codes``: the most probable class, of equal ones the worse, closed by the zones as classes of
    scores are. ``sure``: its percent. ``deciding``: the number of the factor whose weight and
    error, drawn alone, move the score most; ``share``: percent of the sum of all such variances.
    ``limiting``: the factor that costs most, weight times what its worth lacks to 1, without
    draws. Numbers are those of ``Chances.legend``. ``opened``: percent of draws of the zones'
    boundaries in which a cell is open, told only where that hangs on their accuracy; no permission.
    """

    row: int
    percent: Codes
    codes: Codes
    sure: Codes
    deciding: Codes
    share: Codes
    limiting: Codes
    opened: Codes


@dataclass(frozen=True)
class Odds:
    """Hectares of open ground of a class: expected over the draws, and most probably of it."""

    expected_ha: float
    probable_ha: float


@dataclass(frozen=True)
class ChanceFound:
    """What the way through a study area finds besides its grids; no odds without limits."""

    odds: dict[Class, Odds] | None
    sensitivity: Table
    borders: BordersFound


class Chances:
    """The draws of a model over a study area. Worked out once, kept in a file without a name.

    The same for any number of threads and size of strips and tiles: all is drawn beforehand.
    ``limits`` are those of the classes; without any nothing is said of classes. With n draws a
    probability p is itself known to a standard error of the root of p (1 - p) / n: at 200 draws
    no more than 3.5 percent.
    """

    def __init__(self, ground: OpenGround, limits: tuple[float, float] | None) -> None:
        """Raises ``Refused`` for a model of more factors than a grid has numbers."""
        model = ground.model
        if len(weighed(model)) > NO_FACTOR:
            what = f"因子超过 {NO_FACTOR} 个 / more than {NO_FACTOR} factors"
            raise Refused([Fault(model.id, "factor", what, "减少因子 / take fewer")])
        self._ground, self._limits = ground, limits
        self._borders = Borders(ground.site, ground.zones, model)
        self._scorer, bounds = scorer_of(model), reach(model)
        used = limits or _ANY_LIMITS
        self._gambler = Gambler(self._scorer, drawn(model), bounds, used)
        self._changed = Gambler(self._scorer, changed(model), bounds, used)

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self._ground.grid

    @property
    def model(self) -> Model:
        """The model that is drawn."""
        return self._ground.model

    @property
    def legend(self) -> dict[int, str]:
        """Ids of factors by their numbers in ``deciding`` and ``limiting``."""
        return {number: one.id for number, one in enumerate(weighed(self.model))}

    @cached_property
    def found(self) -> ChanceFound:
        """Works out everything. Raises ``Refused``."""
        how, odds = self._ground.how, np.zeros((2, len(CLASSES)))
        totals, metres = np.zeros((1 + len(changes(self.model)), 4)), self._borders.none
        with ThreadPoolExecutor(max(how.jobs, 1)) as pool:
            work = ahead(pool, self._worked, self._ground.bands(), how.jobs)
            for planes, bands in reported(work, self._ground.strips, how.progress):
                self._file.write(planes.tobytes())
                for level, of, ground in bands:  # one after another: see ``Block``
                    totals += level
                    odds += of
                    metres += ground
        told = table(self.model, totals, has_limits=self._limits is not None)
        return ChanceFound(_odds(odds) if self._limits else None, told, self._borders.found(metres))

    @cached_property
    def _file(self) -> IO[bytes]:
        place = self._ground.how.folder
        if place:
            place.mkdir(parents=True, exist_ok=True)
        closing = ExitStack()
        weakref.finalize(self, closing.close)
        return closing.enter_context(tempfile.TemporaryFile(dir=place))

    def _worked(
        self, given: tuple[int, tuple[Runs, ...]]
    ) -> tuple[Codes, list[tuple[Floats, Floats, Floats]]]:
        """The planes of a strip; by bands totals of all changes, ground by class, all ground."""
        row, band = given
        verdicts, places = self._ground.verdicts(band), self._borders.places(band)
        chosen = is_open(verdicts)
        looked = chosen | self._borders.hangs[places]
        whole = self._ground.block(row, 0, looked)
        block = _only(whole, chosen[looked])
        planes = np.full((_PLANES, *verdicts.shape), NOTHING, np.uint8)
        planes[_CELLS, chosen], of = self._cells(block)
        planes[_CODES] = closed(planes[_CODES], verdicts)
        planes[_OPENED] = self._borders.percent[places]
        classes = np.full(verdicts.shape, Class.UNDETERMINED.value, np.uint8)
        if self._limits is not None:
            classes[looked] = classified(self._scorer.scores(whole.values), self._limits)
        levels = self._changed.totals(block.values, block.rows, block.ground)
        ground = self._borders.sums(row, places, classes)
        return planes, list(zip(levels, of, ground, strict=True))

    def _cells(self, block: Block) -> tuple[Codes, Floats]:
        """The planes (8, n) of open cells, and by bands their ground by class."""
        found = self._gambler.chances(block.values)
        known = ~np.isnan(found.scores)
        planes = np.full((_OPENED, known.size), NOTHING, np.uint8)
        planes[_CODES] = Class.UNDETERMINED.value
        planes[_DECIDING], planes[_SHARE] = _decides(found.spread)
        planes[_LIMITING] = self._limiting(block.values)
        chances = np.zeros((2, len(CLASSES), known.size))
        if self._limits is not None:
            draws = self.model.chance.draws
            counts = _by_class(found, draws)
            planes[_PERCENT] = _percents(found.reached, draws)
            best = counts.argmax(axis=0).astype(np.uint8)
            planes[_CODES, known] = best[known]
            planes[_SURE] = np.take_along_axis(planes[_PERCENT], best[np.newaxis], axis=0)[0]
            chances[0, :, known] = counts.T[known] / draws
            chances[1, best[known], np.flatnonzero(known)] = 1.0
        planes[:_CODES, ~known] = NOTHING
        planes[_CODES + 1 :, ~known] = NOTHING
        chances *= block.ground
        return planes, _by_bands(chances, block.rows)

    def _limiting(self, values: NDArray[np.float32]) -> Codes:
        """The factor that costs most at each cell."""
        most = np.zeros(values.shape[1])
        found = np.full(values.shape[1], NO_FACTOR, np.uint8)
        for number, (row, weight) in enumerate(zip(values, self._scorer.weights, strict=True)):
            loss = weight * (1.0 - self._scorer.worths(number, row))
            found[loss > most] = number
            most = np.fmax(loss, most)
        return found

    def strips(self) -> Iterator[ChanceStrip]:
        """The strips from the top; begins anew at every call. Raises ``Refused``."""
        _ = self.found  # all is worked out before it is read
        cols, place = self.grid.shape.cols, 0
        for row, rows in self._ground.rows():
            self._file.seek(place)
            read = self._file.read(_PLANES * rows * cols)
            planes = np.frombuffer(read, np.uint8).reshape(_PLANES, rows, cols)
            yield ChanceStrip(row, planes[_PERCENT], *planes[_CODES:])
            place += len(read)


def _only(block: Block, chosen: NDArray[np.bool_]) -> Block:
    """Some of the cells (n,) of a block."""
    if chosen.all():
        return block
    risen = np.concatenate([[0], np.cumsum(chosen)]).astype(np.int64)
    return Block(block.values[:, chosen], block.ground[chosen], risen[block.rows])


def _by_class(found: Outcomes, draws: int) -> NDArray[np.int64]:
    """In how many draws each cell is of each class, shape (3, n)."""
    moderate, suitable = found.reached.astype(np.int64)
    return np.stack([draws - moderate, moderate - suitable, suitable])


def _percents(reached: NDArray[np.uint16], draws: int) -> Codes:
    """Percents (3, n) that sum to 100: the limits' are rounded, never to 0 or 100 by rounding."""
    share = np.rint(reached * (100.0 / draws))
    share = np.where((reached > 0) & (reached < draws), np.clip(share, 1, 99), share)
    moderate, suitable = share.astype(np.uint8)
    return np.stack([np.uint8(100) - moderate, moderate - suitable, suitable])


def _decides(spread: NDArray[np.float32]) -> tuple[Codes, Codes]:
    """The factor that moves each score most, and its percent of all that moves it."""
    whole = spread.sum(axis=0, dtype=np.float64)
    moves = whole > STILL
    share = np.rint(100.0 * spread.max(axis=0) / np.where(moves, whole, 1.0))
    return (
        np.where(moves, spread.argmax(axis=0), NO_FACTOR).astype(np.uint8),
        np.where(moves, share, 0.0).astype(np.uint8),
    )


def _by_bands(cells: Floats, rows: NDArray[np.int64]) -> Floats:
    """Sums (bands, …) of cells (…, n), added from cell to cell of a band."""
    return np.stack([cells[..., start:stop].sum(axis=-1) for start, stop in pairwise(rows)])


def _odds(metres: Floats) -> dict[Class, Odds]:
    expected, probable = metres / SQUARE_METRES_PER_HECTARE
    return {one: Odds(float(expected[at]), float(probable[at])) for at, one in enumerate(CLASSES)}
