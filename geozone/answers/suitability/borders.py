"""How much open ground hangs on the accuracy of the zones' boundaries. No verdict is changed.

Ground near to limits is judged again as it was mapped, and with the boundaries of each theme moved
across it (``worlds``). What is found is told beside the zones and never becomes permission: ground
that they prohibit or leave undetermined stays so, whatever its chance. What coverage does not
reach is unknown however exact boundaries are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.suitability.constraints import Closed, closed
from geozone.answers.suitability.draws import middle, shifts
from geozone.answers.suitability.maps import GroundCells
from geozone.answers.suitability.model import Class, Model
from geozone.answers.suitability.worlds import NEAR, Worlds, near_of
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE, judge_rows
from geozone.engine.burn import BAND_ROWS
from geozone.engine.grid import Shape2d
from geozone.engine.runs import Runs, expanded
from geozone.law.evidence import Evidence

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Places = NDArray[np.uint32]
Mask = NDArray[np.bool_]

OPEN = Class.SUITABLE.value
"""Code of rows of evidence that keep the class of the score, whichever it is."""

LEFT = (Class.UNSUITABLE, Class.MODERATE, Class.SUITABLE, Class.UNDETERMINED, Class.CLOSED)
"""What hectares are told of, by their codes."""

CLASSES = 4
"""Classes of scores, unknown ones among them."""

NOTHING = 255
"""Nothing is told: outside the area, or there is nothing to tell."""


@dataclass(frozen=True)
class Spread:
    """Hectares over the draws: their mean, and the least and most of the middle of the draws."""

    mean_ha: float
    low_ha: float
    high_ha: float


@dataclass(frozen=True)
class BordersFound:
    """Hectares by class, at the resolution of the draws, scores without errors.

    ``zoned``: as the zones leave the ground. ``mapped``: were all boundaries exactly where they
    were mapped. ``least`` and ``most``: were they wherever within their accuracy leaves each cell
    the worst, or the best. ``drawn``: open ground by class over the draws, and ``opened`` all of
    it. ``hangs_ha``: ground that some boundaries open, yet not all of them, or not the zones, which
    do not know on which side of a border between two open regimes it lies; ``themes``: how much of
    it hangs on each theme, the most first. ``untold_ha``: ground near to too many themes, taken as
    zoned.
    """

    zoned: Mapping[Class, float]
    mapped: Mapping[Class, float]
    least: Mapping[Class, float]
    most: Mapping[Class, float]
    drawn: Mapping[Class, Spread]
    opened: Spread
    hangs_ha: float
    themes: tuple[tuple[str, float], ...]
    untold_ha: float


class Borders:
    """The rows of a study area's evidence with boundaries moved; drawn as a model says.

    Codes by row, ``OPEN``, undetermined or closed: ``zoned`` is what the zones leave, ``mapped``
    what they would of boundaries exactly as mapped, ``least`` and ``most`` the worst and the best
    that moves within their accuracy bring.
    """

    def __init__(self, site: Site, zones: Closed, model: Model) -> None:
        self._zones, self._ground = zones, GroundCells.of(zones.grid)
        evidence, self._draws = zones.evidence.told.evidence, model.chance.draws
        self._worlds = _worlds(site, model, evidence)
        self._untold = [
            at
            for at, row in enumerate(evidence.rows)
            if at not in self._worlds and any(one in NEAR for one in row)
        ]
        themes = {name for one in self._worlds.values() for name in one.near.themes}
        self._shifts = shifts(model, sorted(themes))
        self.zoned = _left(zones.verdicts)
        self.mapped, self.least, self.most = (self.zoned.copy() for _ in range(3))
        for row, one in self._worlds.items():
            self.mapped[row] = one.left.flat[0]
            self.least[row], self.most[row] = one.left.max(), one.left.min()

    @property
    def rows(self) -> int:
        """How many rows of evidence there are."""
        return len(self.zoned)

    @cached_property
    def hangs(self) -> Mask:
        """Rows that some boundaries open, yet not all, or not the zones; one more for outside."""
        is_sure = (self.least == OPEN) & (self.zoned == OPEN)
        return np.append((self.most == OPEN) & ~is_sure, False)

    @cached_property
    def percent(self) -> Codes:
        """In how many of 100 draws rows that hang on boundaries are open.

        From 1 to 99: what no draw opens or closes is not certain for that. ``NOTHING`` of other
        rows; one more for cells outside the area.
        """
        found = np.full(self.rows + 1, NOTHING, np.uint8)
        for row in np.flatnonzero(self.hangs).tolist():
            share = 100.0 * self._worlds[row].shares(OPEN, self._shifts).mean()
            found[row] = np.clip(np.rint(share), 1, 99)
        return found

    def places(self, band: tuple[Runs, ...]) -> Places:
        """The evidence rows (rows, cols) of the cells of a strip; ``rows`` outside the area."""
        parts = []
        for runs in band:
            numbers, inside = self._zones.evidence.told.of(runs.table)
            size = (runs.shape.rows, runs.shape.cols)
            found = np.empty(size, np.uint32)
            expanded(runs, numbers, inside, found, outside=self.rows)
            parts.append(found)
        return np.concatenate(parts)

    def sums(self, row: int, places: Places, classes: Codes) -> Iterator[Floats]:
        """By bands the square metres (rows of evidence, 4) by the class of scores.

        ``places`` and ``classes`` (rows, cols) are of rows of the grid from ``row`` on; classes
        are ``Class.UNDETERMINED`` where there is no score.
        """
        at = places.astype(np.int64) * CLASSES + classes
        for first in range(0, len(at), BAND_ROWS):
            cells = at[first : first + BAND_ROWS]
            metres = self._ground.window(row + first, 0, Shape2d(*cells.shape))
            found: Floats = np.bincount(
                cells.ravel(), metres.ravel(), CLASSES * (self.rows + 1)
            ).astype(np.float64)
            yield found.reshape(-1, CLASSES)[:-1]

    @property
    def none(self) -> Floats:
        """No square metres, as ``sums`` have them."""
        return np.zeros((self.rows, CLASSES))

    def found(self, metres: Floats) -> BordersFound:
        """What the ground (rows, 4) of a study area comes to."""
        drawn = self._drawn(metres)
        hanging = metres.sum(axis=1) * self.hangs[:-1] / SQUARE_METRES_PER_HECTARE
        return BordersFound(
            _hectares(self.zoned, metres),
            _hectares(self.mapped, metres),
            _hectares(self.least, metres),
            _hectares(self.most, metres),
            {one: _spread(drawn[one.value]) for one in LEFT[:3]},
            _spread(drawn[:3].sum(axis=0)),
            float(hanging.sum()),
            self._by_theme(hanging),
            float(metres[self._untold].sum()) / SQUARE_METRES_PER_HECTARE,
        )

    def _drawn(self, metres: Floats) -> Floats:
        """Square metres of open ground (4, draws) by the class of its scores."""
        is_certain = self.zoned == OPEN
        is_certain[list(self._worlds)] = False
        found = np.repeat(metres[is_certain].sum(axis=0)[:, np.newaxis], self._draws, axis=1)
        for row, one in self._worlds.items():
            if metres[row].any() and (one.left == OPEN).any():
                found += np.outer(metres[row], one.shares(OPEN, self._shifts))
        return found

    def _by_theme(self, hanging: Floats) -> tuple[tuple[str, float], ...]:
        """Hectares that hang on each theme, of those (rows,) that hang on any."""
        found = dict.fromkeys(self._shifts, 0.0)
        for row in np.flatnonzero(hanging).tolist():
            near, on = self._worlds[row].near, self._worlds[row].hangs_on(OPEN)
            for theme in on or near.themes:
                found[theme] += float(hanging[row])
        told = [(theme, size) for theme, size in found.items() if size]
        return tuple(sorted(told, key=lambda pair: (-pair[1], pair[0])))


def _worlds(site: Site, model: Model, evidence: Evidence) -> dict[int, Worlds]:
    """The rows of evidence that are near to limits, by number, judged with boundaries moved."""
    conditions = evidence.conditions
    near = {at: near_of(conditions, row) for at, row in enumerate(evidence.rows)}
    told = {at: one for at, one in near.items() if one is not None}
    wanted = Evidence.of(conditions, (row for one in told.values() for row in one.rows))
    judged = judge_rows(site, wanted)[model.activity]
    left = _left(np.array([one.verdict for one in judged], np.uint32))
    of = dict(zip(wanted.rows, left.tolist(), strict=True))
    return {
        at: Worlds(one, np.array([of[row] for row in one.rows], np.uint8).reshape(one.shape))
        for at, one in told.items()
    }


def _left(verdicts: NDArray[np.uint32]) -> Codes:
    """What the zones leave under verdicts: ``OPEN``, undetermined or closed."""
    return closed(np.full(len(verdicts), OPEN, np.uint8), verdicts.astype(np.uint8))


def _hectares(left: Codes, metres: Floats) -> dict[Class, float]:
    """Hectares by class of rows that are left so; open ground without a score is undetermined."""
    sums = np.zeros(len(LEFT))
    sums[: metres.shape[1]] = metres[left == OPEN].sum(axis=0)
    for code in (Class.UNDETERMINED.value, Class.CLOSED.value):
        sums[code] += metres[left == code].sum()
    return {one: float(sums[one.value]) / SQUARE_METRES_PER_HECTARE for one in LEFT}


def _spread(metres: Floats) -> Spread:
    hectares = metres / SQUARE_METRES_PER_HECTARE
    return Spread(float(hectares.mean()), *middle(hectares))
