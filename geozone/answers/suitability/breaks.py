"""From scores to classes: limits that are given, or natural breaks of a histogram of scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.model import Class
from geozone.engine.scores import binned

BINS = 4096
"""Bins of the histogram from 0 to 1; every border between bins is a float32."""

Counts = NDArray[np.int64]


def counted(scores: NDArray[np.floating], chosen: NDArray[np.bool_] | None = None) -> Counts:
    """How many of the scores (any shape, unknown ones left out) lie in each of ``BINS`` bins.

    With ``chosen`` (the same shape) only of those. Counts of tiles add up to those of the whole,
    whatever the tiles and their order.
    """
    kept = _as_kept(scores)
    return binned(kept, np.ones(kept.shape, bool) if chosen is None else chosen, BINS)


def natural_breaks(counts: Counts) -> tuple[float, float] | None:
    """The two limits between three classes whose members lie nearest to their means.

    Fisher's and Jenks's breaks, exact for the histogram: every pair of limits is weighed. Scores
    count as the middles of their bins, so against breaks of the scores themselves the deviation
    within classes (root of the mean square) is larger by 1/``BINS`` at most. Of equally good pairs
    the lowest limits are taken. ``None`` where fewer than three bins hold scores.
    """
    held = np.flatnonzero(counts)
    if len(held) < 3:
        return None
    weights = counts[held].astype(np.float64)
    centred = held - np.average(held, weights=weights)  # so that squares lose no digits
    first, second = _best_pair(weights, centred)
    return float(held[first] / BINS), float(held[second] / BINS)


def _best_pair(weights: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[int, int]:
    """Where the second and the third class begin.

    The spread within classes is least where the sum of squared sums over weights is greatest.
    """
    mass = np.concatenate([[0.0], np.cumsum(weights)])
    moment = np.concatenate([[0.0], np.cumsum(weights * values)])
    best, found = -np.inf, (1, 2)
    for first in range(1, len(weights) - 1):
        seconds = np.arange(first + 1, len(weights))
        gain = moment[first] ** 2 / mass[first]
        gain = gain + (moment[seconds] - moment[first]) ** 2 / (mass[seconds] - mass[first])
        gain += (moment[-1] - moment[seconds]) ** 2 / (mass[-1] - mass[seconds])
        k = int(np.argmax(gain))
        if gain[k] > best:
            best, found = float(gain[k]), (first, int(seconds[k]))
    return found


def classified(scores: NDArray[np.floating], limits: tuple[float, float]) -> NDArray[np.uint8]:
    """The code of the class of every score (any shape); of an unknown score undetermined.

    A score that equals a limit has reached it. Both are compared as float32, as scores are kept,
    so that the last bits of a sum decide nothing and classes follow from the file of scores.
    """
    kept = _as_kept(scores)
    codes = np.full(kept.shape, Class.UNSUITABLE.value, dtype=np.uint8)
    for limit, reached in zip(limits, (Class.MODERATE, Class.SUITABLE), strict=True):
        codes[kept >= np.float32(limit)] = reached.value
    codes[np.isnan(kept)] = Class.UNDETERMINED.value
    return codes


def _as_kept(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(scores, dtype=np.float32)
