"""What values of a factor are worth: 0 is worst, 1 is best, unknown stays unknown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.model import Curve, Membership

Values = NDArray[np.float64]


def worths(values: NDArray[np.floating], membership: Membership) -> Values:
    """The worth of every value (any shape), 0 to 1; NaN where the value is not a finite number.

    Values are in the factor's unit, float32 as factors' tiles are, or float64. Steps and codes are
    compared as float32, so that a step at 0.7 is reached by a raster's 0.7. Plain numpy, one array
    per step of the work: what faster code is held against.
    """
    known = np.isfinite(values)
    found = _CURVES[membership.curve](np.where(known, values, 0.0).astype(np.float64), membership)
    found[~known] = np.nan
    return found


def _straight(values: Values, membership: Membership) -> Values:
    """Straight between points, level beyond them."""
    xs, ys = _points(membership)
    return np.clip(np.interp(values, xs, ys), 0.0, 1.0)


def _s_shaped(values: Values, membership: Membership) -> Values:
    """Two parabolas that meet midway with the same slope (Zadeh's S)."""
    (low, start), (high, end) = membership.points
    along = np.clip((values - low) / (high - low), 0.0, 1.0)
    bent = np.where(along <= 0.5, 2 * along**2, 1 - 2 * (1 - along) ** 2)
    return np.clip(start + (end - start) * bent, 0.0, 1.0)


def _table(values: Values, membership: Membership) -> Values:
    """The worth of the last step that is reached."""
    xs, ys = _points(membership)
    reached = np.searchsorted(xs.astype(np.float32), values.astype(np.float32), side="right")
    return np.concatenate([[membership.below], ys])[reached]


def _classes(values: Values, membership: Membership) -> Values:
    """The worth of the code itself; of no code, unknown."""
    xs, ys = _points(membership)
    codes, read = xs.astype(np.float32), values.astype(np.float32)
    nearest = np.minimum(np.searchsorted(codes, read), len(codes) - 1)
    return np.where(codes[nearest] == read, ys[nearest], np.nan)


def _points(membership: Membership) -> tuple[Values, Values]:
    xs, ys = np.array(membership.points, dtype=np.float64).T
    return xs, ys


_CURVES: dict[Curve, Callable[[Values, Membership], Values]] = {
    Curve.LINEAR: _straight,
    Curve.TRAPEZOID: _straight,
    Curve.S_SHAPED: _s_shaped,
    Curve.TABLE: _table,
    Curve.CLASSES: _classes,
}
